public import Domain
import Synchronization

/// A person who has several ids.
public struct IdentityGroup: Sendable, Equatable {
    public let key: Int32  // Tells groups apart until they change.
    public let person: PersonID  // As `IdentityCluster.person`.
    public let members: [PersonID]  // Two or more.
}

/// What became of groups since a revision.
public struct IdentityGroupChanges: Sendable {
    public let generation: Int  // Where it is another than before, all groups are new ones.
    public let revision: Int  // To ask from the next time.
    public let groups: [IdentityGroup]  // New ones, and changed ones as they are now.
    public let dissolved: [Int32]  // Keys of groups that are no more.
}

extension IdentityState {
    /// How often groups have changed. Starts anew with the process.
    public var revision: Int { graph.withLock { $0.revision } }

    /// - Parameter revision: Of the changes known; 0 for none.
    /// - Complexity: O(members of what has changed since).
    public func groupChanges(since revision: Int) -> IdentityGroupChanges {
        graph.withLock { $0.groupChanges(since: revision) }
    }

    /// How often ids were erased. Starts anew with the process.
    public var generation: Int { graph.withLock { $0.generation } }

    /// All people with several ids, by what the journal held before a place: the same whenever it is asked.
    ///
    /// - Complexity: O(links); the thread that applies events does not wait for it.
    public func groups(before end: UInt64) -> [IdentityGroup] { copy.groups(before: end) }
}

extension IdentityGraph {
    func groupChanges(since revision: Int) -> IdentityGroupChanges {
        var groups: [IdentityGroup] = []
        var dissolved: [Int32] = []
        for root in components.changedRoots(since: revision) {
            if let members = components.members(ofRoot: root) {
                groups.append(group(root, members))
            } else {
                dissolved.append(root)
            }
        }
        return IdentityGroupChanges(
            generation: generation, revision: self.revision, groups: groups, dissolved: dissolved)
    }

    func groups(before end: UInt64) -> [IdentityGroup] {
        var then = Components()
        for _ in ids { then.addOne() }
        for link in links where link.evidence.firstSequence < end && standing(of: link, before: end) == .joined {
            then.join(link.anchor, link.other)
        }
        return then.groups.map { group($0.root, $0.members) }
    }

    private func group(_ root: Int32, _ members: [Int32]) -> IdentityGroup {
        IdentityGroup(key: root, person: ids[Int(strongest(of: members))], members: members.map { ids[Int($0)] })
    }
}
