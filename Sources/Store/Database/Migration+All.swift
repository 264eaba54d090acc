extension Migration {
    /// In order. The schema that they make together is `Tests/StoreTests/Golden/schema.sql`.
    ///
    /// Times are Unix milliseconds. Hashes are 32 bytes (`SecretHash`): no secret is stored.
    public static let all: [Migration] = [
        access, quarantine, catalogue, settings, audit, quarantineOnce, sourceLimits, ordersAndCatalogue,
        sources, trackingPlan, quality, cleaning, quarantineCounts,
        douyinSecrets, stageModels, audiences, erasures, memberships,
    ]

    private static let access = Migration(
        id: "0001-access",
        sql: """
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
            CREATE TABLE session (
                hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
                csrf_hash  BLOB    NOT NULL CHECK (length(csrf_hash) = 32),
                user_id    INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
                created_ms INTEGER NOT NULL,
                expires_ms INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX session_by_user ON session (user_id);
            CREATE INDEX session_by_end ON session (expires_ms);
            CREATE TABLE setup_link (
                hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
                expires_ms INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """)

    private static let quarantine = Migration(
        id: "0002-quarantine",
        sql: """
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
            ) STRICT;
            CREATE INDEX quarantine_by_reason ON quarantine (reason, id);
            """)

    private static let catalogue = Migration(
        id: "0003-catalogue",
        sql: """
            CREATE TABLE catalog_item (
                kind     TEXT NOT NULL,
                id       TEXT NOT NULL,
                title    TEXT NOT NULL,
                category TEXT NOT NULL,
                brand    TEXT NOT NULL,
                PRIMARY KEY (kind, id)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE campaign (
                id       TEXT PRIMARY KEY,  -- Of the subject `campaign:ID`.
                title    TEXT NOT NULL,
                kind     TEXT NOT NULL,
                start_ms INTEGER,
                end_ms   INTEGER,
                CHECK (start_ms IS NULL OR end_ms IS NULL OR start_ms <= end_ms)
            ) STRICT, WITHOUT ROWID;
            """)

    private static let settings = Migration(
        id: "0004-settings",
        sql: """
            CREATE TABLE setting (
                name  TEXT PRIMARY KEY,
                value TEXT NOT NULL CHECK (json_valid(value))
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
            """)

    private static let audit = Migration(
        id: "0005-audit",
        sql: """
            CREATE TABLE audit (
                id      INTEGER PRIMARY KEY AUTOINCREMENT,
                time_ms INTEGER NOT NULL,
                actor   TEXT    NOT NULL,
                action  TEXT    NOT NULL,
                target  TEXT    NOT NULL,
                detail  TEXT    NOT NULL CHECK (json_valid(detail))
            ) STRICT;
            """)

    private static let quarantineOnce = Migration(
        id: "0006-quarantine-once",
        sql: """
            ALTER TABLE quarantine ADD COLUMN content_hash BLOB CHECK (length(content_hash) = 16);  -- Keyed.
            CREATE UNIQUE INDEX quarantine_by_content ON quarantine (content_hash);
            """)

    private static let sourceLimits = Migration(
        id: "0007-source-limits",
        sql: """
            CREATE TABLE source_limit (
                source                TEXT PRIMARY KEY,
                events_per_second_max INTEGER CHECK (events_per_second_max > 0),
                events_per_day_max    INTEGER CHECK (events_per_day_max > 0)
            ) STRICT, WITHOUT ROWID;
            """)
}
