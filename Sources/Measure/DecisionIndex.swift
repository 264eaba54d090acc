public import Base
public import Domain
import Synchronization

/// Where each decision and its outcomes stand in the journal: the way from a decision's id to its record.
///
/// One writer (the projector) and many readers. No answer looks at every decision, so that readers do not keep the
/// writer waiting.
public final class DecisionIndex: Sendable {
    /// Something that happened because of a decision, or after it.
    public struct Outcome: Sendable, Equatable {
        public let name: EventName
        public let subject: Subject?
        public let time: EventTime
    }

    public struct Item: Sendable, Equatable {
        public let id: DecisionID
        public let sequence: UInt64
        public let time: EventTime
        public let log: Log
        public let person: PersonID
    }

    /// The decisions of one source at one surface, which policies can be judged on.
    public struct Log: Sendable, Hashable {
        public let source: SourceName
        public let surface: String

        public init(source: SourceName, surface: String) {
            self.source = source
            self.surface = surface
        }
    }

    /// What a log holds, for choosing one.
    public struct LogSummary: Sendable, Equatable {
        public let log: Log
        public let name: String  // The source; where it has several surfaces, `source/surface`. No other log has it.
        public let decisionCount: Int
        public let outcomeCount: Int  // Decisions of which something was taken up.
        public let revision: UInt64  // Grows with each decision, exposure and positive outcome.
    }

    /// Outcomes that name a decision which never comes are forgotten beyond this many.
    public static let orphanCountMax = 100_000
    /// Outcomes of one decision; exposures beyond are forgotten, positive ones beyond twice as many.
    public static let outcomeCountMax = 1000

    private let table = Mutex(DecisionTable())

    public init() {}

    /// Takes one event, in journal order. A decision without the name of a surface is none.
    public func apply(sequence: UInt64, event: Event) {
        guard let id = event.decision else { return }
        table.withLock { table in
            if event.name == .decision {
                table.add(event, id, sequence: sequence)
            } else {
                table.add(Outcome(name: event.name, subject: event.subject, time: event.time), of: id)
            }
        }
    }

    /// Forgets the decisions for some people that lie before a place of the journal, and what followed from them.
    public func erase(before end: UInt64, _ isErased: (PersonID) -> Bool) {
        table.withLock { $0 = $0.without(before: end, isErased) }
    }

    /// How many decisions from before a place of the journal are for some people.
    public func count(ofPeople isOne: (PersonID) -> Bool, before end: UInt64) -> Int {
        table.withLock { $0.count(ofPeople: isOne, before: end) }
    }

    public var count: Int { table.withLock { $0.count } }

    public func item(_ id: DecisionID) -> Item? { table.withLock { $0.item(id) } }

    /// In journal order.
    public func outcomes(of id: DecisionID) -> [Outcome] { table.withLock { $0.outcomes(of: id) } }

    /// Newest first in journal order.
    ///
    /// - Parameter before: Only decisions with a smaller sequence; nil: from the newest.
    /// - Complexity: O(countMax), and a binary search; with both filters O(decisions of the rarer one).
    public func page(before: UInt64?, surface: String?, person: PersonID?, countMax: Int) -> [Item] {
        table.withLock { $0.page(before: before, surface: surface, person: person, countMax: countMax) }
    }

    /// Where decisions of a log stand and when they were made, in journal order: `countMax` of them from the `start`-th
    /// on.
    public func moments(of log: Log, from start: Int, countMax: Int) -> [(time: EventTime, sequence: UInt64)] {
        table.withLock { $0.moments(of: log, from: start, countMax: countMax) }
    }

    /// Where at most `countMax` decisions stand, spread evenly over the log.
    public func sample(of log: Log, countMax: Int) -> [UInt64] {
        table.withLock { $0.sample(of: log, countMax: countMax) }
    }

    /// The logs with the most decisions, by name.
    ///
    /// - Complexity: O(logs).
    public func logs(countMax: Int) -> [LogSummary] {
        let summaries = table.withLock { $0.summaries() }
        let largest = summaries.sorted { ($1.decisionCount, $0.name) < ($0.decisionCount, $1.name) }.prefix(countMax)
        return largest.sorted { $0.name < $1.name }
    }

    /// Nil where no log has this name.
    public func log(named name: String) -> LogSummary? { table.withLock { $0.log(named: name) } }

    /// The surfaces with the most decisions, by name.
    public func surfaces(countMax: Int) -> [String] {
        var counts: [String: Int] = [:]
        for summary in table.withLock({ $0.summaries() }) {
            counts[summary.log.surface, default: 0] += summary.decisionCount
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(countMax).map(\.key).sorted()
    }
}

extension DecisionIndex.Outcome {
    /// What was chosen was taken up: clicked, put into a cart or bought.
    var isPositive: Bool { EventName.positiveOutcomes.contains(name) }
    var isExposure: Bool { EventName.exposures.contains(name) }
}

extension DecisionIndex.Log {
    /// What tells the log from all others. A slash in the source's name is written so that it parts nothing.
    var fullName: String { "\(Self.escaped(source))/\(surface)" }

    static func escaped(_ source: SourceName) -> String {
        source.text.replacing("%", with: "%25").replacing("/", with: "%2F")
    }
}
