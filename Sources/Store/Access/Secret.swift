private import CSodium

/// Random text that proves who has it. It is told once; what is stored is its `SecretHash`.
public struct Secret: Sendable {
    /// What a secret is for: a hash made for one use is worthless for another.
    public enum Use: String, Sendable {
        case token, session, crossSiteToken, setupLink
    }

    public static let randomBytesCount = 32

    public let text: String
    public let hash: SecretHash

    init(_ use: Use, prefix: String = "", random: (Int) -> [UInt8]) {
        let digits = random(Self.randomBytesCount).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        text = prefix + digits.joined()
        hash = SecretHash(of: text, use: use)
    }

    /// From the system's generator.
    public static let randomBytes: @Sendable (Int) -> [UInt8] = { count in
        precondition(Sodium.isReady, "libsodium cannot start")
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe randombytes_buf(&bytes, count)
        return bytes
    }
}

/// BLAKE2b of a secret, keyed by its use. A secret has 256 random bits, so one fast hash is enough. Compared in
/// constant time.
public struct SecretHash: Hashable, Sendable {
    public static let bytesCount = 32
    public let bytes: [UInt8]

    public init(of text: String, use: Secret.Use) {
        precondition(Sodium.isReady, "libsodium cannot start")
        let message = Array(text.utf8)
        let key = Array("quanyu \(use.rawValue)".utf8)
        var digest = [UInt8](repeating: 0, count: Self.bytesCount)
        let code = unsafe crypto_generichash(
            &digest, digest.count, message, UInt64(message.count), key, key.count)
        precondition(code == 0, "the lengths are within BLAKE2b's")
        bytes = digest
    }

    /// Nil unless there are 32 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == Self.bytesCount else { return nil }
        self.bytes = bytes
    }

    public static func == (lhs: Self, rhs: Self) -> Bool {
        unsafe sodium_memcmp(lhs.bytes, rhs.bytes, bytesCount) == 0
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
