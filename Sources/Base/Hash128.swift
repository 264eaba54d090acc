private import CSodium

/// A 128-bit keyed hash: wide enough that two ids of one store never meet by chance, keyed so that nobody can make
/// them meet on purpose.
public struct Hash128: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// SipHash-2-4 with 128-bit output, as libsodium has it.
    public init(of bytes: [UInt8], key: HashKey) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe Hash128(of: $0, key: key) }
    }

    /// Of `head` and `tail` as one text, which is put together on the stack.
    public init(of head: [UInt8], _ tail: Span<UInt8>, key: HashKey) {
        self = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: head.count + tail.count) { bytes in
            let middle = unsafe bytes.initialize(fromContentsOf: head)
            unsafe tail.withUnsafeBufferPointer { _ = unsafe bytes[middle...].initialize(fromContentsOf: $0) }
            return unsafe Hash128(of: UnsafeBufferPointer(bytes), key: key)
        }
    }

    private init(of bytes: UnsafeBufferPointer<UInt8>, key: HashKey) {
        var digest: (high: UInt64, low: UInt64) = (0, 0)
        let code = unsafe withUnsafeMutablePointer(to: &digest) { digest in
            unsafe digest.withMemoryRebound(to: UInt8.self, capacity: 16) { digest in
                unsafe crypto_shorthash_siphashx24(digest, bytes.baseAddress, UInt64(bytes.count), key.bytes)
            }
        }
        precondition(code == 0, "SipHash cannot fail")
        high = digest.high.bigEndian
        low = digest.low.bigEndian
    }

    /// 16 bytes, the highest first.
    public var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
    }

    /// 32 digits.
    public var hex: String {
        func digits(_ word: UInt64) -> String {
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return digits(high) + digits(low)
    }
}

/// The 16 secret bytes of a store's hashes.
public struct HashKey: Hashable, Sendable {
    public let bytes: [UInt8]

    /// Nil unless there are 16 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    public static func random() -> HashKey {
        var generator = SystemRandomNumberGenerator()
        return HashKey(unchecked: (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }
}
