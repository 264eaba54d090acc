extension Migration {
    /// Models of stages that people saved.
    static let stageModels = Migration(
        id: "0015-stage-models",
        sql: """
            CREATE TABLE stage_model (
                id       TEXT    NOT NULL,
                version  INTEGER NOT NULL CHECK (version > 0),
                model    TEXT    CHECK (model IS NULL OR json_valid(model)),  -- Null: removed by this version.
                author   TEXT    NOT NULL,
                saved_ms INTEGER NOT NULL,
                PRIMARY KEY (id, version)
            ) STRICT, WITHOUT ROWID;
            """)
}
