public import Base

/// A campaign as it was imported; the subject `campaign:ID` of events is about it.
public struct Campaign: Sendable, Equatable, Identifiable {
    public let id: String
    public let title: String
    public let kind: String
    public let startAt: EventTime?  // Nil where it is not known.
    public let endAt: EventTime?  // Nil for no end. Not before `startAt`; the store refuses it.

    public init(id: String, title: String, kind: String, startAt: EventTime?, endAt: EventTime?) {
        self.id = id
        self.title = title
        self.kind = kind
        self.startAt = startAt
        self.endAt = endAt
    }
}
