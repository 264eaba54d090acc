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
}
