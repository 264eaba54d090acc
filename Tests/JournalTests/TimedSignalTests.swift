import Base
import Foundation
import Synchronization
import Testing

@testable import Journal

@Suite struct TimedSignalTests {
    @Test func whatIsTrueAlreadyIsNotWaitedFor() {
        #expect(TimedSignal().wait(atMost: .hours(1)) { true })
    }

    @Test func aWaitEndsWithItsSpan() {
        let signal = TimedSignal()
        let start = ContinuousClock.now
        #expect(!signal.wait(atMost: Milliseconds(30)) { false })
        #expect(ContinuousClock.now - start >= .milliseconds(30))
    }

    /// Something that becomes true.
    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock { $0 } }
        func set() { value.withLock { $0 = true } }
    }

    @Test(.timeLimit(.minutes(1))) func allWhoWaitSeeWhatBecameTrue() async {
        let (signal, flag) = (TimedSignal(), Flag())
        async let seen = [Self.wait(signal, flag), Self.wait(signal, flag)]
        flag.set()
        signal.raise()
        #expect(await seen == [true, true])
    }

    private static func wait(_ signal: TimedSignal, _ flag: Flag) async -> Bool {
        await withCheckedContinuation { done in
            Thread { done.resume(returning: signal.wait(atMost: .hours(1)) { flag.isSet }) }.start()
        }
    }
}
