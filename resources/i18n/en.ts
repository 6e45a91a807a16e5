<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>Actions</name>
        <message>
            <source>Search incidents</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next incident</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Previous incident</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Acknowledge the incident</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Acknowledge the top alarm</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write a note</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show new incidents</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show on the map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the incidents</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the detail</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the infrastructure</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the queues</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Whole county on the map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy the picked incidents</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export the list as CSV</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All actions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sources</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Outbox</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Change language</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Light or dark</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Full screen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reset the layout</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keys</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close, clear, back to the list</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>AlarmStrip</name>
        <message>
            <source>{n} more unacknowledged</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Acknowledge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{n} that follow from it are grouped here</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>AssetList</name>
        <message>
            <source>for {span}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Id</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kind</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Township</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>State</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Since</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Measured</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Value</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Unit</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Observed</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>DeskWindow</name>
        <message>
            <source>Incidents</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Detail</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Infrastructure</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Queues</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>DetailPane</name>
        <message>
            <source>done {time}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>by {time}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>and {n} earlier</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no longer in the county's list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Place</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Lead</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>, </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>With</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Matter</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Time</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{happened}, recorded {recorded}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Related</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Seen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>here, {receipt}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>not yet acknowledged</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Acknowledge</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Note</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>On the map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Detail</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Pick an incident</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>J and K step through the list, or click a mark on the map.</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>IncidentModel</name>
        <message>
            <source>Level</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Incident</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stage</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Time left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>unseen</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>IncidentPane</name>
        <message numerus="yes">
            <source>%n new incident(s)</source>
            <translation>
                <numerusform>%n new incident</numerusform>
                <numerusform>%n new incidents</numerusform>
            </translation>
        </message>
        <message>
            <source>No incident matches</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The filter or the search hides the others. Esc clears it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>open {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>overdue {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>new {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Incidents</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Incident list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Overdue</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Larger+</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Unseen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>12345</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Search  /</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Search incidents</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>InfrastructurePane</name>
        <message>
            <source>Infrastructure</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Close the list (Esc)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Township by kind</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Assets</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Filtered out</source>
            <translation type="unfinished" />
        </message>
        <message numerus="yes">
            <source>None of %n asset(s) is in the state chosen.</source>
            <translation>
                <numerusform>None of %n asset(s) is in the state chosen.</numerusform>
                <numerusform>None of %n asset(s) is in the state chosen.</numerusform>
            </translation>
        </message>
        <message>
            <source>No assets</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The sources answer, but have sent no assets.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not normal, worst first</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>assets.csv</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>KeySheet</name>
        <message>
            <source>Keys</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>ListExport</name>
        <message>
            <source>Export the list</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Exported {now} · {age}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Number</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Level</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Incident</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Township</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Lead</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stage</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Recorded</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Due</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Receipt</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>MapPane</name>
        <message>
            <source>One map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Incidents</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Assets</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Warnings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Labels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show or hide: {layer}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Closer (+)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Further away (−)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>County</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The whole county (0)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Review no.: county's own sketch</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{warning} from {time}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing to draw</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No source has sent outlines or anything with coordinates.</source>
            <translation type="unfinished" />
        </message>
        <message numerus="yes">
            <source>%n incident(s) without coordinates</source>
            <translation>
                <numerusform>%n incident(s) without coordinates</numerusform>
                <numerusform>%n incident(s) without coordinates</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Matrix</name>
        <message>
            <source>Elsewhere</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>NoteEditor</name>
        <message>
            <source>The draft cannot be saved: send it now</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What was seen, said or done</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Note</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Esc keeps the draft</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Send note</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>NoticeBar</name>
        <message>
            <source>Noted</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>OutboxSheet</name>
        <message>
            <source>Outbox</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Needs you</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Latest</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Nothing has been ordered from this computer.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Noted</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Copy text</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Palette</name>
        <message>
            <source>All actions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>An action, a township or its initials</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>incidents of the township</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Pane</name>
        <message>
            <source>No source for this</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>None of the sources in the profile fills this pane.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Not yet loaded</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Waiting for the first answer of {source}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Never received from {source}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Phrases</name>
        <message>
            <source>no source fills this</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{source}: never received</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>data {time} · {age}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>never received</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{source} failing since {time}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Queues</name>
        <message>
            <source>{minutes} min</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{hours} h {minutes} min</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Congested</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Waiting</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Longest wait</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{what}: {now}, threshold {limit}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>against own threshold</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Longest</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Counters</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Last 4 h</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Queue</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Site</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Group</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Threshold</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Longest wait, s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Average wait, s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Counters open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Served today</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Observed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Service queues</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No queues</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The sources answer, but have sent no queues.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Filtered out</source>
            <translation type="unfinished" />
        </message>
        <message numerus="yes">
            <source>None of %n queue(s) is of the group chosen.</source>
            <translation>
                <numerusform>None of %n queue(s) is of the group chosen.</numerusform>
                <numerusform>None of %n queue(s) is of the group chosen.</numerusform>
            </translation>
        </message>
        <message>
            <source>queues.csv</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>SourcesSheet</name>
        <message>
            <source>Sources</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>, </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{heard} · expected every {period} · {filled}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{n} items of the last answer could not be read</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>StatusStrip</name>
        <message>
            <source>to send {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>needs you {n}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This computer's clock is wrong; ages use the server's</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>never received</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>failing since {time}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{county} desk</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Demo · throw-away key</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Demo</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>中文</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Language (Ctrl+L)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Light</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Dark</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Theme (Ctrl+T)</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>TrendChart</name>
        <message>
            <source>No readings of the last 24 hours.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no reading</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>low limit {value}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>high limit {value}</source>
            <translation type="unfinished" />
        </message>
    </context>
    <context>
        <name>Wall</name>
        <message>
            <source>{alarm} · unacknowledged for {time}</source>
            <translation type="unfinished" />
        </message>
        <message numerus="yes">
            <source>%n more follow from it</source>
            <translation>
                <numerusform>%n more follow from it</numerusform>
                <numerusform>%n more follow from it</numerusform>
            </translation>
        </message>
        <message>
            <source>{incident} · unacknowledged</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>from {time}</source>
            <translation type="unfinished" />
        </message>
        <message numerus="yes">
            <source>%n more source(s) not up to date</source>
            <translation>
                <numerusform>%n more source(s) not up to date</numerusform>
                <numerusform>%n more source(s) not up to date</numerusform>
            </translation>
        </message>
        <message>
            <source>never received</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>stays until acknowledged</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>next in {time}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Warnings in force</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>none</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{level} and above</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>overdue</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>without coordinates</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Overview</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Overdue incidents</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>open</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>today</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Failed assets</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Congested queues</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>longest wait</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Commands on their way</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>accepted today</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No open incident</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Service queues</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The sources have sent no queues</source>
            <translation type="unfinished" />
        </message>
        <message numerus="yes">
            <source>%n more queue(s)</source>
            <translation>
                <numerusform>%n more queue(s)</numerusform>
                <numerusform>%n more queue(s)</numerusform>
            </translation>
        </message>
        <message>
            <source>Queue</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>against its own threshold</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>waiting</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>last 4 h</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>congested</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reading what this computer has kept …</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>, </source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No source for {what} is set up.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Never received: {what} from {sources}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>nothing ever received from {source}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{source} not updated for {span}; showing data of {time}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>overdue {span}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>left {span}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> + </source>
            <translation type="unfinished" />
        </message>
    </context>
</TS>
