CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    time_ms INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    target  TEXT    NOT NULL,
    detail  TEXT    NOT NULL CHECK (json_valid(detail))
) STRICT;
CREATE TABLE campaign (
    id       TEXT PRIMARY KEY,  -- Of the subject `campaign:ID`.
    title    TEXT NOT NULL,
    kind     TEXT NOT NULL,
    start_ms INTEGER,
    end_ms   INTEGER,
    CHECK (start_ms IS NULL OR end_ms IS NULL OR start_ms <= end_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE catalog_item (
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    title    TEXT NOT NULL,
    category TEXT NOT NULL,
    brand    TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE cleaning_rerun (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    version    INTEGER NOT NULL REFERENCES cleaning_version (number),
    state      TEXT    NOT NULL CHECK (state IN ('running', 'done', 'cancelled')),
    author     TEXT    NOT NULL,
    started_ms INTEGER NOT NULL,
    ended_ms   INTEGER
) STRICT;
CREATE UNIQUE INDEX cleaning_rerun_alone ON cleaning_rerun (state) WHERE state = 'running';
CREATE TABLE cleaning_span (
    sequence_start INTEGER PRIMARY KEY,  -- The record of the journal from which on the version holds.
    version        INTEGER NOT NULL REFERENCES cleaning_version (number)
) STRICT;
CREATE TABLE cleaning_version (
    number      INTEGER PRIMARY KEY,
    steps       TEXT    NOT NULL CHECK (json_valid(steps)),
    rate_id_max INTEGER NOT NULL,  -- Rates that were added later do not count.
    author      TEXT    NOT NULL,
    created_ms  INTEGER NOT NULL,
    note        TEXT    NOT NULL
) STRICT;
CREATE TRIGGER cleaning_version_stays BEFORE UPDATE ON cleaning_version
BEGIN
    SELECT RAISE(ABORT, 'a version is never changed');
END;
CREATE TABLE currency_rate (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    day           TEXT    NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    from_currency TEXT    NOT NULL CHECK (length(from_currency) = 3),
    to_currency   TEXT    NOT NULL CHECK (length(to_currency) = 3),
    rate          TEXT    NOT NULL,  -- Decimal: units of the second for one of the first.
    source        TEXT    NOT NULL,
    author        TEXT    NOT NULL,
    added_ms      INTEGER NOT NULL
) STRICT;
CREATE TABLE import_checkpoint (
    file         TEXT    NOT NULL,  -- What tells the file apart from any other and from itself changed.
    mapping_hash TEXT    NOT NULL,
    position     INTEGER NOT NULL,  -- Rows that are done with.
    accepted     INTEGER NOT NULL,
    duplicate    INTEGER NOT NULL,
    refused      INTEGER NOT NULL,
    updated_ms   INTEGER NOT NULL,
    PRIMARY KEY (file, mapping_hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE migration (id TEXT PRIMARY KEY, sql TEXT NOT NULL) STRICT;
CREATE TABLE quarantine (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    received_ms  INTEGER NOT NULL,
    source       TEXT    NOT NULL,
    format       TEXT    NOT NULL,  -- How to read the body again.
    reason       TEXT    NOT NULL,
    detail       TEXT    NOT NULL,
    body         BLOB    NOT NULL,
    is_truncated INTEGER NOT NULL CHECK (is_truncated IN (0, 1)),
    replayed_ms  INTEGER
, content_hash BLOB CHECK (length(content_hash) = 16)) STRICT;
CREATE UNIQUE INDEX quarantine_by_content ON quarantine (content_hash);
CREATE INDEX quarantine_by_reason ON quarantine (reason, id);
CREATE TABLE session (
    hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    csrf_hash  BLOB    NOT NULL CHECK (length(csrf_hash) = 32),
    user_id    INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_end ON session (expires_ms);
CREATE INDEX session_by_user ON session (user_id);
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;
CREATE TABLE setup_link (
    hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sqlite_sequence(name,seq);
CREATE TABLE token (
    id           INTEGER PRIMARY KEY,
    hash         BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    kind         TEXT    NOT NULL CHECK (kind IN ('write', 'read', 'admin')),
    name         TEXT    NOT NULL,
    created_ms   INTEGER NOT NULL,
    revoked_ms   INTEGER,
    last_used_ms INTEGER  -- To the hour.
) STRICT;
CREATE TABLE user (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    role          TEXT    NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    password_hash TEXT    NOT NULL,  -- Argon2id with its parameters and salt, as libsodium writes it.
    created_ms    INTEGER NOT NULL
) STRICT;
