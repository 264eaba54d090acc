import Base
import Domain
import Measure
import Synchronization

/// Judges policies on logs and keeps the answers: a table takes seconds, and the same one is asked for again and again.
actor PolicyValues {
    /// What a log's decisions look like.
    struct Shape: Sendable {
        var positionCount = 0
        var actionCount = 0
    }

    private struct Kept {
        let revision: UInt64
        let madeAt: EventTime
        let table: Task<Result<PolicyTable, Problem>, Never>
    }

    private static let freshness = Milliseconds.minutes(1)  // Of the table of a log that grows meanwhile.
    private static let chunkCount = 256  // Decisions that are in memory at once.
    private static let sampleCount = 200  // Decisions that tell the shape of a log.
    private static let momentCount = 16_384  // Decisions of which the index is asked at once.

    private let ports: APIPorts
    private let options: APIOptions
    private let work: Offload
    private var kept: [DecisionIndex.Log: Kept] = [:]
    private var shapes: [DecisionIndex.Log: (decisionCount: Int, shape: Shape)] = [:]

    init(ports: APIPorts, options: APIOptions) {
        self.ports = ports
        self.options = options
        work = Offload(name: "policies", atOnceMax: 1, waitingMax: options.queriesWaitingMax)
    }

    /// One evaluation for all who ask meanwhile; it goes on when they leave, for the next one.
    func table(of log: DecisionIndex.LogSummary) async throws(Problem) -> PolicyTable {
        let now = ports.now()
        if let kept = kept[log.log], kept.revision == log.revision || now.since(kept.madeAt) < Self.freshness {
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
        kept[log.log] = Kept(revision: log.revision, madeAt: now, table: task)
        let result = await task.value
        if case .failure = result, kept[log.log]?.table == task { kept[log.log] = nil }
        return try result.get()
    }

    /// From a sample spread over the log, taken anew where the log has grown by a tenth.
    func shape(of log: DecisionIndex.LogSummary) async throws(Problem) -> Shape {
        if let known = shapes[log.log], log.decisionCount <= known.decisionCount + known.decisionCount / 10 {
            return known.shape
        }
        let sequences = ports.decisions.sample(of: log.log, countMax: Self.sampleCount)
        let events = try await Self.events(sequences, ports: ports)
        let shape = try await work {
            var shape = Shape()
            var actions: Set<Subject> = []
            for decision in events.compactMap({ $0.flatMap { Decision(event: $0) } }) {
                shape.positionCount = max(shape.positionCount, decision.choices.map(\.position).max() ?? 0)
                actions.formUnion(decision.candidates.map(\.subject))
            }
            shape.actionCount = actions.count
            return shape
        }
        shapes[log.log] = (log.decisionCount, shape)
        return shape
    }

    private static func events(_ sequences: [UInt64], ports: APIPorts) async throws(Problem) -> [Event?] {
        do throws(ReadFailure) { return try await ports.events(sequences) } catch { throw Problem(error) }
    }

    /// One log on its way to its table.
    private struct Evaluation: Sendable {
        let log: DecisionIndex.LogSummary
        let ports: APIPorts
        let options: APIOptions
        let work: Offload

        func table() async throws(Problem) -> PolicyTable {
            let sequences = try await work { sequencesByTime() }
            let state = State(PolicyEvaluation(decisionCount: sequences.count, options: options.policies))
            for begin in stride(from: 0, to: sequences.count, by: chunkCount) {
                let chunk = sequences[begin..<min(begin + chunkCount, sequences.count)]
                let events = try await events(Array(chunk), ports: ports)
                try await work { [index = ports.decisions, source = log.log.source] in
                    let decisions = events.compactMap { $0.flatMap { Decision(event: $0) } }
                    state.add(
                        decisions.compactMap {
                            LoggedDecision($0, source: source, outcomes: index.outcomes(of: $0.id))
                        })
                }
            }
            return try await work { [name = log.name] () throws(Problem) in try state.table(log: name) }
        }

        /// The newest decisions, oldest first by their own time: an import need not have come in order.
        private func sequencesByTime() -> [UInt64] {
            var moments: [(time: EventTime, sequence: UInt64)] = []
            for start in stride(from: 0, to: log.decisionCount, by: momentCount) {
                moments += ports.decisions.moments(of: log.log, from: start, countMax: momentCount)
            }
            return moments.sorted { $0 < $1 }.suffix(options.policyDecisionCountMax).map(\.sequence)
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
