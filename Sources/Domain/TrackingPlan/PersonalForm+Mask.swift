extension PersonalForm {
    private static let hiddenDigits = "****"
    private static let hiddenLocalPart = "***@"

    /// The text with what tells it from others of its form hidden: `138****8000`, `a***@shop.cn`.
    ///
    /// - Returns: Nil unless it is a whole phone number or e-mail address.
    public static func masked(_ text: String) -> String? {
        guard !text.utf8.contains(UInt8(ascii: "*")) else { return nil }
        switch PersonalForm(of: text) {
        case .phone?:
            let digits = text.filter(\.isNumber)
            let shown = hiddenDigits.count  // So many at the end; as many before them are hidden.
            return (text.hasPrefix("+") ? "+" : "") + digits.dropLast(2 * shown) + hiddenDigits + digits.suffix(shown)
        case .email?:
            guard let at = text.firstIndex(of: "@") else { return nil }
            return text.prefix(1) + hiddenLocalPart + text[at...].dropFirst()
        case .idCard?, nil: return nil
        }
    }

    /// What a text was before `masked` hid some of it; nil for one that it did not make.
    public init?(ofMasked text: String) {
        guard text.utf8.contains(UInt8(ascii: "*")) else { return nil }
        if Self.masked(text.replacing(Self.hiddenDigits, with: "0000")) == text {
            self = .phone
        } else if Self.masked(text.replacing(Self.hiddenLocalPart, with: "@")) == text {
            self = .email
        } else {
            return nil
        }
    }
}
