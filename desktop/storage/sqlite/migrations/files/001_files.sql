-- `held` bytes from its start are here; `used` rises with every use, so the least is forgotten.
CREATE TABLE file(
    number INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    held INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE chunk(
    file INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX chunk_in_order ON chunk(file, at);

-- Files a source has not wholly got yet; they are never forgotten.
CREATE TABLE upload(
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    digest TEXT NOT NULL,
    ref BLOB NOT NULL,
    is_thumbnail INTEGER NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0,
    UNIQUE(source, digest)
);
CREATE TABLE wanted(
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE(source, digest)
);
