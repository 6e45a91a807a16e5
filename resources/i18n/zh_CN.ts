<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>Search incidents</source>
        <translation>搜索事件</translation>
    </message>
    <message>
        <source>Next incident</source>
        <translation>下一个事件</translation>
    </message>
    <message>
        <source>Previous incident</source>
        <translation>上一个事件</translation>
    </message>
    <message>
        <source>Acknowledge the incident</source>
        <translation>确认事件</translation>
    </message>
    <message>
        <source>Take a report by telephone</source>
        <translation>听报：记下电话里念的报告</translation>
    </message>
    <message>
        <source>Make the pane wider</source>
        <translation>加宽窗格</translation>
    </message>
    <message>
        <source>Make the pane narrower</source>
        <translation>收窄窗格</translation>
    </message>
    <message>
        <source>Make the pane higher</source>
        <translation>加高窗格</translation>
    </message>
    <message>
        <source>Make the pane lower</source>
        <translation>压低窗格</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Export the list as CSV or JSON</source>
        <translation>导出列表 (CSV 或 JSON)</translation>
    </message>
    <message>
        <source>Acknowledge the top alarm</source>
        <translation>确认最上面的告警</translation>
    </message>
    <message>
        <source>Write a note</source>
        <translation>写备注</translation>
    </message>
    <message>
        <source>Dispatch the incident</source>
        <translation>派遣事件</translation>
    </message>
    <message>
        <source>Give feedback on the incident</source>
        <translation>反馈事件</translation>
    </message>
    <message>
        <source>Verify the incident</source>
        <translation>核查事件</translation>
    </message>
    <message>
        <source>Close the incident</source>
        <translation>结案</translation>
    </message>
    <message>
        <source>More to do to the incident</source>
        <translation>更多操作</translation>
    </message>
    <message>
        <source>Attach a file</source>
        <translation>附上文件</translation>
    </message>
    <message>
        <source>Attach what is on the clipboard</source>
        <translation>附上剪贴板里的内容</translation>
    </message>
    <message>
        <source>Escalate the incident</source>
        <translation>事件升级</translation>
    </message>
    <message>
        <source>Extend the incident&apos;s deadline</source>
        <translation>事件延期</translation>
    </message>
    <message>
        <source>Put the incident off</source>
        <translation>事件缓办</translation>
    </message>
    <message>
        <source>Return the incident</source>
        <translation>事件回退</translation>
    </message>
    <message>
        <source>Void the incident</source>
        <translation>事件作废</translation>
    </message>
    <message>
        <source>New incident</source>
        <translation>新建事件</translation>
    </message>
    <message>
        <source>Shelve the top alarm</source>
        <translation>搁置首要告警</translation>
    </message>
    <message>
        <source>Show new incidents</source>
        <translation>显示新到事件</translation>
    </message>
    <message>
        <source>Show on the map</source>
        <translation>在图上看</translation>
    </message>
    <message>
        <source>Go to the incidents</source>
        <translation>到事件列表</translation>
    </message>
    <message>
        <source>Go to the detail</source>
        <translation>到详情</translation>
    </message>
    <message>
        <source>Go to the infrastructure</source>
        <translation>到设施</translation>
    </message>
    <message>
        <source>Go to the queues</source>
        <translation>到服务队列</translation>
    </message>
    <message>
        <source>Go to the warnings</source>
        <translation>转到预警</translation>
    </message>
    <message>
        <source>All alarms</source>
        <translation>全部告警</translation>
    </message>
    <message>
        <source>Whole county on the map</source>
        <translation>地图看全县</translation>
    </message>
    <message>
        <source>Copy what is picked</source>
        <translation>复制选中的内容</translation>
    </message>
    <message>
        <source>Print the list or save it as PDF</source>
        <translation>打印列表或存为 PDF</translation>
    </message>
    <message>
        <source>All actions</source>
        <translation>全部操作</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Outbox</source>
        <translation>待发箱</translation>
    </message>
    <message>
        <source>Line and traffic</source>
        <translation>线路与流量</translation>
    </message>
    <message>
        <source>Change language</source>
        <translation>切换语言</translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation>浅色或深色</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Reset the layout</source>
        <translation>恢复默认布局</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Close, clear, back to the list</source>
        <translation>关闭、清除、回到列表</translation>
    </message>
    <message>
        <source>Read the picked row in full</source>
        <translation>读出选中行的全文</translation>
    </message>
    <message>
        <source>Single-letter keys on or off</source>
        <translation>启用或停用单字母按键</translation>
    </message>
    <message>
        <source>Undo what is still held here</source>
        <translation>撤销尚未发出的操作</translation>
    </message>
    <message>
        <source>Note what the bar says</source>
        <translation>知悉提示条</translation>
    </message>
    <message>
        <source>Acknowledge all returned alarms</source>
        <translation>确认全部已恢复告警</translation>
    </message>
    <message>
        <source>Move the pane to the left</source>
        <translation>窗格移到左侧</translation>
    </message>
    <message>
        <source>Move the pane to the right</source>
        <translation>窗格移到右侧</translation>
    </message>
    <message>
        <source>Move the pane to the top</source>
        <translation>窗格移到上方</translation>
    </message>
    <message>
        <source>Move the pane to the foot</source>
        <translation>窗格移到下方</translation>
    </message>
    <message>
        <source>Take the incident up</source>
        <translation>签收事件</translation>
    </message>
    <message>
        <source>Float the pane, or dock it</source>
        <translation>窗格独立成窗，或放回</translation>
    </message>
    <message>
        <source>Stack the pane, or take it out</source>
        <translation>窗格叠成标签，或分开</translation>
    </message>
    <message>
        <source>The plan that fits the incident</source>
        <translation>适用的预案</translation>
    </message>
    <message>
        <source>Hand on a stick or QR codes</source>
        <translation>代收：交上单位送来的 U 盘、二维码</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Ten minutes to begin</source>
        <translation>十分钟上手</translation>
    </message>
    <message>
        <source>About this program, and licences</source>
        <translation>关于本程序与许可</translation>
    </message>
    <message>
        <source>Check this computer</source>
        <translation>检查这台电脑</translation>
    </message>
    <message>
        <source>Back up or restore this desk</source>
        <translation>备份或恢复这台值守机</translation>
    </message>
    <message>
        <source>Log of this program</source>
        <translation>程序日志</translation>
    </message>
    <message>
        <source>Monthly operations report</source>
        <translation>运行月报</translation>
    </message>
    <message>
        <source>Show what is drawn as a table</source>
        <translation>把图里的数据列成表格</translation>
    </message>
</context>
<context>
    <name>AlarmSheet</name>
    <message>
        <source>Alarms</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>No alarm stands.</source>
        <translation>没有告警。</translation>
    </message>
    <message>
        <source>shelved until {time} by {who}</source>
        <translation>搁置到 {time}，{who}</translation>
    </message>
    <message numerus="yes">
        <source>%n more have returned</source>
        <translation>
            <numerusform>另有 %n 项已恢复</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n alarm(s) have returned</source>
        <translation>
            <numerusform>%n 项告警已恢复</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Acknowledge all %n</source>
        <translation>
            <numerusform>确认全部 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Show the asset</source>
        <translation>查看设施</translation>
    </message>
    <message>
        <source>Fold</source>
        <translation>折叠</translation>
    </message>
    <message>
        <source>Unfold</source>
        <translation>展开</translation>
    </message>
</context>
<context>
    <name>AlarmStrip</name>
    <message>
        <source>Acknowledge</source>
        <translation>确认</translation>
    </message>
    <message numerus="yes">
        <source>%n alarm(s) could not be read</source>
        <translation>
            <numerusform>%n 条告警未能读取</numerusform>
        </translation>
    </message>
    <message>
        <source>All alarms</source>
        <translation>全部告警</translation>
    </message>
    <message numerus="yes">
        <source>%n more unacknowledged</source>
        <translation>
            <numerusform>另有 %n 项未确认</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n returned</source>
        <translation>
            <numerusform>已恢复 %n 项</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n shelved</source>
        <translation>
            <numerusform>已搁置 %n 项</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n that follow from it are grouped here</source>
        <translation>
            <numerusform>连带 %n 项已归并</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AssetList</name>
    <message>
        <source>for {span}</source>
        <translation>已 {span}</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Township</source>
        <translation>乡镇</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>自</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>读数</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Observed</source>
        <translation>观测时间</translation>
    </message>
    <message>
        <source>Worst state</source>
        <translation>最差状态</translation>
    </message>
    <message>
        <source>Assets in all</source>
        <translation>设施总数</translation>
    </message>
</context>
<context>
    <name>AttachPanel</name>
    <message>
        <source>Attach a file</source>
        <translation>附上文件</translation>
    </message>
    <message>
        <source>Pasted {time}</source>
        <translation>粘贴 {time}</translation>
    </message>
    <message>
        <source>Attach to this incident</source>
        <translation>附到这件事</translation>
    </message>
    <message numerus="yes">
        <source>Attach %n file(s)</source>
        <translation>
            <numerusform>附上 %n 个文件</numerusform>
        </translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>先不附</translation>
    </message>
    <message>
        <source>Text goes first, the original when the line allows.</source>
        <translation>先发文字，线路允许时再传原件。</translation>
    </message>
    <message>
        <source>limit not known before the first connection</source>
        <translation>首次连上之前不知道大小上限</translation>
    </message>
    <message>
        <source>at most {size} a file</source>
        <translation>每个文件不超过 {size}</translation>
    </message>
    <message>
        <source>not a file with content</source>
        <translation>不是有内容的文件</translation>
    </message>
    <message>
        <source>Original size</source>
        <translation>原图</translation>
    </message>
    <message>
        <source>Send photos as the camera wrote them, with all they tell</source>
        <translation>照片按相机原样发送，包括其中的全部信息</translation>
    </message>
</context>
<context>
    <name>Backup</name>
    <message>
        <source>Backup of this desk</source>
        <translation>备份这台值守机</translation>
    </message>
    <message>
        <source>One encrypted file with the profile, the settings, the layout, the outbox, what is typed and not sent, and the files to send. It is read back after it is written.</source>
        <translation>写成一个加密文件：配置、设置、窗口布局、待发箱、写到一半的内容和没发完的附件。写完会读回核对。</translation>
    </message>
    <message>
        <source>Not in it: logins, the courier&apos;s pairing, and data that sources send again. Without the passphrase nobody can open it; nobody can recover it either.</source>
        <translation>不在其中：登录、摆渡配对，以及来源会再送来的数据。没有口令谁也打不开；口令也无法找回。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>A backup is put in place when the program next starts, and not over commands without an answer. Its own commands without one are held for you to decide. The profile stays the one that is here; the one in the backup is not used.</source>
        <translation>恢复在下次启动时进行；这里还有没答复的指令时不会恢复。备份里没答复的指令会先扣住，由您逐条决定。配置仍用这里的，备份里的配置不会用上。</translation>
    </message>
    <message>
        <source>Passphrase, at least {least} characters</source>
        <translation>口令，至少 {least} 个字符</translation>
    </message>
    <message>
        <source>Once more</source>
        <translation>再输一次</translation>
    </message>
    <message>
        <source>Its passphrase</source>
        <translation>备份的口令</translation>
    </message>
    <message>
        <source>Back up …</source>
        <translation>备份…</translation>
    </message>
    <message>
        <source>Choose a backup …</source>
        <translation>选一个备份…</translation>
    </message>
    <message>
        <source>What is in it</source>
        <translation>里面有什么</translation>
    </message>
    <message>
        <source>Restore at the next start</source>
        <translation>下次启动时恢复</translation>
    </message>
    <message>
        <source>backup</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>Writing, then reading it back …</source>
        <translation>正在写入，然后读回核对…</translation>
    </message>
    <message>
        <source>Written and read back: {name}</source>
        <translation>已写好并读回核对：{name}</translation>
    </message>
    <message>
        <source>Choose a backup</source>
        <translation>选一个备份</translation>
    </message>
    <message>
        <source>It is whole.</source>
        <translation>这个备份完整。</translation>
    </message>
    <message>
        <source>Reading all of it …</source>
        <translation>正在全部读一遍…</translation>
    </message>
    <message>
        <source>The passphrase wants at least {least} characters.</source>
        <translation>口令至少要 {least} 个字符。</translation>
    </message>
    <message>
        <source>The two passphrases are not alike.</source>
        <translation>两次输入的口令不一致。</translation>
    </message>
    <message>
        <source>Type the passphrase of the backup.</source>
        <translation>请输入备份的口令。</translation>
    </message>
    <message>
        <source>It is ready. Close the program and open it again: then it is put in place. What is here now is kept beside it.</source>
        <translation>已准备好。请关闭程序再打开，届时恢复；这里现有的内容会另外放好。</translation>
    </message>
    <message>
        <source>{profile}, {when}, program {version}, {size}</source>
        <translation>{profile}，{when}，程序版本 {version}，{size}</translation>
    </message>
    <message numerus="yes">
        <source>%n command(s) without an answer</source>
        <translation>
            <numerusform>没答复的指令 %n 条</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n draft(s)</source>
        <translation>
            <numerusform>草稿 %n 份</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) to send</source>
        <translation>
            <numerusform>待发附件 %n 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Calls</name>
    <message>
        <source>Take a report by telephone</source>
        <translation>听报：记下电话里念的报告</translation>
    </message>
    <message>
        <source>&quot;The county has it. Write my receipt down: {count} groups of digits.&quot;</source>
        <translation>“县里收到了。请记回执：一共 {count} 组数字。”</translation>
    </message>
    <message>
        <source>&quot;That was the receipt. Does your screen say so?&quot;</source>
        <translation>“回执念完了。你那边屏幕上显示收到了吗？”</translation>
    </message>
    <message>
        <source>It is right: have it done</source>
        <translation>内容没错，照办</translation>
    </message>
    <message>
        <source>The next call</source>
        <translation>接下一个电话</translation>
    </message>
    <message>
        <source>Do not do it</source>
        <translation>不办</translation>
    </message>
    <message>
        <source>From office {number} {name}; the check word is right.</source>
        <translation>{number} 号单位 {name} 报来，核对词相符。</translation>
    </message>
    <message>
        <source>This profile has no county, or more than one.</source>
        <translation>此配置没有县平台，或者不止一个。</translation>
    </message>
    <message>
        <source>Let the office read its report, group by group. What does not fit is said at once, and nothing is done before you confirm it.</source>
        <translation>请对方一组一组地念。听错了当场会提示；您确认之前，什么也不会办。</translation>
    </message>
    <message>
        <source>Now read the receipt back, so that the office knows.</source>
        <translation>现在把回执念给对方，让对方知道县里收到了。</translation>
    </message>
    <message>
        <source>Read this to the office, and ask whether that is what it means.</source>
        <translation>把下面的内容念给对方听，问是不是这个意思。</translation>
    </message>
    <message>
        <source>not read: the codes of the two ends differ</source>
        <translation>没有读懂：两边的代码表不同</translation>
    </message>
    <message>
        <source>it waits for an earlier report of this office</source>
        <translation>要等该单位前面的一份报告先到</translation>
    </message>
    <message>
        <source>Check word</source>
        <translation>核对词</translation>
    </message>
    <message>
        <source>Press the four places, one by one</source>
        <translation>依次按念到的四个地名</translation>
    </message>
    <message>
        <source>Check it</source>
        <translation>核对</translation>
    </message>
    <message>
        <source>Places anew</source>
        <translation>地名重来</translation>
    </message>
    <message>
        <source>More groups</source>
        <translation>还有数字组</translation>
    </message>
    <message>
        <source>← The line before</source>
        <translation>← 上一行</translation>
    </message>
    <message>
        <source>First say this:</source>
        <translation>先说这一句：</translation>
    </message>
    <message>
        <source>Group {n} of {count}</source>
        <translation>第 {n} 组，共 {count} 组</translation>
    </message>
    <message>
        <source>Now the check word: four places</source>
        <translation>现在念核对词：四个地名</translation>
    </message>
    <message>
        <source>Last say this:</source>
        <translation>最后说这一句：</translation>
    </message>
    <message>
        <source>Read slowly, and press the space bar for the next line. All of it takes about {seconds} seconds.</source>
        <translation>慢慢念，念完一行按空格键。全部念完约 {seconds} 秒。</translation>
    </message>
    <message>
        <source>All of it has been read</source>
        <translation>都念完了</translation>
    </message>
    <message>
        <source>The next line →</source>
        <translation>下一行 →</translation>
    </message>
    <message>
        <source>What it says cannot be shown: the office numbers the county&apos;s codes otherwise. Have it sent again with spelled codes.</source>
        <translation>内容显示不了：对方的代码表与县里不同。请对方改用文字再报。</translation>
    </message>
    <message>
        <source>Group {n} was not heard right: have it read again.</source>
        <translation>第 {n} 组没有听对，请对方再念一遍。</translation>
    </message>
    <message>
        <source>A group has eight digits, and these are {count}.</source>
        <translation>每组应是八位数字，现在是 {count} 位。</translation>
    </message>
    <message>
        <source>The check word: the four places that were read</source>
        <translation>核对词：对方念的四个地名</translation>
    </message>
    <message>
        <source>Group {n}: type the eight digits that are read</source>
        <translation>第 {n} 组：输入对方念的八位数字</translation>
    </message>
    <message>
        <source>All groups read: on to the check word</source>
        <translation>各组都念完了，填核对词</translation>
    </message>
    <message>
        <source>Right so far. Press a group below to type it anew.</source>
        <translation>到现在都对。要改哪一组，就按下面那一组。</translation>
    </message>
    <message>
        <source>The next group is asked for by itself after eight digits.</source>
        <translation>输满八位，会自动转到下一组。</translation>
    </message>
    <message>
        <source>&quot;There is one more receipt: {count} groups of digits.&quot;</source>
        <translation>“还有一份回执：一共 {count} 组数字。”</translation>
    </message>
    <message>
        <source>The county is doing it …</source>
        <translation>正在办…</translation>
    </message>
    <message>
        <source>Asking the county …</source>
        <translation>正在问县平台…</translation>
    </message>
