import Base
private import Glibc

/// Lets threads wait for something to become true, for a bounded span. The span is measured by the clock that only runs
/// forward: however the wall clock is set meanwhile, nobody waits longer.
@safe
final class TimedSignal: Sendable {
    // Of C's kind, at one place for life: used by many threads at once, which is what they are for.
    private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private nonisolated(unsafe) let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
        unsafe pthread_mutex_init(mutex, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Has all who wait look again.
    func raise() {
        unsafe pthread_mutex_lock(mutex)
        unsafe pthread_cond_broadcast(condition)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// - Parameter isTrue: Looked at once before and after each `raise`, under this signal's lock.
    /// - Returns: Whether it is true at last.
    func wait(atMost span: Milliseconds, until isTrue: () -> Bool) -> Bool {
        var deadline = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
        let nanoseconds = deadline.tv_nsec + Int(span.count % 1000) * 1_000_000
        deadline.tv_sec += Int(span.count / 1000) + nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while !isTrue() {
            guard unsafe pthread_cond_timedwait(condition, mutex, &deadline) == 0 else { return isTrue() }
        }
        return true
    }
}
