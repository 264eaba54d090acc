import Base
import Console
import Domain
import HTTPServer
import Store
import TestSupport
import Testing

@Suite struct SessionTests {
    private static let idAttributes: Set = [
        "Path=/", "Max-Age=\(SessionStore.life.count / 1000)", "SameSite=Lax", "HttpOnly",
    ]

    @Test func signingInAnswersWhoOneIsAndWhatOneMay() async throws {
        let test = try TestConsole()
        try await test.user("ana", .operator)
        var browser = Visitor(test)
        let answer = await browser.signIn("ana")
        let session: JSON = [
            "user": ["name": "ana", "role": "operator"], "permissions": ["send", "decide", "read", "operate"],
            "version": "1.2.3", "currency": "CNY",
        ]
        #expect(answer.status == 200)
        #expect(answer.json == session)
        #expect(answer.response.headers["Cache-Control"] == "no-store")
        let again = await browser.ask(.get, "/api/v1/session")
        #expect(again.status == 200)
        #expect(again.json == session)
        #expect(try await test.audited() == ["user:ana sign_in ana"])
    }

    @Test func theSessionsCookieIsHiddenFromScriptsAndTheOtherIsNot() async throws {
        let test = try TestConsole()
        try await test.user("ana", .viewer)
        var browser = Visitor(test)
        browser.headers["X-Forwarded-Proto"] = "https"
        let cookies = await browser.signIn("ana").cookies
        #expect(cookies.map(\.name) == ["quanyu_session", "quanyu_csrf"])
        #expect(cookies.map(\.attributes) == [Self.idAttributes, Self.idAttributes.subtracting(["HttpOnly"])])
        #expect(cookies.allSatisfy { $0.value.utf8.count == 64 })
    }

    @Test func behindATrustedTLSProxyTheCookiesAreSecure() async throws {
        let test = try TestConsole { $0.trustForwardedProto = true }
        try await test.user("ana", .viewer)
        var browser = Visitor(test)
        #expect(await browser.signIn("ana").cookies.allSatisfy { !$0.attributes.contains("Secure") })
        browser.headers["X-Forwarded-Proto"] = "https"
        #expect(await browser.signIn("ana").cookies.allSatisfy { $0.attributes.contains("Secure") })
    }

    /// The proxy appends whom it saw; what stands before was sent by the caller.
    @Test func behindATrustedProxyTheLastForwardedAddressCounts() async throws {
        let test = try TestConsole { $0.trustForwardedFor = true }
        try await test.user("ana", .viewer)
        var attacker = Visitor(test)
        attacker.headers["X-Forwarded-For"] = "192.0.2.1, 198.51.100.9"
        for _ in 0..<5 { _ = await attacker.signIn("ana", "wrong") }
        attacker.headers["X-Forwarded-For"] = "192.0.2.2,198.51.100.9"
        #expect(await attacker.signIn("ana", "wrong").status == 429)
        var browser = Visitor(test)
        browser.headers["X-Forwarded-For"] = "198.51.100.8"
        #expect(await browser.signIn("ana").status == 200)
        #expect(try await test.audited().first == "address:198.51.100.9 sign_in_refused ana")
    }

    @Test(arguments: ["", " , ", "1.2.3.4, " + String(repeating: "x", count: 100)])
    func anAddressThatIsNoneIsTheProxysOwn(header: String) async throws {
        let test = try TestConsole { $0.trustForwardedFor = true }
        var browser = Visitor(test)
        browser.headers["X-Forwarded-For"] = header
        _ = await browser.signIn("ana", "wrong")
        #expect(try await test.audited() == ["address:203.0.113.7 sign_in_refused ana"])
    }

    @Test func aForwardedAddressIsNotBelievedUnasked() async throws {
        let test = try TestConsole()
        var browser = Visitor(test)
        browser.headers["X-Forwarded-For"] = "198.51.100.9"
        _ = await browser.signIn("ana", "wrong")
        #expect(try await test.audited() == ["address:203.0.113.7 sign_in_refused ana"])
    }

    @Test func signingOutEndsTheSessionAndClearsTheCookies() async throws {
        let test = try TestConsole()
        try await test.user("ana", .viewer)
        var browser = Visitor(test)
        _ = await browser.signIn("ana")
        let stolen = browser
        let answer = await browser.ask(.delete, "/api/v1/session")
        #expect(answer.status == 204)
        #expect(answer.cookies.map(\.value) == ["", ""])
        #expect(answer.cookies.allSatisfy { $0.attributes.contains("Max-Age=0") })
        #expect(browser.cookies.isEmpty)
        var thief = stolen
        #expect(await thief.ask(.get, "/api/v1/session").code == "session_over")
        #expect(await browser.ask(.delete, "/api/v1/session").status == 204)
        #expect(await thief.ask(.delete, "/api/v1/session").status == 204)
        #expect(try await test.audited() == ["user:ana sign_in ana", "user:ana sign_out ana"])
    }

