public import Base

/// An element that was set aside, as it was kept.
public struct QuarantineItem: Sendable, Equatable, Identifiable {
    public let id: Int64
    public let receivedAt: EventTime
    public let source: SourceName
    public let format: String  // The raw value of a `WireFormat`.
    public let reason: String
    public let detail: String
    public let body: [UInt8]
    public let isTruncated: Bool  // Only the beginning of the body was kept: it cannot be tried again.
    public let replayedAt: EventTime?

    public init(
        id: Int64, receivedAt: EventTime, source: SourceName, format: String, reason: String, detail: String,
        body: [UInt8], isTruncated: Bool, replayedAt: EventTime?
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.source = source
        self.format = format
        self.reason = reason
        self.detail = detail
        self.body = body
        self.isTruncated = isTruncated
        self.replayedAt = replayedAt
    }
}
