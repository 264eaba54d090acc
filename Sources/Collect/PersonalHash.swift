import Base

/// The hash by which a phone number or an e-mail address is known without being kept.
///
/// SHA-256 in lower-case hex of the normal form, as advertising platforms and GA4's `sha256_phone_number` take it, so
/// that hashes of several senders meet. It hides from a glance, not from someone who tries all phone numbers: treat it
/// as personal data.
enum PersonalHash {
    /// The raw value is the word in a mapping.
    enum Form: String { case phone, email, text }

    /// Nil where nothing is left of the text.
    static func hex(_ text: String, as form: Form) -> String? {
        let normal =
            switch form {
            case .phone: phone(text)
            case .email: trimmed(text).lowercased()
            case .text: trimmed(text)
            }
        return normal.isEmpty ? nil : Hex.encode(SHA256.digest(Array(normal.utf8)))
    }

    /// E.164: `+86` before a mobile number of mainland China that names no country.
    static func phone(_ text: String) -> String {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty else { return "" }
        if trimmed(text).hasPrefix("+") { return "+" + digits }
        if digits.hasPrefix("00") { return "+" + digits.dropFirst(2) }
        if digits.count == 13, digits.hasPrefix("861") { return "+" + digits }
        return isMainlandMobile(digits) ? "+86" + digits : "+" + digits
    }

    /// Eleven digits that begin with 13 to 19.
    static func isMainlandMobile(_ digits: String) -> Bool {
        let bytes = Array(digits.utf8)
        return bytes.count == 11 && bytes[0] == 0x31 && (0x33...0x39).contains(bytes[1])
            && bytes.allSatisfy { (0x30...0x39).contains($0) }
    }

    static func trimmed(_ text: String) -> String {
        let head = text.drop(while: \.isWhitespace)
        return String(head[..<(head.lastIndex { !$0.isWhitespace }.map { head.index(after: $0) } ?? head.startIndex)])
    }
}
