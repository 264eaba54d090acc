extension Migration {
    /// Who was in an audience when it was first kept up; who came and left since is in the journal.
    static let memberships = Migration(
        id: "0018-audience-bases",
        sql: """
            CREATE TABLE audience_base (
                name         TEXT    PRIMARY KEY REFERENCES audience (name) ON DELETE CASCADE,
                sequence_end INTEGER NOT NULL,  -- Of the journal: changes before it are of another audience.
                people       BLOB    NOT NULL   -- Their ids, each ended by a line feed.
            ) STRICT;
            """)
}
