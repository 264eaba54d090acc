extension Migration {
    /// Counts of what was set aside, by any filter, from the index alone: bodies are not passed over.
    static let quarantineCounts = Migration(
        id: "0013-quarantine-counts",
        sql: """
            CREATE INDEX quarantine_by_fate ON quarantine (reason, source, received_ms, replayed_ms);
            """)
}
