import Base

/// Which page of a list is asked for.
struct ListPage: Sendable {
    private static let countUsual = 50
    private static let countMax = 1000

    let after: Int?
    let countMax: Int

    /// `limit` and `cursor`.
    init(_ fields: Fields) throws(Problem) {
        countMax = try fields.integer("limit", in: 1...Self.countMax) ?? Self.countUsual
        after = try fields.optional("cursor", "must be `next` of the page before") { json in
            json.stringValue.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        }
    }
}
