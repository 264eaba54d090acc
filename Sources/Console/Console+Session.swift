import Base
import Domain
import HTTPServer

extension Console {
    func registerSession(on router: inout Router) {
        route(.get, "/api/v1/session", on: &router) { request throws(Refusal) in try await session(request) }
        route(.post, "/api/v1/session", on: &router) { request throws(Refusal) in try await signIn(request) }
        route(.delete, "/api/v1/session", on: &router) { request throws(Refusal) in try await signOut(request) }
    }

    /// Gives the browser a new session; the one that it had is over.
    func beginSession(
        of user: User, for request: HTTPRequest, answering response: HTTPResponse
    ) async throws(Refusal) -> HTTPResponse {
        if let old = sessionID(request) {
            try await ask { () throws(AccessError) in try await ports.sessions.end(old) }
        }
        let session = try await ask { () throws(AccessError) in try await ports.sessions.begin(user.name) }
        var response = response
        cookies(request).set(id: session.id, crossSiteToken: session.crossSiteToken, on: &response)
        return response
    }

    private func session(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
        guard let id = sessionID(request) else { throw Refusal(Self.nobodySignedIn) }
        let found = try await ask { () throws(AccessError) in try await ports.sessions.find(id, nil) }
        guard let user = found?.user else { throw Refusal(Guard.sessionOver) }
        return .json(description(of: user))
    }

    private func signIn(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
        let fields = try RequestFields(request, known: ["name", "password"])
        let (text, password) = (try fields.text("name"), try fields.text("password"))
        let name = UserName(text)
        let attempt = SignInThrottle.Attempt(address: address(request), name: name?.text ?? "")
        let begunAt = ports.now()
        if let waitSeconds = throttle.begin(attempt, at: begunAt) {
            count("throttled")
            throw Refusal(Self.tooManyAttempts(waitSeconds))
        }
        let user = try await check(attempt, begunAt) { () throws(AccessError) -> User? in
            guard let name else { return nil }
            return try await ports.users.find(name, password)
        }
        guard let user else {
            count("refused")
            await audit(.signInRefused, by: "address:\(address(request))", of: name?.text ?? "")
            throw Refusal(Guard.unauthorized(code: "wrong_credentials", "the name or the password is wrong"))
        }
        throttle.forget(attempt, begunAt: begunAt)
        let response = try await beginSession(of: user, for: request, answering: .json(description(of: user)))
        count("ok")
        await audit(
            .signIn, by: "user:\(user.name)", of: user.name.text, [("address", .string(address(request)))])
        return response
    }

    /// Where the password could not be checked, the attempt does not count.
    func check<Value>(
        _ attempt: SignInThrottle.Attempt, _ begunAt: EventTime, _ body: () async throws(AccessError) -> Value
    ) async throws(Refusal) -> Value {
        do throws(Refusal) { return try await ask(body) } catch {
            throttle.takeBack(attempt, begunAt: begunAt)
            throw error
        }
    }

    private func signOut(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
        var response = HTTPResponse.noContent()
        cookies(request).clear(on: &response)
        guard let id = sessionID(request) else { return response }
        let crossSiteToken = request.headers[Credentials.crossSiteTokenHeader]
        let found = try await ask { () throws(AccessError) in try await ports.sessions.find(id, crossSiteToken) }
        guard let found else { return response }
        guard found.isCrossSiteTokenValid else { throw Refusal(Guard.crossSite) }
        try await ask { () throws(AccessError) in try await ports.sessions.end(id) }
        await audit(.signOut, by: "user:\(found.user.name)", of: found.user.name.text)
        return response
    }

    private func description(of user: User) -> JSON {
        let permissions = Permission.allCases.filter { Authority.user(user.role).may($0) }
        return [
            "user": user.nameAndRole, "permissions": .array(permissions.map { .string($0.rawValue) }),
            "version": .string(options.version), "currency": .string(options.currency),
        ]
    }

    private func cookies(_ request: HTTPRequest) -> SessionCookies {
        SessionCookies(request, trustForwardedProto: options.trustForwardedProto)
    }

    func sessionID(_ request: HTTPRequest) -> String? {
        request.cookies[SessionCookies.idName].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func count(_ result: String) {
        metrics.add(
            to: "quanyu_sign_ins_total", help: "Attempts to sign in, by what became of them.",
            labels: [("result", result)])
    }

    static let nobodySignedIn = Guard.unauthorized(
        code: "no_credentials", "nobody is signed in here: POST a name and password to /api/v1/session")

    static func tooManyAttempts(_ waitSeconds: Int) -> HTTPResponse {
        .problem(
            429, code: "too_many_attempts",
            detail: "too many wrong passwords were sent; the account is not locked, try again in \(waitSeconds) s",
            headers: ["Retry-After": String(waitSeconds)])
    }
}

extension User {
    var nameAndRole: JSON { ["name": .string(name.text), "role": .string(role.rawValue)] }
}
