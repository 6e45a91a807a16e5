-- Why a held command waits, and what its source's commands belong to (`domain.source.Binding`).
ALTER TABLE command ADD COLUMN hold TEXT NOT NULL DEFAULT '';
UPDATE command SET hold = 'login' WHERE receipt = 'held';
CREATE TABLE binding(source TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
