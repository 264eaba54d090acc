public import Domain

/// The logs that the server follows.
public struct LogPorts: Sendable {
    /// A log as it is declared, what became of its lines, and how it is doing; without a state it is not followed.
    public struct Report: Sendable {
        public let log: FollowedLog
        public let totals: LogTotals
        public let state: LogState?

        public init(log: FollowedLog, totals: LogTotals, state: LogState?) {
            self.log = log
            self.totals = totals
            self.state = state
        }
    }

    /// In the order of their making.
    public var list: @Sendable () async throws(ReadFailure) -> [Report]
    /// The id of the new log; nil where another one has its source.
    public var add: @Sendable (FollowedLog) async throws(ReadFailure) -> Int64?
    /// False where there is none of its id.
    public var change: @Sendable (FollowedLog) async throws(ReadFailure) -> Bool
    public var remove: @Sendable (_ id: Int64) async throws(ReadFailure) -> Bool
    /// Why files of this pattern may not be followed; nil where they may.
    public var complaint: @Sendable (_ pattern: String) -> String?

    public init(
        list: @escaping @Sendable () async throws(ReadFailure) -> [Report],
        add: @escaping @Sendable (FollowedLog) async throws(ReadFailure) -> Int64?,
        change: @escaping @Sendable (FollowedLog) async throws(ReadFailure) -> Bool,
        remove: @escaping @Sendable (_ id: Int64) async throws(ReadFailure) -> Bool,
        complaint: @escaping @Sendable (_ pattern: String) -> String?
    ) {
        self.list = list
        self.add = add
        self.change = change
        self.remove = remove
        self.complaint = complaint
    }
}
