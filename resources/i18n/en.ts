<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AlarmSheet</name>
    <message numerus="yes">
        <source>%n more have returned</source>
        <translation>
            <numerusform>%n more has returned</numerusform>
            <numerusform>%n more have returned</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n alarm(s) have returned</source>
        <translation>
            <numerusform>%n alarm has returned</numerusform>
            <numerusform>%n alarms have returned</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Acknowledge all %n</source>
        <translation>
            <numerusform>Acknowledge it</numerusform>
            <numerusform>Acknowledge all %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AlarmStrip</name>
    <message numerus="yes">
        <source>%n alarm(s) could not be read</source>
        <translation>
            <numerusform>%n alarm could not be read</numerusform>
            <numerusform>%n alarms could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n that follow from it are grouped here</source>
        <translation>
            <numerusform>%n that follows from it is grouped here</numerusform>
            <numerusform>%n that follow from it are grouped here</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more unacknowledged</source>
        <translation>
            <numerusform>%n more unacknowledged</numerusform>
            <numerusform>%n more unacknowledged</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n returned</source>
        <translation>
            <numerusform>%n returned</numerusform>
            <numerusform>%n returned</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n shelved</source>
        <translation>
            <numerusform>%n shelved</numerusform>
            <numerusform>%n shelved</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AttachPanel</name>
    <message numerus="yes">
        <source>Attach %n file(s)</source>
        <translation>
            <numerusform>Attach %n file</numerusform>
            <numerusform>Attach %n files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Backup</name>
    <message numerus="yes">
        <source>%n command(s) without an answer</source>
        <translation>
            <numerusform>%n command without an answer</numerusform>
            <numerusform>%n commands without an answer</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n draft(s)</source>
        <translation>
            <numerusform>%n draft</numerusform>
            <numerusform>%n drafts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) to send</source>
        <translation>
            <numerusform>%n file to send</numerusform>
            <numerusform>%n files to send</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClosingSheet</name>
    <message numerus="yes">
        <source>%n command(s) not sent yet</source>
        <translation>
            <numerusform>%n command not sent yet</numerusform>
            <numerusform>%n commands not sent yet</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Codes</name>
    <message numerus="yes">
        <source>%n older file(s) were not read: of a folder only the newest {most} are.</source>
        <translation>
            <numerusform>%n older file was not read: of a folder only the newest {most} are.</numerusform>
            <numerusform>%n older files were not read: of a folder only the newest {most} are.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) are HEIC, which cannot be read here: save them as JPEG.</source>
        <translation>
            <numerusform>%n photo is HEIC, which cannot be read here: save it as JPEG.</numerusform>
            <numerusform>%n photos are HEIC, which cannot be read here: save them as JPEG.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CommandForm</name>
    <message numerus="yes">
        <source>%n character(s) too long</source>
        <translation>
            <numerusform>%n character too long</numerusform>
            <numerusform>%n characters too long</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Folded</name>
    <message numerus="yes">
        <source>Show all · %n character(s)</source>
        <translation>
            <numerusform>Show all · %n character</numerusform>
            <numerusform>Show all · %n characters</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GraceBar</name>
    <message numerus="yes">
        <source>Too late for %n: it may have reached the county.</source>
        <translation>
            <numerusform>Too late for %n: it may have reached the county.</numerusform>
            <numerusform>Too late for %n: they may have reached the county.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n acknowledged</source>
        <translation>
            <numerusform>%n acknowledged</numerusform>
            <numerusform>%n acknowledged</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>leaves in %n s</source>
        <translation>
            <numerusform>leaves in %n s</numerusform>
            <numerusform>leaves in %n s</numerusform>
        </translation>
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
</context>
<context>
    <name>InfrastructurePane</name>
    <message numerus="yes">
        <source>None of %n asset(s) is in the state chosen.</source>
        <translation>
            <numerusform>None of %n asset(s) is in the state chosen.</numerusform>
            <numerusform>None of %n asset(s) is in the state chosen.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Log</name>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n line</numerusform>
            <numerusform>%n lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MapPane</name>
    <message numerus="yes">
        <source>no outline: %n warning(s)</source>
        <translation>
            <numerusform>no outline: %n warning</numerusform>
            <numerusform>no outline: %n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n incident(s) without coordinates</source>
        <translation>
            <numerusform>%n incident without coordinates</numerusform>
            <numerusform>%n incidents without coordinates</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Matrix</name>
    <message numerus="yes">
        <source>%n township(s) normal when last heard</source>
        <translation>
            <numerusform>%n township normal when last heard</numerusform>
            <numerusform>%n townships normal when last heard</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n township(s) normal</source>
        <translation>
            <numerusform>%n township normal</numerusform>
            <numerusform>%n townships normal</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>NoNetwork</name>
    <message numerus="yes">
        <source>%n item(s) in these codes</source>
        <translation>
            <numerusform>%n item in these codes</numerusform>
            <numerusform>%n items in these codes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n code(s)</source>
        <translation>
            <numerusform>%n code</numerusform>
            <numerusform>%n codes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) stay here.</source>
        <translation>
            <numerusform>%n item stays here.</numerusform>
            <numerusform>%n items stay here.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Receipt read: %n item(s) answered</source>
        <translation>
            <numerusform>Receipt read: %n item answered</numerusform>
            <numerusform>Receipt read: %n items answered</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n message</numerusform>
            <numerusform>%n messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OutageLine</name>
    <message numerus="yes">
        <source>%n source(s)</source>
        <translation>
            <numerusform>%n source</numerusform>
            <numerusform>%n sources</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Pane</name>
    <message numerus="yes">
        <source>%n field(s) could not be read</source>
        <translation>
            <numerusform>%n field could not be read</numerusform>
            <numerusform>%n fields could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n could not be read</numerusform>
            <numerusform>%n could not be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Photos</name>
    <message numerus="yes">
        <source>Making %n photo(s) smaller…</source>
        <translation>
            <numerusform>Making %n photo smaller…</numerusform>
            <numerusform>Making %n photos smaller…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A report takes at most %n photo(s).</source>
        <translation>
            <numerusform>A report takes at most %n photo.</numerusform>
            <numerusform>A report takes at most %n photos.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Phrases</name>
    <message numerus="yes">
        <source>{collection}: %n field(s) could not be read</source>
        <translation>
            <numerusform>{collection}: %n field could not be read</numerusform>
            <numerusform>{collection}: %n fields could not be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Print</name>
    <message numerus="yes">
        <source>%n more rows are not printed</source>
        <translation>
            <numerusform>%n more row is not printed</numerusform>
            <numerusform>%n more rows are not printed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Queues</name>
    <message numerus="yes">
        <source>None of %n queue(s) is of the group chosen.</source>
        <translation>
            <numerusform>None of %n queue(s) is of the group chosen.</numerusform>
            <numerusform>None of %n queue(s) is of the group chosen.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Relay</name>
    <message numerus="yes">
        <source>%n receipt(s) written: give them back to the office</source>
        <translation>
            <numerusform>%n receipt written: give it back to the office</numerusform>
            <numerusform>%n receipts written: give them back to the office</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Handed on to the county: %n</source>
        <translation>
            <numerusform>Handed on to the county: %n</numerusform>
            <numerusform>Handed on to the county: %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Sending</name>
    <message numerus="yes">
        <source>%n item(s) put aside for now: each row says why.</source>
        <translation>
            <numerusform>%n item is put aside for now: its row says why.</numerusform>
            <numerusform>%n items are put aside for now: their rows say why.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sent back</source>
        <translation>
            <numerusform>%n sent back</numerusform>
            <numerusform>%n sent back</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n put aside</source>
        <translation>
            <numerusform>%n put aside</numerusform>
            <numerusform>%n put aside</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n still here</source>
        <translation>
            <numerusform>%n still here</numerusform>
            <numerusform>%n still here</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n on the way</source>
        <translation>
            <numerusform>%n on its way</numerusform>
            <numerusform>%n on their way</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not accepted yet</source>
        <translation>
            <numerusform>%n not accepted yet</numerusform>
            <numerusform>%n not accepted yet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) in words</source>
        <translation>
            <numerusform>%n item in words</numerusform>
            <numerusform>%n items in words</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n small picture(s)</source>
        <translation>
            <numerusform>%n small picture</numerusform>
            <numerusform>%n small pictures</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) from the county</source>
        <translation>
            <numerusform>%n file from the county</numerusform>
            <numerusform>%n files from the county</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) or file(s)</source>
        <translation>
            <numerusform>%n photo or file</numerusform>
            <numerusform>%n photos or files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Only words today: %n file(s) ({size}) go after midnight.</source>
        <translation>
            <numerusform>Only words today: %n file ({size}) goes after midnight.</numerusform>
            <numerusform>Only words today: %n files ({size}) go after midnight.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Today&apos;s bytes do not reach for %n file(s) ({size}): they go tomorrow.</source>
        <translation>
            <numerusform>Today&apos;s bytes do not reach for %n file ({size}): it goes tomorrow.</numerusform>
            <numerusform>Today&apos;s bytes do not reach for %n files ({size}): they go tomorrow.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) ({size}) wait for the hours set for them.</source>
        <translation>
            <numerusform>%n photo ({size}) waits for the hours set for it.</numerusform>
            <numerusform>%n photos ({size}) wait for the hours set for them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) ({size}) wait with what they belong to.</source>
        <translation>
            <numerusform>%n file ({size}) waits with what it belongs to.</numerusform>
            <numerusform>%n files ({size}) wait with what they belong to.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) were sent back and are not sent again.</source>
        <translation>
            <numerusform>%n file was sent back and is not sent again.</numerusform>
            <numerusform>%n files were sent back and are not sent again.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n noted; shown again once forgotten</source>
        <translation>
            <numerusform>%n noted; shown again once forgotten</numerusform>
            <numerusform>%n noted; shown again once forgotten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SourcesSheet</name>
    <message numerus="yes">
        <source>and %n more; county-desk list --json tells all</source>
        <translation>
            <numerusform>and %n more; county-desk list --json tells all</numerusform>
            <numerusform>and %n more; county-desk list --json tells all</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SpokenReceipts</name>
    <message numerus="yes">
        <source>%n more commands changed</source>
        <translation>
            <numerusform>%n more command changed</numerusform>
            <numerusform>%n more commands changed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n could not be read</numerusform>
            <numerusform>%n could not be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TableSheet</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The first %n row(s); a file has all</source>
        <translation>
            <numerusform>The first row; a file has all</numerusform>
            <numerusform>The first %n rows; a file has all</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Township</name>
    <message numerus="yes">
        <source>%n assignment(s), soonest due first</source>
        <translation>
            <numerusform>%n assignment, soonest due first</numerusform>
            <numerusform>%n assignments, soonest due first</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not yet taken up</source>
        <translation>
            <numerusform>%n not yet taken up</numerusform>
            <numerusform>%n not yet taken up</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n new</source>
        <translation>
            <numerusform>%n new</numerusform>
            <numerusform>%n new</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more open case(s) are in the county&apos;s list</source>
        <translation>
            <numerusform>%n more open case is in the county&apos;s list</numerusform>
            <numerusform>%n more open cases are in the county&apos;s list</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Written: %n item(s)</source>
        <translation>
            <numerusform>Written: %n item</numerusform>
            <numerusform>Written: %n items</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) or file(s)</source>
        <translation>
            <numerusform>%n photo or file</numerusform>
            <numerusform>%n photos or files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) stay here.</source>
        <translation>
            <numerusform>%n item stays here.</numerusform>
            <numerusform>%n items stay here.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Receipt read: %n item(s) answered</source>
        <translation>
            <numerusform>Receipt read: %n item answered</numerusform>
            <numerusform>Receipt read: %n items answered</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photo(s) or file(s) whole at the county</source>
        <translation>
            <numerusform>%n photo or file whole at the county</numerusform>
            <numerusform>%n photos or files whole at the county</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n warning</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n object(s)</source>
        <translation>
            <numerusform>%n object</numerusform>
            <numerusform>%n objects</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n case(s)</source>
        <translation>
            <numerusform>%n case</numerusform>
            <numerusform>%n cases</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>the first %n case(s) are listed: a word more finds the rest</source>
        <translation>
            <numerusform>only the first %n case is listed: a word more finds the rest</numerusform>
            <numerusform>only the first %n cases are listed: a word more finds the rest</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n new assignment(s) from the county</source>
        <translation>
            <numerusform>%n new assignment from the county</numerusform>
            <numerusform>%n new assignments from the county</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n new assignment(s)</source>
        <translation>
            <numerusform>%n new assignment</numerusform>
            <numerusform>%n new assignments</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answered</source>
        <translation>
            <numerusform>%n answered</numerusform>
            <numerusform>%n answered</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sent back</source>
        <translation>
            <numerusform>%n sent back</numerusform>
            <numerusform>%n sent back</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n change(s)</source>
        <translation>
            <numerusform>%n change</numerusform>
            <numerusform>%n changes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n receipt(s) on it are for another office or county, and were left alone.</source>
        <translation>
            <numerusform>%n receipt on it is for another office or county, and was left alone.</numerusform>
            <numerusform>%n receipts on it are for another office or county, and were left alone.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n field(s) to mend</source>
        <translation>
            <numerusform>%n field to mend</numerusform>
            <numerusform>%n fields to mend</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n phone entry(ies)</source>
        <translation>
            <numerusform>%n phone entry</numerusform>
            <numerusform>%n phone entries</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n plan(s)</source>
        <translation>
            <numerusform>%n plan</numerusform>
            <numerusform>%n plans</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Wall</name>
    <message numerus="yes">
        <source>%n more follow from it</source>
        <translation>
            <numerusform>%n more follow from it</numerusform>
            <numerusform>%n more follow from it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more source(s) not in order</source>
        <translation>
            <numerusform>%n more source not in order</numerusform>
            <numerusform>%n more sources not in order</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n could not be read</numerusform>
            <numerusform>%n could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more queue(s)</source>
        <translation>
            <numerusform>%n more queue(s)</numerusform>
            <numerusform>%n more queue(s)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n asset(s) failed</source>
        <translation>
            <numerusform>%n asset failed</numerusform>
            <numerusform>%n assets failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n open incident(s), none overdue</source>
        <translation>
            <numerusform>%n open incident, not overdue</numerusform>
            <numerusform>%n open incidents, none overdue</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n queue(s) congested</source>
        <translation>
            <numerusform>%n queue congested</numerusform>
            <numerusform>%n queues congested</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Warnings</name>
    <message numerus="yes">
        <source>%n warning(s), {level}</source>
        <translation>
            <numerusform>%n warning, {level}</numerusform>
            <numerusform>%n warnings, {level}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s), highest {level}</source>
        <translation>
            <numerusform>%n warning, highest {level}</numerusform>
            <numerusform>%n warnings, highest {level}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n exercise(s) or test(s)</source>
        <translation>
            <numerusform>%n exercise or test</numerusform>
            <numerusform>%n exercises or tests</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read</source>
        <translation>
            <numerusform>%n could not be read</numerusform>
            <numerusform>%n could not be read</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source> (%n by county rule)</source>
        <translation>
            <numerusform> (%n by county rule)</numerusform>
            <numerusform> (%n by county rule)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
</TS>
