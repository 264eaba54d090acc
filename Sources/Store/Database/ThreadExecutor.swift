private import Glibc
private import Synchronization

/// Runs the jobs of its actors one after another on one thread of its own, so that a call that blocks never holds a
/// thread of the pool. The thread ends after the executor is let go.
///
/// (`DispatchSerialQueue` is not on Linux.)
public final class ThreadExecutor: SerialExecutor, Sendable {
    private let queue = JobQueue()

    public init() {
        let context = unsafe Unmanaged.passRetained(queue).toOpaque()
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let queue = unsafe Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue()
                while queue.runNext() {}
                return nil
            }, context)
        precondition(code == 0, "pthread_create: \(code)")
        pthread_detach(thread)
    }

    deinit { queue.end() }

    public func enqueue(_ job: consuming ExecutorJob) {
        queue.append(UnownedJob(job), executor: self)
    }
}

/// The jobs that wait; each keeps its executor alive until it has run.
@safe
private final class JobQueue: Sendable {
    private enum Entry: Sendable {
        case job(UnownedJob, ThreadExecutor)
        case end
    }

    private let entries = Mutex<[Entry]>([])
    private nonisolated(unsafe) let wake = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)  // Safe by its own rules.

    init() { unsafe sem_init(wake, 0, 0) }

    deinit {
        unsafe sem_destroy(wake)
        unsafe wake.deallocate()
    }

    func append(_ job: UnownedJob, executor: ThreadExecutor) { append(.job(job, executor)) }
    func end() { append(.end) }

    /// Waits for an entry and runs it. False after `end`.
    func runNext() -> Bool {
        while unsafe sem_wait(wake) != 0 {}  // Interrupted by a signal.
        guard let entry = entries.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return true }
        switch entry {
        case .job(let job, let executor):
            unsafe job.runSynchronously(on: executor.asUnownedSerialExecutor())
            return true
        case .end:
            return false
        }
    }

    private func append(_ entry: Entry) {
        entries.withLock { $0.append(entry) }
        unsafe sem_post(wake)
    }
}
