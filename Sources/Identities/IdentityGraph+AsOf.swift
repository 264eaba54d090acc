import Base
import Domain

extension IdentityGraph {
    /// Bounds the work for one person; a cluster that is larger is cut and so are its changes.
    private static let memberCountMax = 10_000
    private static let changeCountMax = 200
    private static let linkCountMax = 1000

    /// Whom the id belonged to with what was known before `end`: the same answer whenever it is asked.
    ///
    /// - Parameter end: A place in the journal; nil: now.
    /// - Complexity: O(links of the members).
    func cluster(of id: PersonID, before end: UInt64? = nil) -> IdentityCluster {
        guard let code = code(of: id) else { return IdentityCluster(person: id, members: [id], links: []) }
        let members = reached(from: code) { link in
            isKnown(link, before: end) && standing(of: link, before: end) == .joined
        }
        let touching = Set(members.flatMap { linksByID[Int($0)] }).sorted()
        let known = touching.lazy.map { links[Int($0)] }.filter { isKnown($0, before: end) }.prefix(Self.linkCountMax)
        return IdentityCluster(
            person: ids[Int(strongest(of: members))], members: members.map { ids[Int($0)] }.sorted(),
            links: known.map { view($0, before: end) })
    }

    /// How the ids that belong with this one changed, the newest first.
    func changes(of id: PersonID) -> [IdentityChange] {
        guard let code = code(of: id) else { return [] }
        let near = reached(from: code) { _ in true }
        var moments: [UInt64: EventTime] = [:]
        for link in Set(near.flatMap { linksByID[Int($0)] }).map({ links[Int($0)] }) {
            moments[link.evidence.firstSequence] = link.evidence.firstTime
        }
        let nearSet = Set(near)
        for (pair, list) in verdicts where nearSet.contains(pair.low) || nearSet.contains(pair.high) {
            for verdict in list { moments[verdict.sequence] = verdict.time }
        }
        var changes: [IdentityChange] = []
        var members: Set<PersonID> = [id]
        for (sequence, time) in moments.sorted(by: { $0.key < $1.key }).suffix(Self.changeCountMax) {
            let now = Set(cluster(of: id, before: sequence + 1).members)
            guard now != members else { continue }
            changes.append(
                IdentityChange(
                    sequence: sequence, time: time, joined: now.subtracting(members).sorted(),
                    left: members.subtracting(now).sorted()))
            members = now
        }
        return changes.reversed()
    }

    private func isKnown(_ link: Link, before end: UInt64?) -> Bool {
        end.map { link.evidence.firstSequence < $0 } ?? true
    }

    private func reached(from start: Int32, over isPassed: (Link) -> Bool) -> [Int32] {
        var seen: Set<Int32> = [start]
        var found = [start]
        var next = 0
        while next < found.count, found.count < Self.memberCountMax {
            let code = found[next]
            next += 1
            for position in linksByID[Int(code)] {
                let link = links[Int(position)]
                let far = link.far(from: code)
                if !seen.contains(far), isPassed(link) {
                    seen.insert(far)
                    found.append(far)
                }
            }
        }
        return found
    }

    private func view(_ link: Link, before end: UInt64?) -> IdentityLink {
        IdentityLink(
            anchor: PersonIdentifier(link.anchorKind, ids[Int(link.anchor)]),
            other: PersonIdentifier(link.otherKind, ids[Int(link.other)]), isExplicit: link.isExplicit,
            evidence: link.evidence, standing: standing(of: link, before: end))
    }
}
