import Base
import Domain
import HTTPServer

extension Console {
    func registerSetup(on router: inout Router) {
        route(.get, "/api/v1/setup", on: &router) { _ throws(Refusal) in
            let isNeeded = try await ask { () throws(AccessError) in try await ports.users.isSetupNeeded() }
            return .json(["needed": .bool(isNeeded)])
        }
        route(.post, "/api/v1/setup", on: &router) { request throws(Refusal) in try await setUp(request) }
    }

    /// Makes the first administrator and signs them in.
    private func setUp(_ request: HTTPRequest) async throws(Refusal) -> HTTPResponse {
        let fields = try RequestFields(request, known: ["link", "name", "password"])
        let link = try fields.text("link")
        let (name, password) = (try fields.newUserName(), try fields.newPassword())
        let user = try await ask { () throws(AccessError) in try await ports.users.setUp(link, name, password) }
        await audit(
            .setUp, by: "address:\(address(request))", of: user.name.text,
            [("role", .string(user.role.rawValue))])
        let response = HTTPResponse.json(["user": user.nameAndRole], status: 201)
        return try await beginSession(of: user, for: request, answering: response)
    }
}
