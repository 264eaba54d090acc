public import Base
public import Domain

/// What links two ids, and where it was seen.
public struct IdentityLink: Sendable, Equatable {
    public let anchor: PersonIdentifier  // The stronger one.
    public let other: PersonIdentifier
    public let isExplicit: Bool  // By an `alias`: no budget applies.
    public let evidence: IdentityEvidence
    public let standing: Standing

    /// Whether the link joins its ids, or why not.
    public enum Standing: String, Sendable, CaseIterable {
        case joined
        case shared  // `other` is linked to more ids of the anchor's kind than its own kind's budget allows.
        case separated  // By an operator.
    }
}

/// The events that show a link.
public struct IdentityEvidence: Sendable, Equatable {
    public internal(set) var count: Int
    public internal(set) var firstSequence: UInt64  // Of the journal: since when the link is known.
    public internal(set) var lastSequence: UInt64
    public internal(set) var firstTime: EventTime  // Of the earliest event, whenever it came.
    public internal(set) var lastTime: EventTime

    mutating func add(sequence: UInt64, time: EventTime) {
        count += 1
        firstSequence = min(firstSequence, sequence)
        lastSequence = max(lastSequence, sequence)
        firstTime = min(firstTime, time)
        lastTime = max(lastTime, time)
    }
}

/// One person: ids that belong together, and what says so.
public struct IdentityCluster: Sendable, Equatable {
    /// The id that stands for the person: of the strongest kind, then the first by text.
    public let person: PersonID
    public let members: [PersonID]  // In order of text.
    public let links: [IdentityLink]  // That touch a member, also those that join nothing; the first thousand.
}

/// A moment at which the ids that belong together changed.
public struct IdentityChange: Sendable, Equatable {
    public let sequence: UInt64  // Of the journal record that brought it.
    public let time: EventTime
    public let joined: [PersonID]
    public let left: [PersonID]
}
