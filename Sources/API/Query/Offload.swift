import Dispatch
import Synchronization

/// Runs queries that take long on threads of their own, a few at once, so that those who answer quickly are never kept
/// waiting. What waits for its turn is bounded.
final class Offload: Sendable {
    private struct State {
        var runningCount = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let queue: DispatchQueue
    private let atOnceMax: Int
    private let waitingMax: Int
    private let state = Mutex(State())

    init(name: String, atOnceMax: Int, waitingMax: Int) {
        queue = DispatchQueue(label: "quanyu.\(name)", attributes: .concurrent)
        self.atOnceMax = max(1, atOnceMax)
        self.waitingMax = waitingMax
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// - Throws: What `work` throws; 503 where too many wait already.
    func callAsFunction<Value: Sendable>(
        _ work: @escaping @Sendable () throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let result: Result<Value, Problem> = await withCheckedContinuation { continuation in
            let job: @Sendable () -> Void = {
                do throws(Problem) {
                    continuation.resume(returning: .success(try work()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            if !admit(job) { continuation.resume(returning: .failure(.overloaded)) }
        }
        return try result.get()
    }

    private func admit(_ job: @escaping @Sendable () -> Void) -> Bool {
        let (isAdmitted, isNext) = state.withLock { state in
            if state.runningCount < atOnceMax {
                state.runningCount += 1
                return (true, true)
            }
            guard state.waiting.count < waitingMax else { return (false, false) }
            state.waiting.append(job)
            return (true, false)
        }
        if isNext { run(job) }
        return isAdmitted
    }

    private func run(_ job: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            job()
            let next = state.withLock { state -> (@Sendable () -> Void)? in
                if state.waiting.isEmpty {
                    state.runningCount -= 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
            if let next { run(next) }
        }
    }
}
