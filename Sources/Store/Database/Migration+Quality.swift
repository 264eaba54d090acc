extension Migration {
    static let quality = Migration(
        id: "0011-quality",
        sql: """
            CREATE TABLE quality_rule (
                event TEXT PRIMARY KEY,
                rule  TEXT NOT NULL CHECK (json_valid(rule))
            ) STRICT, WITHOUT ROWID;
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
            """)
}
