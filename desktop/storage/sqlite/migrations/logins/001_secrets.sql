-- What sources are logged in with, on a computer whose system keeps no secrets.
CREATE TABLE secret(source TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
