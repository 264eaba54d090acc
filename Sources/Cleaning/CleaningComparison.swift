public import Base
public import Domain

/// The same events as two pipelines see them: what each step does, what becomes of the numbers, and some pairs to look
/// at.
public struct CleaningComparison: Sendable {
    /// What one pipeline does to the events.
    public struct Side: Sendable, Equatable {
        public struct Step: Sendable, Equatable {
            public var changed = 0
            public var unresolved = 0

            public init() {}
        }

        public var steps: [CleaningStep: Step] = [:]
        public var marked: [TrafficMark: Int] = [:]
        public var counted = 0  // Events without a mark.
        public var people: Set<PersonID> = []  // Of those.
        public var orders = 0  // `order_paid`, of those.
        public var gmvMinor: [Currency: Int64] = [:]  // Their values.

        mutating func add(_ cleaned: Cleaned) {
            for step in CleaningStep.allCases {
                if cleaned.changed.contains(step) { steps[step, default: Step()].changed += 1 }
                if cleaned.unresolved.contains(step) { steps[step, default: Step()].unresolved += 1 }
            }
            if let mark = cleaned.mark {
                marked[mark, default: 0] += 1
                return
            }
            counted += 1
            people.insert(cleaned.event.person)
            guard cleaned.event.name == .orderPaid else { return }
            orders += 1
            if let value = cleaned.event.value {
                let (sum, isOverflow) = gmvMinor[value.currency, default: 0].addingReportingOverflow(value.minor)
                gmvMinor[value.currency] = isOverflow ? .max : sum
            }
        }
    }

    /// One event that the two see differently.
    public struct Pair: Sendable {
        public let sequence: UInt64
        public let before: Cleaned
        public let after: Cleaned
    }

    public static let pairCountMax = 50
    private static let pairCountMaxOfOneKind = 20  // So that what one step does to all leaves room for the others.

    public private(set) var before = Side()
    public private(set) var after = Side()
    public private(set) var eventCount = 0
    public private(set) var differentCount = 0
    public private(set) var pairs: [Pair] = []  // In the order of the journal, newest first.
    public private(set) var firstReceivedAt: EventTime?
    public private(set) var lastReceivedAt: EventTime?
    private var pairCounts: [CleaningStep.Set: Int] = [:]

    public init() {}

    /// Takes one event; newest first.
    public mutating func add(sequence: UInt64, received: EventTime, before: Cleaned, after: Cleaned) {
        eventCount += 1
        lastReceivedAt = lastReceivedAt ?? received
        firstReceivedAt = received
        self.before.add(before)
        self.after.add(after)
        guard Self.isDifferent(before, after) else { return }
        differentCount += 1
        let kind = before.changed.symmetricDifference(after.changed)
        guard pairs.count < Self.pairCountMax, pairCounts[kind, default: 0] < Self.pairCountMaxOfOneKind else {
            return
        }
        pairCounts[kind, default: 0] += 1
        pairs.append(Pair(sequence: sequence, before: before, after: after))
    }

    /// Texts that differ in their form alone compare equal: their bytes tell.
    private static func isDifferent(_ before: Cleaned, _ after: Cleaned) -> Bool {
        if before.changed.isEmpty, after.changed.isEmpty { return false }
        return before.mark != after.mark || EventCodec.encode(before.event) != EventCodec.encode(after.event)
    }
}
