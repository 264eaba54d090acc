import Base
import Domain

/// All ids, the links between them, and which of them are one person now.
///
/// Components are kept in union-find form with their members; a link that stops joining (a budget passed, a separation)
/// makes its component anew from its links. Costs a few dozen bytes an id and a link; events that name one id cost
/// nothing.
struct IdentityGraph: Sendable {
    struct Link: Sendable, Equatable {
        let anchor: Int32  // Codes.
        let other: Int32
        let anchorKind: PersonIdentifier.Kind
        let otherKind: PersonIdentifier.Kind
        let isExplicit: Bool
        var evidence: IdentityEvidence

        func far(from code: Int32) -> Int32 { code == anchor ? other : anchor }
    }

    struct LinkKey: Hashable, Sendable {
        let anchor: Int32
        let other: Int32
        let anchorKind: PersonIdentifier.Kind
        let otherKind: PersonIdentifier.Kind
        let isExplicit: Bool
    }

    /// Two ids in order of their codes.
    struct Pair: Hashable, Sendable {
        let low: Int32
        let high: Int32

        init(_ one: Int32, _ other: Int32) { (low, high) = (min(one, other), max(one, other)) }
    }

    /// What operators said of a pair: the latest by its own time, then by its id, counts.
    struct Verdict: Sendable, Equatable {
        let isSeparated: Bool
        let time: EventTime
        let id: EventID
        let sequence: UInt64
    }

    let rules: IdentityRules
    var sequenceEnd: UInt64 = 0  // The next sequence expected.
    private(set) var ids: [PersonID] = []
    private(set) var ranks: [UInt8] = []  // Of the strongest kind that an id was seen as.
    private(set) var links: [Link] = []
    private(set) var linksByID: [[Int32]] = []
    private(set) var verdicts: [Pair: [Verdict]] = [:]
    private var codes: [PersonID: Int32] = [:]
    private var linkCodes: [LinkKey: Int32] = [:]
    private(set) var components = Components()

    let generation: Int  // How often ids were erased: keys of groups are of one generation.

    init(rules: IdentityRules, generation: Int = 0) {
        self.rules = rules
        self.generation = generation
    }

    /// How often groups have changed.
    var revision: Int { components.changeCount }

    func code(of id: PersonID) -> Int32? { codes[id] }

    /// Whom the id stands for now: itself where nothing joins it.
    func person(of id: PersonID) -> PersonID {
        guard let code = codes[id] else { return id }
        return ids[Int(strongest(of: components.members(of: code)))]
    }

    /// The ids that are one person with this one now, itself among them.
    func members(of code: Int32) -> [Int32] { components.members(of: code) }

    /// By kind, then by text.
    func strongest(of members: [Int32]) -> Int32 {
        members.min { one, other in
            let (a, b) = (Int(one), Int(other))
            return (ranks[a], ids[a]) < (ranks[b], ids[b])
        } ?? 0
    }

    // MARK: Taking evidence

    mutating func apply(sequence: UInt64, event: Event) {
        guard sequence >= sequenceEnd else { return }
        sequenceEnd = sequence + 1
        guard event.identifiers.count >= 2,
            let anchor = PersonIdentifier.anchor(
                of: event.identifiers, person: event.person, isAlias: event.name == .alias)
        else { return }
        switch event.name {
        case .identitySeparated, .identityRejoined: judge(event, sequence)
        case .alias:
            for other in event.identifiers where other != anchor { add(anchor, other, true, sequence, event.time) }
        default:
            for other in event.identifiers where other.kind != anchor.kind {
                add(anchor, other, false, sequence, event.time)
            }
        }
    }

    private mutating func add(
        _ anchor: PersonIdentifier, _ other: PersonIdentifier, _ isExplicit: Bool, _ sequence: UInt64, _ time: EventTime
    ) {
        guard anchor.id != other.id else { return }
        let key = LinkKey(
            anchor: code(anchor), other: code(other), anchorKind: anchor.kind, otherKind: other.kind,
            isExplicit: isExplicit)
        if let known = linkCodes[key] {
            links[Int(known)].evidence.add(sequence: sequence, time: time)
            return
        }
        let evidence = IdentityEvidence(
            count: 1, firstSequence: sequence, lastSequence: sequence, firstTime: time, lastTime: time)
        let link = Link(
            anchor: key.anchor, other: key.other, anchorKind: key.anchorKind, otherKind: key.otherKind,
            isExplicit: isExplicit, evidence: evidence)
        let wasWithinBudget = isExplicit || isWithinBudget(link, before: nil)
        insert(link)
        if standing(of: link) == .joined {
            components.join(link.anchor, link.other)
        } else if wasWithinBudget, !isExplicit {
            remake(around: link.other)  // It may have passed its budget just now.
        }
    }

