extension Migration {
    static let trackingPlan = Migration(
        id: "0010-tracking-plan",
        sql: """
            CREATE TABLE plan_version (
                version   INTEGER PRIMARY KEY AUTOINCREMENT,
                plan      TEXT    NOT NULL CHECK (json_valid(plan)),
                frozen_ms INTEGER NOT NULL,
                frozen_by TEXT    NOT NULL,
                note      TEXT    NOT NULL
            ) STRICT;
            CREATE TABLE plan_state (
                id         INTEGER PRIMARY KEY CHECK (id = 1),
                draft      TEXT    NOT NULL CHECK (json_valid(draft)),
                revision   INTEGER NOT NULL,  -- Of the draft.
                changed_ms INTEGER,
                changed_by TEXT    NOT NULL,
                in_force   INTEGER REFERENCES plan_version (version)
            ) STRICT;
            """)
}
