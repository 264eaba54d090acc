import Base
import Domain
import Store
import Testing

struct AudienceStoreTests {
    @Test func anAudienceIsKeptInVersionsUntilItIsRemoved() async throws {
        let test = try TestStore()
        let store = test.store
        let (name, other) = (PlainName(validated: "vip"), PlainName(validated: "new"))
        let time = EventTime(clampingUnixMs: 5)
        _ = try await store.audiences.save(["all": []], title: "", as: other, author: "ana", at: time)
        let first = try await store.audiences.save(["all": []], title: "VIP", as: name, author: "ana", at: time)
        let second = try await store.audiences.save(["any": []], title: "VIP", as: name, author: "ben", at: time)
        #expect(first.version == 1 && second.version == 2 && second.author == "ben")
        #expect(try await store.audiences.list().map(\.name) == [other, name])
        #expect(try await store.audiences.list().last == second)
        #expect(try await store.audiences.remove(name))
        #expect(try await store.audiences.remove(name) == false)
        #expect(try await store.audiences.list().map(\.name) == [other])
    }

    @Test func whoWasInItFirstIsKeptAsLongAsTheAudienceIs() async throws {
        let test = try TestStore()
        let (store, name) = (test.store.audiences, PlainName(validated: "vip"))
        let base = AudienceBase(
            name: name, sequenceEnd: 7, people: ["ana", "李 雷"].map { PersonID(validated: $0) })
        #expect(try await store.save(base) == false, "there is no audience of the name")
        _ = try await store.save(["all": []], title: "", as: name, author: "ana", at: EventTime(clampingUnixMs: 5))
        #expect(try await store.save(base))
        #expect(try await store.bases() == [base])
        let other = AudienceBase(name: name, sequenceEnd: 9, people: [])
        #expect(try await store.save(other))
        #expect(try await store.bases() == [other])
        _ = try await store.remove(name)
        #expect(try await store.bases().isEmpty)
    }

    @Test func whoIsErasedIsTakenOutOfWhatIsKept() async throws {
        let test = try TestStore()
        let store = test.store.audiences
        let people = ["ana", "ben", "李 雷"].map { PersonID(validated: $0) }
        for name in ["one", "two"].map({ PlainName(validated: $0) }) {
            _ = try await store.save(["all": []], title: "", as: name, author: "ana", at: EventTime(clampingUnixMs: 5))
            _ = try await store.save(AudienceBase(name: name, sequenceEnd: 7, people: people))
        }
        try await store.erase([people[0], people[2], PersonID(validated: "nobody")])
        #expect(try await store.bases().map(\.people) == [[people[1]], [people[1]]])
        #expect(try await store.bases().allSatisfy { $0.sequenceEnd == 7 })
    }
}