    private mutating func judge(_ event: Event, _ sequence: UInt64) {
        let pair = Pair(code(event.identifiers[0]), code(event.identifiers[1]))
        let verdict = Verdict(
            isSeparated: event.name == .identitySeparated, time: event.time, id: event.id, sequence: sequence)
        verdicts[pair, default: []].append(verdict)
        remake(around: pair.low)
        remake(around: pair.high)
    }

    mutating func insert(_ link: Link) {
        let code = Int32(links.count)
        links.append(link)
        linkCodes[
            LinkKey(
                anchor: link.anchor, other: link.other, anchorKind: link.anchorKind, otherKind: link.otherKind,
                isExplicit: link.isExplicit)] = code
        linksByID[Int(link.anchor)].append(code)
        linksByID[Int(link.other)].append(code)
    }

    mutating func insert(_ list: [Verdict], of pair: Pair) { verdicts[pair] = list }

    /// The code of an id; one that is seen as a stronger kind than before is remembered as that.
    mutating func code(_ identifier: PersonIdentifier) -> Int32 {
        let code = codes[identifier.id] ?? insert(identifier.id)
        if identifier.kind.rawValue < ranks[Int(code)] {
            ranks[Int(code)] = identifier.kind.rawValue
            components.touch(code)  // Another id may stand for the person now.
        }
        return code
    }

    mutating func restore(_ id: PersonID, rank: UInt8) {
        let code = insert(id)
        ranks[Int(code)] = rank
    }

    private mutating func insert(_ id: PersonID) -> Int32 {
        let code = Int32(ids.count)
        codes[id] = code
        ids.append(id)
        ranks.append(.max)
        linksByID.append([])
        components.addOne()
        return code
    }

    // MARK: Which links join

    /// - Parameter end: Counts only what was known before this place of the journal; nil: all.
    func standing(of link: Link, before end: UInt64? = nil) -> IdentityLink.Standing {
        if isSeparated(Pair(link.anchor, link.other), before: end) { return .separated }
        if link.isExplicit { return .joined }
        return isWithinBudget(link, before: end) ? .joined : .shared
    }

    private func isSeparated(_ pair: Pair, before end: UInt64?) -> Bool {
        let known = (verdicts[pair] ?? []).filter { verdict in end.map { verdict.sequence < $0 } ?? true }
        return known.max { ($0.time, $0.id) < ($1.time, $1.id) }?.isSeparated ?? false
    }

    /// Whether the weaker id is linked to few enough ids of the stronger one's kind.
    ///
    /// - Complexity: O(links of the weaker id) at worst; O(budget) where they come from different anchors, as mostly.
    private func isWithinBudget(_ asked: Link, before end: UInt64?) -> Bool {
        let budget = rules.budget(of: asked.otherKind)
        var anchors: Set<Int32> = []
        for position in linksByID[Int(asked.other)] {
            let link = links[Int(position)]
            guard link.other == asked.other, link.otherKind == asked.otherKind, link.anchorKind == asked.anchorKind,
                !link.isExplicit, end.map({ link.evidence.firstSequence < $0 }) ?? true
            else { continue }
            anchors.insert(link.anchor)
            if anchors.count > budget { return false }
        }
        return true
    }

    /// Makes the component of an id anew from the links that join now.
    private mutating func remake(around code: Int32) {
        let members = components.members(of: code)
        components.scatter(members)
        for member in members {
            for position in linksByID[Int(member)] {
                let link = links[Int(position)]
                if standing(of: link) == .joined { components.join(link.anchor, link.other) }
            }
        }
    }

    mutating func remakeAll() {
        for link in links where standing(of: link) == .joined { components.join(link.anchor, link.other) }
    }
}
