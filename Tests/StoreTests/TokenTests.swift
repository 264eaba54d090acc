import Base
import Domain
import Foundation
import Store
import TestSupport
import Testing

@Suite struct TokenTests {
    private let shop = SourceName(validated: "shop")

    @Test(arguments: TokenKind.allCases, [false, true])
    func aTokenIsFoundByItsTextAlone(kind: TokenKind, inMemory: Bool) async throws {
        let test = try TestStore(inMemory: inMemory)
        let tokens = test.store.tokens
        let (token, text) = try await tokens.create(kind: kind, name: shop)
        #expect(text.count == 4 + 64)
        for _ in 0..<2 {
            let found = try #require(try await tokens.find(text: text))
            #expect((found.id, found.kind, found.name) == (token.id, kind, shop))
        }
        #expect(try await tokens.find(text: String(text.dropLast())) == nil)
        #expect(try await tokens.find(text: "qyw_" + String(repeating: "0", count: 64)) == nil)
        #expect(try await tokens.find(text: "") == nil)
    }

    @Test func aTokenOfAnotherProcessIsSeenAtOnce() async throws {
        let test = try TestStore()
        let text = try await test.another().tokens.create(kind: .read, name: shop).text
        #expect(try await test.store.tokens.find(text: text) != nil)
    }

    @Test func aRevokedTokenIsRefusedAtOnce() async throws {
        let test = try TestStore()
        let tokens = test.store.tokens
        let (token, text) = try await tokens.create(kind: .write, name: shop)
        #expect(try await tokens.find(text: text) != nil)
        #expect(try await tokens.revoke(id: token.id)?.revokedAt == test.clock.now)
        #expect(try await tokens.find(text: text) == nil)
        let revokedAt = test.clock.now
        test.clock.advance(by: .hours(1))
        #expect(try await tokens.revoke(id: token.id)?.revokedAt == revokedAt)
        #expect(try await tokens.revoke(id: 999) == nil)
        #expect(try await tokens.list().map(\.revokedAt) == [revokedAt])
    }

    @Test func aRevocationByAnotherProcessIsSeenWithinSeconds() async throws {
        let test = try TestStore()
        let (token, text) = try await test.store.tokens.create(kind: .write, name: shop)
        #expect(try await test.store.tokens.find(text: text) != nil)
        _ = try await test.another().tokens.revoke(id: token.id)
        test.clock.advance(by: .seconds(5))
        #expect(try await test.store.tokens.find(text: text) == nil)
    }

    @Test func useIsNotedToTheHourAndNeverBeforeTheTokenWasMade() async throws {
        let test = try TestStore()
        let (token, text) = try await test.store.tokens.create(kind: .write, name: shop)
        #expect(try await test.store.tokens.list().map(\.lastUsedAt) == [nil])
        for _ in 0..<3 {
            _ = try await test.store.tokens.find(text: text)
            let hour = EventTime(clampingUnixMs: test.clock.now.unixMs / 3_600_000 * 3_600_000)
            #expect(try await test.store.tokens.list().map(\.lastUsedAt) == [max(hour, token.createdAt)])
            test.clock.advance(by: .hours(2))
        }
    }

    @Test func theFileHoldsNoTokenAndNoPassword() async throws {
        let test = try TestStore()
        let text = try await test.store.tokens.create(kind: .admin, name: shop).text
        let ana = UserName(validated: "ana")
        _ = try await test.store.users.add(name: ana, password: "correct horse battery", role: .admin)
        let session = try await test.store.sessions.begin(user: ana)
        var bytes = try Data(contentsOf: URL(filePath: test.path))
        bytes.append(try Data(contentsOf: URL(filePath: test.path + "-wal")))
        #expect(bytes.range(of: Data("argon2id".utf8)) != nil)
        for secret in [text, String(text.dropFirst(4)), "correct horse battery", session.id, session.crossSiteToken] {
            #expect(bytes.range(of: Data(secret.utf8)) == nil)
        }
    }

    /// The path of every request: it must stay far below the cost of the request itself.
    @Test func aKnownTokenIsFoundInMicroseconds() async throws {
        let test = try TestStore()
        let tokens = test.store.tokens
        let text = try await tokens.create(kind: .write, name: shop).text
        _ = try await tokens.find(text: text)
        let duration = try await ContinuousClock().measure {
            for _ in 0..<1000 { _ = try await tokens.find(text: text) }
        }
        #expect(duration < .milliseconds(100), "1000 look-ups took \(duration)")  // 100 µs each, in a debug build.
    }
}
