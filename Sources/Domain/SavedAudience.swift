public import Base

/// An audience that is kept under a name.
public struct SavedAudience: Sendable, Equatable {
    public static let countMax = 100
    public static let titleUTF8CountMax = 200

    public let name: PlainName
    public let title: String  // Empty where none was given.
    public let expression: JSON
    public let version: Int64  // Counted from 1, and one more with each change.
    public let author: String
    public let savedAt: EventTime

    public init(
        name: PlainName, title: String, expression: JSON, version: Int64, author: String, savedAt: EventTime
    ) {
        self.name = name
        self.title = title
        self.expression = expression
        self.version = version
        self.author = author
        self.savedAt = savedAt
    }
}
