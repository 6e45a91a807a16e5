-- One line per backend: where its next pull goes on, and how the last one went.
CREATE TABLE source(
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    token TEXT,
    epoch TEXT,
    last_good_at INTEGER,
    offset_ms INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER,
    problem BLOB
);

-- Township ids, channels and category codes, so that rows and indexes hold small numbers.
CREATE TABLE word(number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

-- `urgency` and `newest` are the list's order, worked out when a row is written.
CREATE TABLE incident(
    row INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    urgency INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    township INTEGER NOT NULL,
    category INTEGER NOT NULL,
    channel INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX incident_by_id ON incident(source, id);
-- Holds every column a filter asks about, so that no list ever reads a body to be found.
CREATE INDEX incident_in_order
    ON incident(urgency, newest, flags, township, category, channel);
CREATE INDEX incident_by_time ON incident(newest);

-- Figures kept while writing, because counting a million rows is not cheap.
CREATE TABLE tally(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO tally VALUES ('next_row', 1), ('incidents', 0), ('open', 0), ('unacknowledged', 0);

-- `grams` holds pairs of characters, `words` whole Latin words; both split by spaces.
-- The ascii tokenizer takes every character beyond ASCII as part of a token.
CREATE VIRTUAL TABLE search USING fts5(
    grams, words, content='', contentless_delete=1, tokenize='ascii'
);

-- Every small collection: townships, lines, assets, queues, warnings, alarms.
CREATE TABLE thing(
    source INTEGER NOT NULL,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (collection, source, id)
);

CREATE TABLE series(
    number INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    unit TEXT NOT NULL,
    UNIQUE (source, kind, id)
);
CREATE TABLE reading(
    series INTEGER NOT NULL,
    at INTEGER NOT NULL,
    value REAL,
    PRIMARY KEY (series, at)
) WITHOUT ROWID;

CREATE TABLE bad_item(
    source INTEGER NOT NULL,
    collection TEXT NOT NULL,
    place TEXT NOT NULL,
    reason TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    PRIMARY KEY (source, collection, place)
);

-- Names of townships and categories as they are typed in pinyin, worked out once.
CREATE TABLE spoken(
    name TEXT PRIMARY KEY,
    initials TEXT NOT NULL,
    syllables TEXT NOT NULL
) WITHOUT ROWID;
