-- Files of commands that the source may still forget: sent or not, they are never forgotten here.
CREATE TABLE protected(
    source TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (source, digest)
) WITHOUT ROWID;
CREATE INDEX protected_by_digest ON protected(digest);
INSERT INTO protected SELECT source, digest FROM upload;
