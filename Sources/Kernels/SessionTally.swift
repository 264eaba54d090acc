/// What sessions are cut by, and which of them are counted.
public struct SessionPlan: Sendable {
    public static let dayCountMax = 1024
    static let channelCount = 256

    let gapMs: Int64
    let timesMs: Range<Int64>
    let days: PeriodBounds

    /// - Parameters:
    ///   - gapMs: An event that comes later than this behind the one before it begins a session.
    ///   - timesMs: Where the first event of a session lies; the others may lie behind.
    ///   - boundariesMs: Shape `[days + 1]`, ascending: where days begin, and the last one ends. `timesMs` lies within.
    public init(gapMs: Int64, timesMs: Range<Int64>, boundariesMs: [Int64]) {
        days = PeriodBounds(boundariesMs)
        precondition(gapMs >= 0 && days.count <= Self.dayCountMax, "there are 1...1024 days")
        precondition(
            days.beginMs <= timesMs.lowerBound && timesMs.upperBound <= days.endMs,
            "each moment that is counted is of a day")
        self.gapMs = gapMs
        self.timesMs = timesMs
    }

    public var dayCount: Int { days.count }
}

/// Sums over people, each with n sessions of e events in all, b of them of one event alone, and d ms long together:
/// what ratios need, since the sessions of one person resemble each other.
public struct SessionSums: Sendable, Equatable, BitwiseCopyable {
    public internal(set) var people = 0
    public internal(set) var sessions = 0
    public internal(set) var events = 0
    public internal(set) var bounces = 0
    public internal(set) var durationsMs: Double = 0
    public internal(set) var sessionSquares = 0
    public internal(set) var eventSquares = 0
    public internal(set) var bounceSquares = 0
    public internal(set) var durationSquares: Double = 0
    public internal(set) var eventProducts = 0  // Σ e · n.
    public internal(set) var bounceProducts = 0  // Σ b · n.
    public internal(set) var durationProducts: Double = 0  // Σ d · n.

    public init() {}

    /// Adds what another pass over *other* people summed.
    public mutating func add(_ other: Self) {
        people += other.people
        sessions += other.sessions
        events += other.events
        bounces += other.bounces
        durationsMs += other.durationsMs
        sessionSquares += other.sessionSquares
        eventSquares += other.eventSquares
        bounceSquares += other.bounceSquares
        durationSquares += other.durationSquares
        eventProducts += other.eventProducts
        bounceProducts += other.bounceProducts
        durationProducts += other.durationProducts
    }

    @inline(__always)
    fileprivate mutating func add(_ own: OwnSessions) {
        let durationMs = Double(own.durationMs)
        people &+= 1
        sessions &+= own.count
        events &+= own.events
        bounces &+= own.bounces
        durationsMs += durationMs
        sessionSquares &+= own.count &* own.count
        eventSquares &+= own.events &* own.events
        bounceSquares &+= own.bounces &* own.bounces
        durationSquares += durationMs * durationMs
        eventProducts &+= own.events &* own.count
        bounceProducts &+= own.bounces &* own.count
        durationProducts += durationMs * Double(own.count)
    }
}

/// The sessions of the person who is being counted, in one group.
private struct OwnSessions: BitwiseCopyable {
    var count = 0
    var events = 0
    var bounces = 0
    var durationMs: Int64 = 0
}

/// Sessions as counted: whole, by the day on which they began, and by the channel of their first event.
public struct SessionTally: Sendable {
    private static let whole = 0
    private static let firstChannel = 1

    public private(set) var durationsMs: [Int64] = []  // Of each session, those of one person side by side.
    public private(set) var sessionCounts: [UInt32] = []  // Of each person with a session, in the same order.
    private var sums: [SessionSums]
    private var own: [OwnSessions]
    private var touched: [Int32] = []  // Groups of the current person's sessions.

    public init(_ plan: SessionPlan) {
        let count = Self.firstChannel + SessionPlan.channelCount + plan.dayCount
        sums = [SessionSums](repeating: SessionSums(), count: count)
        own = [OwnSessions](repeating: OwnSessions(), count: count)
    }

    public var all: SessionSums { sums[Self.whole] }
    /// Shape `[256]`, by the channel's code.
    public var byChannel: [SessionSums] { Array(sums[Self.firstChannel...].prefix(SessionPlan.channelCount)) }
    /// Shape `[days]`.
    public var byDay: [SessionSums] { Array(sums[(Self.firstChannel + SessionPlan.channelCount)...]) }

    @inline(__always)
    mutating func add(day: Int, channel: UInt8, eventCount: Int, durationMs: Int64) {
        durationsMs.append(durationMs)
        let groups: InlineArray<3, Int> = [
            Self.whole, Self.firstChannel &+ Int(channel),
            Self.firstChannel &+ SessionPlan.channelCount &+ day,
        ]
        for k in groups.indices {
            let group = groups[k]
            if own[group].count == 0 { touched.append(Int32(truncatingIfNeeded: group)) }
            own[group].count &+= 1
            own[group].events &+= eventCount
            own[group].bounces &+= eventCount == 1 ? 1 : 0
            own[group].durationMs &+= durationMs
        }
    }

    /// The next session is another person's.
    @inline(__always)
    mutating func endPerson() {
        guard own[Self.whole].count > 0 else { return }
        sessionCounts.append(UInt32(truncatingIfNeeded: own[Self.whole].count))
        for group in touched {
            sums[Int(group)].add(own[Int(group)])
            own[Int(group)] = OwnSessions()
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// Adds the sessions of *other* people.
    public mutating func add(_ other: Self) {
        durationsMs += other.durationsMs
        sessionCounts += other.sessionCounts
        for group in sums.indices { sums[group].add(other.sums[group]) }
    }
}
