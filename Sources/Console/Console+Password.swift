import Base
import Domain
import HTTPServer

extension Console {
    func registerPassword(on router: inout Router) {
        route(.put, "/api/v1/session/password", on: &router) { request throws(Refusal) in
            try await changePassword(request)
        }
    }

    /// Signs the user out everywhere else. A guess at the current password counts like one at the door.
    private func changePassword(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
        let (user, sessionID) = try await signedIn(request)
        let fields = try RequestFields(request, known: ["current", "password"])
        let (current, password) = (try fields.text("current"), try fields.newPassword())
        let attempt = SignInThrottle.Attempt(address: address(request), name: user.name.text)
        let begunAt = ports.now()
        if let waitSeconds = throttle.begin(attempt, at: begunAt) { throw Refusal(Self.tooManyAttempts(waitSeconds)) }
        let isChanged = try await check(attempt, begunAt) { () throws(AccessError) in
            try await ports.users.changePassword(user.name, current, password, sessionID)
        }
        guard isChanged else { throw Refusal(403, "wrong_credentials", "the current password is wrong") }
        throttle.forget(attempt, begunAt: begunAt)
        let detail: [(String, JSON)] = [("address", .string(address(request)))]
        await audit(.passwordChanged, by: "user:\(user.name)", of: user.name.text, detail)
        return .noContent()
    }

    /// Whoever may change something of their own: by the cookie alone, as tokens have no password.
    private func signedIn(_ request: HTTPRequest) async throws(Refusal) -> (user: User, sessionID: String) {
        guard let id = sessionID(request) else { throw Refusal(Self.nobodySignedIn) }
        let crossSiteToken = request.headers[Credentials.crossSiteTokenHeader]
        let found = try await ask { () throws(AccessError) in try await ports.sessions.find(id, crossSiteToken) }
        guard let found else { throw Refusal(Guard.sessionOver) }
        guard found.isCrossSiteTokenValid else { throw Refusal(Guard.crossSite) }
        return (found.user, id)
    }
}
