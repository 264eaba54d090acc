import Foundation
import Synchronization

/// Makes one run at a time on a thread of its own, so that the committer only has to take what is made.
final class KeyRunWork: Sendable {
    private enum State {
        case idle, working
        case done(Result<KeyRun, JournalError>)
    }

    private let state = Mutex(State.idle)
    private let isStopped = Atomic<Bool>(false)
    private let news: NSCondition

    /// - Parameter news: Told of each run that is made, or cannot be.
    init(news: NSCondition) { self.news = news }

    var isIdle: Bool { state.withLock { if case .idle = $0 { true } else { false } } }
    var isDone: Bool { state.withLock { if case .done = $0 { true } else { false } } }

    /// - Parameter make: Ends early, with any error, once the question it is given is answered by yes.
    /// - Precondition: Idle.
    func start(_ make: @escaping @Sendable (_ isStopped: () -> Bool) throws(JournalError) -> KeyRun) {
        state.withLock { $0 = .working }
        let thread = Thread { [self] in
            var result: Result<KeyRun, JournalError>
            do throws(JournalError) {
                result = .success(try make { isStopped.load(ordering: .relaxed) })
            } catch { result = .failure(error) }
            news.lock()
            state.withLock { $0 = .done(result) }
            news.broadcast()
            news.unlock()
        }
        thread.name = "journal keys"
        thread.start()
    }

    /// What was made since the last time, once; idle then.
    func take() -> Result<KeyRun, JournalError>? {
        state.withLock { state in
            guard case .done(let result) = state else { return nil }
            state = .idle
            return result
        }
    }

    /// Ends what is under way, and returns when nothing touches the folder any more.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        news.lock()
        while state.withLock({ if case .working = $0 { true } else { false } }) { news.wait() }
        news.unlock()
    }
}
