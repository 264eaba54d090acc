private import Foundation
import HTTPServer

/// What a request shows to be let in.
enum Credentials: Equatable {
    case none
    case malformed(detail: String)
    case token(String)
    case session(id: String, crossSiteToken: String?)

    static let crossSiteTokenHeader = "X-Quanyu-CSRF"

    init(_ request: HTTPRequest) {
        if let authorization = request.headers["Authorization"] {
            self = Self.read(authorization)
        } else if let id = request.cookies[SessionCookies.idName], !id.isEmpty {
            self = .session(id: id, crossSiteToken: request.headers[Self.crossSiteTokenHeader])
        } else {
            self = .none
        }
    }

    private static func read(_ authorization: String) -> Self {
        let parts = authorization.utf8.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard parts.count == 2 else {
            return .malformed(detail: "the header Authorization is a scheme and a token: `Bearer TOKEN`")
        }
        let value = Substring(parts[1].drop { $0 == UInt8(ascii: " ") })
        switch Substring(parts[0]).lowercased() {
        case "bearer": return .token(String(value))
        case "basic":
            guard let bytes = Data(base64Encoded: String(value)), let text = String(validating: bytes, as: UTF8.self)
            else { return .malformed(detail: "what follows `Basic` is not base64 of UTF-8: send base64 of `TOKEN:`") }
            let user = text.prefix { $0 != ":" }
            guard !user.isEmpty else {
                return .malformed(detail: "the user name of Basic authentication is empty; it is the token")
            }
            return .token(String(user))
        default: return .malformed(detail: "the scheme of the header Authorization is not read; send `Bearer TOKEN`")
        }
    }
}
