import Base
import Domain
import Testing

@testable import Identities

/// Who has several ids, as told to those who count people.
@Suite struct IdentityGroupTests {
    private static func sets(_ groups: some Sequence<IdentityGroup>) -> Set<[String]> {
        Set(groups.map { $0.members.map(\.text).sorted() })
    }

    private static func several(_ graph: IdentityGraph) -> Set<[String]> {
        IdentityPropertyTests.partition(graph).filter { $0.count > 1 }
    }

    @Test(arguments: 0..<40 as Range<UInt64>) func whoFollowsTheChangesKnowsAllGroups(seed: UInt64) {
        let events = IdentityPropertyTests.events(seed: seed)
        var graph = IdentityGraph(rules: IdentityRules())
        var followed: [Int32: IdentityGroup] = [:]
        var revision = 0
        for (sequence, event) in events.enumerated() {
            graph.apply(sequence: UInt64(sequence), event: event)
            guard sequence % Int(1 + seed % 5) == 0 else { continue }
            let changes = graph.groupChanges(since: revision)
            revision = changes.revision
            for key in changes.dissolved { followed[key] = nil }
            for group in changes.groups { followed[group.key] = group }
            #expect(Self.sets(followed.values) == Self.several(graph))
            for group in followed.values { #expect(graph.person(of: group.members[0]) == group.person) }
            #expect(graph.groupChanges(since: revision).groups.isEmpty)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func thePastGroupsAreThoseOfThePast(seed: UInt64) {
        let events = IdentityPropertyTests.events(seed: seed)
        let state = IdentityState(Sightings.graph(of: events))
        for end in stride(from: 0, through: events.count, by: 7) {
            let past = Sightings.graph(of: events.prefix(end))
            #expect(Self.sets(state.groups(before: UInt64(end))) == Self.several(past))
        }
    }

    @Test func anIdThatIsSeenAsAStrongerKindComesToStandForThePerson() {
        func id(_ kind: PersonIdentifier.Kind, _ text: String) -> PersonIdentifier {
            PersonIdentifier(kind, PersonID(validated: text))
        }
        let state = IdentityState()
        state.apply(sequence: 0, event: Sightings.event([id(.phoneHash, "p"), id(.anonymous, "x")], minute: 0))
        let revision = state.revision
        #expect(state.groupChanges(since: 0).groups.map(\.person.text) == ["p"])
        state.apply(sequence: 1, event: Sightings.event([id(.login, "x"), id(.device, "d")], minute: 1))
        let changes = state.groupChanges(since: revision)
        #expect(changes.groups.map(\.person.text) == ["x"])
        #expect(state.revision == changes.revision && changes.revision > revision)
    }
}
