extension Migration {
    /// Tables, logs and webhooks as sources.
    static let sources = Migration(
        id: "0009-sources",
        sql: """
            CREATE TABLE import_mapping (
                name       TEXT PRIMARY KEY,
                mapping    TEXT    NOT NULL CHECK (json_valid(mapping)),
                updated_ms INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
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
            """)
}
