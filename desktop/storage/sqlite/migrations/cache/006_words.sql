-- The day on which only words go, and files wait; no row when none does.
CREATE TABLE words_day(day TEXT PRIMARY KEY) WITHOUT ROWID;
