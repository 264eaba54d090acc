/// Why a request has to come again later; nothing of it was taken.
public struct Throttling: Equatable, Sendable {
    public enum Reason: Equatable, Sendable {
        case rate(eventsPerSecondMax: Int)
        case quota(eventsPerDayMax: Int)
        /// Requests of this source that are not answered yet hold too much.
        case underWay(bytesMax: Int)
        /// All sources together sent more than can be written.
        case queueFull
    }

    public let reason: Reason
    public let retryAfterSeconds: Int  // At least 1.

    public init(_ reason: Reason, retryAfterSeconds: Int = 1) {
        self.reason = reason
        self.retryAfterSeconds = max(1, retryAfterSeconds)
    }
}