</context>
<context>
    <name>ClosingSheet</name>
    <message numerus="yes">
        <source>%n command(s) not sent yet</source>
        <translation>
            <numerusform>%n 条指令还没发出</numerusform>
        </translation>
    </message>
    <message>
        <source>They stay stored on this computer and go out by themselves at the next start. Nothing is lost by closing.</source>
        <translation>它们存在这台电脑上，下次打开时自动发出。关闭不会丢失任何内容。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>留下</translation>
    </message>
</context>
<context>
    <name>Codes</name>
    <message>
        <source>{title}, {count} codes: photograph all of them, in any sequence, and have the photos read at the county.</source>
        <translation>{title}，共 {count} 个：请全部拍照，先后不限，把照片交到县里读入。</translation>
    </message>
    <message>
        <source>Code {n} of {count}</source>
        <translation>第 {n} 个，共 {count} 个</translation>
    </message>
    <message>
        <source>The next code →</source>
        <translation>下一个 →</translation>
    </message>
    <message>
        <source>← The code before</source>
        <translation>← 上一个</translation>
    </message>
    <message>
        <source>Turn by itself, every 4 seconds</source>
        <translation>自动翻页，每 4 秒一个</translation>
    </message>
    <message>
        <source>Photograph each code with a telephone, straight and close. The photos go to the county; their sequence does not matter.</source>
        <translation>用手机对正、靠近，一个一个拍下来。照片带到县里，先后不限。</translation>
    </message>
    <message>
        <source>Have the office photograph each code with a telephone, straight and close, and read the photos at its desk.</source>
        <translation>请单位的人用手机对正、靠近，一个一个拍下来，带回去读入。</translation>
    </message>
    <message numerus="yes">
        <source>%n older file(s) were not read: of a folder only the newest {most} are.</source>
        <translation>
            <numerusform>另有 %n 个更早的没有读：一次只读最新的 {most} 个。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) are HEIC, which cannot be read here: save them as JPEG.</source>
        <translation>
            <numerusform>%n 张照片是 HEIC 格式，这里读不了：请另存为 JPEG。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CommandForm</name>
    <message>
        <source>Later</source>
        <translation>稍后再填</translation>
    </message>
    <message>
        <source>Goes to</source>
        <translation>报给</translation>
    </message>
    <message>
        <source>is still missing</source>
        <translation>还没有填</translation>
    </message>
    <message>
        <source>{field}: {fault}</source>
        <translation>“{field}”{fault}</translation>
    </message>
    <message>
        <source>Esc keeps what was entered</source>
        <translation>Esc 收起，已填的会留下</translation>
    </message>
    <message>
        <source>The draft cannot be saved: submit it now</source>
        <translation>草稿无法保存：请现在就发出</translation>
    </message>
    <message>
        <source>✓ Passed</source>
        <translation>✓ 通过</translation>
    </message>
    <message>
        <source>✕ Not passed</source>
        <translation>✕ 未通过</translation>
    </message>
    <message>
        <source>min</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>lies in the future</source>
        <translation>还没到这个时间</translation>
    </message>
    <message>
        <source>lies in the past</source>
        <translation>这个时间已过去</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>15 min ago</source>
        <translation>15 分前</translation>
    </message>
    <message>
        <source>1 h ago</source>
        <translation>1 小时前</translation>
    </message>
    <message>
        <source>+1 h</source>
        <translation>+1 小时</translation>
    </message>
    <message>
        <source>+4 h</source>
        <translation>+4 小时</translation>
    </message>
    <message>
        <source>Tomorrow 9:00</source>
        <translation>明天 9:00</translation>
    </message>
    <message>
        <source>In 3 days</source>
        <translation>3 天后</translation>
    </message>
    <message>
        <source>Nothing is called &quot;{typed}&quot;</source>
        <translation>没有叫“{typed}”的</translation>
    </message>
    <message>
        <source>Name or pinyin initials</source>
        <translation>名称或拼音首字母</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Pick on the map</source>
        <translation>从地图选</translation>
    </message>
    <message>
        <source>Where the picked one is</source>
        <translation>用所选事件的位置</translation>
    </message>
    <message>
        <source>Without</source>
        <translation>不填</translation>
    </message>
    <message>
        <source>The case ends without being handled. It cannot be taken back here.</source>
        <translation>事件不经处置就此了结，在这里收不回来。</translation>
    </message>
    <message>
        <source>The case goes back to be dispatched again.</source>
        <translation>事件退回，等待重新派遣。</translation>
    </message>
    <message>
        <source>Until then the alarm does not call; it returns by itself.</source>
        <translation>到时之前告警不再呼叫，到时自动恢复。</translation>
    </message>
    <message numerus="yes">
        <source>%n character(s) too long</source>
        <translation>
            <numerusform>超出 %n 字</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConflictSheet</name>
    <message>
        <source>The county&apos;s data had changed</source>
        <translation>县里的数据已有变化</translation>
    </message>
    <message>
        <source>Submit mine again as it is</source>
        <translation>仍按我的意见重发</translation>
    </message>
    <message>
        <source>Edit it on the new content</source>
        <translation>在新内容上修改后再发</translation>
    </message>
    <message>
        <source>Drop mine</source>
        <translation>放弃我的</translation>
    </message>
    <message>
        <source>Nothing is to be decided here any more.</source>
        <translation>这里已没有要决定的事。</translation>
    </message>
    <message>
        <source>{kind}, submitted {time}: {body}</source>
        <translation>{time} {kind}：{body}</translation>
    </message>
    <message>
        <source>The county refused it. Nothing was changed there.</source>
        <translation>县里没有接受。那边什么都没有改。</translation>
    </message>
    <message>
        <source>Someone changed the case in between. Nothing of yours was done or lost.</source>
        <translation>这期间有人改过这件事。您的指令没有执行，也没有丢。</translation>
    </message>
    <message>
        <source>The row itself is not known here.</source>
        <translation>本机没有这件事的内容。</translation>
    </message>
    <message>
        <source>Mine: as I saw it, with my change</source>
        <translation>我的：当时所见，加上我的改动</translation>
    </message>
    <message>
        <source>The county&apos;s now</source>
        <translation>县里现在</translation>
    </message>
    <message>
        <source>≠ differs</source>
        <translation>≠ 不同</translation>
    </message>
    <message>
        <source>The county&apos;s answer</source>
        <translation>县里的答复</translation>
    </message>
    <message>
        <source>The county did not take it, and its file is gone</source>
        <translation>县里没有接受，文件也已不在本机</translation>
    </message>
    <message>
        <source>The county refused it</source>
        <translation>县里没有接受</translation>
    </message>
</context>
<context>
    <name>DeskWindow</name>
    <message>
        <source>Incidents</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Infrastructure</source>
        <translation>设施</translation>
    </message>
    <message>
        <source>Queues</source>
        <translation>服务队列</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>预警</translation>
    </message>
    <message>
        <source>Panes</source>
        <translation>各窗格</translation>
    </message>
</context>
<context>
    <name>DetailPane</name>
    <message>
        <source>done {time}</source>
        <translation>已报 {time}</translation>
    </message>
    <message>
        <source>by {time}</source>
        <translation>{time} 前</translation>
    </message>
    <message>
        <source>and {n} earlier</source>
        <translation>另有更早的 {n} 条</translation>
    </message>
    <message>
        <source>{step} is not possible now: the case is &quot;{stage}&quot;</source>
        <translation>现在不能{step}：事件{stage}</translation>
    </message>
    <message>
        <source>no longer in the county&apos;s list</source>
        <translation>已不在县平台列表中</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>地点</translation>
    </message>
    <message>
        <source>Details are being downloaded; matter and history follow.</source>
        <translation>详情正在下载，情况和经过随后就到。</translation>
    </message>
    <message>
        <source>Lead</source>
        <translation>主办</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>With</source>
        <translation>协办</translation>
    </message>
    <message>
        <source>Matter</source>
        <translation>情况</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>{happened}, recorded {recorded}</source>
        <translation>{happened} 发生，{recorded} 记录</translation>
    </message>
    <message>
        <source>{command}: {state}, decide in the outbox</source>
        <translation>{command} {state}，请到待发箱决定</translation>
    </message>
    <message>
        <source>Related</source>
        <translation>关联</translation>
    </message>
    <message>
        <source>here, {state}</source>
        <translation>本机已确认，{state}</translation>
    </message>
    <message>
        <source>not yet acknowledged</source>
        <translation>尚未确认</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>On the map</source>
        <translation>在图上看</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Pick an incident</source>
        <translation>选一个事件</translation>
    </message>
    <message>
        <source>Acknowledged</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Loading the rest…</source>
        <translation>正在读取其余内容…</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>等级</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最近</translation>
    </message>
    <message>
        <source>{field}: was {old}</source>
        <translation>{field}：原为 {old}</translation>
    </message>
    <message>
        <source>Click a row of the list, or a mark on the map.</source>
        <translation>点列表里的一行，或图上的标记。</translation>
    </message>
    <message>
        <source>{down} and {up} step through the list, or click a mark on the map.</source>
        <translation>按 {down}、{up} 在列表里上下移动，或点图上的标记。</translation>
    </message>
    <message>
        <source>Timeline of {number}</source>
        <translation>{number} 的时间线</translation>
    </message>
    <message>
        <source>Acknowledged already</source>
        <translation>已确认过</translation>
    </message>
</context>
<context>
    <name>Directory</name>
    <message>
        <source>Part</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>谁</translation>
    </message>
    <message>
        <source>What</source>
        <translation>做什么</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>联系</translation>
    </message>
    <message>
        <source>{unit}: {text}</source>
        <translation>{unit}：{text}</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy {number}</source>
        <translation>复制 {number}</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Print the plan</source>
        <translation>打印预案</translation>
    </message>
    <message>
        <source>No plan fits</source>
        <translation>没有适用的预案</translation>
    </message>
    <message>
        <source>The county has given no plan for this kind and level of incident.</source>
        <translation>县里没有给适用于这类、这级事件的预案。</translation>
    </message>
    <message>
        <source>These plans fit as well</source>
        <translation>同样适用的预案</translation>
    </message>
</context>
<context>
    <name>DoctorSheet</name>
    <message>
        <source>With the names of servers</source>
        <translation>附上服务器的名称</translation>
    </message>
    <message>
        <source>Parts of the support bundle</source>
        <translation>支持包里的各部分</translation>
    </message>
    <message>
        <source>Text of the part</source>
        <translation>这一部分的内容</translation>
    </message>
    <message>
        <source>Check this computer</source>
        <translation>检查这台电脑</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>再查一次</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Support bundle</source>
        <translation>支持包</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Save as a file</source>
        <translation>存成文件</translation>
    </message>
    <message>
        <source>Not possible in this window.</source>
        <translation>这个窗口里不能检查。</translation>
    </message>
    <message>
        <source>Checking: it takes a few seconds.</source>
        <translation>正在检查，几秒钟就好。</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
</context>
<context>
    <name>Drafts</name>
    <message>
        <source>{why} What you entered is only in this window.</source>
        <translation>{why}填的内容只在这个窗口里。</translation>
    </message>
</context>
<context>
    <name>FileChoice</name>
    <message>
        <source>Folder:</source>
        <translation>文件夹：</translation>
    </message>
    <message>
        <source>Kind:</source>
        <translation>类型：</translation>
    </message>
</context>
<context>
    <name>FileList</name>
    <message>
        <source>Save the file as</source>
        <translation>把文件另存为</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>waits here to be sent, {done} of {whole} there</source>
        <translation>本机待传，已到 {done}／{whole}</translation>
    </message>
    <message>
        <source>being downloaded, {done} of {whole} here</source>
        <translation>正在下载，{done}／{whole}</translation>
    </message>
    <message>
        <source>the county does not have all of it yet</source>
        <translation>县里还没收全</translation>
    </message>
    <message>
        <source>✓ at the county and here</source>
        <translation>✓ 平台已有，本机也有</translation>
    </message>
    <message>
        <source>at the county, not downloaded</source>
        <translation>平台已有，未下载</translation>
    </message>
