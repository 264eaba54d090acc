extension Migration {
    /// How far erasures are; that there is one, the journal says.
    static let erasures = Migration(
        id: "0017-erasures",
        sql: """
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
            """)
}
