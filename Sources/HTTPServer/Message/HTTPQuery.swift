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
        for pair in text.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.flatMap({ PercentEncoding.decode($0, plusIsSpace: true) }),
                let value = PercentEncoding.decode(parts.dropFirst().joined(), plusIsSpace: true)
            else { return nil }
            fields.append(Field(name: name, value: value))
        }
    }

    /// The first value under this name.
    public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    public func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}
