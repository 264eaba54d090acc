public import Base
public import Domain
import Synchronization

/// Holds each source to its limits, and keeps room for the others.
///
/// - Rate: a bucket of tokens, filled at `eventsPerSecondMax` up to ten seconds' worth. A request passes while the
///   bucket is not empty and may overdraw it, so that batches of any size pass, and the average holds.
/// - Quota: what was taken since midnight (UTC), as the ledger tells, with its delay of a moment.
/// - Room: what requests of one source hold until they are answered. So a source that floods the server waits for
///   itself: the work before any other's request is bounded by `bytesUnderWayMax`.
public final class SourceGate: Sendable {
    private struct Lane {
        var tokens: Double
        var filledAt: EventTime
        var bytesUnderWay = 0
        var requestsUnderWay = 0
    }

    private struct State {
        var limits: [SourceName: SourceLimits]
        var lanes: [SourceName: Lane] = [:]
    }

    private static let burstSeconds = 10.0

    public let standard: SourceLimits  // Of sources without limits of their own.
    private let bytesUnderWayMax: Int
    private let acceptedToday: @Sendable (SourceName, EventTime) -> Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - limits: Of the sources that have their own.
    ///   - bytesUnderWayMax: One request passes whatever its size.
    public init(
        standard: SourceLimits = SourceLimits(), limits: [SourceName: SourceLimits] = [:],
        bytesUnderWayMax: Int = .max, acceptedToday: @escaping @Sendable (SourceName, EventTime) -> Int = { _, _ in 0 }
    ) {
        self.standard = standard
        self.bytesUnderWayMax = bytesUnderWayMax
        self.acceptedToday = acceptedToday
        state = Mutex(State(limits: limits))
    }

    /// A source's own limits; nil where the standard holds.
    public func limits(of source: SourceName) -> SourceLimits? { state.withLock { $0.limits[source] } }

    /// Nil gives the source the standard again.
    public func set(_ limits: SourceLimits?, of source: SourceName) {
        state.withLock { state in
            state.limits[source] = limits
            state.lanes[source]?.tokens = 1  // What it overdrew under other limits is forgiven.
        }
    }

    /// Whether a request of this source would be let in: cheap, for before it is read.
    public func check(_ source: SourceName, byteCount: Int, now: EventTime) throws(CollectError) {
        let throttling = state.withLock { state in
            let limits = state.limits[source] ?? standard
            return self.throttling(of: &state.lanes[source], limits, byteCount: byteCount, now)
        }
        if let throttling { throw .throttled(throttling) }
        try checkQuota(of: source, now)
    }

    /// Lets a request in; `leave` must follow.
    func enter(_ source: SourceName, eventCount: Int, byteCount: Int, now: EventTime) throws(CollectError) {
        try checkQuota(of: source, now)
        let throttling = state.withLock { state -> Throttling? in
            let limits = state.limits[source] ?? standard
            var lane = state.lanes[source]
            defer { state.lanes[source] = lane }
            if let throttling = self.throttling(of: &lane, limits, byteCount: byteCount, now) { return throttling }
            lane?.tokens -= Double(eventCount)
            lane?.bytesUnderWay += byteCount
            lane?.requestsUnderWay += 1
            return nil
        }
        if let throttling { throw .throttled(throttling) }
    }

    func leave(_ source: SourceName, byteCount: Int) {
        state.withLock { state in
            state.lanes[source]?.bytesUnderWay -= byteCount
            state.lanes[source]?.requestsUnderWay -= 1
        }
    }

    /// Fills the lane's bucket first.
    private func throttling(
        of place: inout Lane?, _ limits: SourceLimits, byteCount: Int, _ now: EventTime
    ) -> Throttling? {
        let rate = limits.eventsPerSecondMax.map(Double.init) ?? .infinity
        var lane = place ?? Lane(tokens: rate * Self.burstSeconds, filledAt: now)
        let seconds = max(0, Double(now.since(lane.filledAt).count) / 1000)  // A clock set back fills nothing.
        lane.tokens = min(rate * Self.burstSeconds, rate.isFinite ? lane.tokens + seconds * rate : .infinity)
        lane.filledAt = now
        place = lane
        if lane.tokens <= 0, let max = limits.eventsPerSecondMax {
            let wait = ((1 - lane.tokens) / rate).rounded(.up)
            return Throttling(.rate(eventsPerSecondMax: max), retryAfterSeconds: Int(min(wait, 86_400)))
        }
        guard lane.requestsUnderWay == 0 || lane.bytesUnderWay + byteCount <= bytesUnderWayMax else {
            return Throttling(.underWay(bytesMax: bytesUnderWayMax))
        }
        return nil
    }

    private func checkQuota(of source: SourceName, _ now: EventTime) throws(CollectError) {
        guard let max = (limits(of: source) ?? standard).eventsPerDayMax, acceptedToday(source, now) >= max else {
            return
        }
        let dayMs = Milliseconds.days(1).count
        let secondsLeft = (dayMs - now.unixMs % dayMs + 999) / 1000
        throw .throttled(Throttling(.quota(eventsPerDayMax: max), retryAfterSeconds: Int(secondsLeft)))
    }
}