</context>
<context>
    <name>Folded</name>
    <message>
        <source>Show less</source>
        <translation>收起</translation>
    </message>
    <message numerus="yes">
        <source>Show all · %n character(s)</source>
        <translation>
            <numerusform>展开全文 · %n 字</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GraceBar</name>
    <message>
        <source>Taken back. Nothing of it has left.</source>
        <translation>已撤销，什么都没有发出。</translation>
    </message>
    <message numerus="yes">
        <source>Too late for %n: it may have reached the county.</source>
        <translation>
            <numerusform>来不及了：有 %n 项可能已到县平台。</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Dispatched</source>
        <translation>已派遣</translation>
    </message>
    <message numerus="yes">
        <source>%n acknowledged</source>
        <translation>
            <numerusform>已确认 %n 项</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>leaves in %n s</source>
        <translation>
            <numerusform>%n 秒后发出</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Help</name>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Search: words or pinyin initials</source>
        <translation>搜索：词语或拼音首字母</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>正文</translation>
    </message>
    <message>
        <source>Back (Alt+Left)</source>
        <translation>后退（Alt+←）</translation>
    </message>
    <message>
        <source>Forward (Alt+Right)</source>
        <translation>前进（Alt+→）</translation>
    </message>
    <message>
        <source>Empty the search (Esc)</source>
        <translation>清空搜索（Esc）</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>Print this page (Ctrl+P)</source>
        <translation>打印这一页（Ctrl+P）</translation>
    </message>
    <message>
        <source>Search: words</source>
        <translation>搜索：词语</translation>
    </message>
</context>
<context>
    <name>HoldPanel</name>
    <message>
        <source>Press again</source>
        <translation>再按一次确定</translation>
    </message>
    <message>
        <source>Send all the same</source>
        <translation>照样发出</translation>
    </message>
    <message>
        <source>Submit it to the new server</source>
        <translation>改发新平台</translation>
    </message>
    <message>
        <source>Report again</source>
        <translation>重新上报</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>If it was done already without this computer knowing, it may be done twice. Ask the county first.</source>
        <translation>如果县里其实已经办了而本机不知道，可能会办两次。请先向县里核实。</translation>
    </message>
    <message>
        <source>It may have been done, or not: this computer will ask no more. Its text stays in the list.</source>
        <translation>它可能办了，也可能没办：本机不再追问。内容仍留在列表里。</translation>
    </message>
    <message>
        <source>First choose &quot;Go on with this server&quot; under Sources.</source>
        <translation>请先在“来源”里选“改用这个平台”。</translation>
    </message>
</context>
<context>
    <name>IncidentModel</name>
    <message>
        <source>Level</source>
        <translation>等级</translation>
    </message>
    <message>
        <source>Incident</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Time left</source>
        <translation>剩余时间</translation>
    </message>
    <message>
        <source>unacknowledged</source>
        <translation>未确认</translation>
    </message>
</context>
<context>
    <name>IncidentPane</name>
    <message numerus="yes">
        <source>%n new incident(s)</source>
        <translation>
            <numerusform>%n 条新到，点此显示</numerusform>
        </translation>
    </message>
    <message>
        <source>No incident matches</source>
        <translation>没有符合条件的事件</translation>
    </message>
    <message>
        <source>The filter or the search hides the others. Esc clears it.</source>
        <translation>筛选或搜索隐藏了其余事件。按 Esc 清除。</translation>
    </message>
    <message>
        <source>Nothing open</source>
        <translation>没有未结事件</translation>
    </message>
    <message>
        <source>open {n}</source>
        <translation>未结 {n}</translation>
    </message>
    <message>
        <source>overdue {n}</source>
        <translation>超时 {n}</translation>
    </message>
    <message>
        <source>new {n}</source>
        <translation>新到 {n}</translation>
    </message>
    <message>
        <source>&quot;{text}&quot;</source>
        <translation>“{text}”</translation>
    </message>
    <message>
        <source>Incidents</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Incident list</source>
        <translation>事件列表</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>未结</translation>
    </message>
    <message>
        <source>Overdue</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>Larger+</source>
        <translation>较大以上</translation>
    </message>
    <message>
        <source>12345</source>
        <translation>12345</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Search incidents</source>
        <translation>搜索事件</translation>
    </message>
    <message>
        <source>Unacknowledged</source>
        <translation>未确认</translation>
    </message>
    <message>
        <source>Empty the search (Esc)</source>
        <translation>清空搜索 (Esc)</translation>
    </message>
    <message>
        <source>Search  {key}</source>
        <translation>搜索 事件、地点  {key}</translation>
    </message>
</context>
<context>
    <name>InfrastructurePane</name>
    <message>
        <source>Infrastructure</source>
        <translation>设施</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Close the list (Esc)</source>
        <translation>关闭列表（Esc）</translation>
    </message>
    <message>
        <source>Township by kind</source>
        <translation>乡镇 × 类别</translation>
    </message>
    <message>
        <source>Assets</source>
        <translation>设施</translation>
    </message>
    <message>
        <source>Filtered out</source>
        <translation>已被筛选</translation>
    </message>
    <message numerus="yes">
        <source>None of %n asset(s) is in the state chosen.</source>
        <translation>
            <numerusform>%n 处设施中没有处于所选状态的。</numerusform>
        </translation>
    </message>
    <message>
        <source>No assets</source>
        <translation>没有设施</translation>
    </message>
    <message>
        <source>The sources answer, but have sent no assets.</source>
        <translation>来源有应答，但没有给出设施。</translation>
    </message>
    <message>
        <source>Not normal, worst first</source>
        <translation>异常设施，最重在前</translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>作用</translation>
    </message>
    <message>
        <source>Commands of a single letter are on.</source>
        <translation>单字母按键已启用。</translation>
    </message>
    <message>
        <source>Commands of a single letter are off; Ctrl+K finds them all.</source>
        <translation>单字母按键已停用；按 Ctrl+K 仍可找到全部操作。</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>停用</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>{key} cannot be had: {action}</source>
        <translation>{key} 不能用：{action}</translation>
    </message>
    <message>
        <source>Press the new key for &quot;{action}&quot;; Esc leaves it.</source>
        <translation>请按“{action}”的新按键；Esc 不改。</translation>
    </message>
    <message>
        <source>No action can have {key}.</source>
        <translation>任何操作都不能用 {key}。</translation>
    </message>
    <message>
        <source>Enter changes a key, Backspace takes it away, Del brings the usual one back.</source>
        <translation>回车改按键，退格去掉按键，Del 恢复原来的。</translation>
    </message>
    <message>
        <source>All usual keys</source>
        <translation>全部恢复原来的</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>没有按键</translation>
    </message>
</context>
<context>
    <name>Licences</name>
    <message>
        <source>About this program, and licences</source>
        <translation>关于本程序与许可</translation>
    </message>
    <message>
        <source>County Desk</source>
        <translation>县域指挥台</translation>
    </message>
    <message>
        <source>Free software under the Apache License 2.0. It comes without any warranty.</source>
        <translation>自由软件，按 Apache 许可证 2.0 版使用，不附带任何担保。</translation>
    </message>
    <message>
        <source>The windows are drawn by Qt, used unchanged and as shared libraries under the GNU Lesser General Public License, version 3 (LGPL-3.0). You may look into these libraries and put your own builds of them in their place; the Qt project publishes their source. Copyright The Qt Company Ltd. and others.</source>
        <translation>窗口由 Qt 绘制。Qt 按 GNU 较宽松公共许可证第 3 版（LGPL-3.0）使用：未经修改，以共享库的形式随附。您可以研究这些库，也可以换上自己编译的版本；源代码由 Qt 项目公布。版权归 The Qt Company Ltd. 及其他贡献者所有。</translation>
    </message>
    <message>
        <source>Other libraries</source>
        <translation>其他库</translation>
    </message>
    <message>
        <source>see its own files</source>
        <translation>见其自带文件</translation>
    </message>
</context>
<context>
    <name>LinkSheet</name>
    <message>
        <source>Line and bytes</source>
        <translation>线路与流量</translation>
    </message>
    <message>
        <source> · weak line</source>
        <translation> · 弱网</translation>
    </message>
    <message>
        <source>Measured {age}</source>
        <translation>{age}测得</translation>
    </message>
    <message>
        <source>Fetched unasked: {tier}. {why}</source>
        <translation>自动下载：{tier}。{why}</translation>
    </message>
    <message>
        <source>Today&apos;s budget is spent: snapshots and files wait for tomorrow. Commands and changes go on.</source>
        <translation>今日限额已用完：全量数据和附件等到明天，指令和变更照常。</translation>
    </message>
    <message>
        <source>No daily budget is set in the profile.</source>
        <translation>配置中没有设每日限额。</translation>
    </message>
    <message>
        <source>Originals are fetched between {begins} and {ends}.</source>
        <translation>原件在 {begins} 至 {ends} 之间自动下载。</translation>
    </message>
    <message>
        <source>Bytes are counted before encryption, both ways.</source>
        <translation>流量按加密前双向字节计。</translation>
    </message>
    <message>
        <source>delay {ms} ms</source>
        <translation>延时 {ms} 毫秒</translation>
    </message>
    <message>
        <source>Not yet measured</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>Today&apos;s bytes are spent.</source>
        <translation>今日流量已用完。</translation>
    </message>
    <message>
        <source>Nothing is risked while the bandwidth is unknown.</source>
        <translation>带宽还没有测过，先只取文字。</translation>
    </message>
    <message>
        <source>Pictures come when asked for.</source>
        <translation>图片点开时才下载。</translation>
    </message>
    <message>
        <source>Originals come when asked for.</source>
        <translation>原件点开时才下载。</translation>
    </message>
    <message>
        <source>The line is good enough.</source>
        <translation>线路足够好。</translation>
    </message>
    <message>
        <source>Today {total}</source>
        <translation>今日 {total}</translation>
    </message>
    <message>
        <source>Today {total} of {budget}</source>
        <translation>今日 {total}，限额 {budget}</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>限额</translation>
    </message>
    <message>
        <source>Only words today: photos and files wait until midnight, both ways. It is switched off under &quot;Send and receive&quot;.</source>
        <translation>今天只发文字：照片和文件收发都等到半夜后。在“收发”里可以关掉。</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Sent (bytes)</source>
        <translation>发出（字节）</translation>
    </message>
    <message>
        <source>Received (bytes)</source>
        <translation>收到（字节）</translation>
    </message>
    <message>
        <source>Both (bytes)</source>
        <translation>合计（字节）</translation>
    </message>
</context>
<context>
    <name>ListExport</name>
    <message>
        <source>Filter: {told}</source>
        <translation>筛选：{told}</translation>
    </message>
    <message>
        <source>Export the list</source>
        <translation>导出列表</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>等级</translation>
    </message>
    <message>
        <source>Incident</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Township</source>
        <translation>乡镇</translation>
    </message>
    <message>
        <source>Lead</source>
        <translation>主办</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>记录时间</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>时限</translation>
    </message>
    <message>
        <source>State</source>
        <translation>回执</translation>
    </message>
</context>
<context>
    <name>Log</name>
    <message>
        <source>Log of this program</source>
        <translation>程序日志</translation>
    </message>
    <message>
        <source>Words in it</source>
        <translation>包含的字词</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Older lines</source>
        <translation>更早的</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>What the program noted (in English, for support)</source>
        <translation>程序记下的内容（英文，供维护人员看）</translation>
    </message>
    <message>
        <source>All sources</source>
        <translation>全部来源</translation>
    </message>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>older ones are there</source>
        <translation>还有更早的</translation>
    </message>
    <message>
        <source>that is all of it</source>
        <translation>已是全部</translation>
    </message>
    <message>
        <source>It names no person, no token and no address.</source>
        <translation>其中没有人名、令牌和地址。</translation>
    </message>
    <message>
        <source>Nothing is noted</source>
        <translation>还没有记下什么</translation>
    </message>
    <message>
        <source>The log begins with the first thing that the program notes.</source>
        <translation>程序记下第一件事，日志就开始。</translation>
    </message>
    <message>
        <source>Nothing fits</source>
        <translation>没有符合的</translation>
    </message>
    <message>
        <source>Choose everything of all sources, or empty the field.</source>
        <translation>请选“全部”和“全部来源”，或清空输入框。</translation>
    </message>
    <message>
        <source>The log cannot be read: {reason}</source>
        <translation>日志读不出来：{reason}</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>警告以上</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>note</source>
        <translation>记录</translation>
    </message>
</context>
<context>
    <name>MapPane</name>
    <message>
        <source>Click the place. Enter takes the middle, Esc goes back.</source>
        <translation>点一下位置。回车取正中，Esc 返回。</translation>
    </message>
    <message>
        <source>One map</source>
        <translation>一张图</translation>
    </message>
    <message>
        <source>Incidents</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Assets</source>
        <translation>设施</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>预警</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>注记</translation>
    </message>
    <message>
        <source>Show or hide: {layer}</source>
        <translation>显示或隐藏：{layer}</translation>
    </message>
    <message>
        <source>Closer (+)</source>
        <translation>放大（+）</translation>
    </message>
    <message>
        <source>Further away (−)</source>
        <translation>缩小（−）</translation>
    </message>
    <message>
        <source>County</source>
        <translation>全县</translation>
    </message>
    <message>
        <source>The whole county (0)</source>
        <translation>全县（0）</translation>
    </message>
    <message>
        <source>Review no.: county&apos;s own sketch</source>
        <translation>审图号 县自备</translation>
    </message>
    <message>
        <source>only the worst {most} of {all} open incidents</source>
        <translation>图上只含最紧急的 {most} 起（未结共 {all} 起）</translation>
    </message>
    <message>
        <source>{warning} from {time}</source>
        <translation>{warning} {time} 起</translation>
    </message>
    <message>
        <source>Nothing to draw</source>
        <translation>没有可画的内容</translation>
    </message>
    <message>
        <source>No source has sent outlines or anything with coordinates.</source>
        <translation>各来源都没有给出轮廓或带坐标的记录。</translation>
    </message>
    <message numerus="yes">
        <source>no outline: %n warning(s)</source>
        <translation>
            <numerusform>无范围线：%n 项预警</numerusform>
        </translation>
    </message>
    <message>
        <source>{n} of these without coordinates</source>
        <translation>其中 {n} 起无坐标</translation>
    </message>
    <message numerus="yes">
        <source>%n incident(s) without coordinates</source>
        <translation>
            <numerusform>%n 起无坐标</numerusform>
        </translation>
    </message>
    <message>
        <source>click or Enter: closer</source>
        <translation>单击或回车放大</translation>
    </message>
    <message>
        <source>Arrows move, + and − zoom, 0 shows the county, Tab goes through the worst marks, Page Down through the counts, Enter opens.</source>
        <translation>方向键平移，+ 与 − 缩放，0 显示全县，Tab 逐个到最要紧的标记，Page Down 逐个到各乡镇计数，回车打开。</translation>
    </message>
    <message>
        <source>{level} warning</source>
        <translation>{level}预警</translation>
    </message>
    <message>
        <source>without {layers}</source>
        <translation>不含{layers}</translation>
    </message>
</context>
<context>
    <name>MapTable</name>
    <message>
        <source>Layer</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Level or state</source>
        <translation>级别或状态</translation>
    </message>
    <message>
        <source>Due or until</source>
        <translation>时限或终止</translation>
    </message>
    <message>
        <source>Longitude (°)</source>
        <translation>经度（°）</translation>
    </message>
    <message>
        <source>Latitude (°)</source>
        <translation>纬度（°）</translation>
    </message>
