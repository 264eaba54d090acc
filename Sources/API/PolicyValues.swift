import Base
import Domain
import Measure
import Synchronization
import Timeline

/// Judges policies on logs and keeps the answers: a table takes seconds, and the same one is asked for again and again.
actor PolicyValues {
    /// What a log's decisions look like.
    struct Shape: Sendable {
        var positionCount = 0
        var actionCount = 0
    }

    private struct Kept {
        let log: DecisionLog
        let madeAt: EventTime
        let table: Task<Result<PolicyTable, Problem>, Never>
    }

    private static let freshness = Milliseconds.minutes(1)  // Of the table of a log that grows meanwhile.
    private static let chunkCount = 256  // Decisions that are in memory at once.
    private static let sampleCount = 200  // Decisions that tell the shape of a log.

    private let ports: APIPorts
    private let options: APIOptions
    private let work: Offload
    private var kept: [String: Kept] = [:]
    private var shapes: [String: (log: DecisionLog, shape: Shape)] = [:]

    init(ports: APIPorts, options: APIOptions) {
        self.ports = ports
        self.options = options
        work = Offload(name: "policies", atOnceMax: 1, waitingMax: options.queriesWaitingMax)
    }

    /// One evaluation for all who ask meanwhile; it goes on when they leave, for the next one.
    func table(of log: DecisionLog) async throws(Problem) -> PolicyTable {
        let now = ports.now()
        if let kept = kept[log.name], kept.log == log || now.since(kept.madeAt) < Self.freshness {
            return try await kept.table.value.get()
        }
        let evaluation = Evaluation(log: log, ports: ports, options: options, work: work)
        let task = Task { () -> Result<PolicyTable, Problem> in
            do throws(Problem) {
                return .success(try await evaluation.table())
            } catch {
                return .failure(error)
            }
        }
        kept[log.name] = Kept(log: log, madeAt: now, table: task)
        let result = await task.value
        if case .failure = result, kept[log.name]?.table == task { kept[log.name] = nil }
        return try result.get()
    }

    /// From a sample spread over the log.
    func shape(of log: DecisionLog) async throws(Problem) -> Shape {
        if let known = shapes[log.name], known.log == log { return known.shape }
        let items = ports.decisions.items(of: log.source).filter { $0.surface == log.surface }
        let step = max(1, items.count / Self.sampleCount)
        let sequences = stride(from: 0, to: items.count, by: step).map { items[$0].sequence }
        var shape = Shape()
        var actions: Set<Subject> = []
        for decision in try await Self.decisions(sequences, ports: ports) {
            shape.positionCount = max(shape.positionCount, decision.choices.map(\.position).max() ?? 0)
            actions.formUnion(decision.candidates.map(\.subject))
        }
        shape.actionCount = actions.count
        shapes[log.name] = (log, shape)
        return shape
    }

    private static func decisions(_ sequences: [UInt64], ports: APIPorts) async throws(Problem) -> [Decision] {
        do throws(ReadFailure) {
            return try await ports.events(sequences).compactMap { $0.flatMap { Decision(event: $0) } }
        } catch {
            throw Problem(error)
        }
    }

    /// One log on its way to its table.
    private struct Evaluation: Sendable {
        let log: DecisionLog
        let ports: APIPorts
        let options: APIOptions
        let work: Offload

        func table() async throws(Problem) -> PolicyTable {
            let items = try await itemsByTime()
            let state = State(PolicyEvaluation(decisionCount: items.count, options: options.policies))
            for begin in stride(from: 0, to: items.count, by: chunkCount) {
                let chunk = items[begin..<min(begin + chunkCount, items.count)]
                let decisions = try await decisions(chunk.map(\.sequence), ports: ports)
                try await work { [index = ports.decisions] in
                    state.add(decisions.compactMap { LoggedDecision($0, outcomesIn: index) })
                }
            }
            return try await work { [name = log.name] () throws(Problem) in try state.table(log: name) }
        }

        /// The newest decisions, oldest first by their own time: an import need not have come in order.
        private func itemsByTime() async throws(Problem) -> [DecisionIndex.Item] {
            let items = ports.decisions.items(of: log.source).filter { $0.surface == log.surface }
            let snapshot = ports.timeline()
            return try await work { [countMax = options.policyDecisionCountMax] in
                var times: [UInt64: EventTime] = [:]
                for owned in snapshot.entries(named: [.decision]) { times[owned.entry.sequence] = owned.entry.time }
                let known = items.compactMap { item in times[item.sequence].map { (time: $0, item: item) } }
                let sorted = known.sorted { ($0.time, $0.item.sequence) < ($1.time, $1.item.sequence) }
                return sorted.suffix(countMax).map(\.item)
            }
        }
    }

    /// An evaluation that grows chunk by chunk, whichever thread adds the next one.
    private final class State: Sendable {
        private let evaluation: Mutex<PolicyEvaluation>

        init(_ evaluation: PolicyEvaluation) { self.evaluation = Mutex(evaluation) }

        func add(_ decisions: [LoggedDecision]) {
            evaluation.withLock { evaluation in for decision in decisions { evaluation.add(decision) } }
        }

        func table(log: String) throws(Problem) -> PolicyTable {
            do throws(EvaluatePoliciesError) {
                return try evaluation.withLock { evaluation throws(EvaluatePoliciesError) in
                    try evaluation.table(log: log)
                }
            } catch {
                throw Problem(error, log: log)
            }
        }
    }
}

extension LoggedDecision {
    /// With what followed: a slot counts where its choice was taken up.
    fileprivate init?(_ decision: Decision, outcomesIn index: DecisionIndex) {
        let taken = index.positiveSubjects(of: decision.id)
        self.init(decision: decision, isPositive: decision.choices.map { taken.contains($0.subject) })
    }
}
