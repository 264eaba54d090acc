public import Domain

/// Which ids are one person, told group by group, in the codes of one timeline. Follows the groups as they change and
/// the timeline as it comes to know more of their ids.
public struct PersonMergeIndex: Sendable {
    private struct Group: Sendable {
        let person: PersonID
        let members: [PersonID]
        var codes: [UInt32]
    }

    private static let sliceCount = 4096  // The writer of the timeline waits for one slice.

    private let dictionaries: Dictionaries
    private var groups: [Int32: Group] = [:]
    private var keyOfAbsent: [PersonID: Int32] = [:]  // Of ids that the timeline has not seen.
    private var codesSeen: Int
    private var made: PersonMerges?  // While nothing has changed.

    public init(of snapshot: TimelineSnapshot) {
        dictionaries = snapshot.dictionaries
        codesSeen = snapshot.counts.people
    }

    /// Whether the snapshot is of the same timeline.
    public func isOf(_ snapshot: TimelineSnapshot) -> Bool { dictionaries === snapshot.dictionaries }

    /// Forgets the group of a key, if there is one.
    public mutating func remove(_ key: Int32) {
        guard let group = groups.removeValue(forKey: key) else { return }
        for member in group.members where keyOfAbsent[member] == key { keyOfAbsent[member] = nil }
        made = nil
    }

    /// - Precondition: No member is in another group, and the key has none.
    public mutating func insert(_ key: Int32, person: PersonID, members: [PersonID]) {
        let found = dictionaries.withTables { tables in members.map { tables.people.code(of: $0.text) } }
        groups[key] = Group(person: person, members: members, codes: found.compactMap(\.self).sorted())
        for (member, code) in zip(members, found) where code == nil { keyOfAbsent[member] = key }
        made = nil
    }

    /// The snapshot with the groups as they are now.
    ///
    /// - Complexity: O(ids that the timeline saw since the last call), and O(merged ids) where groups have changed.
    public mutating func merging(_ snapshot: TimelineSnapshot) -> TimelineSnapshot {
        findAbsent(upTo: snapshot.counts.people)
        let merges = made ?? PersonMerges(groups.values.compactMap(published))
        made = merges
        return snapshot.merging(merges)
    }

    /// Nil where the timeline knows one id at most, and that one stands for itself.
    private func published(_ group: Group) -> PersonMerges.Group? {
        let isNamedByAnother = group.codes.count == 1 && keyOfAbsent[group.person] != nil
        guard group.codes.count >= 2 || isNamedByAnother else { return nil }
        return PersonMerges.Group(person: group.person, codes: group.codes)
    }

    private mutating func findAbsent(upTo end: Int) {
        defer { codesSeen = max(codesSeen, end) }
        guard !keyOfAbsent.isEmpty else { return }
        for begin in stride(from: codesSeen, to: end, by: Self.sliceCount) {
            let codes = begin..<min(begin + Self.sliceCount, end)
            let ids = dictionaries.withTables { tables in
                codes.map { PersonID(validated: tables.people.text(of: UInt32($0))) }
            }
            for (code, id) in zip(codes, ids) {
                guard let key = keyOfAbsent.removeValue(forKey: id) else { continue }
                groups[key]?.codes.append(UInt32(code))  // Later than the others of the group: they stay in order.
                made = nil
            }
        }
    }
}
