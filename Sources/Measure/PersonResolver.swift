public import Base
public import Identities
import Synchronization
public import Timeline

/// Which ids count as one person.
public enum PersonBasis: Sendable, Hashable {
    case now
    /// By what had come in before this time.
    case before(EventTime)
    /// Each id is a person.
    case separate
}

/// Resolves ids to persons: gives timelines in which the ids of a person are one. Follows the identities of one
/// timeline at a time.
public final class PersonResolver: Sendable {
    private struct State: Sendable {
        var index: PersonMergeIndex
        let generation: Int  // Of the identities.
        var revision = 0
        var latest: (plain: TimelineSnapshot, merged: TimelineSnapshot)?
    }

    private let identity: IdentityState
    private let state = Mutex<State?>(nil)

    public init(_ identity: IdentityState) { self.identity = identity }

    /// By what is known now.
    ///
    /// - Complexity: O(changes since the last call), and O(merged ids) where there are any.
    public func merged(_ snapshot: TimelineSnapshot) -> TimelineSnapshot {
        state.withLock { kept in
            var state = kept.take() ?? State(index: PersonMergeIndex(of: snapshot), generation: identity.generation)
            if !state.index.isOf(snapshot) {
                state = State(index: PersonMergeIndex(of: snapshot), generation: identity.generation)
            }
            defer { kept = state }
            let changes = identity.groupChanges(since: state.revision)
            // Ids are erased from the identities first: until they are from the timeline, too, nothing is changed.
            if changes.generation != state.generation { return state.index.merging(snapshot) }
            if let latest = state.latest, latest.plain === snapshot, changes.revision == state.revision {
                return latest.merged
            }
            for key in changes.dissolved + changes.groups.map(\.key) { state.index.remove(key) }
            for group in changes.groups {
                state.index.insert(group.key, person: group.person, members: group.members)
            }
            state.revision = changes.revision
            let merged = state.index.merging(snapshot)
            state.latest = (snapshot, merged)
            return merged
        }
    }

    /// By what the journal held before a place.
    ///
    /// - Complexity: O(links).
    public func merged(_ snapshot: TimelineSnapshot, before end: UInt64) -> TimelineSnapshot {
        var index = PersonMergeIndex(of: snapshot)
        for group in identity.groups(before: end) {
            index.insert(group.key, person: group.person, members: group.members)
        }
        return index.merging(snapshot)
    }
}
