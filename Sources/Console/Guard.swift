import Base
public import Domain
public import HTTPServer

/// The doorkeeper: who calls, and whether they may.
public struct Guard: Sendable {
    public enum Admission: Sendable {
        case admitted(Identity)
        case refused(HTTPResponse)
    }

    private let ports: ConsolePorts
    private let log: Log

    init(ports: ConsolePorts, log: Log) {
        self.ports = ports
        self.log = log
    }

    /// A token as Bearer or as the user name of Basic authentication, or else the cookie of a session; with the
    /// cookie, unsafe methods need the header `X-Quanyu-CSRF` too. An `Authorization` header counts alone.
    public func admit(_ request: HTTPRequest, for permission: Permission) async -> Admission {
        switch Credentials(request) {
        case .none: .refused(Self.unauthorized(code: "no_credentials", Self.whatToSend))
        case .malformed(let detail): .refused(Self.unauthorized(code: "malformed_credentials", detail))
        case .token(let text): await admit(key: text, for: permission)
        case .session(let id, let crossSiteToken):
            await admit(session: id, crossSiteToken, request.method, for: permission)
        }
    }

    /// A token that came elsewhere than in a header, such as the `writeKey` of a Segment client.
    public func admit(key: String, for permission: Permission) async -> Admission {
        do throws(AccessError) {
            guard let token = try await ports.tokens.find(key) else {
                let detail = "this token is unknown or revoked; make one with `quanyu token create` or under Settings"
                return .refused(Self.unauthorized(code: "token_not_valid", detail))
            }
            return Self.admit(Identity(authority: .token(token.kind), name: token.name.text), for: permission)
        } catch {
            return .refused(error.response(log))
        }
    }

    private func admit(
        session id: String, _ crossSiteToken: String?, _ method: HTTPMethod, for permission: Permission
    ) async -> Admission {
        do throws(AccessError) {
            guard let (user, isCrossSiteTokenValid) = try await ports.sessions.find(id, crossSiteToken) else {
                return .refused(Self.sessionOver)
            }
            guard method.isSafe || isCrossSiteTokenValid else { return .refused(Self.crossSite) }
            return Self.admit(Identity(authority: .user(user.role), name: user.name.text), for: permission)
        } catch {
            return .refused(error.response(log))
        }
    }

    private static func admit(_ identity: Identity, for permission: Permission) -> Admission {
        guard identity.authority.may(permission) else { return .refused(forbidden(identity, permission)) }
        return .admitted(identity)
    }
}

extension Guard {
    private static let whatToSend =
        "send a token as `Authorization: Bearer TOKEN` or as the user name of Basic authentication, or sign in"

    static let sessionOver = unauthorized(code: "session_over", "the session is over; sign in again")

    static let crossSite = HTTPResponse.problem(
        403, code: "csrf",
        detail: "with a session's cookie, methods that change something need the header "
            + "\(Credentials.crossSiteTokenHeader) with the value of the cookie \(SessionCookies.crossSiteTokenName); "
            + "reload the page")

    /// Names Bearer alone: for Basic, a browser would open a dialog of its own.
    static func unauthorized(code: String, _ detail: String) -> HTTPResponse {
        .problem(401, code: code, detail: detail, headers: ["WWW-Authenticate": "Bearer", "Cache-Control": "no-store"])
    }

    private static func forbidden(_ identity: Identity, _ permission: Permission) -> HTTPResponse {
        let caller =
            switch identity.authority {
            case .token(let kind): "a token of kind \(kind.rawValue)"
            case .user(let role): "a user with the role \(role.rawValue)"
            }
        let kinds = TokenKind.allCases.filter { Authority.token($0).may(permission) }.map(\.rawValue)
        let roles = Role.allCases.filter { Authority.user($0).may(permission) }.map(\.rawValue)
        return .problem(
            403, code: "forbidden",
            detail: "\(caller) may not \(permission.meaning); "
                + "tokens of kind \(kinds.joined(separator: ", ")) and the roles \(roles.joined(separator: ", ")) may",
            headers: ["Cache-Control": "no-store"])
    }
}

extension Permission {
    fileprivate var meaning: String {
        switch self {
        case .send: "send events"
        case .decide: "ask for decisions"
        case .read: "read"
        case .operate: "change what runs"
        case .administer: "change who may come in"
        }
    }
}
