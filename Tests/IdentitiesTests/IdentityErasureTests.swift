import Base
import Domain
import Testing

@testable import Identities

/// A graph without some ids is the one that would have been made of events that name none of them.
@Suite struct IdentityErasureTests {
    /// Random sightings of two ids each, with separations.
    private static func events(seed: UInt64) -> [Event] {
        var random = SeededGenerator(seed: seed)
        let kinds = PersonIdentifier.Kind.allCases
        func id() -> PersonIdentifier {
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
            return PersonIdentifier(kind, PersonID(validated: "\(kind) \(Int.random(in: 0..<6, using: &random))"))
        }
        return (0..<120).map { minute in
            let name: EventName = random.next() % 12 == 0 ? .identitySeparated : .pageView
            return Sightings.event([id(), id()], name: name, minute: minute)
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func itIsThatOfTheEventsWithoutThem(seed: UInt64) throws {
        let events = Self.events(seed: seed)
        let state = IdentityState(Sightings.graph(of: events))
        let gone = Set(state.members(of: events[Int(seed)].person))
        state.erase(at: 500) { gone.contains($0) }
        var wanted = IdentityGraph(rules: IdentityRules())
        for (sequence, event) in events.enumerated() {
            let bytes = EventCodec.encode(event)
            let rest = try EventCodec.erasing({ gone.contains($0) ? 500 : nil }, from: bytes) ?? bytes
            if let event = try JournalEntry(rest).event { wanted.apply(sequence: UInt64(sequence), event: event) }
        }
        let ids = Set(events.flatMap(\.identifiers).map(\.id))
        for id in ids {
            #expect(state.cluster(of: id) == wanted.cluster(of: id))
            #expect(state.cluster(of: id, before: 60) == wanted.cluster(of: id, before: 60))
        }
        #expect(state.count(ofIds: { gone.contains($0) }, before: 500) == 0)
        #expect(state.sequenceEnd == 501)
        #expect(state.generation == 1)
    }

    @Test func anErasureThatWasAppliedBeforeTakesNothingThatCameSince() {
        let state = IdentityState(Sightings.graph(of: Self.events(seed: 1)))
        let before = state.linkCount
        state.erase(at: 50) { _ in true }
        #expect(state.linkCount == before)
    }
}
