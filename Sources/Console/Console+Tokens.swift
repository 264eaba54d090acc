import Base
import Domain
import HTTPServer

extension Console {
    func registerTokens(on router: inout Router) {
        routeAdministrators(.get, "/api/v1/tokens", on: &router) { _, _ throws(Refusal) in
            let tokens = try await ask { () throws(AccessError) in try await ports.tokens.list() }
            return .json(["tokens": .array(tokens.map(Self.json))])
        }
        routeAdministrators(.post, "/api/v1/tokens", on: &router) { request, caller throws(Refusal) in
            try await createToken(request, caller)
        }
        routeAdministrators(.delete, "/api/v1/tokens/{id}", on: &router) { request, caller throws(Refusal) in
            try await revokeToken(request, caller)
        }
    }

    /// The one time that a token's text is told.
    private func createToken(_ request: HTTPRequest, _ caller: Identity) async throws(Refusal) -> HTTPResponse {
        let fields = try RequestFields(request, known: ["kind", "name"])
        let (kind, name) = (try fields.word("kind", of: TokenKind.self), try fields.newSourceName())
        let (token, text) = try await ask { () throws(AccessError) in try await ports.tokens.create(kind, name) }
        await audit(.tokenCreated, token, by: caller)
        return .json(["token": Self.json(token), "secret": .string(text)], status: 201)
    }

    private func revokeToken(_ request: HTTPRequest, _ caller: Identity) async throws(Refusal) -> HTTPResponse {
        let text = request.parameters["id"] ?? ""
        let token = try await ask { () throws(AccessError) -> AccessToken? in
            guard let id = Int64(text) else { return nil }
            return try await ports.tokens.revoke(id)
        }
        guard let token else { throw Refusal(404, "not_found", "there is no token with this id") }
        await audit(.tokenRevoked, token, by: caller)
        return .noContent()
    }

    private func audit(_ action: AuditAction, _ token: AccessToken, by caller: Identity) async {
        await audit(
            action, by: caller.actor, of: token.name.text,
            [("id", .int(token.id)), ("kind", .string(token.kind.rawValue))])
    }

    private static func json(_ token: AccessToken) -> JSON {
        [
            "id": .int(token.id), "kind": .string(token.kind.rawValue), "name": .string(token.name.text),
            "created_at": .string(token.createdAt.iso8601),
            "revoked_at": token.revokedAt.map { .string($0.iso8601) } ?? .null,
            "last_used_at": token.lastUsedAt.map { .string($0.iso8601) } ?? .null,
        ]
    }
}
