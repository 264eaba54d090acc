import Base

/// The fields of a query or of a form (`application/x-www-form-urlencoded`), decoded, in their order.
public struct HTTPQuery: Sendable, Equatable {
    public struct Field: Sendable, Equatable {
        public let name: String
        public let value: String
    }

    public private(set) var fields: [Field] = []

    public init() {}

    /// Nil where an escape is broken or what it stands for is not UTF-8.
    public init?(_ text: some Collection<UInt8>) {
        guard let decoded = PercentEncoding.fields(text) else { return nil }
        fields = decoded.map { Field(name: $0.name, value: $0.value) }
    }

    /// The first value under this name.
    public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    public func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}
