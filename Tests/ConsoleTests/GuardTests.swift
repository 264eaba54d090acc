import Console
import Domain
import HTTPServer
import Store
import Testing

@Suite struct GuardTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let authority: Authority
        let may: Set<Permission>
        var testDescription: String { "\(authority)" }
    }

    static let cases = [
        Case(authority: .token(.write), may: [.send, .decide]),
        Case(authority: .token(.read), may: [.read]),
        Case(authority: .token(.admin), may: [.send, .decide, .read, .operate, .administer]),
        Case(authority: .user(.viewer), may: [.read]),
        Case(authority: .user(.operator), may: [.send, .decide, .read, .operate]),
        Case(authority: .user(.admin), may: [.send, .decide, .read, .operate, .administer]),
    ]

    @Test(arguments: cases)
    func eachCallerMayWhatTheTableSays(_ c: Case) async throws {
        let test = try TestConsole()
        let headers: HTTPHeaders
        switch c.authority {
        case .token(let kind): headers = ["Authorization": "Bearer \(try await test.token(kind))"]
        case .user(let role):
            let user = try await test.user("ana", role)
            let session = try await test.store.sessions.begin(user: user.name)
            headers = ["Cookie": "quanyu_session=\(session.id)", "X-Quanyu-CSRF": session.crossSiteToken]
        }
        for permission in Permission.allCases {
            let request = HTTPRequest(method: .post, path: "/", headers: headers)
            switch await test.console.guardian.admit(request, for: permission) {
            case .admitted(let identity):
                #expect(c.may.contains(permission))
                #expect(identity.authority == c.authority)
            case .refused(let response):
                #expect(!c.may.contains(permission))
                #expect(response.status == 403)
                #expect(Answer(response: response).code == "forbidden")
            }
        }
    }

    @Test func aTokenAlsoComesAsTheUserNameOfBasicOrAsAKey() async throws {
        let test = try TestConsole()
        let token = try await test.token(.write)
        for text in ["\(token):", "\(token):ignored", token] {
            let headers: HTTPHeaders = ["Authorization": "basic \(base64(text))"]
            #expect(await name(test, headers) == "shop")
        }
        #expect(await name(test, ["authorization": "BEARER  \(token)"]) == "shop")
        guard case .admitted(let identity) = await test.console.guardian.admit(key: token, for: .send) else {
            Issue.record("refused")
            return
        }
        #expect(identity.source.text == "shop")
    }

    @Test func whoSendsNothingValidIsToldWhatToSend() async throws {
        let test = try TestConsole()
        let revoked = try await test.store.tokens.create(kind: .read, name: SourceName(validated: "old"))
        _ = try await test.store.tokens.revoke(id: revoked.token.id)
        let cases: [(headers: HTTPHeaders, code: String)] = [
            ([:], "no_credentials"),
            (["Cookie": "quanyu_session="], "no_credentials"),
            (["Authorization": "Bearer"], "malformed_credentials"),
            (["Authorization": "Digest a=b"], "malformed_credentials"),
            (["Authorization": "Basic %%%"], "malformed_credentials"),
            (["Authorization": "Basic \(base64(":secret"))"], "malformed_credentials"),
            (["Authorization": "Bearer qyr_unknown"], "token_not_valid"),
            (["Authorization": "Bearer \(revoked.text)"], "token_not_valid"),
            (["Authorization": "Bearer \(String(repeating: "x", count: 100_000))"], "token_not_valid"),
            (["Cookie": "quanyu_session=unknown"], "session_over"),
        ]
        for (headers, code) in cases {
            let request = HTTPRequest(method: .get, path: "/", headers: headers)
            guard case .refused(let response) = await test.console.guardian.admit(request, for: .read) else {
                Issue.record("admitted with \(headers)")
                continue
            }
            let answer = Answer(response: response)
            #expect(answer.status == 401)
            #expect(answer.code == code)
            #expect(!answer.detail.isEmpty)
            #expect(response.headers["WWW-Authenticate"] == "Bearer")
            #expect(!answer.detail.contains("secret"))
        }
    }

    @Test func aBadTokenIsNotMadeGoodByACookie() async throws {
        let test = try TestConsole()
        let user = try await test.user("ana", .admin)
        let session = try await test.store.sessions.begin(user: user.name)
        let cookie = "quanyu_session=\(session.id)"
        #expect(await name(test, ["Cookie": cookie, "X-Quanyu-CSRF": session.crossSiteToken]) == "ana")
        #expect(await name(test, ["Cookie": cookie, "Authorization": "Bearer qya_none"]) == nil)
    }

    @Test func aRevokedTokenIsRefusedAtOnce() async throws {
        let test = try TestConsole()
        let (token, text) = try await test.store.tokens.create(kind: .write, name: SourceName(validated: "shop"))
        #expect(await name(test, ["Authorization": "Bearer \(text)"]) == "shop")
        _ = try await test.store.tokens.revoke(id: token.id)
        #expect(await name(test, ["Authorization": "Bearer \(text)"]) == nil)
    }

    @Test(arguments: HTTPMethod.allCases)
    func withACookieOnlyMethodsThatChangeNothingGoWithoutTheHeader(_ method: HTTPMethod) async throws {
        let test = try TestConsole()
        let user = try await test.user("ana", .admin)
        let session = try await test.store.sessions.begin(user: user.name)
        let other = try await test.store.sessions.begin(user: user.name)
        for wrong in [nil, "", session.id, other.crossSiteToken] {
            var headers: HTTPHeaders = ["Cookie": "quanyu_session=\(session.id); quanyu_csrf=\(session.crossSiteToken)"]
            headers["X-Quanyu-CSRF"] = wrong
            let request = HTTPRequest(method: method, path: "/", headers: headers)
            switch await test.console.guardian.admit(request, for: .read) {
            case .admitted: #expect(method.isSafe)
            case .refused(let response):
                #expect(!method.isSafe)
                #expect(response.status == 403)
                #expect(Answer(response: response).code == "csrf")
            }
        }
    }

    /// The caller's name where they may send; nil where they are refused.
    private func name(_ test: TestConsole, _ headers: HTTPHeaders) async -> String? {
        let request = HTTPRequest(method: .post, path: "/", headers: headers)
        guard case .admitted(let identity) = await test.console.guardian.admit(request, for: .send) else { return nil }
        return identity.name
    }
}
