import Base
private import Synchronization

/// Keeps for a few seconds what the database said of a secret, so that most requests need no query.
///
/// What this process forgets is forgotten at once, also by a query under way. What another process changes is seen
/// after `lifeMs`.
final class CredentialCache<Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let value: Value?  // Nil: there is no such secret.
        let readMs: Int64
    }

    private struct State: Sendable {
        var entries: [SecretHash: Entry] = [:]
        var generation: UInt64 = 0  // Of the last `forget`.
    }

    static var lifeMs: Int64 { 5000 }
    static var lifeMsUnknown: Int64 { 1000 }
    static var entriesMax: Int { 10_000 }

    private let now: @Sendable () -> EventTime
    private let state = Mutex(State())

    init(_ now: @escaping @Sendable () -> EventTime) { self.now = now }

    /// What is known of the secret, or what `read` finds.
    func value(
        of hash: SecretHash, read: () async throws(DatabaseError) -> Value?
    ) async throws(DatabaseError) -> Value? {
        let nowMs = now().unixMs
        let (entry, generation) = state.withLock { ($0.entries[hash], $0.generation) }
        if let entry {
            let lifeMs = entry.value == nil ? Self.lifeMsUnknown : Self.lifeMs
            if (0..<lifeMs).contains(nowMs - entry.readMs) { return entry.value }
        }
        let found = try await read()
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.entries.count >= Self.entriesMax { state.entries.removeAll(keepingCapacity: true) }
            state.entries[hash] = Entry(value: found, readMs: nowMs)
        }
        return found
    }

    /// To be called after a change is committed and before it is answered.
    func forgetAll() {
        state.withLock { state in
            state.entries.removeAll(keepingCapacity: true)
            state.generation += 1
        }
    }
}
