import Base
import Domain
import TestSupport
import Testing

@testable import Identities

/// Events that name ids, one after another in a journal.
struct Sightings {
    var events: [Event] = []

    static func event(
        _ identifiers: [PersonIdentifier], name: EventName = .pageView, minute: Int, id: String? = nil
    ) -> Event {
        Event(
            id: EventID(validated: id ?? "e\(minute)"), source: SourceName(validated: "web"),
            person: identifiers[0].id, identifiers: identifiers.sorted(), name: name,
            channel: .unknown, time: EventTime(clampingUnixMs: Int64(minute) * 60_000),
            receivedAt: EventTime(clampingUnixMs: Int64(minute) * 60_000))
    }

    mutating func see(_ identifiers: PersonIdentifier..., name: EventName = .pageView) {
        events.append(Self.event(identifiers, name: name, minute: events.count))
    }

    var graph: IdentityGraph { Self.graph(of: events) }

    static func graph(of events: some Sequence<Event>, rules: IdentityRules = IdentityRules()) -> IdentityGraph {
        var graph = IdentityGraph(rules: rules)
        for (sequence, event) in events.enumerated() { graph.apply(sequence: UInt64(sequence), event: event) }
        return graph
    }
}

private func id(_ kind: PersonIdentifier.Kind, _ text: String) -> PersonIdentifier {
    PersonIdentifier(kind, PersonID(validated: text))
}

extension IdentityGraph {
    func members(of text: String, before end: UInt64? = nil) -> [String] {
        cluster(of: PersonID(validated: text), before: end).members.map(\.text)
    }
}

