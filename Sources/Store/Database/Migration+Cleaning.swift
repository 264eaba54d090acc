extension Migration {
    static let cleaning = Migration(
        id: "0012-cleaning",
        sql: """
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
            CREATE TABLE cleaning_span (
                sequence_start INTEGER PRIMARY KEY,  -- The record of the journal from which on the version holds.
                version        INTEGER NOT NULL REFERENCES cleaning_version (number)
            ) STRICT;
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
            CREATE TABLE cleaning_rerun (
                id         INTEGER PRIMARY KEY AUTOINCREMENT,
                version    INTEGER NOT NULL REFERENCES cleaning_version (number),
                state      TEXT    NOT NULL CHECK (state IN ('running', 'done', 'cancelled')),
                author     TEXT    NOT NULL,
                started_ms INTEGER NOT NULL,
                ended_ms   INTEGER
            ) STRICT;
            CREATE UNIQUE INDEX cleaning_rerun_alone ON cleaning_rerun (state) WHERE state = 'running';
            INSERT INTO cleaning_version (number, steps, rate_id_max, author, created_ms, note)
                VALUES (0, '[]', 0, 'quanyu', 0, '');
            INSERT INTO cleaning_span (sequence_start, version) VALUES (0, 0);
            """)
}
