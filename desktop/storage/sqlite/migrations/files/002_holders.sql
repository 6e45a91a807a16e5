-- Whose files these are: what only a purged source has must not stay. Of older ones nobody knows.
CREATE TABLE holder(
    source TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (source, digest)
) WITHOUT ROWID;
CREATE INDEX holder_by_digest ON holder(digest);
INSERT INTO holder SELECT source, digest FROM upload UNION SELECT source, digest FROM wanted;
