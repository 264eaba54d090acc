public import Base

/// The name under which a person signs in. Short enough that `user:NAME` is a `SourceName`.
public struct UserName: NameText {
    public static let utf8CountMax = 50
    public let text: String
    public init(validated text: String) { self.text = text }
}

/// Someone who may sign in; the password's hash stays in the store.
public struct User: Hashable, Sendable {
    public let name: UserName
    public let role: Role
    public let createdAt: EventTime

    public init(name: UserName, role: Role, createdAt: EventTime) {
        self.name = name
        self.role = role
        self.createdAt = createdAt
    }
}