</context>
<context>
    <name>Matrix</name>
    <message>
        <source>Elsewhere</source>
        <translation>其他</translation>
    </message>
    <message numerus="yes">
        <source>%n township(s) normal when last heard</source>
        <translation>
            <numerusform>%n 个乡镇上次收到时均正常</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n township(s) normal</source>
        <translation>
            <numerusform>%n 个乡镇均正常</numerusform>
        </translation>
    </message>
    <message>
        <source>Enter folds them</source>
        <translation>回车收起</translation>
    </message>
    <message>
        <source>Enter shows them</source>
        <translation>回车展开</translation>
    </message>
    <message>
        <source>none that could be read</source>
        <translation>读出的里面没有</translation>
    </message>
    <message>
        <source>list all</source>
        <translation>列出全部</translation>
    </message>
</context>
<context>
    <name>NoNetwork</name>
    <message>
        <source>&quot;This is {office}, office number {number}, with a report. Please open &quot;Take a report by telephone&quot;: {count} groups of digits.&quot;</source>
        <translation>“这里是{office}，{number} 号单位，有一份报告要念。请打开‘听报’，一共 {count} 组数字。”</translation>
    </message>
    <message>
        <source>&quot;That is all of it. Please read me the receipt.&quot;</source>
        <translation>“念完了。请把回执念给我。”</translation>
    </message>
    <message>
        <source>Call the county&apos;s duty room, then press the report that you want to read to it.</source>
        <translation>先打通县值班室的电话，再按要念的那一份。</translation>
    </message>
    <message>
        <source>Call {who}, {number}, then press the report that you want to read to it.</source>
        <translation>先打通{who} {number}，再按要念的那一份。</translation>
    </message>
    <message>
        <source>{seconds} s · {name}</source>
        <translation>{seconds} 秒 · {name}</translation>
    </message>
    <message>
        <source>Nothing waits that could go as codes.</source>
        <translation>没有等着要送、可以做成二维码的东西。</translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) in these codes</source>
        <translation>
            <numerusform>这些二维码里有 %n 条</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n code(s)</source>
        <translation>
            <numerusform>%n 个码</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) stay here.</source>
        <translation>
            <numerusform>另有 %n 条留在本机。</numerusform>
        </translation>
    </message>
    <message>
        <source>Photos of the county&apos;s codes</source>
        <translation>县里二维码的照片</translation>
    </message>
    <message>
        <source>Choose a folder of photos</source>
        <translation>选一个放照片的文件夹</translation>
    </message>
    <message>
        <source>Reading the photos …</source>
        <translation>正在读照片…</translation>
    </message>
    <message numerus="yes">
        <source>Receipt read: %n item(s) answered</source>
        <translation>
            <numerusform>回执已读入：%n 条有了答复</numerusform>
        </translation>
    </message>
    <message>
        <source>No whole receipt of the county is on these photos</source>
        <translation>这些照片里没有一份完整的县里回执</translation>
    </message>
    <message>
        <source>Courier bundle {number} in QR codes</source>
        <translation>摆渡包 {number} 的二维码</translation>
    </message>
    <message>
        <source>What waits becomes a few QR codes, without photos. Somebody photographs them and brings the photos to the county, or you print them.</source>
        <translation>把等着要送的做成几个二维码（不带照片附件）。找人用手机拍下来带到县里，或者打印出来。</translation>
    </message>
    <message>
        <source>Make the codes</source>
        <translation>做成二维码</translation>
    </message>
    <message>
        <source>Read photos of the receipt …</source>
        <translation>读入回执的照片…</translation>
    </message>
    <message>
        <source>Read a folder of photos …</source>
        <translation>读入整个文件夹…</translation>
    </message>
    <message>
        <source>Print all of them …</source>
        <translation>全部打印…</translation>
    </message>
    <message>
        <source>It does not fit: something was misheard. Have the check word read again, or press a group below and have it read again.</source>
        <translation>核对不上，有地方听错了：请对方再念核对词；或按下面的某一组，请对方再念那一组。</translation>
    </message>
    <message>
        <source>The receipt is about nothing that waits here.</source>
        <translation>回执里没有本机在等的东西。</translation>
    </message>
    <message>
        <source>Back to the list</source>
        <translation>回到列表</translation>
    </message>
    <message>
        <source>too long: by stick or by QR code</source>
        <translation>太长，请用 U 盘或二维码</translation>
    </message>
    <message>
        <source>The county reads its receipt back: type it in. Only then is it certain that the report has arrived.</source>
        <translation>县里会把回执念给您：照样输进来。输对了，才能确定报告已经到县里。</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>Nothing waits: the county has all of it.</source>
        <translation>没有要报的：都已经到县里了。</translation>
    </message>
    <message>
        <source>No network and no stick</source>
        <translation>没有网络，也没有 U 盘</translation>
    </message>
    <message>
        <source>Pair with the county …</source>
        <translation>先与县里配对…</translation>
    </message>
    <message>
        <source>The county must be able to tell that a report is yours: pair this office with it once, by stick, before the line fails.</source>
        <translation>县里要能认出报告是您报的：请先用 U 盘与县里配对一次，最好在断线以前。</translation>
    </message>
    <message>
        <source>Read it over the telephone</source>
        <translation>打电话，念给县里听</translation>
    </message>
    <message>
        <source>Send it as short messages</source>
        <translation>发短信、北斗</translation>
    </message>
    <message>
        <source>Take it along as QR codes</source>
        <translation>用二维码带走</translation>
    </message>
    <message>
        <source>The number of this office at the county (ask its duty room):</source>
        <translation>本单位在县里的单位号（问县值班室）：</translation>
    </message>
    <message>
        <source>That is it</source>
        <translation>就是这个号</translation>
    </message>
    <message>
        <source>Press a report to see it as short messages: type them into a telephone, or copy them. They go to the county&apos;s duty room.</source>
        <translation>按一份报告，就显示成短信：照着输进手机，或者复制过去，发给县值班室。</translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n 条短信</numerusform>
        </translation>
    </message>
    <message>
        <source>{sent} of {count} sent, waiting for the county&apos;s answer</source>
        <translation>已发 {sent} 帧，共 {count} 帧，正在等县里回复</translation>
    </message>
    <message>
        <source>Send all of it by {line}</source>
        <translation>全部从 {line} 发出</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Copy this message</source>
        <translation>复制这一条</translation>
    </message>
    <message>
        <source>← The message before</source>
        <translation>← 上一条</translation>
    </message>
    <message>
        <source>The next message →</source>
        <translation>下一条 →</translation>
    </message>
    <message>
        <source>The county has answered: its receipt</source>
        <translation>县里回了：填回执</translation>
    </message>
    <message>
        <source>Message {n} of {count}: send it as it is</source>
        <translation>第 {n} 条，共 {count} 条：原样发出</translation>
    </message>
    <message>
        <source>Nothing waits that could go this way.</source>
        <translation>没有能这样报的。</translation>
    </message>
    <message>
        <source>Number of this office at the county: {number}</source>
        <translation>本单位在县里的编号：{number}</translation>
    </message>
    <message>
        <source>Change the number …</source>
        <translation>更改编号…</translation>
    </message>
</context>
<context>
    <name>NoteEditor</name>
    <message>
        <source>The draft cannot be saved: send it now</source>
        <translation>草稿无法保存，请立即发送</translation>
    </message>
    <message>
        <source>What was seen, said or done</source>
        <translation>看到了什么、说了什么、做了什么</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Esc keeps the draft</source>
        <translation>Esc 收起，草稿保留</translation>
    </message>
    <message>
        <source>Send note</source>
        <translation>发送备注</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Restart now</source>
        <translation>现在重新打开</translation>
    </message>
    <message>
        <source>Noted</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Save a report</source>
        <translation>保存报告</translation>
    </message>
</context>
<context>
    <name>OutageLine</name>
    <message>
        <source>The keyring asks for its password: it keeps the logins of the sources, which are asked once it is unlocked.</source>
        <translation>密钥环在要口令：来源的登录存在它里面，解锁后自动联系来源。</translation>
    </message>
    <message>
        <source>What you write is stored here and goes out once it answers</source>
        <translation>您写的都存在本机，接通后自动发出</translation>
    </message>
    <message>
        <source>{first}. {rest}.</source>
        <translation>{first}；{rest}。</translation>
    </message>
    <message>
        <source>. </source>
        <translation>；</translation>
    </message>
    <message>
        <source>any source</source>
        <translation>所有来源</translation>
    </message>
    <message>
        <source> or </source>
        <translation>、</translation>
    </message>
    <message numerus="yes">
        <source>%n source(s)</source>
        <translation>
            <numerusform> %n 个来源</numerusform>
        </translation>
    </message>
    <message>
        <source>No answer from {who} since {time}</source>
        <translation>{who}从 {time} 起没有应答</translation>
    </message>
    <message>
        <source>No data from {who} since {time}</source>
        <translation>{who}从 {time} 起没有数据来</translation>
    </message>
    <message>
        <source>Not all of its data was ever received</source>
        <translation>从未收齐它的数据</translation>
    </message>
    <message>
        <source>You see data of {time}</source>
        <translation>画面是 {time} 的数据</translation>
    </message>
    <message>
        <source>The sources answer again</source>
        <translation>来源恢复应答</translation>
    </message>
</context>
<context>
    <name>OutboxSheet</name>
    <message>
        <source>Outbox</source>
        <translation>待发箱</translation>
    </message>
    <message>
        <source>Nothing has been submitted from this computer.</source>
        <translation>本机还没有发出过任何指令。</translation>
    </message>
    <message>
        <source>Noted</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Submitted</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>By</source>
        <translation>发出人</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>On</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>What it says</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>State</source>
        <translation>回执</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>自</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Outbox of {officer}, exported {now}</source>
        <translation>{officer} 的待发箱，导出于 {now}</translation>
    </message>
    <message>
        <source>Withdrawn: {command}</source>
        <translation>已撤回：{command}</translation>
    </message>
    <message>
        <source>Too late: it may have reached the county.</source>
        <translation>来不及了：它可能已送到县里。</translation>
    </message>
    <message>
        <source>Decide</source>
        <translation>来决定</translation>
    </message>
    <message>
        <source>Show the case</source>
        <translation>看这件事</translation>
    </message>
    <message>
        <source>Send first</source>
        <translation>提前</translation>
    </message>
    <message>
        <source>Send last</source>
        <translation>排后</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>Copy text</source>
        <translation>复制文字</translation>
    </message>
    <message>
        <source>Submit it again</source>
        <translation>重新发出</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Unfinished {n}</source>
        <translation>未完 {n}</translation>
    </message>
    <message>
        <source>Needs you {n}</source>
        <translation>需处理 {n}</translation>
    </message>
    <message>
        <source>Answered {n}</source>
        <translation>新回执 {n}</translation>
    </message>
    <message>
        <source>All {n}</source>
        <translation>全部 {n}</translation>
    </message>
    <message>
        <source>Everything has its answer.</source>
        <translation>每件都有了回执。</translation>
    </message>
    <message>
        <source>Nothing needs you.</source>
        <translation>没有需要您处理的。</translation>
    </message>
    <message>
        <source>No new answers.</source>
        <translation>没有新回执。</translation>
    </message>
    <message>
        <source>{state} since {time}</source>
        <translation>{state}，{time} 起</translation>
    </message>
    <message>
        <source>It may have reached the county: it can no longer be withdrawn, only answered.</source>
        <translation>它可能已送到县里：撤不回来了，只能等答复。</translation>
    </message>
    <message>
        <source>Nothing of it has left this computer.</source>
        <translation>它还没有离开本机。</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>All actions</source>
        <translation>全部操作</translation>
    </message>
    <message>
        <source>incidents of the township</source>
        <translation>该乡镇的事件</translation>
    </message>
    <message>
        <source>An action, a township, a phone or a plan, or its initials</source>
        <translation>操作、乡镇、电话或预案，也可用拼音首字母</translation>
    </message>
    <message>
        <source>No action, township, phone or plan matches</source>
        <translation>没有符合的操作、乡镇、电话或预案</translation>
    </message>
    <message>
        <source>plan</source>
        <translation>预案</translation>
    </message>
</context>
<context>
    <name>Pane</name>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n 项未能读取</numerusform>
        </translation>
    </message>
    <message>
        <source>As of {now} · {age}</source>
        <translation>截至 {now} · {age}</translation>
    </message>
    <message>
        <source>What is shown is not all. Press to see what and why.</source>
        <translation>显示的不是全部。按此查看是哪些、为什么。</translation>
    </message>
    <message numerus="yes">
        <source>%n field(s) could not be read</source>
        <translation>
            <numerusform>%n 个字段未能读取</numerusform>
        </translation>
    </message>
    <message>
        <source>No source for this</source>
        <translation>没有来源</translation>
    </message>
    <message>
        <source>None of the sources in the profile fills this pane.</source>
        <translation>配置里没有任何来源提供这一栏的数据。</translation>
    </message>
    <message>
        <source>Not yet loaded</source>
        <translation>尚未载入</translation>
    </message>
    <message>
        <source>Waiting for the first answer of {source}.</source>
        <translation>正在等待 {source} 的第一次应答。</translation>
    </message>
    <message>
        <source>Never received from {source}</source>
        <translation>从未收到 {source} 的数据</translation>
    </message>
    <message>
        <source>Exported {now} · {age}</source>
        <translation>导出于 {now} · {age}</translation>
    </message>
    <message>
        <source>Loading from {source}</source>
        <translation>正在接收{source}的数据</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>正在载入</translation>
    </message>
</context>
<context>
    <name>Photos</name>
    <message>
        <source>Leave the place out</source>
        <translation>不带地点</translation>
    </message>
    <message>
        <source>Not stored yet: this computer&apos;s disk took nothing.</source>
        <translation>还没有存下：本机磁盘写不进去。</translation>
    </message>
    <message>
        <source>Take this photo out of the report</source>
        <translation>从这件事里去掉这张照片</translation>
    </message>
    <message>
        <source>Add photos</source>
        <translation>添加照片</translation>
    </message>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Add photos…</source>
        <translation>添加照片…</translation>
    </message>
    <message>
        <source>Store them now</source>
        <translation>现在存下</translation>
    </message>
    <message numerus="yes">
        <source>Making %n photo(s) smaller…</source>
        <translation>
            <numerusform>正在缩小 %n 张照片…</numerusform>
        </translation>
    </message>
    <message>
        <source>or drop them here, or paste them with Ctrl+V</source>
        <translation>也可以拖到这里，或按 Ctrl+V 粘贴</translation>
    </message>
    <message numerus="yes">
        <source>A report takes at most %n photo(s).</source>
        <translation>
            <numerusform>一件事最多 %n 张照片。</numerusform>
        </translation>
    </message>
    <message>
        <source>{size} · cannot be made smaller: it goes as it is</source>
        <translation>{size} · 不能缩小，原样发送（含其中的拍摄信息）</translation>
    </message>
    <message>
        <source>Photo made smaller: {before} → {after}</source>
        <translation>照片已缩小：{before} → {after}</translation>
    </message>
    <message>
        <source>Taken at {place}</source>
        <translation>拍摄地点 {place}</translation>
    </message>
    <message>
        <source>Taken {time}</source>
        <translation>拍摄于 {time}</translation>
    </message>
