import Base
import Domain
import HTTPServer
import TestSupport
import Testing

@Suite struct PasswordTests {
    private static let path = "/api/v1/session/password"
    private static let next = "another horse battery"

    private func body(_ current: String = TestConsole.password, _ password: String = next) -> JSON {
        ["current": .string(current), "password": .string(password)]
    }

    private func signedIn(_ test: TestConsole, _ name: String = "ana") async throws -> Visitor {
        try await test.user(name, .viewer)
        var browser = Visitor(test)
        #expect(await browser.signIn(name).status == 200)
        return browser
    }

    @Test func whoChangesThePasswordStaysAndIsSignedOutElsewhere() async throws {
        let test = try TestConsole()
        var browser = try await signedIn(test)
        var phone = Visitor(test)
        #expect(await phone.signIn("ana").status == 200)
        #expect(await phone.ask(.get, "/api/v1/session").status == 200)
        let answer = await browser.ask(.put, Self.path, body())
        #expect(answer.status == 204)
        #expect(answer.response.headers["Cache-Control"] == "no-store")
        #expect(await browser.ask(.get, "/api/v1/session").status == 200)
        #expect(await phone.ask(.get, "/api/v1/session").code == "session_over")
        #expect(await phone.signIn("ana").status == 401)
        #expect(await phone.signIn("ana", Self.next).status == 200)
        #expect(
            try await test.audited().suffix(3) == [
                "user:ana password_changed ana", "address:203.0.113.7 sign_in_refused ana", "user:ana sign_in ana",
            ])
    }

    @Test func aWrongCurrentPasswordChangesNothingAndSignsNobodyOut() async throws {
        let test = try TestConsole()
        var browser = try await signedIn(test)
        let answer = await browser.ask(.put, Self.path, body("wrong horse battery"))
        #expect(answer.status == 403)
        #expect(answer.code == "wrong_credentials")
        #expect(await browser.ask(.get, "/api/v1/session").status == 200)
        var phone = Visitor(test)
        #expect(await phone.signIn("ana").status == 200)
        #expect(try await test.audited() == ["user:ana sign_in ana", "user:ana sign_in ana"])
    }

    @Test func guessesAtTheCurrentPasswordCountWithThoseAtTheDoor() async throws {
        let test = try TestConsole()
        var browser = try await signedIn(test)
        var stranger = Visitor(test)
        for _ in 0..<2 { #expect(await stranger.signIn("ana", "wrong horse battery").status == 401) }
        for _ in 0..<3 { #expect(await browser.ask(.put, Self.path, body("wrong horse battery")).status == 403) }
        let answer = await browser.ask(.put, Self.path, body())
        #expect(answer.status == 429)
        #expect(answer.code == "too_many_attempts")
        #expect(answer.response.headers["Retry-After"] == "300")
        #expect(await stranger.signIn("ana").status == 429)
        test.clock.advance(by: .minutes(5))
        #expect(await browser.ask(.put, Self.path, body()).status == 204)
    }

    @Test func whoChangesThePasswordStartsAfreshAtTheDoor() async throws {
        let test = try TestConsole()
        var browser = try await signedIn(test)
        for _ in 0..<4 { #expect(await browser.ask(.put, Self.path, body("wrong horse battery")).status == 403) }
        #expect(await browser.ask(.put, Self.path, body()).status == 204)
        var phone = Visitor(test)
        #expect(await phone.signIn("ana").status == 401)
        #expect(await phone.signIn("ana", Self.next).status == 200)
    }

    @Test func aNewPasswordIsAsStrongAsAFirstOneAndThisCountsAsNoGuess() async throws {
        let test = try TestConsole()
        var browser = try await signedIn(test)
        let cases: [(body: JSON, status: Int, code: String)] = [
            (body(TestConsole.password, "123456789"), 422, "invalid_password"),
            (body(TestConsole.password, String(repeating: "x", count: 1025)), 422, "invalid_password"),
            (["current": .string(TestConsole.password)], 422, "invalid_password"),
            (["password": .string(Self.next)], 422, "invalid_current"),
            (["current": 5, "password": .string(Self.next)], 422, "invalid_current"), ([], 400, "malformed_json"),
        ]
        for (body, status, code) in cases {
            let answer = await browser.ask(.put, Self.path, body)
            #expect(answer.status == status)
            #expect(answer.code == code)
        }
        #expect(await browser.ask(.put, Self.path, body()).status == 204)
    }

    @Test func onlyASessionChangesItsOwnPassword() async throws {
        let test = try TestConsole()
        var browser = try await signedIn(test)
        var program = Visitor(test, bearer: try await test.token(.admin))
        #expect(await program.ask(.put, Self.path, body()).code == "no_credentials")
        browser.sendsCrossSiteToken = false
        #expect(await browser.ask(.put, Self.path, body()).code == "csrf")
        browser.sendsCrossSiteToken = true
        var late = browser
        #expect(await browser.ask(.delete, "/api/v1/session").status == 204)
        #expect(await late.ask(.put, Self.path, body()).code == "session_over")
        #expect(await browser.signIn("ana").status == 200)
    }
}
