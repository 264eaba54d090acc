private import CSodium

/// SHA-256 (FIPS 180-4) and HMAC with it (RFC 2104), as libsodium has them.
public enum SHA256 {
    /// 32 bytes.
    public static func digest(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let code = unsafe crypto_hash_sha256(&digest, message, UInt64(message.count))
        precondition(code == 0, "SHA-256 cannot fail")
        return digest
    }

    /// 32 bytes. A key of any length.
    public static func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var state = crypto_auth_hmacsha256_state()
        unsafe crypto_auth_hmacsha256_init(&state, key, key.count)
        unsafe crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
        var digest = [UInt8](repeating: 0, count: 32)
        unsafe crypto_auth_hmacsha256_final(&state, &digest)
        return digest
    }
}

/// Bytes as digits of base 16.
public enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    /// In lower case.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// In either case; nil where there is another character or half a byte.
    public static func decode(_ text: String) -> [UInt8]? {
        let values = text.utf8.compactMap { digits.firstIndex(of: $0 >= 0x41 && $0 <= 0x46 ? $0 + 32 : $0) }
        guard values.count == text.utf8.count, values.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }
}

/// Comparison of what proves a sender.
public enum Proof {
    /// In a time that does not tell where they differ.
    public static func isEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.count == other.count && zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