</context>
<context>
    <name>Phrases</name>
    <message>
        <source>no source fills this</source>
        <translation>没有来源提供</translation>
    </message>
    <message>
        <source>{source}: {said}</source>
        <translation>{source}：{said}</translation>
    </message>
    <message>
        <source>data {time}</source>
        <translation>数据 {time}</translation>
    </message>
    <message>
        <source>data {time} · {age}</source>
        <translation>数据 {time} · {age}</translation>
    </message>
    <message>
        <source>not all received yet</source>
        <translation>尚未收全</translation>
    </message>
    <message>
        <source>never received</source>
        <translation>从未收到</translation>
    </message>
    <message>
        <source>{source} failing since {time}</source>
        <translation>{source} {time} 起中断</translation>
    </message>
    <message>
        <source>{collection}: {n} could not be read</source>
        <translation>{collection} {n} 项未能读取</translation>
    </message>
    <message numerus="yes">
        <source>{collection}: %n field(s) could not be read</source>
        <translation>
            <numerusform>{collection}有 %n 个字段未能读取</numerusform>
        </translation>
    </message>
    <message>
        <source>waiting for its answer</source>
        <translation>等待应答</translation>
    </message>
    <message>
        <source>{hours}h {minutes}m</source>
        <translation>{hours} 时 {minutes} 分</translation>
    </message>
    <message>
        <source>{rows} of {of} rows</source>
        <translation>已收 {rows} / {of} 行</translation>
    </message>
    <message>
        <source>about {seconds} s to go</source>
        <translation>约 {seconds} 秒后收完</translation>
    </message>
    <message>
        <source>all {of} rows are here, being stored</source>
        <translation>{of} 行已收齐，正在存入</translation>
    </message>
    <message>
        <source>overdue for {span}</source>
        <translation>已超时 {span}</translation>
    </message>
    <message>
        <source>at most {span} left</source>
        <translation>至多还有 {span}</translation>
    </message>
    <message>
        <source>{span} left</source>
        <translation>还有 {span}</translation>
    </message>
</context>
<context>
    <name>Print</name>
    <message numerus="yes">
        <source>%n more rows are not printed</source>
        <translation>
            <numerusform>另有 %n 行没有打印</numerusform>
        </translation>
    </message>
    <message>
        <source>Print the list</source>
        <translation>打印列表</translation>
    </message>
    <message>
        <source>No printer: save as PDF</source>
        <translation>没有打印机，存为 PDF</translation>
    </message>
</context>
<context>
    <name>Queues</name>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} 分</translation>
    </message>
    <message>
        <source>Congested</source>
        <translation>拥堵</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等候</translation>
    </message>
    <message>
        <source>Longest wait</source>
        <translation>最长等候</translation>
    </message>
    <message>
        <source>{what}: {now}, threshold {limit}</source>
        <translation>{what}：{now}，阈值 {limit}</translation>
    </message>
    <message>
        <source>Average wait</source>
        <translation>平均等候</translation>
    </message>
    <message>
        <source>Longest</source>
        <translation>最长</translation>
    </message>
    <message>
        <source>Counters</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Last 4 h</source>
        <translation>近 4 小时</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>地点</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>Longest wait, s</source>
        <translation>最长等候（秒）</translation>
    </message>
    <message>
        <source>Average wait, s</source>
        <translation>平均等候（秒）</translation>
    </message>
    <message>
        <source>Counters open</source>
        <translation>开放窗口</translation>
    </message>
    <message>
        <source>Served today</source>
        <translation>今日已办</translation>
    </message>
    <message>
        <source>Observed</source>
        <translation>观测时间</translation>
    </message>
    <message>
        <source>Service queues</source>
        <translation>服务队列</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>No queues</source>
        <translation>没有队列</translation>
    </message>
    <message>
        <source>The sources answer, but have sent no queues.</source>
        <translation>来源有应答，但没有给出队列。</translation>
    </message>
    <message>
        <source>Filtered out</source>
        <translation>已被筛选</translation>
    </message>
    <message numerus="yes">
        <source>None of %n queue(s) is of the group chosen.</source>
        <translation>
            <numerusform>%n 个队列中没有属于所选类别的。</numerusform>
        </translation>
    </message>
    <message>
        <source>vs threshold</source>
        <translation>对照各自阈值</translation>
    </message>
    <message>
        <source>Waiting over time</source>
        <translation>各时刻等候人数</translation>
    </message>
</context>
<context>
    <name>Relay</name>
    <message>
        <source>Hand on an office&apos;s stick or QR codes</source>
        <translation>代收：交上单位送来的 U 盘、二维码</translation>
    </message>
    <message>
        <source>Files of the stick, or photos of QR codes</source>
        <translation>U 盘里的文件，或二维码的照片</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
    </message>
    <message>
        <source>Handing it on to the county …</source>
        <translation>正在交到县平台…</translation>
    </message>
    <message numerus="yes">
        <source>%n receipt(s) written: give them back to the office</source>
        <translation>
            <numerusform>已写好 %n 份回执，请交还单位</numerusform>
        </translation>
    </message>
    <message>
        <source>An office without a network gave you a stick, or photos of its QR codes: they go to the county from here, and its receipt goes back to the office.</source>
        <translation>没有网络的单位送来了 U 盘，或二维码的照片：从这里交到县平台，再把回执交还给单位。</translation>
    </message>
    <message>
        <source>Choose files or photos …</source>
        <translation>选择文件或照片…</translation>
    </message>
    <message>
        <source>Choose a whole folder …</source>
        <translation>选择整个文件夹…</translation>
    </message>
    <message>
        <source>Write the receipts to a folder …</source>
        <translation>把回执写到文件夹…</translation>
    </message>
    <message numerus="yes">
        <source>Handed on to the county: %n</source>
        <translation>
            <numerusform>已交到县平台 %n 份</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing was handed on</source>
        <translation>没有交上任何东西</translation>
    </message>
    <message>
        <source>Receipt of {office} as QR codes</source>
        <translation>{office} 的回执做成二维码</translation>
    </message>
    <message>
        <source>Hand on {name}</source>
        <translation>代交 {name}</translation>
    </message>
</context>
<context>
    <name>Report</name>
    <message>
        <source>Monthly operations report</source>
        <translation>运行月报</translation>
    </message>
    <message>
        <source>Save as PDF …</source>
        <translation>存为 PDF…</translation>
    </message>
    <message>
        <source>Save as CSV …</source>
        <translation>存为 CSV…</translation>
    </message>
    <message>
        <source>Counting …</source>
        <translation>正在统计…</translation>
    </message>
    <message>
        <source>Written: {name}</source>
        <translation>已写好：{name}</translation>
    </message>
</context>
<context>
    <name>RowWords</name>
    <message>
        <source>passed</source>
        <translation>通过</translation>
    </message>
    <message>
        <source>not passed</source>
        <translation>未通过</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>等级</translation>
    </message>
    <message>
        <source>Lead</source>
        <translation>主办</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>Deadlines</source>
        <translation>时限</translation>
    </message>
    <message>
        <source>With</source>
        <translation>协办</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>地点</translation>
    </message>
    <message>
        <source>Matter</source>
        <translation>情况</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Came by</source>
        <translation>来路</translation>
    </message>
    <message>
        <source>Township</source>
        <translation>乡镇</translation>
    </message>
    <message>
        <source>Last entry</source>
        <translation>最近经过</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>On the map</source>
        <translation>图上位置</translation>
    </message>
    <message>
        <source>Shelved until</source>
        <translation>搁置到</translation>
    </message>
    <message>
        <source>Shelved by</source>
        <translation>搁置人</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Reported</source>
        <translation>上报</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>收到</translation>
    </message>
    <message>
        <source>Edition of the form</source>
        <translation>报表版次</translation>
    </message>
    <message>
        <source>By</source>
        <translation>经手人</translation>
    </message>
    <message>
        <source>Acknowledged</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Acknowledged by</source>
        <translation>确认人</translation>
    </message>
