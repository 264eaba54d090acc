public import Base

/// How many people went how far through steps, within a window that begins with the first step.
public struct FunnelQuery: Sendable, Hashable {
    public static let stepCountMax = 16
    public static let exclusionCountMax = 8
    public static let groupCountMax = 1440

    public enum Order: String, CaseIterable, Sendable {
        /// Other events may lie between the steps, events of one time count in the order of steps, and a later first
        /// step begins the window anew: ClickHouse's `windowFunnel` in its default mode.
        case ordered
        case strict  // No other event of the person may lie between.
        case any  // The steps in whatever order: step k is any k of them.
    }

    /// What must not happen between two steps; steps count from 0.
    public struct Exclusion: Sendable, Hashable {
        public let event: EventFilter
        public let from: Int
        public let to: Int

        public init(event: EventFilter, from: Int, to: Int) {
            self.event = event
            self.from = from
            self.to = to
        }
    }

    /// Of the first event of a person's chain: what it is grouped by.
    public enum Breakdown: Sendable, Hashable {
        case dimension(SegmentationQuery.Dimension)
        case minute  // Since the beginning of the range, such as a show's.
        case pinnedProduct  // The one that was pinned in its room then, by `product_pinned`.
    }

    public let steps: [EventFilter]
    public let window: Milliseconds  // From the first step to the last, inclusive.
    public let range: Range<EventTime>?  // Events outside it do not count; nil for all time.
    public let order: Order
    public let stepWindows: [Milliseconds?]  // Shape `[steps]`: from the step before; the first has no meaning.
    public let exclusions: [Exclusion]
    public let breakdown: Breakdown?
    public let groupCount: Int  // Named groups, the largest; the others are one.
    public let hasTimes: Bool  // Whether it says how long people took.

    public init(
        steps: [EventFilter], window: Milliseconds, range: Range<EventTime>? = nil, order: Order = .ordered,
        stepWindows: [Milliseconds?] = [], exclusions: [Exclusion] = [], breakdown: Breakdown? = nil,
        groupCount: Int = 20, hasTimes: Bool = false
    ) throws(TimelineQueryError) {
        guard (1...Self.stepCountMax).contains(steps.count) else {
            throw .stepCountOutOfRange(count: steps.count, max: Self.stepCountMax)
        }
        for span in [window] + stepWindows.compactMap(\.self) where !(0...EventTime.unixMsEnd).contains(span.count) {
            throw .windowOutOfRange(ms: span.count)
        }
        guard (1...Self.groupCountMax).contains(groupCount) else {
            throw .groupCountOutOfRange(groupCount, max: Self.groupCountMax)
        }
        let isPlaced = exclusions.allSatisfy { 0 <= $0.from && $0.from < $0.to && $0.to < steps.count }
        guard isPlaced, exclusions.count <= Self.exclusionCountMax, order != .strict || exclusions.isEmpty else {
            throw .exclusionOutOfPlace
        }
        guard order != .any || stepWindows.allSatisfy({ $0 == nil }) else { throw .stepWindowWithoutOrder }
        self.steps = steps
        self.window = window
        self.range = range
        self.order = order
        self.stepWindows = (0..<steps.count).map { $0 < stepWindows.count ? stepWindows[$0] : nil }
        self.exclusions = exclusions
        self.breakdown = breakdown
        self.groupCount = groupCount
        self.hasTimes = hasTimes
    }

    /// Whether names, channels and kinds in order are all that is asked for.
    var isPlain: Bool {
        let isPlain = steps.allSatisfy { $0.name != nil && $0.subject == nil && $0.conditions.isEmpty }
        let isByChannel = breakdown == nil || breakdown == .dimension(.channel)
        return isPlain && isByChannel && order == .ordered && exclusions.isEmpty && !hasTimes
            && stepWindows.allSatisfy { $0 == nil }
    }
}

public struct FunnelResult: Sendable, Equatable {
    /// A group's share: people whose chain of steps began in it.
    public struct Group: Sendable, Equatable {
        public let key: SegmentationResult.Key
        public let people: [Int]  // Shape `[steps]`.
    }

    /// How long people took from the first step to this one, in the chain by which they first reached it.
    public struct StepTimes: Sendable, Equatable {
        public let people: Int
        public let quantiles: [Quantile]  // Of `FunnelResult.shares`; empty without people.
        /// Shape `[FunnelResult.bounds + 1]`: people within each bound and above the one before.
        public let counts: [Int]
    }

    public struct Quantile: Sendable, Equatable {
        public let share: Double
        public let time: Milliseconds
        public let low: Milliseconds?  // Of the interval at 95%; nil for too few people.
        public let high: Milliseconds?
    }

    public static let shares = [0.1, 0.25, 0.5, 0.75, 0.9]
    public static let bounds: [Milliseconds] = [
        .seconds(1), .seconds(10), .minutes(1), .minutes(5), .minutes(15), .hours(1), .hours(6), .days(1), .days(3),
        .days(7), .days(14), .days(30),
    ]

    public let people: [Int]  // Shape `[steps]`: people who reached at least this step.
    public let groups: [Group]  // The largest first; sums to `people`. Empty unless asked for.
    public let times: [StepTimes]  // Shape `[steps]`; empty unless asked for.
    public let peopleTotal: Int  // Everybody of the timeline.
}

extension FunnelResult {
    /// The first `countMax` of sorted groups, and the sums of all others as one.
    static func cut(_ sorted: [Group], countMax: Int) -> [Group] {
        let others = sorted.dropFirst(countMax).map(\.people)
        guard let first = others.first else { return sorted }
        let sums = first.indices.map { step in others.reduce(0) { $0 + $1[step] } }
        return sorted.prefix(countMax) + [Group(key: .others, people: sums)]
    }
}
