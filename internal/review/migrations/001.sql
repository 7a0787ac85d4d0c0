-- Read by SQLite and PostgreSQL alike: BIGINT and BYTEA are what both take. Times are milliseconds since 1970, 0 for none.

CREATE TABLE run (
	id       TEXT   NOT NULL PRIMARY KEY,
	profile  TEXT   NOT NULL,
	state    TEXT   NOT NULL,
	created  BIGINT NOT NULL,
	revision BIGINT NOT NULL, -- counts changes; a change begins by raising it, which keeps all others of the run waiting
	touched  BIGINT NOT NULL, -- time of the last change; never goes back, whatever the clock does
	body     TEXT   NOT NULL  -- JSON of the Run
);

CREATE TABLE population (
	run     TEXT  NOT NULL PRIMARY KEY REFERENCES run (id),
	members BYTEA NOT NULL -- the accounts, by id: tab-separated lines, gzip
);

CREATE TABLE item (
	run    TEXT   NOT NULL REFERENCES run (id),
	place  BIGINT NOT NULL,
	id     TEXT   NOT NULL,
	ticket TEXT   NOT NULL,
	body   TEXT   NOT NULL, -- JSON of the Member
	name   TEXT   NOT NULL,
	PRIMARY KEY (run, place),
	UNIQUE (run, id)
);

-- A review that is to be made of an item.
CREATE TABLE seat (
	run      TEXT   NOT NULL,
	place    BIGINT NOT NULL,
	round    BIGINT NOT NULL,
	state    TEXT   NOT NULL,
	reviewer TEXT   NOT NULL, -- empty while queued
	claim    TEXT   NOT NULL, -- of the last claim
	session  TEXT   NOT NULL, -- the program that claimed it
	expires  BIGINT NOT NULL,
	PRIMARY KEY (run, place, round),
	FOREIGN KEY (run, place) REFERENCES item (run, place)
);

CREATE INDEX seat_open ON seat (run, round, place) WHERE state IN ('queued', 'claimed');

CREATE TABLE verdict (
	run       TEXT   NOT NULL,
	seq       BIGINT NOT NULL,
	place     BIGINT NOT NULL,
	round     BIGINT NOT NULL,
	reviewer  TEXT   NOT NULL,
	claim     TEXT   NOT NULL, -- the claim it answers
	outcome   TEXT   NOT NULL,
	spent     BIGINT NOT NULL,
	body      TEXT   NOT NULL, -- JSON of the Verdict
	undone    BIGINT NOT NULL,
	undone_by TEXT   NOT NULL,
	PRIMARY KEY (run, seq),
	FOREIGN KEY (run, place, round) REFERENCES seat (run, place, round)
);

CREATE UNIQUE INDEX verdict_valid ON verdict (run, place, round) WHERE undone = 0;
CREATE INDEX verdict_reviewer ON verdict (run, reviewer, seq) WHERE undone = 0;
