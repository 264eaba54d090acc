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
CREATE TABLE plan_state (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    draft      TEXT    NOT NULL CHECK (json_valid(draft)),
    revision   INTEGER NOT NULL,  -- Of the draft.
    changed_ms INTEGER,
    changed_by TEXT    NOT NULL,
    in_force   INTEGER REFERENCES plan_version (version)
) STRICT;
CREATE TABLE plan_version (
    version   INTEGER PRIMARY KEY AUTOINCREMENT,
    plan      TEXT    NOT NULL CHECK (json_valid(plan)),
    frozen_ms INTEGER NOT NULL,
    frozen_by TEXT    NOT NULL,
    note      TEXT    NOT NULL
) STRICT;
CREATE TABLE quality_alarm (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    event           TEXT    NOT NULL,
    source          TEXT    NOT NULL,
    part            TEXT    NOT NULL,
    numbers         TEXT    NOT NULL CHECK (json_valid(numbers)),  -- [value, bound], when it was raised.
    raised_ms       INTEGER NOT NULL,
    cleared_ms      INTEGER,
    acknowledged_ms INTEGER,
    acknowledged_by TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX quality_alarm_open ON quality_alarm (event, source, part) WHERE cleared_ms IS NULL;
CREATE TABLE quality_rule (
    event TEXT PRIMARY KEY,
    rule  TEXT NOT NULL CHECK (json_valid(rule))
) STRICT, WITHOUT ROWID;
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
CREATE TABLE source_limit (
    source                TEXT PRIMARY KEY,
    events_per_second_max INTEGER CHECK (events_per_second_max > 0),
    events_per_day_max    INTEGER CHECK (events_per_day_max > 0)
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
