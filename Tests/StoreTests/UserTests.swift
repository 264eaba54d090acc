import Base
import Domain
import Store
import TestSupport
import Testing

@Suite struct UserTests {
    private let ana = UserName(validated: "ana")
    private let ben = UserName(validated: "ben")
    private let password = "correct horse battery"

    @Test(arguments: [false, true])
    func aUserIsFoundByNameAndPassword(inMemory: Bool) async throws {
        let test = try TestStore(inMemory: inMemory)
        let users = test.store.users
        let user = try await users.add(name: ana, password: password, role: .operator)
        #expect(try await users.find(name: ana, password: password) == user)
        #expect(try await users.find(name: UserName(validated: "ANA"), password: password) == user)
        #expect(try await users.find(name: ana, password: password + " ") == nil)
        #expect(try await users.find(name: ana, password: "") == nil)
        #expect(try await users.find(name: ben, password: password) == nil)
        #expect(try await users.list() == [user])
    }

    @Test func twoUsersHaveTwoNames() async throws {
        let test = try TestStore()
        let users = test.store.users
        _ = try await users.add(name: ana, password: password, role: .admin)
        await #expect(throws: AccessError.nameTaken) {
            try await users.add(name: UserName(validated: "Ana"), password: "another password", role: .viewer)
        }
        #expect(try await users.find(name: ana, password: password)?.role == .admin)
    }

    @Test func theLastAdministratorStays() async throws {
        let test = try TestStore()
        let users = test.store.users
        _ = try await users.add(name: ana, password: password, role: .admin)
        _ = try await users.add(name: ben, password: password, role: .viewer)
        await #expect(throws: AccessError.lastAdmin) { try await users.remove(name: ana) }
        await #expect(throws: AccessError.unknownUser) { try await users.remove(name: UserName(validated: "cai")) }
        try await users.remove(name: ben)
        #expect(try await users.list().map(\.name) == [ana])
        #expect(try await users.find(name: ben, password: password) == nil)
    }

    @Test func theInteractiveCostIsArgon2idOver64MiB() async throws {
        let hash = try await PasswordHasher(cost: .interactive).hash("x")
        #expect(hash.hasPrefix("$argon2id$v=19$m=65536,t=2,p=1$"))
    }

    @Test func moreGuessesThanCanWaitAreTurnedAway() async throws {
        let hasher = PasswordHasher(cost: .interactive, waitingMax: 2)
        let refusals = await withTaskGroup(of: AccessError?.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    do throws(AccessError) { _ = try await hasher.isPassword("x", of: nil) } catch { return error }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
        }
        #expect(!refusals.isEmpty && refusals.count <= 4)
        #expect(refusals.allSatisfy { $0 == .overloaded })
        #expect(try await hasher.isPassword("x", of: nil) == false)
    }
}

@Suite struct PasswordTests {
    private let ana = UserName(validated: "ana")
    private let ben = UserName(validated: "ben")
    private let password = "correct horse battery"
    private let next = "another horse battery"

    private func store(inMemory: Bool = false) async throws -> TestStore {
        let test = try TestStore(inMemory: inMemory)
        for name in [ana, ben] { _ = try await test.store.users.add(name: name, password: password, role: .viewer) }
        return test
    }

    private func isSignedIn(_ id: String, _ test: TestStore) async throws -> Bool {
        try await test.store.sessions.find(id: id, crossSiteToken: nil) != nil
    }

    @Test(arguments: [false, true])
    func aChangedPasswordIsTheOnlyOneAndEndsTheUsersOtherSessions(inMemory: Bool) async throws {
        let test = try await store(inMemory: inMemory)
        let (users, sessions) = (test.store.users, test.store.sessions)
        let kept = try await sessions.begin(user: ana).id
        let (cached, unread) = (try await sessions.begin(user: ana).id, try await sessions.begin(user: ana).id)
        let others = try await sessions.begin(user: ben).id
        for id in [kept, cached, others] { #expect(try await isSignedIn(id, test)) }
        #expect(try await users.changePassword(name: ana, current: password, password: next, keeping: kept))
        #expect(try await users.find(name: ana, password: password) == nil)
        #expect(try await users.find(name: ana, password: next)?.name == ana)
        #expect(try await users.find(name: ben, password: password)?.name == ben)
        for id in [kept, others] { #expect(try await isSignedIn(id, test)) }
        for id in [cached, unread] { #expect(try await !isSignedIn(id, test)) }
    }

    @Test func aWrongCurrentPasswordChangesNothing() async throws {
        let test = try await store()
        let users = test.store.users
        let id = try await test.store.sessions.begin(user: ana).id
        #expect(try await !users.changePassword(name: ana, current: next, password: next, keeping: ""))
        let cai = UserName(validated: "cai")
        #expect(try await !users.changePassword(name: cai, current: password, password: next, keeping: ""))
        #expect(try await users.find(name: ana, password: password)?.name == ana)
        #expect(try await isSignedIn(id, test))
    }

    @Test func ofManyWhoChangeAPasswordAtOnceOneWins() async throws {
        let test = try await store()
        let users = test.store.users
        let winners = try await withThrowingTaskGroup(of: String?.self) { group in
            for index in 0..<5 {
                group.addTask { [ana, password] in
                    let mine = "my horse battery \(index)"
                    let isMine = try await users.changePassword(
                        name: ana, current: password, password: mine, keeping: "")
                    return isMine ? mine : nil
                }
            }
            return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
        }
        #expect(winners.count == 1)
        #expect(try await users.find(name: ana, password: try #require(winners.first))?.name == ana)
    }
}

@Suite struct SetupTests {
    private let ana = UserName(validated: "ana")
    private let password = "correct horse battery"

    @Test func theLinkMakesTheFirstAdministratorOnce() async throws {
        let test = try TestStore()
        let users = test.store.users
        #expect(try await users.isSetupNeeded())
        let link = try #require(try await users.makeSetupLink())
        let user = try await users.setUp(link: link, name: ana, password: password)
        #expect(user.role == .admin)
        #expect(try await !users.isSetupNeeded())
        #expect(try await users.makeSetupLink() == nil)
        await #expect(throws: AccessError.linkNotValid) {
            try await users.setUp(link: link, name: UserName(validated: "ben"), password: password)
        }
        #expect(try await users.list() == [user])
    }

    @Test func ofTwoWhoFollowTheLinkAtOnceOneWins() async throws {
        let test = try TestStore()
        let users = test.store.users
        let link = try #require(try await users.makeSetupLink())
        await withTaskGroup { group in
            for name in ["ana", "ben", "cai"] {
                group.addTask { [password] in
                    _ = try? await users.setUp(link: link, name: UserName(validated: name), password: password)
                }
            }
        }
        #expect(try await users.list().count == 1)
    }

    @Test func aLinkEndsAfterADayOrWithTheNextOne() async throws {
        let test = try TestStore()
        let users = test.store.users
        let first = try #require(try await users.makeSetupLink())
        let second = try #require(try await users.makeSetupLink())
        await #expect(throws: AccessError.linkNotValid) {
            try await users.setUp(link: first, name: ana, password: password)
        }
        test.clock.advance(by: .hours(24))
        await #expect(throws: AccessError.linkNotValid) {
            try await users.setUp(link: second, name: ana, password: password)
        }
        #expect(try await users.isSetupNeeded())
    }
}
