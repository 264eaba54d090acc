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
