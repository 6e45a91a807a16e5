"""All bounds on what is accepted from outside, each with its reason.

Set by what a county can need, with room to spare: it has 10,000 incidents a year, some
hundred at once, 5,000 assets at most and readings of a day. What is beyond a bound of an item
is cut or left out, and reported; an answer beyond a bound fails with a text that says so.
A few bytes must not become many: the size they may unpack to, and the number of values they
may claim, grow with the bytes received.
"""

from __future__ import annotations

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE

# Of one item.

WORD_CHARS = 100
"""A code, a name of a person or a unit of measure."""
ID_CHARS = 200
"""An id: a URN with a UUID and a prefix has some 60 characters; CAP joins two names."""
TEXT_CHARS = 20_000
"""A text for people: some twenty pages, the longest report anybody reads on a screen."""
HEADLINE_CHARS = 500
"""A headline, an issuer's name: what fits on a few lines."""
LABEL_CHARS = 2_000
"""A label of a monitoring system, which limits them to 2,048 by habit."""
ITEM_PARTS = 200_000
"""Commas and brackets of one item that is not sound and is read field by field: an outline of
every point, with all that goes with it."""
ENTRIES = 5_000
"""Entries in the history of one case: one every ten minutes for a month."""
PARTS = 1_000
"""Deadlines, files, units, assets or townships one row names."""
OUTLINES = 1_000
"""Outlines of one warning: every township of a province."""
POINTS = 20_000
"""Points of one outline or line: a river at ten metres for 200 km."""
READINGS = 20_000
"""Readings of one trend: a day every five seconds, or a fortnight by the minute."""
NAMES_OF_AREA = 500
"""Names in one area of a warning: a table of places, not a warning, has more."""
REFERENCES = 500
"""Earlier messages one speaks of: a long flood has some dozens."""
BLOCKS_OF_MESSAGE = 2_000
"""Blocks looked at in one message: each of its rows in several languages, and more."""
ENTRY_CHARS = 2_000
"""Characters kept of a feed's own text about an entry, by which a changed entry is recognized."""
ADDRESS_CHARS = 2_000
"""An address a feed links to: what every proxy takes."""
BODY_BYTES = 1 * MEGABYTE
"""The body of one command: the longest text in the widest script, ten times."""
REQUEST_BYTES = 1_000_000
"""One request of up to 20 commands, whichever way it comes: larger ones go one by one."""
EXIF_ENTRIES = 200
"""Values in one table of a photo's EXIF: cameras write some forty."""
EXIF_PARTS = 1_000
"""Parts of a picture's file that are searched for its EXIF, which cameras write as the first."""
PHOTO_BYTES = 64 * MEGABYTE
"""A file that is read to be shrunk as a photo: the largest a phone writes has some 40 MB."""
FLAWS_KEPT = 5
"""Unreadable fields of one row that are reported by name; the others are only counted."""

# Of one answer.

ANSWER_BYTES = 32 * MEGABYTE
"""An answer that is read whole, unpacked: 5,000 series of a day of readings."""
SNAPSHOT_BYTES = 512 * MEGABYTE
"""A snapshot, unpacked: half a million rows of a kilobyte."""
LINE_BYTES = 64 * MEGABYTE
"""One line of it: an integrator may put every row of a collection in one."""
STAGED_BYTES = 128 * MEGABYTE
"""Packed bytes of a snapshot under way that are kept for a restart."""
FEED_BYTES = 8 * MEGABYTE
"""A feed with its messages inside: 500 of 16 kB."""
MESSAGE_BYTES = 1 * MEGABYTE
"""One CAP message with its outlines."""
UNPACKED_FREE = 256 * KILOBYTE
"""What any few bytes may unpack to: an answer that says one thing over and over, such as forty
trends of a day by the minute without a reading."""
UNPACKED_TIMES = 200
"""Beyond that, how many times its own size an answer may unpack to: incidents come to 4 times,
5,000 assets that are all alike to 28, and only trends without one reading to as much: such as
come alone are told in other words, as no trends."""
TOKENS = 300_000
"""Texts and brackets looked at to find which item of a list is no JSON: a page of 1,000 rows of
a hundred fields and parts."""
HINT_BYTES = 4 * KILOBYTE
"""One line of the stream of hints, which carries a number and perhaps a page."""
HINT_PAGE_BYTES = 1 * KILOBYTE
"""A page of changes within a hint; larger ones are asked for."""
HINT_PAGES = 8
"""Pages of hints that wait to be read; with more the changes are asked for."""
ELEMENTS = 60_000
"""Elements of one XML document: 500 entries of 120."""
ENTRIES_OF_FEED = 500
"""Entries of one feed: a province on its worst day."""
MESSAGES = 2_000
"""CAP messages kept at once, of all feeds of a source."""
WARNINGS_OF_MESSAGE = 100
"""Rows one CAP message comes to: a province names each of its counties."""
ASSETS = 5_000
"""Assets of one monitoring source: beyond them nobody looks at each."""
BAD_KEPT = 100
"""Items of one collection that could not be read and are kept with their reasons; the rest is
counted, so that a feed that went mad fills neither memory nor disk."""
BAD_ROWS = 20_000
"""Unreadable rows of one collection whose id and version are kept for the checksums: twice what a
county has in a year."""