</context>
<context>
    <name>Sending</name>
    <message>
        <source>Today {total}; no limit is set for the day.</source>
        <translation>今日已用 {total}，没有设每日限额。</translation>
    </message>
    <message>
        <source>Only words today</source>
        <translation>今天只发文字</translation>
    </message>
    <message>
        <source>Photos and files wait until midnight. Press again to let them go.</source>
        <translation>照片和文件等到半夜后。再点一下就照常发。</translation>
    </message>
    <message>
        <source>Asking the county …</source>
        <translation>正在联系县里…</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>现在就发</translation>
    </message>
    <message>
        <source>No county is set in the profile.</source>
        <translation>配置里没有设县平台。</translation>
    </message>
    <message>
        <source>No line since {time}. All is kept here and goes by itself.</source>
        <translation>线路不通，自 {time}。写好的都存在本机，通了自动发。</translation>
    </message>
    <message>
        <source>The county has not answered yet.</source>
        <translation>还没有联系上县里。</translation>
    </message>
    <message>
        <source>The county answered at {time}</source>
        <translation>县里 {time} 有回音</translation>
    </message>
    <message>
        <source>line about {rate}</source>
        <translation>线路约 {rate}</translation>
    </message>
    <message>
        <source>speed of the line not known yet</source>
        <translation>线路快慢还没测出来</translation>
    </message>
    <message>
        <source>Decide …</source>
        <translation>去处理…</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>Noted</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Read the case</source>
        <translation>看这件事</translation>
    </message>
    <message>
        <source>Press a row to see what became of it.</source>
        <translation>点一行，看它到了哪一步。</translation>
    </message>
    <message>
        <source>File sent back</source>
        <translation>文件被退回</translation>
    </message>
    <message>
        <source>Still here</source>
        <translation>还在本机</translation>
    </message>
    <message>
        <source>On its way</source>
        <translation>正在发</translation>
    </message>
    <message>
        <source>County received</source>
        <translation>县里收到</translation>
    </message>
    <message>
        <source>County accepted</source>
        <translation>县里签收</translation>
    </message>
    <message>
        <source>Sent back</source>
        <translation>被退回</translation>
    </message>
    <message>
        <source>Put aside</source>
        <translation>搁置</translation>
    </message>
    <message>
        <source>Withdrawn</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>Given up</source>
        <translation>已放弃</translation>
    </message>
    <message>
        <source>because {why}</source>
        <translation>因为：{why}</translation>
    </message>
    <message>
        <source>Today {total} of {budget}</source>
        <translation>今日 {total}，限额 {budget}</translation>
    </message>
    <message>
        <source>File {share} sent</source>
        <translation>文件已发 {share}</translation>
    </message>
    <message>
        <source>the county has its words</source>
        <translation>文字县里已有</translation>
    </message>
    <message>
        <source>the county had changed the case meanwhile</source>
        <translation>县里那边已经改过这件事</translation>
    </message>
    <message>
        <source>the county gave no reason</source>
        <translation>县里没有说明原因</translation>
    </message>
    <message>
        <source>the county wants a login first</source>
        <translation>县里要求先登录</translation>
    </message>
    <message>
        <source>it was written under another login</source>
        <translation>它是用另一个账号写的</translation>
    </message>
    <message>
        <source>it was written for another county server</source>
        <translation>它是写给原来那个县平台的</translation>
    </message>
    <message>
        <source>its county is no longer in the profile</source>
        <translation>配置里已没有它的县平台</translation>
    </message>
    <message>
        <source>the report it belongs to was sent back</source>
        <translation>它所属的上报被退回了</translation>
    </message>
    <message>
        <source>the county&apos;s answer was not understood</source>
        <translation>县里的答复看不懂</translation>
    </message>
    <message>
        <source>another computer may have sent it</source>
        <translation>另一台电脑可能已经发过</translation>
    </message>
    <message>
        <source>it is so old that it might be done twice</source>
        <translation>放得太久，再发可能办两次</translation>
    </message>
    <message>
        <source>Of its file {share} has gone.</source>
        <translation>文件已发 {share}。</translation>
    </message>
    <message>
        <source>It is kept here and is tried again by itself. An earlier try may have reached the county, so it can no longer be withdrawn; nothing is done twice.</source>
        <translation>存在本机，会自动再发。上一次可能已经到了县里，所以不能再撤回；重发不会办两次。</translation>
    </message>
    <message>
        <source>Nothing of it has left this computer yet. It goes by itself with the next connection.</source>
        <translation>还没有离开这台电脑。下次连上县里会自动发出。</translation>
    </message>
    <message>
        <source>Handed to the line at {time}; the county has not answered yet. It is asked again by itself; nothing is done twice.</source>
        <translation>{time} 已交给线路，县里还没有回音。会自动再问；不会办两次。</translation>
    </message>
    <message>
        <source>The county received it at {time} and has not accepted it yet.</source>
        <translation>县里 {time} 收到，还没有签收。</translation>
    </message>
    <message>
        <source>The county accepted it at {time}.</source>
        <translation>县里 {time} 签收了。</translation>
    </message>
    <message>
        <source>The county sent it back at {time}, because {why}.</source>
        <translation>县里 {time} 退回，因为：{why}。</translation>
    </message>
    <message>
        <source>Put aside since {time}, because {why}.</source>
        <translation>{time} 起搁置，因为：{why}。</translation>
    </message>
    <message>
        <source>Withdrawn at {time}; nothing of it had left.</source>
        <translation>{time} 已撤回，没有发出去过。</translation>
    </message>
    <message>
        <source>Given up at {time}; whether the county has it is not known.</source>
        <translation>{time} 已放弃；县里有没有收到，不知道。</translation>
    </message>
    <message>
        <source>Send and receive</source>
        <translation>收发</translation>
    </message>
    <message>
        <source>Details, export and print …</source>
        <translation>明细、导出和打印…</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>正在读…</translation>
    </message>
    <message>
        <source>Nothing has been written here yet</source>
        <translation>这里还没有写过东西</translation>
    </message>
    <message>
        <source>What you report or feed back appears here, and whether it has arrived.</source>
        <translation>您上报、反馈的每一条都会出现在这里，到没到县里一看便知。</translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) put aside for now: each row says why.</source>
        <translation>
            <numerusform>有 %n 条搁置，暂时不发，原因写在各行。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sent back</source>
        <translation>
            <numerusform>%n 条被退回</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n put aside</source>
        <translation>
            <numerusform>%n 条搁置</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n still here</source>
        <translation>
            <numerusform>还有 %n 条在本机</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n on the way</source>
        <translation>
            <numerusform>%n 条正在发</numerusform>
        </translation>
    </message>
    <message>
        <source>photos still here</source>
        <translation>照片还没发完</translation>
    </message>
    <message numerus="yes">
        <source>%n not accepted yet</source>
        <translation>
            <numerusform>%n 条县里还没签收</numerusform>
        </translation>
    </message>
    <message>
        <source>all is with the county</source>
        <translation>都到县里了</translation>
    </message>
    <message>
        <source>nothing to send</source>
        <translation>没有要发的</translation>
    </message>
    <message>
        <source>Nothing waits here.</source>
        <translation>没有要发的。</translation>
    </message>
    <message>
        <source>The next connection sends about {size}; how long that takes is not known.</source>
        <translation>下次连上要发约 {size}；线路快慢还没测出来，要多久说不准。</translation>
    </message>
    <message>
        <source>The next connection sends {amount} at the present speed.</source>
        <translation>下次连上要发{amount}（按现在的线路）。</translation>
    </message>
    <message>
        <source>{items}, first &quot;{title}&quot;</source>
        <translation>{items}，最先是“{title}”</translation>
    </message>
    <message>
        <source>First {items}</source>
        <translation>先发{items}</translation>
    </message>
    <message>
        <source>{before}; then {more}</source>
        <translation>{before}；再发{more}</translation>
    </message>
    <message>
        <source>{sentence}.</source>
        <translation>{sentence}。</translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) in words</source>
        <translation>
            <numerusform>文字 %n 条</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n small picture(s)</source>
        <translation>
            <numerusform>小图 %n 张</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) from the county</source>
        <translation>
            <numerusform>取回县里的文件 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) or file(s)</source>
        <translation>
            <numerusform>照片和文件 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>{items} ({amount})</source>
        <translation>{items}（{amount}）</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>about {size}, {length}</source>
        <translation>约 {size}，{length}</translation>
    </message>
    <message numerus="yes">
        <source>Only words today: %n file(s) ({size}) go after midnight.</source>
        <translation>
            <numerusform>今天只发文字：%n 个文件（{size}）等过了半夜再发。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Today&apos;s bytes do not reach for %n file(s) ({size}): they go tomorrow.</source>
        <translation>
            <numerusform>今天的流量不够：%n 个文件（{size}）明天再发。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) ({size}) wait for the hours set for them.</source>
        <translation>
            <numerusform>%n 张照片（{size}）等到规定的时段再发。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) ({size}) wait with what they belong to.</source>
        <translation>
            <numerusform>%n 个文件（{size}）跟着搁置的那一条等着。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) were sent back and are not sent again.</source>
        <translation>
            <numerusform>%n 个文件被退回，不再发。</numerusform>
        </translation>
    </message>
    <message>
        <source>Receiving the county&apos;s data for the first time …</source>
        <translation>正在第一次接收县里的数据…</translation>
    </message>
    <message>
        <source>The county has just answered</source>
        <translation>刚刚联系上县里了</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Reset</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>at the next start, with another folder of data</source>
        <translation>重新打开后生效，换一个数据文件夹</translation>
    </message>
    <message>
        <source>at the next start</source>
        <translation>重新打开后生效</translation>
    </message>
    <message>
        <source>at once</source>
        <translation>当场生效</translation>
    </message>
    <message>
        <source>Default: {value}</source>
        <translation>默认：{value}</translation>
    </message>
    <message>
        <source>Not in the file: the default counts</source>
        <translation>配置里没写，按默认</translation>
    </message>
    <message>
        <source>now in force: {value}, switched at the desk</source>
        <translation>现在用的是{value}（在界面上切换过）</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>不填</translation>
    </message>
    <message>
        <source>Take the file as it is now</source>
        <translation>读现在的文件</translation>
    </message>
    <message>
        <source>Write mine over it</source>
        <translation>用这里的盖掉它</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>现在重新打开</translation>
    </message>
    <message>
        <source>The demo&apos;s profile: what is changed here goes with it</source>
        <translation>演示用的配置：在这里改的，关闭即弃</translation>
    </message>
    <message>
        <source>Written to {file}; counts at the next start</source>
        <translation>已写入 {file}，重新打开后生效</translation>
    </message>
    <message>
        <source>Written at once to {file}</source>
        <translation>改动当场写入 {file}</translation>
    </message>
    <message>
        <source>Line {n}: {reason}</source>
        <translation>第 {n} 行：{reason}</translation>
    </message>
    <message>
        <source>what the file says does not count</source>
        <translation>配置文件里写的不算</translation>
    </message>
    <message>
        <source>Fixed by the county</source>
        <translation>县里固定</translation>
    </message>
    <message>
        <source>From the county</source>
        <translation>县里的默认值</translation>
    </message>
    <message>
        <source>No. {n}</source>
        <translation>第 {n} 号</translation>
    </message>
    <message>
        <source>from the next start on</source>
        <translation>下次启动时用上</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>还有 %n 处</numerusform>
        </translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>No setting has these words.</source>
        <translation>没有这样的设置。</translation>
    </message>
    <message>
        <source>Search the settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Pages of settings</source>
        <translation>设置的各页</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>kept in the keyring; empty: stays as it is</source>
        <translation>存入密钥环；不填，原来的不变</translation>
    </message>
    <message>
        <source>Asking the source …</source>
        <translation>正在试连…</translation>
    </message>
    <message>
        <source>Not probed like this. Press again to save it all the same.</source>
        <translation>还没有试连通过。再按一次，照样保存。</translation>
    </message>
    <message>
        <source>One of the fields cannot be used.</source>
        <translation>有一栏填得不对，见上面的说明。</translation>
    </message>
    <message>
        <source>The token is not kept: the profile has faults yet.</source>
        <translation>令牌没有存下：配置还有错。</translation>
    </message>
    <message>
        <source>There is no keyring: the token is kept once the desk opens.</source>
        <translation>没有密钥环：令牌到打开指挥台时才存下。</translation>
    </message>
    <message>
        <source>It answers: {found}</source>
        <translation>连通了：{found}</translation>
    </message>
    <message>
        <source>A new source</source>
        <translation>新的来源</translation>
    </message>
    <message>
        <source>Kind of source</source>
        <translation>来源种类</translation>
    </message>
    <message>
        <source>Probe</source>
        <translation>试连</translation>
    </message>
    <message>
        <source>Save all the same</source>
        <translation>照样保存</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Back to the sources</source>
        <translation>回到来源列表</translation>
    </message>
    <message>
        <source>No source yet: a desk needs at least one.</source>
        <translation>还没有来源，至少要有一个。</translation>
    </message>
    <message>
        <source>Add a source …</source>
        <translation>添加来源…</translation>
    </message>
    <message>
        <source>Edit …</source>
        <translation>修改…</translation>
    </message>
    <message>
        <source>Press again to remove it</source>
        <translation>再按一次移除</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>The token typed is kept by the desk alone: open it once.</source>
        <translation>令牌要由指挥台存下，请打开一次指挥台。</translation>
    </message>
    <message>
        <source>To give the token up, close again.</source>
        <translation>不要令牌了，再关一次。</translation>
    </message>
    <message>
        <source>County Desk settings</source>
        <translation>县域指挥台设置</translation>
    </message>
    <message>
        <source>Open the desk</source>
        <translation>打开指挥台</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>choices told by the county</source>
        <translation>选项来自县里</translation>
    </message>
    <message>
        <source>in force for {source}: {size}</source>
        <translation>{source}现在的上限：{size}</translation>
    </message>
    <message>
        <source>as by default</source>
        <translation>与默认相同</translation>
    </message>
    <message>
        <source>Saved; counts at the next start</source>
        <translation>已保存，重新打开后生效</translation>
    </message>
    <message>
        <source>Every change is saved at once</source>
        <translation>改动当场保存</translation>
    </message>
    <message>
        <source>Press again to write it all the same.</source>
        <translation>再按一次，照样写入。</translation>
    </message>
    <message>
        <source>Text of the profile&apos;s file</source>
        <translation>配置文件的内容</translation>
    </message>
    <message>
        <source>Write this text</source>
        <translation>写入这些文字</translation>
    </message>
    <message>
        <source>Take back what I typed</source>
        <translation>撤销刚才的改动</translation>
    </message>
    <message>
        <source>Put in the last text that opened</source>
        <translation>换成上次能打开的那份</translation>
    </message>
    <message numerus="yes">
        <source>%n noted; shown again once forgotten</source>
        <translation>
            <numerusform>已知道 %n 条；忘掉后会再提醒</numerusform>
        </translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Nothing is remembered yet.</source>
        <translation>还没有记住什么。</translation>
    </message>
    <message>
        <source>Forget</source>
        <translation>忘掉</translation>
    </message>
    <message>
        <source>Its data goes at the next start; commands for it that were not sent stay held on this computer.</source>
        <translation>重新打开后不再显示它的数据；还没发给它的指令扣在本机，不会丢。</translation>
    </message>
    <message>
        <source>The county&apos;s default: {value}</source>
        <translation>县里的默认值：{value}</translation>
    </message>
    <message>
        <source>From the county; it can only be changed there</source>
        <translation>县里统一加的，只能在县里改</translation>
    </message>
    <message>
        <source>This program: {version}</source>
        <translation>本程序：{version}</translation>
    </message>
    <message>
        <source>The county offers none newer.</source>
        <translation>县里没有更新的版本。</translation>
    </message>
    <message>
        <source>The county offers: {version}</source>
        <translation>县里有新版：{version}</translation>
    </message>
    <message>
        <source>Nothing is installed by itself. Fetch the package for this computer here, and have it installed after the shift.</source>
        <translation>程序从不自己安装。在这里取来适合这台电脑的软件包，交班之后再装。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Fetch it</source>
        <translation>取来</translation>
    </message>
    <message>
        <source>Fetching {name} …</source>
        <translation>正在取 {name}…</translation>
    </message>
    <message>
        <source>It is here, whole and checked: {file}</source>
        <translation>已取来并核对无误：{file}</translation>
    </message>
    <message>
        <source>Cancelled; what has come is kept for the next time.</source>
        <translation>已取消；已经取到的留着，下次接着取。</translation>
    </message>
    <message>
        <source>now in force: {value}</source>
        <translation>现在用的是{value}</translation>
    </message>
    <message>
        <source>from then on, what the file says does not count</source>
        <translation>到那时，配置文件里写的不算</translation>
    </message>
    <message>
        <source>Only a desk with one county&apos;s platform asks for these.</source>
        <translation>打开的界面只接一个县平台时，才问县里有没有新版本。</translation>
    </message>
    <message>
        <source>Not asked: this desk has no fingerprint of its county (county_key).</source>
        <translation>没有去问：这台电脑还没有本县的指纹（配对，或在来源里写 county_key）。</translation>
    </message>
    <message>
        <source>The county has not answered yet; it is asked again.</source>
        <translation>县里还没有答复过；会自动再问。</translation>
    </message>
    <message>
        <source>The county&apos;s last answer does not count: {reason}</source>
        <translation>县里上一次的答复不算数：{reason}</translation>
    </message>
    <message>
        <source>The county offers {version} from {day} on.</source>
        <translation>县里从 {day} 起提供 {version}。</translation>
    </message>
    <message>
        <source>It has not answered since this start.</source>
        <translation>这次启动后还没有答复。</translation>
    </message>
    <message>
        <source>Answered last: {time}</source>
        <translation>上一次答复：{time}</translation>
    </message>
</context>
<context>
    <name>Sheet</name>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭（Esc）</translation>
    </message>
</context>
<context>
    <name>SourcesSheet</name>
    <message>
        <source>Sources</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>{heard} · expected every {period} · {filled}</source>
        <translation>{heard} · 预期每 {period} 一次 · {filled}</translation>
    </message>
    <message>
        <source>{n} deletions at once are not believed yet; the rows stay until the sums agree</source>
        <translation>{n} 条一次性删除尚未采信：核对一致前，数据照旧显示</translation>
    </message>
    <message numerus="yes">
        <source>and %n more; county-desk list --json tells all</source>
        <translation>
            <numerusform>另有 %n 项；county-desk list --json 可全部列出</numerusform>
        </translation>
    </message>
    <message>
        <source>Go on with this server</source>
        <translation>改用这个平台</translation>
    </message>
    <message>
        <source>Press again: this county&apos;s rows are fetched anew</source>
        <translation>再按一次确定：本机数据将重新收取</translation>
    </message>
    <message>
        <source>clock {seconds} s</source>
        <translation>时钟差 {seconds} 秒</translation>
    </message>
    <message>
        <source>At first contact: {found}</source>
        <translation>首次连接时：{found}</translation>
    </message>
    <message>
        <source>Check this computer</source>
        <translation>检查这台电脑</translation>
    </message>
</context>
<context>
    <name>SpokenReceipts</name>
    <message numerus="yes">
        <source>%n more commands changed</source>
        <translation>
            <numerusform>另有 %n 条指令有变化</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message>
        <source>to send {n}</source>
        <translation>待发 {n}</translation>
    </message>
    <message>
        <source>needs you {n}</source>
        <translation>需处理 {n}</translation>
    </message>
    <message>
        <source>Go to the warnings (G W)</source>
        <translation>转到预警（G W）</translation>
    </message>
    <message>
        <source>weak line {figure}</source>
        <translation>弱网 {figure}</translation>
    </message>
    <message>
        <source>today&apos;s bytes are spent</source>
        <translation>今日流量已用完</translation>
    </message>
    <message>
        <source>Line and bytes</source>
        <translation>线路与流量</translation>
    </message>
    <message>
        <source>login unencrypted</source>
        <translation>登录未加密</translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n 项未能读取</numerusform>
        </translation>
    </message>
    <message>
        <source>{county} desk</source>
        <translation>{county} 指挥台</translation>
    </message>
    <message>
        <source>County desk</source>
        <translation>县域指挥台</translation>
    </message>
    <message>
        <source>Demo · throw-away key</source>
        <translation>演示 · 临时密钥</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>中文</source>
        <translation>English</translation>
    </message>
    <message>
        <source>Language (Ctrl+L)</source>
        <translation>语言 (Ctrl+L)</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Theme (Ctrl+T)</source>
        <translation>配色 (Ctrl+T)</translation>
    </message>
    <message>
        <source>All actions (Ctrl+K)</source>
        <translation>全部操作（Ctrl+K）</translation>
    </message>
    <message>
        <source>Help (F1)</source>
        <translation>帮助（F1）</translation>
    </message>
