public import Base

/// What is kept of a token. Its text is told once, when it is made; only a hash of it is stored.
public struct AccessToken: Hashable, Sendable, Identifiable {
    public let id: Int64
    public let kind: TokenKind
    public let name: SourceName  // Of a write token: the source of the events sent with it.
    public let createdAt: EventTime
    public let revokedAt: EventTime?
    public let lastUsedAt: EventTime?  // To the hour, never before `createdAt`.

    public init(
        id: Int64, kind: TokenKind, name: SourceName, createdAt: EventTime, revokedAt: EventTime?,
        lastUsedAt: EventTime?
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.createdAt = createdAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
    }
}