# Of level 2, in values and bytes of text, a page and in all.

WINDOW_BYTES = 8 * MEGABYTE
"""What a compressor may look back: the specification's window."""
PAGE_ROWS = 100_000
"""Rows of one page; ours have 1,000."""
SECTION_BYTES = 16 * MEGABYTE
"""One page, unpacked: a page of 1,000 rows comes to less than 1 MB."""
VALUES_FREE = 400_000
"""Values any few bytes may claim: a thousand trends of a day without a reading."""
VALUES_PER_BYTE = 32
"""And for each byte received: real snapshots come to one or two."""
PAGE_VALUES = 2_000_000
"""Values of one page however long it is."""
TEXT_FREE = 1 * MEGABYTE
"""Bytes of text any few bytes may claim: a text sent once may stand in each row."""
TEXT_PER_BYTE = 200
"""And for each byte received."""

# Of a courier bundle, which comes on a stick and is read whole.

COURIER_BYTES = 64 * MEGABYTE
"""One bundle: the largest file a county takes by default, with a week of commands beside it."""
COURIER_UNPACKED = 80 * MEGABYTE
"""What it may unpack to: files are packed already, and commands alone are a few megabytes."""
COURIER_COMMANDS = 10_000
"""Commands of one bundle: a month of an office that gives one every four minutes."""
COURIER_PIECE_BYTES = 1 * MEGABYTE
"""One piece of a file in it."""
COURIER_FILES = 10_000
"""Pieces of files in one bundle, or files named by a receipt: more than fit at their length."""
COURIER_CODES = 40
"""QR codes of one bundle: more of them nobody photographs without losing one."""
LAST_OFFICE = 2**16 - 1
"""The highest number of an office in frames."""
SPOKEN_GROUPS = 700
"""Groups of digits of one report by telephone: more than the longest that frames carry."""
COURIER_PICTURE_BYTES = 32 * MEGABYTE
"""One photo of such codes; a telephone's has 3 to 12."""
PAIRING_BYTES = 4 * KILOBYTE
"""A pairing file: two keys and two names come to less than half of it."""

# Of what a county publishes for its desks.

BULLETIN_CHARS = 32 * KILOBYTE
"""The text of one bulletin: settings of a county with a group for each township come to a tenth."""
BULLETIN_BYTES = 60 * KILOBYTE
"""The same in bytes, as a text within JSON: both that there are fit what a desk reads at once."""
BULLETINS_BYTES = 128 * KILOBYTE
"""All that is published at once: two texts, escaped, with their keys and signatures."""
SETTINGS_SOURCES = 100
"""Sources that all groups of settings add together."""
SETTINGS_GROUPS = 200
"""Groups of desks in central settings: every township, and more."""
PACKAGE_BYTES = 512 * MEGABYTE
"""One package of the program: ours have 120 MB at most."""
PACKAGES = 20
"""Packages of one version: one for each kind of computer."""


def most_unpacked(packed: int) -> int:
    """Return the largest size in bytes that this many packed bytes may unpack to."""
    return UNPACKED_FREE + UNPACKED_TIMES * packed


CARRIED_DAYS = 180
"""How long after its click a command may still come in a bundle or as frames: keys are on
record for longer."""