@Suite struct IdentityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String
        let seen: [[PersonIdentifier]]
        var name = EventName.pageView
        let of: String
        let want: [String]
        var testDescription: String { why }
    }

    static let cases = [
        Case(
            why: "a browser belongs to the account that signed in on it",
            seen: [[id(.login, "ana"), id(.anonymous, "x")]], of: "x", want: ["ana", "x"]),
        Case(
            why: "a browser that two accounts sign in on belongs to neither",
            seen: [[id(.login, "ana"), id(.anonymous, "x")], [id(.login, "ben"), id(.anonymous, "x")]], of: "ana",
            want: ["ana"]),
        Case(
            why: "a shared device leaves each account its own browsers",
            seen: [
                [id(.login, "ana"), id(.anonymous, "x"), id(.device, "tv")],
                [id(.login, "ben"), id(.anonymous, "y"), id(.device, "tv")],
            ], of: "y", want: ["ben", "y"]),
        Case(
            why: "a phone may have two accounts",
            seen: [[id(.login, "ana"), id(.phoneHash, "p")], [id(.login, "ana2"), id(.phoneHash, "p")]], of: "p",
            want: ["ana", "ana2", "p"]),
        Case(
            why: "a phone with three accounts is a shop's",
            seen: ["a", "b", "c"].map { [id(.login, $0), id(.phoneHash, "p")] },
            of: "a", want: ["a"]),
        Case(
            why: "openids meet in their unionid",
            seen: [[id(.unionid, "u"), id(.openid, "o1")], [id(.unionid, "u"), id(.openid, "o2")]], of: "o1",
            want: ["o1", "o2", "u"]),
        Case(
            why: "two accounts in one event are not joined by it", seen: [[id(.login, "ana"), id(.login, "ben")]],
            of: "ana", want: ["ana"]),
        Case(
            why: "an alias joins two accounts", seen: [[id(.login, "ana"), id(.login, "old")]], name: .alias, of: "old",
            want: ["ana", "old"]),
        Case(why: "one id alone is linked to nothing", seen: [[id(.login, "ana")]], of: "ana", want: ["ana"]),
    ]

    @Test(arguments: cases) func joinsWhatTheRulesSay(_ c: Case) {
        var sightings = Sightings()
        for identifiers in c.seen {
            sightings.events.append(Sightings.event(identifiers, name: c.name, minute: sightings.events.count))
        }
        #expect(sightings.graph.members(of: c.of) == c.want)
    }

    @Test func theStrongestIDStandsForThePerson() {
        var sightings = Sightings()
        sightings.see(id(.anonymous, "a-browser"), id(.device, "phone"))
        sightings.see(id(.login, "zoe"), id(.anonymous, "a-browser"))
        #expect(sightings.graph.person(of: PersonID(validated: "phone")).text == "zoe")
    }

    @Test func whatWasKnownThenCanBeHadAgain() {
        var sightings = Sightings()
        sightings.see(id(.login, "ana"), id(.anonymous, "x"))
        sightings.see(id(.login, "ana"), id(.phoneHash, "p"))
        sightings.see(id(.login, "ben"), id(.anonymous, "x"))
        let graph = sightings.graph
        #expect(graph.members(of: "x", before: 0) == ["x"])
        #expect(graph.members(of: "x", before: 1) == ["ana", "x"])
        #expect(graph.members(of: "x", before: 2) == ["ana", "p", "x"])
        #expect(graph.members(of: "x", before: 3) == ["x"])
        let changes = graph.changes(of: PersonID(validated: "x"))
        #expect(changes.map(\.sequence) == [2, 1, 0])
        #expect(changes.map { $0.joined.map(\.text) } == [[], ["p"], ["ana"]])
        #expect(changes.map { $0.left.map(\.text) } == [["ana", "p"], [], []])
    }

    @Test func aSeparationHoldsUntilItIsTakenBack() {
        var sightings = Sightings()
        sightings.see(id(.login, "ana"), id(.anonymous, "x"))
        sightings.see(id(.login, "ana"), id(.anonymous, "x"), name: .identitySeparated)
        sightings.see(id(.login, "ana"), id(.anonymous, "x"))
        #expect(sightings.graph.members(of: "x") == ["x"])
        #expect(sightings.graph.cluster(of: PersonID(validated: "x")).links.map(\.standing) == [.separated])
        sightings.see(id(.login, "ana"), id(.anonymous, "x"), name: .identityRejoined)
        #expect(sightings.graph.members(of: "x") == ["ana", "x"])
    }

    @Test func evidenceIsCountedWithItsFirstAndLastEvent() throws {
        var sightings = Sightings()
        for _ in 0..<3 { sightings.see(id(.login, "ana"), id(.device, "d")) }
        let link = try #require(sightings.graph.cluster(of: PersonID(validated: "d")).links.first)
        #expect(link.evidence.count == 3)
        #expect((link.evidence.firstSequence, link.evidence.lastSequence) == (0, 2))
        #expect(link.evidence.lastTime.since(link.evidence.firstTime) == .minutes(2))
    }
}

/// Random events over few ids, so that budgets are passed, aliases meet and separations come and go.
@Suite struct IdentityPropertyTests {
    static func events(seed: UInt64, count: Int = 60) -> [Event] {
        var random = SeededGenerator(seed: seed)
        func pick(_ kind: PersonIdentifier.Kind, _ countMax: Int) -> PersonIdentifier {
            id(kind, "\(kind.code)\(Int.random(in: 0..<countMax, using: &random))")
        }
        return (0..<count).map { minute in
            let chance = Int.random(in: 0..<20, using: &random)
            if chance == 0 { return Sightings.event([pick(.login, 5), pick(.login, 5)], name: .alias, minute: minute) }
            let weak = [pick(.anonymous, 8), pick(.device, 6), pick(.phoneHash, 6), pick(.openid, 6)]
            if chance < 4 {
                let name: EventName = chance < 3 ? .identitySeparated : .identityRejoined
                return Sightings.event([pick(.login, 5), weak[chance]], name: name, minute: minute)
            }
            let some = weak.filter { _ in Bool.random(using: &random) }
            return Sightings.event(
                (Bool.random(using: &random) ? [pick(.login, 5)] : []) + some + [weak[0]], minute: minute)
        }
    }

