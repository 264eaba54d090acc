public import Base

/// Somebody came into a saved audience, or left it: an event of Quanyu's own. It says what others amount to, and is no
/// act of the person's: no number counts it, and no audience asks for it.
public struct AudienceMembership: Sendable, Equatable {
    public let audience: PlainName
    public let person: PersonID
    public let hasEntered: Bool

    public init(audience: PlainName, person: PersonID, hasEntered: Bool) {
        self.audience = audience
        self.person = person
        self.hasEntered = hasEntered
    }

    /// The channel under which the timelines keep such events.
    public static let channel = Channel(validated: "audience")

    /// - Parameters:
    ///   - id: Tells the change from all others.
    ///   - version: Of the audience.
    ///   - time: When it was noticed.
    public func event(id: EventID, version: Int64, at time: EventTime) -> Event {
        Event(
            id: id, source: .quanyu, person: person, name: hasEntered ? .audienceEntered : .audienceLeft,
            channel: Self.channel, time: time, receivedAt: time, subject: Subject(kind: .audience, id: audience.text),
            properties: JSONObject([.init(name: "version", value: .int(version))]))
    }
}

extension Event {
    /// Whether it is an `AudienceMembership`: one that a sender made up is an event like any other.
    public var isAudienceMembership: Bool {
        source == .quanyu && (name == .audienceEntered || name == .audienceLeft)
    }
}
