public import Domain

/// Which events are meant: those of this name, and where given, in this channel and about this kind of subject.
public struct EventFilter: Sendable, Hashable {
    public let name: EventName
    public let channel: Channel?
    public let subjectKind: Subject.Kind?

    public init(name: EventName, channel: Channel? = nil, subjectKind: Subject.Kind? = nil) {
        self.name = name
        self.channel = channel
        self.subjectKind = subjectKind
    }
}

extension EventFilter {
    /// Whether more than the name is asked for.
    var isNarrow: Bool { channel != nil || subjectKind != nil }
}
