"""The guide for integrators: the sequence of calls and the rules that no schema can express."""

from __future__ import annotations

from desktop.county_server.openapi.parts import both
from desktop.county_server.openapi.problem_types import PREFIX
from desktop.protocol.limits import ANSWER_BYTES, LINE_BYTES, MEGABYTE, SNAPSHOT_BYTES

LINE_MB, SNAPSHOT_MB, ANSWER_MB = (
    each // MEGABYTE for each in (LINE_BYTES, SNAPSHOT_BYTES, ANSWER_BYTES)
)
ZH = f"""\
县平台把事件、设施、服务队列、预警和告警交给值守端，并接收其指令。只凭本文件即可写出第一级服务器；\
第二级（`level2.md`）内容相同、字节更少，可以没有。`serving.md` 说明每条规则防的是什么事故。

**调用次序。** 1. `POST /v1/session`。2. 取它给出的 `GET /v1/snapshot/…`，直到结尾行。\
3. 自快照首行的 token 起 `GET /v1/changes?since=…`，直到 `more` 为 false 或 204；以后每 \
`expected_period_s` 秒再问，或听 `GET /v1/stream` 的提示。4. 有指令时 `POST /v1/commands`，\
未决的用 `GET /v1/commands?keys=` 询问。最少只需前三个调用；没有的路径答 404。\
不收指令的服务器最好也有 `POST /v1/commands`，对每条答 `rejected`：\
答 404 的，值守端留着指令一再重试。

**辨认。** 每个 JSON 答复都带固定的 `magic`，会话还原样奉还 `nonce`：\
上网认证页的 200 就这样被识破。没有 magic 的 200 不算答复。

**token 与 epoch。** token 由按提交顺序增长的序号产生，不用时间。快照的 token 只有在结尾行到了之后\
才有效。数据可能倒退时换 epoch：旧 token 与旧指令答 409。

**行。** `id` 在种类中唯一、永不再用；`version` 每次改动必须变大（步长不限）。\
行总是整行给出：没给的可选字段就是默认值，不是“没有变”。\
没有值的可选字段最好不写；写成 `null` 与不写相同。\
阅读方略过不认识的字段，保留并显示不认识的词。

**删除。** 删了的行在变化里以没有 `row` 的一条出现（Deletion），至少记 `retention_s`。\
快照、桶里没有的行就是没有了。行移出账号的范围，也按删除给出；移入则整行给出。

**结尾与校验和。** 结尾行的 `rows` 是所有页的行数之和。`sum` 可以不给；给了就必须对：\
值守端不符时会比对各桶，仍不符则重取快照。

**范围。** `townships: []` 表示全县。有乡镇的账号看得到自己乡镇的行和没有乡镇的行：\
事件、设施、队列、告警看 `township`，预警看 `townships`（有一个相同即可），\
读数序列随它所属的行；乡镇与线路人人可见。

**时刻与位置只有一种写法。** 时刻是带时区的 RFC 3339（`2026-05-01T09:30:00+08:00`）；\
单个位置是 `{{"lon": 118.2, "lat": 31.9}}`（WGS-84），线和圈是 `[经度, 纬度]` 的序列。\
指令正文也如此。时长以秒计，名字以 `_s` 结尾（搁置为 `minutes`，时钟差为 `offset_ms`）。

**读不了的与太大的。** 可选字段读不了，值守端略去该字段并说明；必填字段读不了，\
搁下该行并说明，其余照读。长于 `maxLength` 的文字、多于 `maxItems` 的列表取前面的部分并说明。\
一行 NDJSON 至多 {LINE_MB} MB，一份快照解开至多 {SNAPSHOT_MB} MB，\
其他答复至多 {ANSWER_MB} MB，超出则整个答复失败。

**指令。** 说的是值班员要什么，不是行该是什么样。`key` 点击时产生一次，至多办一次。\
`received`：已落盘、未决定，以后会变；`held`：没有记下，以后用同一个键再交；其余是终局。\
`durable` 为 true 之前，值守端一直留着它，换了 epoch 会再交。\
每种指令可以从哪些阶段下达、改了什么，写在它的 schema 里（`DispatchCommand` 等）；\
不合阶段的、对象不在或不在账号范围内的，答 `rejected`。对事件的指令办成后，经过里都添一条：\
`kind` 与 `by` 是指令的，`happened_at` 是 `at`，`recorded_at` 是服务器的现在；再次确认不添。

**问题。** 出错一律是 `application/problem+json`，`type` 是 `{PREFIX}` 加一个词；各状态码下列出。

**登录。** 有账号的服务器用 `Authorization: Bearer`；没有则不看。

**试。** `county-desk conformance 地址 --token-file 文件` 逐条检查服务器，\
`--write` 还试指令（只对会话里 `drill` 为 true 的）。再让值守端读一次：\
`county-desk sync --profile 文件.toml --token-file 文件`，文件.toml 里写 \
`[[source]]`、`id = "county"`、`kind = "county"`、`url = "http://127.0.0.1:8000"` 四行，\
然后 `county-desk list incidents --profile 文件.toml`。\
"""

