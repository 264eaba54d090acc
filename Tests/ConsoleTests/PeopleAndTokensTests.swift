import Base
import Domain
import HTTPServer
import Store
import TestSupport
import Testing

@Suite struct PeopleAndTokensTests {
    /// An administrator who is signed in.
    private func administrator(_ test: TestConsole) async throws -> Visitor {
        try await test.user("ana", .admin)
        var browser = Visitor(test)
        #expect(await browser.signIn("ana").status == 200)
        return browser
    }

    private static let routes: [(HTTPMethod, String)] = [
        (.get, "/api/v1/users"), (.post, "/api/v1/users"), (.delete, "/api/v1/users/ana"), (.get, "/api/v1/tokens"),
        (.post, "/api/v1/tokens"), (.delete, "/api/v1/tokens/1"),
    ]

    @Test func onlyAdministratorsAdminister() async throws {
        let test = try TestConsole()
        try await test.user("ana", .admin)
        var refused: [(visitor: Visitor, status: Int)] = [(Visitor(test), 401)]
        for kind in [TokenKind.write, .read] {
            refused.append((Visitor(test, bearer: try await test.token(kind)), 403))
        }
        for role in [Role.viewer, .operator] {
            try await test.user("\(role)", role)
            var browser = Visitor(test)
            _ = await browser.signIn("\(role)")
            refused.append((browser, 403))
        }
        for (method, path) in Self.routes {
            for (visitor, status) in refused {
                var visitor = visitor
                #expect(await visitor.ask(method, path).status == status, "\(method) \(path)")
            }
        }
        var program = Visitor(test, bearer: try await test.token(.admin))
        #expect(await program.ask(.get, "/api/v1/users").status == 200)
        #expect(await program.ask(.post, "/api/v1/tokens", ["kind": "read", "name": "bi"]).status == 201)
    }

    @Test func aForeignPageCannotAddAnyone() async throws {
        let test = try TestConsole()
        var browser = try await administrator(test)
        browser.sendsCrossSiteToken = false
        let body: JSON = ["name": "eve", "role": "admin", "password": .string(TestConsole.password)]
        #expect(await browser.ask(.post, "/api/v1/users", body).code == "csrf")
        #expect(try await test.store.users.list().count == 1)
    }

