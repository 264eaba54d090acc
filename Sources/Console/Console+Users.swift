import Base
import Domain
import HTTPServer

extension Console {
    func registerUsers(on router: inout Router) {
        routeAdministrators(.get, "/api/v1/users", on: &router) { _, _ throws(Refusal) in
            let users = try await ask { () throws(AccessError) in try await ports.users.list() }
            return .json(["users": .array(users.map(Self.json))])
        }
        routeAdministrators(.post, "/api/v1/users", on: &router) { request, caller throws(Refusal) in
            try await addUser(request, caller)
        }
        routeAdministrators(.delete, "/api/v1/users/{name}", on: &router) { request, caller throws(Refusal) in
            try await removeUser(request, caller)
        }
    }

    private func addUser(_ request: HTTPRequest, _ caller: Identity) async throws(Refusal) -> HTTPResponse {
        let fields = try RequestFields(request, known: ["name", "role", "password"])
        let (name, role) = (try fields.newUserName(), try fields.word("role", of: Role.self))
        let password = try fields.newPassword()
        let user = try await ask { () throws(AccessError) in try await ports.users.add(name, password, role) }
        await audit(.userAdded, by: caller.actor, of: user.name.text, [("role", .string(user.role.rawValue))])
        return .json(["user": Self.json(user)], status: 201)
    }

    private func removeUser(_ request: HTTPRequest, _ caller: Identity) async throws(Refusal) -> HTTPResponse {
        let name = request.parameters["name"].flatMap(UserName.init)
        try await ask { () throws(AccessError) in
            guard let name else { throw .unknownUser }
            try await ports.users.remove(name)
        }
        await audit(.userRemoved, by: caller.actor, of: name?.text ?? "")
        return .noContent()
    }

    private static func json(_ user: User) -> JSON {
        [
            "name": .string(user.name.text), "role": .string(user.role.rawValue),
            "created_at": .string(user.createdAt.iso8601),
        ]
    }
}
