public import Domain

/// The secrets that sign Douyin's live push, for sources that have their own.
public struct DouyinPorts: Sendable {
    /// Those that have one, by name.
    public var sources: @Sendable () async throws(ReadFailure) -> [SourceName]
    /// Nil where the source has none of its own.
    public var secret: @Sendable (SourceName) async throws(ReadFailure) -> String?
    public var set: @Sendable (_ secret: String, SourceName) async throws(ReadFailure) -> Void
    /// False where the source has none of its own.
    public var clear: @Sendable (SourceName) async throws(ReadFailure) -> Bool

    public init(
        sources: @escaping @Sendable () async throws(ReadFailure) -> [SourceName],
        secret: @escaping @Sendable (SourceName) async throws(ReadFailure) -> String?,
        set: @escaping @Sendable (_ secret: String, SourceName) async throws(ReadFailure) -> Void,
        clear: @escaping @Sendable (SourceName) async throws(ReadFailure) -> Bool
    ) {
        self.sources = sources
        self.secret = secret
        self.set = set
        self.clear = clear
    }
}