    @Test func aForeignPageCannotSignOneOut() async throws {
        let test = try TestConsole()
        try await test.user("ana", .viewer)
        var browser = Visitor(test)
        _ = await browser.signIn("ana")
        browser.sendsCrossSiteToken = false
        #expect(await browser.ask(.delete, "/api/v1/session").code == "csrf")
        #expect(await browser.ask(.get, "/api/v1/session").status == 200)
    }

    @Test func signingInAgainEndsTheSessionBefore() async throws {
        let test = try TestConsole()
        try await test.user("ana", .viewer)
        var browser = Visitor(test)
        _ = await browser.signIn("ana")
        var old = browser
        #expect(await browser.signIn("ana").status == 200)
        #expect(await old.ask(.get, "/api/v1/session").status == 401)
        #expect(await browser.ask(.get, "/api/v1/session").status == 200)
    }

    @Test func nobodyIsSignedInWithoutACookie() async throws {
        let test = try TestConsole()
        var program = Visitor(test, bearer: try await test.token(.admin))
        let answer = await program.ask(.get, "/api/v1/session")
        #expect(answer.status == 401)
        #expect(answer.code == "no_credentials")
        #expect(answer.response.headers["WWW-Authenticate"] == "Bearer")
    }

    @Test func aWrongNameAndAWrongPasswordAnswerTheSame() async throws {
        let test = try TestConsole()
        try await test.user("ana", .admin)
        var browser = Visitor(test)
        let answers = [
            await browser.signIn("ana", "wrong horse battery"), await browser.signIn("ben"),
            await browser.signIn(String(repeating: "n", count: 200)), await browser.signIn(""),
        ]
        for answer in answers {
            #expect(answer.status == 401)
            #expect(answer.code == "wrong_credentials")
            #expect(answer.text == answers[0].text)
            #expect(answer.cookies.isEmpty)
        }
        #expect(
            try await test.audited().prefix(2) == [
                "address:203.0.113.7 sign_in_refused ana", "address:203.0.113.7 sign_in_refused ben",
            ])
    }

    @Test func fiveFailuresForANameCloseTheDoorForFiveMinutes() async throws {
        let test = try TestConsole()
        try await test.user("ana", .admin)
        try await test.user("ben", .admin)
        var browser = Visitor(test)
        for _ in 0..<5 { #expect(await browser.signIn("ana", "wrong horse battery").status == 401) }
        test.clock.advance(by: .minutes(1))
        let answer = await browser.signIn("ANA")
        #expect(answer.status == 429)
        #expect(answer.code == "too_many_attempts")
        #expect(answer.response.headers["Retry-After"] == "240")
        #expect(await browser.signIn("ben").status == 200)
        var elsewhere = Visitor(test)
        elsewhere.address = "198.51.100.1"
        #expect(await elsewhere.signIn("ana").status == 200)
        test.clock.advance(by: .minutes(4))
        #expect(await browser.signIn("ana").status == 200)
        #expect(test.metrics.exposition().contains(#"quanyu_sign_ins_total{result="throttled"} 1"#))
    }

    @Test func manyAttemptsAtATimeAreNoWayAround() async throws {
        let test = try TestConsole()
        try await test.user("ana", .admin)
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    var browser = Visitor(test)
                    return await browser.signIn("ana", "wrong horse battery").status
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count { $0 == 401 } == 5)
        #expect(statuses.count { $0 == 429 } == 25)
    }

    @Test func onlyDeclaredJSONSignsOneIn() async throws {
        let test = try TestConsole()
        try await test.user("ana", .admin)
        var browser = Visitor(test)
        browser.headers["Content-Type"] = "text/plain"
        #expect(await browser.signIn("ana").status == 415)
        browser.headers["Content-Type"] = "application/json; charset=utf-8"
        #expect(await browser.signIn("ana").status == 200)
        let cases: [(body: JSON, status: Int, code: String)] = [
            ([], 400, "malformed_json"), (["name": "ana"], 422, "invalid_password"),
            (["name": 5, "password": "x"], 422, "invalid_name"),
            (["name": .string(String(repeating: "x", count: 20_000))], 413, "body_too_large"),
        ]
        for (body, status, code) in cases {
            let answer = await browser.ask(.post, "/api/v1/session", body)
            #expect(answer.status == status)
            #expect(answer.code == code)
        }
    }
}
