-- What of a source could not be read: the first of each collection with their reasons …
ALTER TABLE bad_item RENAME TO bad_item_before;
CREATE TABLE bad_item(
    source INTEGER NOT NULL,
    collection TEXT NOT NULL,
    place TEXT NOT NULL,
    field TEXT NOT NULL,
    reason TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (source, collection, place, field)
);
INSERT INTO bad_item
    SELECT source, collection, place, '', reason, excerpt,
        CASE WHEN place LIKE '$%' THEN '' ELSE place END
    FROM bad_item_before ORDER BY rowid;
DROP TABLE bad_item_before;

-- … every row it concerns, by id, with what the sums need of a missing one (`fields` is 0) …
CREATE TABLE unread(
    source INTEGER NOT NULL,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER,
    row_key INTEGER,
    fields INTEGER NOT NULL,
    PRIMARY KEY (source, collection, id)
) WITHOUT ROWID;

INSERT INTO unread SELECT source, collection, id, NULL, NULL, 0 FROM bad_item WHERE id != '';

-- … and how many items have no id, besides those of them kept with their reasons.
CREATE TABLE nameless(
    source INTEGER NOT NULL,
    collection TEXT NOT NULL,
    items INTEGER NOT NULL,
    PRIMARY KEY (source, collection)
) WITHOUT ROWID;
