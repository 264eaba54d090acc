CREATE TABLE audience (
    name       TEXT    PRIMARY KEY,
    title      TEXT    NOT NULL,
    expression TEXT    NOT NULL CHECK (json_valid(expression)),
    version    INTEGER NOT NULL CHECK (version >= 1),
    author     TEXT    NOT NULL,
    saved_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audience_base (
    name         TEXT    PRIMARY KEY REFERENCES audience (name) ON DELETE CASCADE,
    sequence_end INTEGER NOT NULL,  -- Of the journal: changes before it are of another audience.
    people       BLOB    NOT NULL   -- Their ids, each ended by a line feed.
) STRICT;
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
CREATE TABLE catalog_change (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT    NOT NULL,
    item_id  TEXT    NOT NULL,
    metric   TEXT    NOT NULL CHECK (metric IN ('price', 'cost', 'stock', 'discontinued')),
    time_ms  INTEGER NOT NULL,  -- Since when it is so.
    value    INTEGER NOT NULL,  -- Minor units; pieces; 0 or 1.
    currency TEXT,
    origin   TEXT    NOT NULL,
    noted_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX catalog_change_by_item ON catalog_change (kind, item_id, metric, time_ms, id);
CREATE TABLE catalog_item (
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    title    TEXT NOT NULL,
    category TEXT NOT NULL,
    brand    TEXT NOT NULL, price_minor INTEGER, price_currency TEXT, cost_minor INTEGER, cost_currency TEXT, stock INTEGER CHECK (stock >= 0), start_ms INTEGER, end_ms INTEGER, detail TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(detail)), discontinued_ms INTEGER, updated_ms INTEGER,
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
CREATE TABLE douyin_secret (
    source TEXT PRIMARY KEY,
    secret BLOB NOT NULL  -- Sealed with the folder's key.
) STRICT, WITHOUT ROWID;
CREATE TABLE erasure (
    sequence             INTEGER PRIMARY KEY,  -- Of its record in the journal.
    asked_ms             INTEGER NOT NULL,
    actor                TEXT    NOT NULL,
    hashes               BLOB    NOT NULL CHECK (length(hashes) % 16 = 0),  -- Of the person's ids, keyed.
    state                TEXT    NOT NULL CHECK (state IN ('waiting', 'scrubbing', 'done')),
    checked_ms           INTEGER,
    event_count          INTEGER,
    journal_record_count INTEGER,
    memory_count         INTEGER,
    snapshot_count       INTEGER,
    CHECK (state <> 'done' OR checked_ms IS NOT NULL)
) STRICT;
CREATE TABLE followed_log (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    pattern            TEXT    NOT NULL,
    format             TEXT    NOT NULL CHECK (format IN ('json', 'nginx')),
    line_format        TEXT    NOT NULL,
    mapping            TEXT    NOT NULL CHECK (json_valid(mapping)),
    source             TEXT    NOT NULL UNIQUE,
    beginning          TEXT    NOT NULL CHECK (beginning IN ('start', 'end')),
    skips_anonymous    INTEGER NOT NULL CHECK (skips_anonymous IN (0, 1)),
    is_enabled         INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
    updated_ms         INTEGER NOT NULL,
    is_begun           INTEGER NOT NULL DEFAULT 0,  -- Whether its files have been looked at once.
    lines              INTEGER NOT NULL DEFAULT 0,
    accepted           INTEGER NOT NULL DEFAULT 0,
    duplicate          INTEGER NOT NULL DEFAULT 0,
    quarantined        INTEGER NOT NULL DEFAULT 0,
    skipped            INTEGER NOT NULL DEFAULT 0
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
CREATE TABLE import_job (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    file_name          TEXT    NOT NULL,
    format             TEXT    NOT NULL CHECK (format IN ('csv', 'ndjson', 'parquet')),
    byte_count         INTEGER NOT NULL,
    byte_count_staged  INTEGER NOT NULL,
    state              TEXT    NOT NULL,
    mapping            TEXT    NOT NULL CHECK (json_valid(mapping)),
    source             TEXT    NOT NULL,
    position           INTEGER NOT NULL,  -- Rows that are done with.
    accepted           INTEGER NOT NULL,
    duplicate          INTEGER NOT NULL,
    refused            INTEGER NOT NULL,
    refused_byte_count INTEGER NOT NULL,
    failure            TEXT    NOT NULL,
    actor              TEXT    NOT NULL,
    created_ms         INTEGER NOT NULL,
    updated_ms         INTEGER NOT NULL
) STRICT;
CREATE TABLE import_mapping (
    name       TEXT PRIMARY KEY,
    mapping    TEXT    NOT NULL CHECK (json_valid(mapping)),
    updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE log_checkpoint (
    log                     INTEGER NOT NULL REFERENCES followed_log (id) ON DELETE CASCADE,
    file                    TEXT    NOT NULL,  -- Device and inode.
    fingerprint             TEXT    NOT NULL,
    fingerprint_byte_count  INTEGER NOT NULL,
    mark                    TEXT    NOT NULL,  -- Begins the ids of its lines.
    path                    TEXT    NOT NULL,
    byte_offset             INTEGER NOT NULL,
    updated_ms              INTEGER NOT NULL,
    PRIMARY KEY (log, file)
) STRICT, WITHOUT ROWID;
CREATE TABLE migration (id TEXT PRIMARY KEY, sql TEXT NOT NULL) STRICT;
CREATE TABLE order_total (
    source         TEXT    NOT NULL,
    day            TEXT    NOT NULL,  -- 2026-01-31, in the zone of the business.
    currency       TEXT    NOT NULL,
    order_count    INTEGER CHECK (order_count >= 0),
    gross_minor    INTEGER NOT NULL CHECK (gross_minor >= 0),
    refunded_minor INTEGER CHECK (refunded_minor >= 0),
    origin         TEXT    NOT NULL,
    actor          TEXT    NOT NULL,
    noted_ms       INTEGER NOT NULL,
    PRIMARY KEY (day, source, currency)
) STRICT, WITHOUT ROWID;
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
CREATE INDEX quarantine_by_fate ON quarantine (reason, source, received_ms, replayed_ms);
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
CREATE TABLE stage_model (
    id       TEXT    NOT NULL,
    version  INTEGER NOT NULL CHECK (version > 0),
    model    TEXT    CHECK (model IS NULL OR json_valid(model)),  -- Null: removed by this version.
    author   TEXT    NOT NULL,
    saved_ms INTEGER NOT NULL,
    PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE webhook_source (
    name          TEXT PRIMARY KEY,  -- Also the source of its events.
    mapping       TEXT    NOT NULL CHECK (json_valid(mapping)),
    proof         TEXT    NOT NULL CHECK (json_valid(proof)),  -- How the sender proves itself.
    secret        BLOB,              -- Sealed with the folder's key.
    answer_status INTEGER NOT NULL CHECK (answer_status BETWEEN 200 AND 299),
    answer_type   TEXT    NOT NULL,
    answer_body   TEXT    NOT NULL,
    is_enabled    INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
    updated_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
