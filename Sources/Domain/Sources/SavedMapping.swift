public import Base

/// The name of a saved mapping, a webhook source or another thing that people make: letters, digits and `-_.` alone, so
/// that it can stand in an address.
public struct PlainName: NameText {
    public static let utf8CountMax = 64
    public let text: String
    public init(validated text: String) { self.text = text }

    /// Nil where the text is empty, too long, or holds any other character.
    public init?(plain text: String) {
        guard (1...Self.utf8CountMax).contains(text.utf8.count),
            text.utf8.allSatisfy({ byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2D || byte == 0x5F || byte == 0x2E
            }), text != ".", text != ".."
        else { return nil }
        self.text = text
    }
}

/// A mapping that is kept under a name, to be used again.
public struct SavedMapping: Sendable, Equatable {
    public let name: PlainName
    public let mapping: JSON  // As `ImportMapping` reads it.
    public let updatedAt: EventTime

    public init(name: PlainName, mapping: JSON, updatedAt: EventTime) {
        self.name = name
        self.mapping = mapping
        self.updatedAt = updatedAt
    }
}
