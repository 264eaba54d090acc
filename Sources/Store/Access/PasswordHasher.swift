private import CSodium
public import Domain
private import Synchronization

/// Hashes passwords with Argon2id, as libsodium has it. One at a time, on a thread of its own: each needs 64 MiB and
/// tens of milliseconds.
public actor PasswordHasher {
    /// How much work a guess costs.
    public enum Cost: Sendable {
        case interactive  // libsodium's limits for signing in: 2 passes over 64 MiB.
        case least  // For tests.
    }

    private let executor = ThreadExecutor()
    private let cost: Cost
    private let waitingMax: Int
    private let waiting = Mutex(0)

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameter waitingMax: More than these are turned away: at 50 ms each, the last of 32 waits a second or two.
    public init(cost: Cost, waitingMax: Int = 32) {
        precondition(Sodium.isReady, "libsodium cannot start")
        self.cost = cost
        self.waitingMax = waitingMax
    }

    /// - Returns: The hash with its salt and limits, as text.
    /// - Throws: `AccessError.overloaded` where more wait than can be answered in good time, or memory is short.
    public nonisolated func hash(_ password: String) async throws(AccessError) -> String {
        try enter()
        defer { leave() }
        guard let hash = await computeHash(password) else { throw .overloaded }
        return hash
    }

    /// - Parameter hash: Nil where there is no such user: takes as long, and is false.
    public nonisolated func isPassword(_ password: String, of hash: String?) async throws(AccessError) -> Bool {
        try enter()
        defer { leave() }
        return await verify(password, hash)
    }

    private nonisolated func enter() throws(AccessError) {
        let isFull = waiting.withLock { count in
            guard count < waitingMax else { return true }
            count += 1
            return false
        }
        if isFull { throw .overloaded }
    }

    private nonisolated func leave() { waiting.withLock { $0 -= 1 } }

    /// Nil where there is no memory for it.
    private func computeHash(_ password: String) -> String? {
        let bytes = password.utf8.map { CChar(bitPattern: $0) }
        var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let code = unsafe crypto_pwhash_str(&text, bytes, UInt64(bytes.count), limits.operations, limits.memory)
        guard code == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func verify(_ password: String, _ hash: String?) -> Bool {
        guard let hash else {
            _ = computeHash(password)
            return false
        }
        let bytes = password.utf8.map { CChar(bitPattern: $0) }
        return unsafe crypto_pwhash_str_verify(hash, bytes, UInt64(bytes.count)) == 0
    }

    private var limits: (operations: UInt64, memory: Int) {
        switch cost {
        case .interactive:
            (UInt64(crypto_pwhash_OPSLIMIT_INTERACTIVE), Int(crypto_pwhash_MEMLIMIT_INTERACTIVE))
        case .least: (UInt64(crypto_pwhash_OPSLIMIT_MIN), Int(crypto_pwhash_MEMLIMIT_MIN))
        }
    }
}
