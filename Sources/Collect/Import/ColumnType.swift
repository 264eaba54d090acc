import Base

/// What the values of a column are. The raw value is the word on the wire.
public enum ColumnType: String, Sendable, CaseIterable {
    case empty, whole, decimal, money, boolean, time, json, phone, email, hash, text
}

/// What the values of a column, as texts, look like.
struct ColumnValues {
    let type: ColumnType
    let form: TimeText.Form?  // Of times.
    let hasOffset: Bool  // Whether times name their zone.
    let share: Double  // Of the values that are not empty: how many are of the type.

    /// The share of values that must agree; the others are bad rows.
    static let shareMin = 0.9

    init(_ values: [String], name: String) {
        guard !values.isEmpty else {
            self.init(.empty, share: 1)
            return
        }
        let isTimeName = ColumnRole.named(name).map { [.time, .start, .end].contains($0.role) } ?? false
        func found(_ tests: [Test]) -> Self? {
            for test in tests where test.type != .phone || !isTimeName {
                let share = Self.share(values, test.holds)
                if share >= Self.shareMin { return Self(test.type, share: share) }
            }
            return nil
        }
        let time = { () -> Self? in Self.timeForm(values, isTimeName: isTimeName).map { Self(values, $0.0, $0.1) } }
        self = found(Self.tests) ?? time() ?? found(Self.numberTests) ?? Self(.text, share: 1)
    }

    private init(_ type: ColumnType, share: Double) {
        self.type = type
        self.share = share
        (form, hasOffset) = (nil, false)
    }

    private init(_ times: [String], _ form: TimeText.Form, _ share: Double) {
        (type, self.form, self.share) = (.time, form, share)
        let withOffset = Self.share(times) { $0.hasSuffix("Z") || $0.dropFirst(11).contains { "+-".contains($0) } }
        hasOffset = withOffset >= Self.shareMin || [.log, .unixSeconds, .unixMilliseconds].contains(form)
    }

    private static func share(_ values: [String], _ holds: (String) -> Bool) -> Double {
        Double(values.count(where: holds)) / Double(values.count)
    }

    private struct Test: Sendable {
        let type: ColumnType
        let holds: @Sendable (String) -> Bool
    }

    private static let truths: Set = ["true", "false", "TRUE", "FALSE", "True", "False", "是", "否", "yes", "no"]

    private static let tests = [
        Test(type: .boolean) { truths.contains($0) },
        Test(type: .phone) { PersonalHash.isMainlandMobile($0.hasPrefix("+86") ? String($0.dropFirst(3)) : $0) },
        Test(type: .email) { isEmail($0) },
        Test(type: .hash) { $0.utf8.count == 64 && Hex.decode($0) != nil },
        Test(type: .json) { ($0.hasPrefix("{") || $0.hasPrefix("[")) && (try? JSON.parse($0)) != nil },
    ]

    private static let numberTests = [
        Test(type: .whole) { Int64($0) != nil },
        Test(type: .decimal) { isDecimal($0) },
        Test(type: .money) { NumberText.number($0) != nil },
    ]

    private static func isDecimal(_ text: String) -> Bool {
        guard let first = text.utf8.first, (0x30...0x39).contains(first) || first == 0x2D else { return false }
        return Double(text)?.isFinite == true && !text.contains { $0.isLetter }
    }

    private static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && !text.contains { $0.isWhitespace }
    }

    /// The likeliest form of times; whole numbers are times only in the years 2000 to 2100, and eight digits only under
    /// a name that speaks of time.
    private static func timeForm(_ values: [String], isTimeName: Bool) -> (TimeText.Form, Double)? {
        for form in TimeText.Form.allCases {
            if form == .compact, !isTimeName, values.contains(where: { $0.utf8.count != 14 }) { continue }
            let rule = TimeText(form)
            let count = values.count { value in
                guard form != .date || value.contains(where: { "-/.年".contains($0) }),
                    let ms = rule.unixMs(.string(value))
                else { return false }
                return years.contains(ms)
            }
            let share = Double(count) / Double(values.count)
            if share >= shareMin { return (form, share) }
        }
        return nil
    }

    private static let years: ClosedRange<Int64> = 946_684_800_000 - 86_400_000...4_102_444_800_000
}