EN = f"""\
How a county's backend gives its incidents, assets, service queues, warnings and alarms to desks,
and takes their commands. A level 1 server can be written from this document alone; level 2
(`level2.md`) says the same in fewer bytes and may be left out. `serving.md` has the accident that
each rule prevents.

**The order of calls.** 1. `POST /v1/session`. 2. The `GET /v1/snapshot/…` that it names, to the
trailer. 3. From the token of the snapshot's head `GET /v1/changes?since=…`, until `more` is false
or 204; then again every `expected_period_s` seconds, or upon a hint of `GET /v1/stream`. 4. With
commands `POST /v1/commands`; those not decided are asked for with `GET /v1/commands?keys=`. The
first three calls are enough; a path a server does not have is answered 404. One that takes no
commands should still have `POST /v1/commands` and answer each with `rejected`: upon a 404 a desk
keeps the command and offers it again and again.

**Who answers.** Every JSON answer bears the constant `magic`, and a session gives the `nonce`
back: so a captive portal's 200 is recognised. A 200 without the magic is no answer.

**Tokens and epochs.** A token is made from a sequence that grows in commit order, never from a
time. A snapshot's token holds only once the trailer has come. Where the data may have gone back
there is another epoch: old tokens and old commands are answered 409.

**Rows.** An `id` is unique within its collection and never used again; `version` must grow with
every change, by any step. A row is always given whole: an optional field left out has its default
and is not "unchanged". Leave out optional fields without a value; `null` means the same as leaving
out. Readers pass over fields they do not know, and keep and show words they do not know.

**Deletion.** A deleted row is told among the changes by an entry without `row` (Deletion), for
`retention_s` at least. What a snapshot or a bucket does not have is gone. A row that leaves an
account's scope is told as deleted too, one that comes into it is given whole.

**Trailer and sums.** The trailer's `rows` is the number of rows in all pages. `sum` may be left
out; where it is given it must be right: a desk that finds another compares the buckets, and takes
a new snapshot when they do not agree then.

**Scope.** `townships: []` is the whole county. An account with townships sees the rows of these
and those without a township: `township` decides for incidents, assets, queues and alarms, any of
`townships` for warnings, a trend goes with the row it belongs to, and all see all townships and
lines.

**Instants and places have one form.** An instant is RFC 3339 with an offset
(`2026-05-01T09:30:00+08:00`); a single place is `{{"lon": 118.2, "lat": 31.9}}` in WGS-84, lines
and rings are lists of `[longitude, latitude]`. The bodies of commands are no exception. Durations
are in seconds and named `…_s` (a shelf in `minutes`, a clock's offset in `offset_ms`).

**What cannot be read or is too large.** Of a row with an optional field that cannot be read a desk
leaves out the field, and one without a readable required field is set aside; both are told, and all
else is read. Of a text beyond `maxLength` and a list beyond `maxItems` it takes the beginning, and
says so. A line of NDJSON has at most {LINE_MB} MB, a snapshot unpacks to at most
{SNAPSHOT_MB} MB, other answers to {ANSWER_MB} MB: beyond that the whole answer fails.

**Commands.** They say what an officer wants, not what a row shall be. A `key` is made once, at the
click, and done at most once. `received`: written down, not decided, and will change; `held`: not
written down, offered again under the same key; all others are final. Until `durable` is true a
desk keeps the command, and offers it again when it meets another epoch. From which stages each
kind may be given, and what it changes, stands with its schema (`DispatchCommand` and so on);
what is not lawful from the stage is `rejected`, and so is a target that is not there or not in
the account's scope. Each command done on an incident adds an entry to its timeline, of the
command's `kind` and `by`, `happened_at` its `at` and `recorded_at` the server's now; a second
acknowledgement adds none.

**Problems.** Every error is `application/problem+json` whose `type` is
`{PREFIX}` and a word; they are listed with each status.

**Login.** A server with accounts wants `Authorization: Bearer`; one without does not look.

**Trying it.** `county-desk conformance ADDRESS --token-file FILE` holds a server to this document
rule by rule, with `--write` by submitting commands, too (to one whose session says `drill` alone).
A desk then reads it with `county-desk sync --profile FILE.toml --token-file FILE`, where FILE.toml
has the four lines `[[source]]`, `id = "county"`, `kind = "county"` and `url = "http://127.0.0.1:8000"`,
and shows it with `county-desk list incidents --profile FILE.toml`.\
"""

GUIDE = both(ZH, EN)
