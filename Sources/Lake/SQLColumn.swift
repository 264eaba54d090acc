/// A column of a result.
public struct SQLColumn: Sendable, Hashable {
    public let name: String
    let type: ArrowType
}
