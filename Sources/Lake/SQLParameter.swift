/// A value bound to a `?` of a statement; never a part of its text.
public enum SQLParameter: Sendable, Hashable, ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case text(String)

    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(stringLiteral value: String) { self = .text(value) }

    /// A column of one row.
    func column(name: String) -> ArrowColumnBuilder {
        switch self {
        case .null: ArrowColumnBuilder(name: name, texts: [nil])
        case .bool(let flag): ArrowColumnBuilder(name: name, bools: [flag])
        case .int(let value): ArrowColumnBuilder(name: name, ints: [value])
        case .double(let value): ArrowColumnBuilder(name: name, doubles: [value])
        case .text(let text): ArrowColumnBuilder(name: name, texts: [text])
        }
    }
}