    @Test func peopleAreAddedListedAndRemoved() async throws {
        let test = try TestConsole()
        var browser = try await administrator(test)
        let body: JSON = ["name": "李 雷", "role": "viewer", "password": .string(TestConsole.password)]
        let added = await browser.ask(.post, "/api/v1/users", body)
        #expect(added.status == 201)
        let user: JSON = ["name": "李 雷", "role": "viewer", "created_at": .string(test.clock.now.iso8601)]
        #expect(added.json == ["user": user])
        #expect(await browser.ask(.post, "/api/v1/users", body).code == "name_taken")
        #expect(await browser.ask(.get, "/api/v1/users").json["users"]?.arrayValue?.contains(user) == true)
        #expect(await browser.ask(.delete, "/api/v1/users/%E6%9D%8E%20%E9%9B%B7").status == 204)
        #expect(await browser.ask(.delete, "/api/v1/users/%E6%9D%8E%20%E9%9B%B7").code == "not_found")
        #expect(
            try await test.audited() == [
                "user:ana sign_in ana", "user:ana user_added 李 雷", "user:ana user_removed 李 雷",
            ])
    }

    @Test func theLastAdministratorStays() async throws {
        let test = try TestConsole()
        var browser = try await administrator(test)
        let answer = await browser.ask(.delete, "/api/v1/users/ana")
        #expect(answer.status == 409)
        #expect(answer.code == "last_admin")
        #expect(await browser.ask(.get, "/api/v1/session").status == 200)
    }

    @Test func whoIsRemovedIsOutAtOnce() async throws {
        let test = try TestConsole()
        var browser = try await administrator(test)
        try await test.user("ben", .admin)
        var ben = Visitor(test)
        _ = await ben.signIn("ben")
        #expect(await browser.ask(.delete, "/api/v1/users/ben").status == 204)
        #expect(await ben.ask(.get, "/api/v1/users").code == "session_over")
        #expect(await ben.signIn("ben").status == 401)
    }

    @Test func aFieldThatThereIsNotIsRefused() async throws {
        let test = try TestConsole()
        var browser = try await administrator(test)
        let requests: [(method: HTTPMethod, path: String, body: JSON)] = [
            (.post, "users", ["name": "eve", "rôle": "admin", "role": "viewer", "password": "correct horse"]),
            (.post, "tokens", ["kind": "read", "name": "x", "expires": 5]),
            (.put, "session/password", ["current": "a", "password": "correct horse", "name": "eve"]),
            (.post, "session", ["name": "ana", "password": .string(TestConsole.password), "stay": true]),
            (.post, "setup", ["link": "x", "name": "eve", "password": "correct horse", "role": "admin"]),
        ]
        for request in requests {
            let answer = await browser.ask(request.method, "/api/v1/\(request.path)", request.body)
            #expect(answer.status == 400 && answer.code == "unknown_field", "\(request.path)")
        }
        #expect(try await test.audited() == ["user:ana sign_in ana"])
    }

    @Test func fieldsThatCannotBeAreNamedWithWhatIsAllowed() async throws {
        let test = try TestConsole()
        var browser = try await administrator(test)
        let long = String(repeating: "x", count: 1025)
        let users: [(change: (String, JSON), says: String)] = [
            (("name", ""), "1 to 50 bytes"), (("name", ".."), "letters, digits"), (("name", "a/b"), "letters, digits"),
            (("name", "a\u{202E}b"), "letters, digits"), (("name", "a "), "1 to 50 bytes"),
            (("name", .string(String(repeating: "x", count: 51))), "1 to 50 bytes"), (("name", 5), "is a text"),
            (("role", "owner"), "viewer, operator, admin"), (("role", .null), "is a text"),
            (("password", "123456789"), "at least 10"), (("password", .string(long)), "at most 1024"),
        ]
        for ((field, value), says) in users {
            var body = JSONObject()
            for (name, text) in [("name", "eve"), ("role", "viewer"), ("password", TestConsole.password)] {
                body[name] = name == field ? value : .string(text)
            }
            let answer = await browser.ask(.post, "/api/v1/users", .object(body))
            #expect(answer.status == 422)
            #expect(answer.code == "invalid_\(field)")
            #expect(answer.json["field"] == .string(field))
            #expect(answer.detail.contains(says), "\(field): \(answer.detail)")
        }
        let tokens: [(body: JSON, code: String)] = [
            (["kind": "root", "name": "x"], "invalid_kind"), (["kind": "read"], "invalid_name"),
            (["kind": "write", "name": "quanyu"], "invalid_name"),
            (["kind": "write", "name": "user:ana"], "invalid_name"),
            (["kind": "write", "name": "a\nb"], "invalid_name"),
        ]
        for (body, code) in tokens {
            #expect(await browser.ask(.post, "/api/v1/tokens", body).code == code)
        }
        #expect(try await test.store.users.list().count == 1)
        #expect(try await test.store.tokens.list().isEmpty)
    }

    @Test func aTokensTextIsToldOnceAndWorksUntilItIsRevoked() async throws {
        let test = try TestConsole()
        var browser = try await administrator(test)
        let answer = await browser.ask(.post, "/api/v1/tokens", ["kind": "admin", "name": "ops"])
        #expect(answer.status == 201)
        #expect(answer.response.headers["Cache-Control"] == "no-store")
        let secret = try #require(answer.json["secret"]?.stringValue)
        let id = try #require(answer.json["token"]?["id"]?.intValue)
        #expect(secret.hasPrefix("qya_"))
        var program = Visitor(test, bearer: secret)
        let list = await program.ask(.get, "/api/v1/tokens")
        #expect(!list.text.contains(secret))
        let token: JSON = [
            "id": .int(id), "kind": "admin", "name": "ops", "created_at": .string(test.clock.now.iso8601),
            "revoked_at": .null, "last_used_at": list.json["tokens"]?.arrayValue?.first?["last_used_at"] ?? "none",
        ]
        #expect(list.json == ["tokens": [token]])
        #expect(await browser.ask(.delete, "/api/v1/tokens/\(id)").status == 204)
        #expect(await program.ask(.get, "/api/v1/tokens").code == "token_not_valid")
        let revoked = await browser.ask(.get, "/api/v1/tokens").json["tokens"]?.arrayValue?.first?["revoked_at"]
        #expect(revoked == .string(test.clock.now.iso8601))
        for unknown in ["99", "x", "-1", "99999999999999999999"] {
            #expect(await browser.ask(.delete, "/api/v1/tokens/\(unknown)").code == "not_found")
        }
        #expect(
            try await test.audited() == [
                "user:ana sign_in ana", "user:ana token_created ops", "user:ana token_revoked ops",
            ])
    }
}