</context>
<context>
    <name>TableSheet</name>
    <message>
        <source>{title} as a table</source>
        <translation>{title}（表格）</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Enter sorts by the column, Ctrl+C copies the rows picked</source>
        <translation>回车按所在列排序，Ctrl+C 复制选中的行</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The first %n row(s); a file has all</source>
        <translation>
            <numerusform>前 %n 行，存成文件才是全部</numerusform>
        </translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>各行</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>What was done</source>
        <translation>做了什么</translation>
    </message>
    <message>
        <source>By, or its state</source>
        <translation>由谁，或现在的状态</translation>
    </message>
    <message>
        <source>taken back</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>是否撤回</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Ten minutes to begin</source>
        <translation>十分钟上手</translation>
    </message>
    <message>
        <source>Skip this step</source>
        <translation>跳过这步</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>离开</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>That is all of it</source>
        <translation>都做完了</translation>
    </message>
    <message>
        <source>Step {n} of {count}: {title}</source>
        <translation>第 {n} 步，共 {count} 步：{title}</translation>
    </message>
    <message>
        <source>The rest is read up when it is needed: {key} opens the help anywhere. This tour is found under &quot;All actions&quot; again.</source>
        <translation>其余的，用到时再查：在任何地方按 {key} 打开帮助。想再练一遍，在“全部操作”里找。</translation>
    </message>
    <message>
        <source>Pick an incident</source>
        <translation>选一个事件</translation>
    </message>
    <message>
        <source>At the left are the incidents of Yunlu, a county that does not exist; the most urgent is on top. Press {0} to go down, {1} to go up, or click a row. The detail and the map follow.</source>
        <translation>左边是云麓县的事件，这个县是虚构的；最要紧的在最上面。按 {0} 往下、{1} 往上，或点一行。详情和地图跟着走。</translation>
    </message>
    <message>
        <source>See how old the data is</source>
        <translation>看数据有多旧</translation>
    </message>
    <message>
        <source>The strip on top names each source and the age of its data. Press {0} for all of it. Were a source lost, its data would stay, with its time. Esc closes the sheet.</source>
        <translation>最上面一条列着每个来源和数据的新旧。按 {0} 看全部。哪个来源断了，它的数据会留在画面上，写明是几点的。按 Esc 关闭。</translation>
    </message>
    <message>
        <source>Acknowledge it</source>
        <translation>确认它</translation>
    </message>
    <message>
        <source>Pick an incident that is marked as unacknowledged and press {0}: you have seen it. For 8 seconds {1} takes it back; the bar under the list counts.</source>
        <translation>选一件写着“未确认”的，按 {0}，表示您已看到。8 秒内按 {1} 可以撤销，列表下面的条在倒数。</translation>
    </message>
    <message>
        <source>Find it on the map</source>
        <translation>在图上看</translation>
    </message>
    <message>
        <source>Press {0}, one key after the other. Arrows move the map, + and − zoom, 0 shows the county again.</source>
        <translation>先后按 {0}。方向键平移，+ 与 − 缩放，0 回到全县。</translation>
    </message>
    <message>
        <source>Write a note</source>
        <translation>写备注</translation>
    </message>
    <message>
        <source>Press {0}, write what you like, and send it with Ctrl+Enter. It appears in the history at once, first as stored here, then as accepted by the county.</source>
        <translation>按 {0}，随便写一句，按 Ctrl+Enter 发送。它马上出现在经过里：先是“本机已存”，随后是县里签收。</translation>
    </message>
    <message>
        <source>Report something new</source>
        <translation>新建一件</translation>
    </message>
    <message>
        <source>Press {0}, fill in a title and what else is asked for, and submit with Ctrl+Enter. It would work without a network just the same, and be sent once only.</source>
        <translation>按 {0}，填标题和要求填的，按 Ctrl+Enter 发出。没有网络也一样能做，以后自动发出，只会办一次。</translation>
    </message>
    <message>
        <source>See what became of it</source>
        <translation>看办得怎样</translation>
    </message>
    <message>
        <source>Press {0}: every command you gave, and how far it is. What needs your decision is orange. Esc closes it.</source>
        <translation>按 {0}：您发出的每一条，到了哪一步。要您决定的是橙色。按 Esc 关闭。</translation>
    </message>
    <message>
        <source>Find anything</source>
        <translation>什么都能找</translation>
    </message>
    <message>
        <source>Press {0} and type a few letters, or pinyin initials: actions, townships, phones and plans. Enter takes the first.</source>
        <translation>按 {0}，打几个字或拼音首字母：操作、乡镇、电话、预案。按回车取第一个。</translation>
    </message>
    <message>
        <source>Ask for help</source>
        <translation>求助</translation>
    </message>
    <message>
        <source>Press {0} anywhere: the help opens at the page of where you are. Esc comes back.</source>
        <translation>在任何地方按 {0}：帮助打开，就在讲那一处的那一页。按 Esc 回来。</translation>
    </message>
    <message>
        <source>Dispatch it</source>
        <translation>把它派遣出去</translation>
    </message>
    <message>
        <source>What you reported is picked and filed: press {0}, name a unit and submit with Ctrl+Enter. Esc would only fold the form and keep what you entered.</source>
        <translation>刚报的这一件已选中，还没有派：按 {0}，写上单位，按 Ctrl+Enter 发出。按 Esc 只是收起，填过的会留下。</translation>
    </message>
</context>
<context>
    <name>Township</name>
    <message>
        <source>Which township is this?</source>
        <translation>这是哪个乡镇？</translation>
    </message>
    <message>
        <source>Press the name of your township. It is asked only once.</source>
        <translation>按一下自己乡镇的名字。只问这一次。</translation>
    </message>
    <message>
        <source>The county has not yet sent the names of its townships. They come with the first connection; nothing has to be done here.</source>
        <translation>县里还没有发来乡镇名单。第一次连上就会有，这里不用做什么。</translation>
    </message>
    <message>
        <source>‹ Back to our township</source>
        <translation>‹ 回到本乡镇</translation>
    </message>
    <message>
        <source>Township office</source>
        <translation>乡镇值班</translation>
    </message>
    <message>
        <source>Look up</source>
        <translation>查一查</translation>
    </message>
    <message>
        <source>by {unit}</source>
        <translation>承办：{unit}</translation>
    </message>
    <message>
        <source>Read all of it</source>
        <translation>看全部</translation>
    </message>
    <message>
        <source>no deadline</source>
        <translation>没有时限</translation>
    </message>
    <message>
        <source>{left} left, by {time}</source>
        <translation>还有 {left}，{time} 前</translation>
    </message>
    <message>
        <source>overdue {left}, was due {time}</source>
        <translation>已超时 {left}，应在 {time} 前</translation>
    </message>
    <message>
        <source>Others are at work in our township on these</source>
        <translation>别的单位在本乡镇办的事</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>正在读取…</translation>
    </message>
    <message numerus="yes">
        <source>%n not yet taken up</source>
        <translation>
            <numerusform>%n 件还没签收</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n new</source>
        <translation>
            <numerusform>%n 件新的</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more open case(s) are in the county&apos;s list</source>
        <translation>
            <numerusform>另有 %n 件未结案的在全县列表里</numerusform>
        </translation>
    </message>
    <message>
        <source>{n} in hand</source>
        <translation>手上 {n} 件</translation>
    </message>
    <message>
        <source>Nothing has come from the county yet</source>
        <translation>还没有收到过县里的数据</translation>
    </message>
    <message>
        <source>The county asks nothing of us now</source>
        <translation>县里现在没有交办的事</translation>
    </message>
    <message>
        <source>My assignments</source>
        <translation>我的事</translation>
    </message>
    <message numerus="yes">
        <source>%n assignment(s), soonest due first</source>
        <translation>
            <numerusform>共 %n 件，最急的在前</numerusform>
        </translation>
    </message>
    <message>
        <source>Whether there is anything to do is not known before the first connection.</source>
        <translation>有没有任务现在不知道。第一次连上就会有。</translation>
    </message>
    <message>
        <source>New assignments appear here by themselves, with a sound.</source>
        <translation>新任务会自己出现在这里，并响一声。</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>看一看</translation>
    </message>
    <message>
        <source>Noted</source>
        <translation>知道了</translation>
    </message>
    <message numerus="yes">
        <source>%n new assignment(s) from the county</source>
        <translation>
            <numerusform>县里交办 %n 件新任务</numerusform>
        </translation>
    </message>
    <message>
        <source>New from the county: {title}</source>
        <translation>县里新交办：{title}</translation>
    </message>
    <message numerus="yes">
        <source>%n new assignment(s)</source>
        <translation>
            <numerusform>新任务 %n 件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answered</source>
        <translation>
            <numerusform>已答复 %n 件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sent back</source>
        <translation>
            <numerusform>其中被退回 %n 件</numerusform>
        </translation>
    </message>
    <message>
        <source>Since {time}: {what}</source>
        <translation>{time} 以来：{what}</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>Photos and files</source>
        <translation>照片和文件</translation>
    </message>
    <message>
        <source>A new event</source>
        <translation>报事件</translation>
    </message>
    <message>
        <source>Feedback on an assignment</source>
        <translation>反馈一件任务</translation>
    </message>
    <message>
        <source>&quot;{title}&quot; is stored on this computer and goes to the county by itself.</source>
        <translation>“{title}”已存在本机，会自动发给县里。</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报一件事</translation>
    </message>
    <message>
        <source>Write what happened and press the button at the end. It works without a network: what you write is kept at once, and sent when the line is back.</source>
        <translation>把事情写下来，按最后的按钮。没有网络也能写：写的随时保存，线路通了自动发出。</translation>
    </message>
    <message>
        <source>No county of the profile takes reports from here.</source>
        <translation>配置里没有可以接收报告的县平台。</translation>
    </message>
    <message>
        <source>Send and receive</source>
        <translation>收发</translation>
    </message>
    <message>
        <source>last time {value}</source>
        <translation>上次 {value}</translation>
    </message>
    <message>
        <source>No report can be given about this: pick one of the list.</source>
        <translation>这里不能报：请从列表里选一件。</translation>
    </message>
    <message>
        <source>What you entered cannot be saved: hand it over now.</source>
        <translation>填的内容存不下来：请现在就报。</translation>
    </message>
    <message>
        <source>The event it is about</source>
        <translation>报的是哪件事</translation>
    </message>
    <message>
        <source>Which event? Pick one, or give it a name</source>
        <translation>哪件事？从列表里选，或起个名字</translation>
    </message>
    <message>
        <source>Hand it over to the county</source>
        <translation>报给县里</translation>
    </message>
    <message numerus="yes">
        <source>%n field(s) to mend</source>
        <translation>
            <numerusform>有 %n 项要改</numerusform>
        </translation>
    </message>
    <message>
        <source>Correct what was handed over</source>
        <translation>更正已报的</translation>
    </message>
    <message>
        <source>{share} is filled in already: check it and hand it over.</source>
        <translation>已预填 {share}，核对后报给县里。</translation>
    </message>
    <message>
        <source>with the county</source>
        <translation>县里已收到</translation>
    </message>
    <message>
        <source>Handed over before:</source>
        <translation>以前报过的：</translation>
    </message>
    <message>
        <source>The whole county</source>
        <translation>全县情况</translation>
    </message>
    <message>
        <source>as of {time}, {age}</source>
        <translation>{time} 的读数，{age}</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>预警</translation>
    </message>
    <message>
        <source>A name, a place, a number, or first letters of the pinyin</source>
        <translation>名称、地点、编号，或拼音首字母</translation>
    </message>
    <message>
        <source>Empty the field</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Show it with the map and the county&apos;s lists</source>
        <translation>在全县图表里看</translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>预警 %n 条</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n object(s)</source>
        <translation>
            <numerusform>设施 %n 处</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n case(s)</source>
        <translation>
            <numerusform>事件 %n 件</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the first %n case(s) are listed: a word more finds the rest</source>
        <translation>
            <numerusform>只列出前 %n 件：多写一个词就能找到其余</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing of the township fits</source>
        <translation>本乡镇没有符合的</translation>
    </message>
    <message>
        <source>Try fewer letters, or another word.</source>
        <translation>少写几个字，或换一个词。</translation>
    </message>
    <message>
        <source>Nothing is known of the township</source>
        <translation>还没有本乡镇的资料</translation>
    </message>
    <message>
        <source>events and tables</source>
        <translation>事件、日报、灾情</translation>
    </message>
    <message>
        <source>what is known here</source>
        <translation>电话、预案、设施</translation>
    </message>
    <message>
        <source>No network: take it to the county on a stick</source>
        <translation>没有网络：用U盘带到县里</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>选一个文件夹</translation>
    </message>
    <message>
        <source>Writing. Leave the stick in …</source>
        <translation>正在写，不要拔U盘…</translation>
    </message>
    <message numerus="yes">
        <source>Written: %n item(s)</source>
        <translation>
            <numerusform>已写好：%n 条</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) or file(s)</source>
        <translation>
            <numerusform>照片和文件 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Take the stick to the county, or to any desk that has a network. Nothing has arrived until its receipt is read here.</source>
        <translation>请把U盘带到县里，或任何一台能上网的值班电脑。读入回执之前，都不算送到。</translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) stay here.</source>
        <translation>
            <numerusform>另有 %n 条留在本机。</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading. Leave the stick in …</source>
        <translation>正在读，不要拔U盘…</translation>
    </message>
    <message numerus="yes">
        <source>Receipt read: %n item(s) answered</source>
        <translation>
            <numerusform>读到回执：%n 条有了答复</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) or file(s) whole at the county</source>
        <translation>
            <numerusform>照片和文件收齐 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>No receipt for us is on it</source>
        <translation>上面没有给我们的回执</translation>
    </message>
    <message>
        <source>Opened: {name}. Pair with the county first.</source>
        <translation>已打开：{name}。请先与县里配对。</translation>
    </message>
    <message>
        <source>Written: {name}</source>
        <translation>已写好：{name}</translation>
    </message>
    <message>
        <source>Give it to the county and read these figures to its people on the telephone: {fingerprint}. They give you a file back.</source>
        <translation>请交给县里，并在电话里把这串数字念给他们：{fingerprint}。县里会给您一个文件带回来。</translation>
    </message>
    <message>
        <source>The county&apos;s pairing file</source>
        <translation>县里的配对文件</translation>
    </message>
    <message>
        <source>The county&apos;s figures: {fingerprint}</source>
        <translation>县里的数字：{fingerprint}</translation>
    </message>
    <message>
        <source>Ask the county&apos;s people on the telephone what theirs are. Only if they are the same, press the button.</source>
        <translation>请打电话问县里他们的数字。完全一样才按下面的按钮。</translation>
    </message>
    <message>
        <source>Paired with the county</source>
        <translation>已与县里配对</translation>
    </message>
    <message>
        <source>Nothing is lost: all of it is still on this computer.</source>
        <translation>什么都没有丢：都还在本机。</translation>
    </message>
    <message>
        <source>Another folder …</source>
        <translation>别的文件夹…</translation>
    </message>
    <message>
        <source>{name}, {free} free</source>
        <translation>{name}，还能放 {free}</translation>
    </message>
    <message>
        <source>Write to the stick</source>
        <translation>写到U盘</translation>
    </message>
    <message>
        <source>Read the receipt</source>
        <translation>读回执</translation>
    </message>
    <message>
        <source>Write a pairing file</source>
        <translation>写配对文件</translation>
    </message>
    <message>
        <source>Take the county&apos;s pairing file</source>
        <translation>读县里的配对文件</translation>
    </message>
    <message>
        <source>They are the same</source>
        <translation>数字一样，配对</translation>
    </message>
    <message>
        <source>This office and the county must know one another&apos;s keys once: write a pairing file to a stick, have it taken to the county, and bring the county&apos;s back.</source>
        <translation>第一次要与县里互换钥匙：把配对文件写到U盘送到县里，再把县里的带回来。只做这一次。</translation>
    </message>
    <message>
        <source>Plug a stick in, or choose a folder.</source>
        <translation>请插上U盘，或选一个文件夹。</translation>
    </message>
    <message>
        <source>Chosen: {folder}</source>
        <translation>已选：{folder}</translation>
    </message>
    <message>
        <source>Press the stick that is to be used.</source>
        <translation>请按要用的U盘。</translation>
    </message>
    <message>
        <source>Change …</source>
        <translation>换一个…</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Help (F1)</source>
        <translation>帮助（F1）</translation>
    </message>
    <message>
        <source>&quot;{title}&quot; was given up; whether the county has it is not known.</source>
        <translation>“{title}”已放弃；县里有没有收到，不知道。</translation>
    </message>
    <message>
        <source>&quot;{title}&quot; is put aside on this computer. Do not write it again: see Send and receive.</source>
        <translation>“{title}”搁置在本机，不要重报：请看“收发”。</translation>
    </message>
    <message>
        <source>No network: on a stick …</source>
        <translation>没有网络？用U盘…</translation>
    </message>
    <message>
        <source>&quot;{title}&quot;: the county has received it.</source>
        <translation>“{title}”：县里收到了。</translation>
    </message>
    <message>
        <source>&quot;{title}&quot;: the county has accepted it.</source>
        <translation>“{title}”：县里签收了。</translation>
    </message>
    <message>
        <source>&quot;{title}&quot; was taken back and is not sent.</source>
        <translation>“{title}”已撤回，不再发。</translation>
    </message>
    <message>
        <source>&quot;{title}&quot; did not go through: see Send and receive.</source>
        <translation>“{title}”没有办成：请看“收发”。</translation>
    </message>
    <message>
        <source>Nothing could be taken</source>
        <translation>没有一份可以采用</translation>
    </message>
    <message>
        <source>Pair with the county again …</source>
        <translation>与县里重新配对 …</translation>
    </message>
    <message numerus="yes">
        <source>%n change(s)</source>
        <translation>
            <numerusform>变动 %n 处</numerusform>
        </translation>
    </message>
    <message>
        <source>The county&apos;s data of {at} is here: {changes}</source>
        <translation>县里 {at} 的数据已读入：{changes}</translation>
    </message>
    <message>
        <source>The county&apos;s data was restored: what it may have lost waits here again. Write to the stick once more.</source>
        <translation>县平台恢复过数据：它可能丢失的事项已在本机重新待发，请再写一次 U 盘。</translation>
    </message>
    <message numerus="yes">
        <source>%n receipt(s) on it are for another office or county, and were left alone.</source>
        <translation>
            <numerusform>上面另有 %n 份回执是给别的单位或别的县的，没有动。</numerusform>
        </translation>
    </message>
    <message>
        <source>it is for another login.</source>
        <translation>它是给另一个账号的。</translation>
    </message>
    <message>
        <source>it is from before the county&apos;s data was restored.</source>
        <translation>它是县平台恢复数据之前的。</translation>
    </message>
    <message>
        <source>what is here is as new, or newer.</source>
        <translation>本机现有的一样新，或者更新。</translation>
    </message>
    <message>
        <source>it does not follow what is here. Write to the stick again: its receipt will bring it.</source>
        <translation>它接不上本机现有的。请再写一次 U 盘，它的回执会带来。</translation>
    </message>
    <message>
        <source>The county&apos;s data of {at} was not taken: {why}</source>
        <translation>县里 {at} 的数据没有采用：{why}</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>电话</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>预案</translation>
    </message>
    <message>
        <source>Print the plan</source>
        <translation>打印预案</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Phones</source>
        <translation>电话</translation>
    </message>
    <message>
        <source>Plans</source>
        <translation>预案</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>设施</translation>
    </message>
    <message>
        <source>Cases</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>预警</translation>
    </message>
    <message numerus="yes">
        <source>%n phone entry(ies)</source>
        <translation>
            <numerusform>电话 %n 条</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n plan(s)</source>
        <translation>
            <numerusform>预案 %n 份</numerusform>
        </translation>
    </message>
    <message>
        <source>The county has not given any phones</source>
        <translation>县里还没有给通讯录</translation>
    </message>
    <message>
        <source>Ask the county&apos;s duty office to give its directory.</source>
        <translation>请县里的值班室把通讯录放进县平台。</translation>
    </message>
    <message>
        <source>The county has not given any plans</source>
        <translation>县里还没有给预案</translation>
    </message>
    <message>
        <source>Ask the county&apos;s duty office to give its plans.</source>
        <translation>请县里的值班室把预案放进县平台。</translation>
    </message>
    <message>
        <source>By telephone or QR code …</source>
        <translation>打电话、短信、二维码…</translation>
    </message>
    <message>
        <source>Leave the pairing as it is</source>
        <translation>保持现有的配对</translation>
    </message>
    <message>
        <source>Only where the county or this office has lost its keys: pair as for the first time.</source>
        <translation>只有县里或本单位丢了密钥才需要：与第一次配对的做法一样。</translation>
    </message>
    <message>
        <source>Opened: {name}. Now read the receipt.</source>
        <translation>已打开：{name}。请按“读回执”。</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>找到的</translation>
    </message>
    <message>
        <source>New assignments appear here by themselves.</source>
        <translation>新任务会自己出现在这里。</translation>
    </message>