    /// Every person as the sorted ids of its cluster.
    static func partition(_ graph: IdentityGraph) -> Set<[String]> {
        Set(graph.ids.map { graph.members(of: $0.text) })
    }

    @Test(arguments: 0..<60 as Range<UInt64>) func anyOrderOfTheSameEventsGivesTheSameGraph(seed: UInt64) {
        let events = Self.events(seed: seed)
        let want = Self.partition(Sightings.graph(of: events))
        var random = SeededGenerator(seed: seed ^ 77)
        for _ in 0..<5 {
            #expect(Self.partition(Sightings.graph(of: events.shuffled(using: &random))) == want)
        }
    }

    @Test(arguments: 0..<30 as Range<UInt64>) func thePastIsTheGraphOfThePast(seed: UInt64) {
        let events = Self.events(seed: seed)
        let graph = Sightings.graph(of: events)
        for end in stride(from: 0, through: events.count, by: 7) {
            let past = Sightings.graph(of: events.prefix(end))
            for person in past.ids {
                #expect(graph.members(of: person.text, before: UInt64(end)) == past.members(of: person.text))
            }
        }
    }

    @Test(arguments: 0..<30 as Range<UInt64>) func theComponentsAreTheClusters(seed: UInt64) {
        let graph = Sightings.graph(of: Self.events(seed: seed))
        for person in graph.ids {
            let code = graph.code(of: person) ?? 0
            #expect(graph.members(of: code).map { graph.ids[Int($0)].text }.sorted() == graph.members(of: person.text))
        }
    }

    @Test(arguments: 0..<30 as Range<UInt64>) func takingASeparationBackRestoresExactly(seed: UInt64) {
        let events = Self.events(seed: seed).filter { $0.name == .pageView || $0.name == .alias }
        let before = Self.partition(Sightings.graph(of: events))
        var random = SeededGenerator(seed: seed)
        var more: [Event] = []
        for event in events.shuffled(using: &random).prefix(10) where event.identifiers.count >= 2 {
            let pair = Array(event.identifiers.prefix(2))
            more.append(Sightings.event(pair, name: .identitySeparated, minute: 1000 + more.count))
        }
        let back = more.shuffled(using: &random).enumerated().map { index, event in
            Sightings.event(event.identifiers, name: .identityRejoined, minute: 2000 + index)
        }
        #expect(Self.partition(Sightings.graph(of: events + more + back)) == before)
    }

    @Test(arguments: 0..<10 as Range<UInt64>) func aSnapshotIsTheSameGraph(seed: UInt64) throws {
        let folder = try TemporaryDirectory()
        let events = Self.events(seed: seed)
        let state = IdentityState()
        for (sequence, event) in events.enumerated() { state.apply(sequence: UInt64(sequence), event: event) }
        let path = folder.path + "/identity.snapshot"
        try state.save(to: path)
        let loaded = try IdentityState.load(from: path)
        #expect(loaded.sequenceEnd == state.sequenceEnd)
        #expect(Self.partition(loaded.copy) == Self.partition(state.copy))
        #expect(loaded.copy.links == state.copy.links)
    }

    @Test func aBrokenSnapshotIsRefused() throws {
        let folder = try TemporaryDirectory()
        let state = IdentityState()
        for (sequence, event) in Self.events(seed: 1).enumerated() {
            state.apply(sequence: UInt64(sequence), event: event)
        }
        let path = folder.path + "/identity.snapshot"
        try state.save(to: path)
        let whole = try WholeFile.read(path)
        for index in stride(from: 0, to: whole.count, by: 37) {
            var broken = whole
            broken[index] ^= 0x40
            try WholeFile.replace(path, with: broken)
            #expect(throws: IdentitySnapshotError.self) { try IdentityState.load(from: path) }
        }
        for count in [0, 3, 9, whole.count - 1] {
            try WholeFile.replace(path, with: Array(whole.prefix(count)))
            #expect(throws: IdentitySnapshotError.self) { try IdentityState.load(from: path) }
        }
    }
}
