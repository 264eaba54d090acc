import Base
import Domain
import Store
import TestSupport
import Testing

@Suite struct SessionTests {
    private let ana = UserName(validated: "ana")

    private func signedIn(inMemory: Bool = false) async throws -> (TestStore, id: String, crossSiteToken: String) {
        let test = try TestStore(inMemory: inMemory)
        _ = try await test.store.users.add(name: ana, password: "correct horse battery", role: .admin)
        let ben = UserName(validated: "ben")
        _ = try await test.store.users.add(name: ben, password: "correct horse battery", role: .admin)
        let session = try await test.store.sessions.begin(user: ana)
        return (test, session.id, session.crossSiteToken)
    }

    @Test(arguments: [false, true])
    func aSessionKnowsItsUserAndItsCrossSiteToken(inMemory: Bool) async throws {
        let (test, id, token) = try await signedIn(inMemory: inMemory)
        let sessions = test.store.sessions
        let found = try #require(try await sessions.find(id: id, crossSiteToken: token))
        #expect(found.user.name == ana)
        #expect(found.isCrossSiteTokenValid)
        for wrong in [nil, "", id, token + "0"] {
            #expect(try await sessions.find(id: id, crossSiteToken: wrong)?.isCrossSiteTokenValid == false)
        }
        #expect(try await sessions.find(id: token, crossSiteToken: token) == nil)
    }

    @Test func aSessionOutlivesItsProcess() async throws {
        let (test, id, _) = try await signedIn()
        #expect(try await test.another().sessions.find(id: id, crossSiteToken: nil)?.user.name == ana)
    }

    @Test func anIdleSessionEndsAfterTwelveHours() async throws {
        let (test, id, _) = try await signedIn()
        test.clock.advance(by: Milliseconds(SessionStore.idleLife.count - 1))
        #expect(try await test.store.sessions.find(id: id, crossSiteToken: nil) != nil)
        test.clock.advance(by: SessionStore.idleLife)
        #expect(try await test.store.sessions.find(id: id, crossSiteToken: nil) == nil)
    }

    @Test func aUsedSessionEndsAfterAWeek() async throws {
        let (test, id, _) = try await signedIn()
        var hours = 0
        while try await test.store.sessions.find(id: id, crossSiteToken: nil) != nil, hours < 1000 {
            test.clock.advance(by: .hours(1))
            hours += 1
        }
        #expect(hours == 7 * 24)
    }

    @Test func aSessionThatWasEndedIsOverAtOnce() async throws {
        let (test, id, _) = try await signedIn()
        _ = try await test.store.sessions.find(id: id, crossSiteToken: nil)
        try await test.store.sessions.end(id: id)
        #expect(try await test.store.sessions.find(id: id, crossSiteToken: nil) == nil)
    }

    @Test func aUserWhoWasRemovedIsSignedOutAtOnce() async throws {
        let (test, id, _) = try await signedIn()
        #expect(try await test.store.sessions.find(id: id, crossSiteToken: nil) != nil)
        try await test.store.users.remove(name: ana)
        #expect(try await test.store.sessions.find(id: id, crossSiteToken: nil) == nil)
        await #expect(throws: AccessError.unknownUser) { try await test.store.sessions.begin(user: ana) }
    }
}
