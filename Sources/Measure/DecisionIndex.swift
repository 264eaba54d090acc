public import Base
public import Domain
import Synchronization

/// Where each decision and its outcomes stand in the journal: the way from a decision's id to its record.
///
/// One writer (the projector) and many readers. Memory: about 150 bytes a decision and 16 an outcome.
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
        public let surface: String
        public let source: SourceName
        public let person: PersonID
    }

    /// What a log holds, for choosing one.
    public struct LogSummary: Sendable, Equatable {
        public let log: SourceName
        public let surface: String
        public var decisionCount: Int
        public var outcomeCount: Int
    }

    private struct State {
        var items: [Item] = []
        var positions: [DecisionID: Int] = [:]
        var outcomes: [Int: [Outcome]] = [:]  // By position in `items`.
        var orphans: [DecisionID: [Outcome]] = [:]  // Outcomes whose decision has not come yet.
        var orphanCount = 0
    }

    /// Outcomes that name a decision which never comes are forgotten beyond this many.
    public static let orphanCountMax = 100_000

    private let state = Mutex(State())

    public init() {}

    /// Takes one event, in journal order.
    public func apply(sequence: UInt64, event: Event) {
        guard let id = event.decision else { return }
        state.withLock { state in
            if event.name == .decision {
                Self.add(sequence, event, id, to: &state)
            } else {
                let outcome = Outcome(name: event.name, subject: event.subject, time: event.time)
                Self.add(outcome, of: id, to: &state)
            }
        }
    }

    public var count: Int { state.withLock { $0.items.count } }

    public func item(_ id: DecisionID) -> Item? {
        state.withLock { state in state.positions[id].map { state.items[$0] } }
    }

    public func outcomes(of id: DecisionID) -> [Outcome] {
        state.withLock { state in state.positions[id].flatMap { state.outcomes[$0] } ?? [] }
    }

    /// What of the decision was taken up: clicked, put into a cart or bought.
    public func positiveSubjects(of id: DecisionID) -> Set<Subject> {
        Set(outcomes(of: id).filter { EventName.positiveOutcomes.contains($0.name) }.compactMap(\.subject))
    }

    /// Newest first in journal order.
    ///
    /// - Parameter before: Only decisions with a smaller sequence; nil: from the newest.
    public func page(
        before: UInt64?, surface: String?, person: PersonID?, source: SourceName? = nil, countMax: Int
    ) -> [Item] {
        state.withLock { state in
            var page: [Item] = []
            for item in state.items.reversed() {
                guard before.map({ item.sequence < $0 }) ?? true, surface.map({ item.surface == $0 }) ?? true,
                    person.map({ item.person == $0 }) ?? true, source.map({ item.source == $0 }) ?? true
                else { continue }
                page.append(item)
                if page.count == countMax { break }
            }
            return page
        }
    }

    /// All decisions of one log, oldest first.
    public func items(of log: SourceName) -> [Item] { state.withLock { $0.items.filter { $0.source == log } } }

    public var surfaces: [String] { state.withLock { Set($0.items.map(\.surface)) }.sorted() }

    /// One summary for each log and surface, by name.
    public var logs: [LogSummary] {
        state.withLock { state in
            var summaries: [String: LogSummary] = [:]
            for (position, item) in state.items.enumerated() {
                let key = item.source.text + "\0" + item.surface
                var summary =
                    summaries[key]
                    ?? LogSummary(log: item.source, surface: item.surface, decisionCount: 0, outcomeCount: 0)
                summary.decisionCount += 1
                let isPositive = state.outcomes[position]?.contains { EventName.positiveOutcomes.contains($0.name) }
                if isPositive == true { summary.outcomeCount += 1 }
                summaries[key] = summary
            }
            return summaries.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private static func add(_ sequence: UInt64, _ event: Event, _ id: DecisionID, to state: inout State) {
        guard state.positions[id] == nil else { return }  // The first record of an id is the decision.
        let position = state.items.count
        state.items.append(
            Item(
                id: id, sequence: sequence, surface: event.properties["surface"]?.stringValue ?? "",
                source: event.source, person: event.person))
        state.positions[id] = position
        if let waiting = state.orphans.removeValue(forKey: id) {
            state.outcomes[position] = waiting
            state.orphanCount -= waiting.count
        }
    }

    private static func add(_ outcome: Outcome, of id: DecisionID, to state: inout State) {
        if let position = state.positions[id] {
            state.outcomes[position, default: []].append(outcome)
        } else if state.orphanCount < Self.orphanCountMax {
            state.orphans[id, default: []].append(outcome)
            state.orphanCount += 1
        }
    }
}