</context>
<context>
    <name>TrendChart</name>
    <message>
        <source>No readings of the last 24 hours.</source>
        <translation>近 24 小时没有读数。</translation>
    </message>
    <message>
        <source>no reading</source>
        <translation>无读数</translation>
    </message>
    <message>
        <source>Drawing the readings …</source>
        <translation>正在画读数…</translation>
    </message>
    <message>
        <source>low limit {value}</source>
        <translation>下限 {value}</translation>
    </message>
    <message>
        <source>high limit {value}</source>
        <translation>上限 {value}</translation>
    </message>
</context>
<context>
    <name>TrendTable</name>
    <message>
        <source>Outside the limits</source>
        <translation>越限</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>below</source>
        <translation>低于下限</translation>
    </message>
    <message>
        <source>above</source>
        <translation>高于上限</translation>
    </message>
</context>
<context>
    <name>Wall</name>
    <message numerus="yes">
        <source>%n more follow from it</source>
        <translation>
            <numerusform>连带 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>never received</source>
        <translation>从未收到</translation>
    </message>
    <message numerus="yes">
        <source>%n more source(s) not in order</source>
        <translation>
            <numerusform>另有 %n 个来源不正常</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n 项未能读取</numerusform>
        </translation>
    </message>
    <message>
        <source>Map</source>
        <translation>一张图</translation>
    </message>
    <message>
        <source>Warnings in force</source>
        <translation>生效预警</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{level} and above</source>
        <translation>{level}以上</translation>
    </message>
    <message>
        <source>overdue</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>without coordinates</source>
        <translation>无坐标</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>总览</translation>
    </message>
    <message>
        <source>Nothing has a place on the map</source>
        <translation>没有可画在图上的内容</translation>
    </message>
    <message>
        <source>Overdue incidents</source>
        <translation>超时事件</translation>
    </message>
    <message>
        <source>open</source>
        <translation>未结</translation>
    </message>
    <message>
        <source>today</source>
        <translation>今日</translation>
    </message>
    <message>
        <source>Failed assets</source>
        <translation>设施故障</translation>
    </message>
    <message>
        <source>Congested queues</source>
        <translation>拥堵队列</translation>
    </message>
    <message>
        <source>longest wait</source>
        <translation>最长等候</translation>
    </message>
    <message>
        <source>Commands on their way</source>
        <translation>在途指令</translation>
    </message>
    <message>
        <source>accepted today</source>
        <translation>今日已签收</translation>
    </message>
    <message>
        <source>No open incident</source>
        <translation>没有未结事件</translation>
    </message>
    <message>
        <source>Service queues</source>
        <translation>服务队列</translation>
    </message>
    <message>
        <source>The sources have sent no queues</source>
        <translation>各来源没有给出队列</translation>
    </message>
    <message numerus="yes">
        <source>%n more queue(s)</source>
        <translation>
            <numerusform>另有 %n 个队列</numerusform>
        </translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等候</translation>
    </message>
    <message>
        <source>last 4 h</source>
        <translation>近 4 小时</translation>
    </message>
    <message>
        <source>congested</source>
        <translation>拥堵</translation>
    </message>
    <message>
        <source>next at {time}</source>
        <translation>下一场景在 {time}</translation>
    </message>
    <message>
        <source>Reading what this computer has kept …</source>
        <translation>正在读取本机缓存 …</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>No source for {what} is set up.</source>
        <translation>没有配置提供“{what}”的来源。</translation>
    </message>
    <message>
        <source>Never received: {what} from {sources}.</source>
        <translation>从未收到 {sources} 的“{what}”数据。</translation>
    </message>
    <message>
        <source>nothing ever received from {source}</source>
        <translation>从未收到 {source} 的任何数据</translation>
    </message>
    <message>
        <source>not all received yet from {source}</source>
        <translation>{source} 的数据尚未收全</translation>
    </message>
    <message>
        <source>{source} not updated for {span}; showing data of {time}</source>
        <translation>{source} 已 {span}未更新，画面为 {time} 的数据</translation>
    </message>
    <message>
        <source>overdue {span}</source>
        <translation>超时 {span}</translation>
    </message>
    <message>
        <source>left {span}</source>
        <translation>剩 {span}</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>预警</translation>
    </message>
    <message>
        <source>County wall</source>
        <translation>县域大屏</translation>
    </message>
    <message>
        <source> + </source>
        <translation> + </translation>
    </message>
    <message>
        <source>held: unacknowledged</source>
        <translation>有未确认项，停留</translation>
    </message>
    <message numerus="yes">
        <source>%n asset(s) failed</source>
        <translation>
            <numerusform>设施故障 %n 处</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n open incident(s), none overdue</source>
        <translation>
            <numerusform>未结事件 %n 件，无超时</numerusform>
        </translation>
    </message>
    <message>
        <source>unacknowledged since {time}</source>
        <translation>{time} 起未确认</translation>
    </message>
    <message>
        <source>unacknowledged</source>
        <translation>未确认</translation>
    </message>
    <message>
        <source>No queue is congested</source>
        <translation>没有队列拥堵</translation>
    </message>
    <message numerus="yes">
        <source>%n queue(s) congested</source>
        <translation>
            <numerusform>拥堵队列 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} waiting</source>
        <translation>等候 {count} 人</translation>
    </message>
    <message>
        <source>ddd d MMM</source>
        <comment>date</comment>
        <translation>M月d日 ddd</translation>
    </message>
    <message>
        <source>no data yet</source>
        <translation>尚无数据</translation>
    </message>
    <message>
        <source>data of {time}</source>
        <translation>数据 {time}</translation>
    </message>
    <message>
        <source>vs threshold</source>
        <translation>对照各自阈值</translation>
    </message>
    <message>
        <source>Sources wait for the locked keyring: type its password in its window</source>
        <translation>密钥环锁着，有来源在等它：请在它的窗口里输入口令</translation>
    </message>
    <message>
        <source>Sources wait for the locked keyring: unlock it on this computer</source>
        <translation>密钥环锁着，有来源在等它：请在本机解锁密钥环</translation>
    </message>
</context>
<context>
    <name>Warnings</name>
    <message>
        <source>issued {time} by {issuer}</source>
        <translation>{issuer} {time} 发布</translation>
    </message>
    <message>
        <source>as the issuer grades it: {words}</source>
        <translation>发布者所用等级：{words}</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Level by</source>
        <translation>级别依据</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>性质</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>预警</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>Townships</source>
        <translation>乡镇</translation>
    </message>
    <message>
        <source>From</source>
        <translation>起</translation>
    </message>
    <message>
        <source>To</source>
        <translation>止</translation>
    </message>
    <message>
        <source>Over</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>Issued</source>
        <translation>发布时间</translation>
    </message>
    <message>
        <source>Issued by</source>
        <translation>发布者</translation>
    </message>
    <message>
        <source>Signature</source>
        <translation>签名</translation>
    </message>
    <message>
        <source>Severity, urgency, certainty</source>
        <translation>严重度、紧急度、确定度</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>防御指南</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>预警</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>the issuer</source>
        <translation>发布者</translation>
    </message>
    <message>
        <source>None was lifted or ran out within a day</source>
        <translation>一天内没有解除或到期的预警</translation>
    </message>
    <message>
        <source>No warning in force</source>
        <translation>没有生效中的预警</translation>
    </message>
    <message>
        <source>In force {n}</source>
        <translation>生效中 {n}</translation>
    </message>
    <message>
        <source>Over {n}</source>
        <translation>已结束 {n}</translation>
    </message>
    <message>
        <source>by county rule</source>
        <translation>县定</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>not before {time}</source>
        <translation>未到，{time} 起</translation>
    </message>
    <message>
        <source>from {time}</source>
        <translation>{time} 起</translation>
    </message>
    <message>
        <source>end could not be read</source>
        <translation>结束时间未能读取</translation>
    </message>
    <message>
        <source>until lifted</source>
        <translation>至解除</translation>
    </message>
    <message>
        <source>to {time}</source>
        <translation>至 {time}</translation>
    </message>
    <message>
        <source>ran out {time}</source>
        <translation>{time} 到期</translation>
    </message>
    <message>
        <source>lifted {time}</source>
        <translation>{time} 解除</translation>
    </message>
    <message>
        <source>signature unchecked</source>
        <translation>签名未核验</translation>
    </message>
    <message>
        <source>unsigned</source>
        <translation>无签名</translation>
    </message>
    <message>
        <source>not on the map: no outline</source>
        <translation>无范围线，地图上没有</translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s), {level}</source>
        <translation>
            <numerusform>{level}预警 %n 项</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s), highest {level}</source>
        <translation>
            <numerusform>预警 %n 项，最高{level}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n exercise(s) or test(s)</source>
        <translation>
            <numerusform>演练、测试 %n 项</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n 项未能读取</numerusform>
        </translation>
    </message>
    <message>
        <source>Warnings: {doubt}</source>
        <translation>预警：{doubt}</translation>
    </message>
    <message numerus="yes">
        <source> (%n by county rule)</source>
        <translation>
            <numerusform>（县定 %n）</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>另有 %n 项</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Open a profile</source>
        <translation>打开配置文件</translation>
    </message>
    <message>
        <source>County Desk</source>
        <translation>县域指挥台</translation>
    </message>
    <message>
        <source>The file was not taken over:</source>
        <translation>这个文件没有采用：</translation>
    </message>
    <message>
        <source>The profile cannot be used as it is:</source>
        <translation>配置文件有错，没有打开：</translation>
    </message>
    <message>
        <source>This computer is set up: the desk can be opened.</source>
        <translation>这台电脑已经设置好，可以打开指挥台。</translation>
    </message>
    <message>
        <source>Nothing is set up on this computer yet. Where to begin?</source>
        <translation>这台电脑上还没有配置。从哪里开始？</translation>
    </message>
    <message>
        <source>Mend the settings</source>
        <translation>改好设置</translation>
    </message>
    <message>
        <source>Go on to the desk</source>
        <translation>去打开指挥台</translation>
    </message>
    <message>
        <source>Its settings, and the button that opens it.</source>
        <translation>先看到设置，那里有打开指挥台的按钮。</translation>
    </message>
    <message>
        <source>Connect to the county&apos;s platform</source>
        <translation>接入本县平台</translation>
    </message>
    <message>
        <source>Try it on the demo county</source>
        <translation>先试试演示县</translation>
    </message>
    <message>
        <source>Fictional Yunlu County: nothing to set up, no network; nothing is kept.</source>
        <translation>虚构的云麓县：不用设置，不用联网，关上什么也不留。</translation>
    </message>
    <message>
        <source>Its address and a token; open the desk once it has answered.</source>
        <translation>填平台的地址和令牌，试连通过就打开。</translation>
    </message>
    <message>
        <source>Open a profile that is there already …</source>
        <translation>用已有的配置文件…</translation>
    </message>
    <message>
        <source>A .toml file from another computer; it is copied here.</source>
        <translation>别的电脑上拷来的 .toml 文件，抄一份到本机。</translation>
    </message>
    <message>
        <source>The text with its lines at fault, to be put right.</source>
        <translation>列出有错的行，可以直接改，也可以换回上次能打开的那份。</translation>
    </message>
    <message>
        <source>A .toml file from another computer; it is copied here, and what was here stays beside it.</source>
        <translation>别的电脑上拷来的 .toml 文件，抄一份到本机；原来的留在旁边。</translation>
    </message>
</context>
</TS>
