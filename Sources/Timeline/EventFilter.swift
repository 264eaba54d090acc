public import Domain

/// Which events are meant: where given, those of this name, in this channel, about this kind of subject or this very
/// one, and whose properties meet all conditions.
public struct EventFilter: Sendable, Hashable {
    public let name: EventName?  // Nil for any.
    public let channel: Channel?
    public let subjectKind: Subject.Kind?
    public let subject: Subject?
    public let conditions: [PropertyCondition]

    public init(
        name: EventName?, channel: Channel? = nil, subjectKind: Subject.Kind? = nil, subject: Subject? = nil,
        conditions: [PropertyCondition] = []
    ) {
        self.name = name
        self.channel = channel
        self.subjectKind = subjectKind
        self.subject = subject
        self.conditions = conditions
    }
}

extension EventFilter {
    /// Whether more than the name is asked for.
    var isNarrow: Bool { channel != nil || subjectKind != nil }
}
