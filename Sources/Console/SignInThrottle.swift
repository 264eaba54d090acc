import Base
private import Synchronization

/// Slows down those who guess passwords: counts failed attempts in a window that slides, in bounded memory.
///
/// An attempt counts from its beginning, so that many at a time are no way around; one that succeeds is taken back.
final class SignInThrottle: Sendable {
    struct Attempt: Sendable {
        let address: String
        let name: String  // Of the user; empty where it could not be anyone's.

        fileprivate var keys: [Key] {
            [Key(address: address, name: name.lowercased()), Key(address: address, name: nil)]
        }
    }

    fileprivate struct Key: Hashable {
        let address: String
        let name: String?  // Nil: whatever the name.

        var attemptsMax: Int { name == nil ? SignInThrottle.perAddressMax : SignInThrottle.perNameMax }
    }

    static let window = Milliseconds.minutes(5)
    static let perNameMax = 5  // From one address, for one name.
    static let perAddressMax = 20  // From one address, whatever the names.

    private let keysMax: Int
    private let attempts = Mutex<[Key: [EventTime]]>([:])  // Oldest first; none is empty.

    /// - Parameter keysMax: About 200 bytes each; where there are more, the one that was silent longest is forgotten.
    init(keysMax: Int = 10_000) { self.keysMax = keysMax }

    /// - Returns: Nil where the attempt may go on; it counts as failed until it is taken back. Otherwise the seconds
    ///   to wait, and it does not count.
    func begin(_ attempt: Attempt, at now: EventTime) -> Int? {
        attempts.withLock { attempts in
            var waitMs: Int64 = 0
            for key in attempt.keys {
                let recent = (attempts[key] ?? []).filter { Self.isRecent($0, at: now) }
                attempts[key] = recent.isEmpty ? nil : recent
                guard recent.count >= key.attemptsMax else { continue }
                waitMs = max(waitMs, Self.window.count - now.since(recent[recent.count - key.attemptsMax]).count)
            }
            guard waitMs <= 0 else { return Int((waitMs + 999) / 1000) }
            for key in attempt.keys {
                if attempts[key] == nil { makeRoom(in: &attempts, at: now) }
                attempts[key, default: []].append(now)
            }
            return nil
        }
    }

    /// The attempt, begun at `time`, did not fail.
    func takeBack(_ attempt: Attempt, begunAt time: EventTime) {
        attempts.withLock { attempts in
            for key in attempt.keys {
                guard var times = attempts[key], let index = times.lastIndex(of: time) else { continue }
                times.remove(at: index)
                attempts[key] = times.isEmpty ? nil : times
            }
        }
    }

    /// Whoever knows the password starts afresh under this name; what failed under other names still counts.
    func forget(_ attempt: Attempt, begunAt time: EventTime) {
        takeBack(attempt, begunAt: time)
        attempts.withLock { $0[Key(address: attempt.address, name: attempt.name.lowercased())] = nil }
    }

    private static func isRecent(_ time: EventTime, at now: EventTime) -> Bool {
        now.since(time).count < window.count
    }

    private func makeRoom(in attempts: inout [Key: [EventTime]], at now: EventTime) {
        guard attempts.count >= keysMax else { return }
        attempts = attempts.filter { $0.value.contains { Self.isRecent($0, at: now) } }
        guard attempts.count >= keysMax else { return }
        let silent = attempts.min { ($0.value.last?.unixMs ?? 0) < ($1.value.last?.unixMs ?? 0) }
        if let silent { attempts[silent.key] = nil }
    }
}
