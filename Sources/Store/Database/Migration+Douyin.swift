extension Migration {
    /// Secrets of Douyin's live push, one a source.
    static let douyinSecrets = Migration(
        id: "0014-douyin-secrets",
        sql: """
            CREATE TABLE douyin_secret (
                source TEXT PRIMARY KEY,
                secret BLOB NOT NULL  -- Sealed with the folder's key.
            ) STRICT, WITHOUT ROWID;
            """)
}
