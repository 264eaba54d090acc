extension Migration {
    static let audiences = Migration(
        id: "0016-audiences",
        sql: """
            CREATE TABLE audience (
                name       TEXT    PRIMARY KEY,
                title      TEXT    NOT NULL,
                expression TEXT    NOT NULL CHECK (json_valid(expression)),
                version    INTEGER NOT NULL CHECK (version >= 1),
                author     TEXT    NOT NULL,
                saved_ms   INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """)
}
