import Base
import Domain
import HTTPServer
import Timeline

extension API {
    private static let changesMax = 1000

    func registerSavedAudiences(on router: inout Router) {
        on(.get, "/api/v1/audiences", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            return .json(["audiences": .array(ports.audiences.kept().map(\.json))])
        }
        on(.get, "/api/v1/audiences/{name}", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            let name = try Self.plainName(request)
            guard let kept = ports.audiences.kept().first(where: { $0.name == name }) else {
                throw .notFound("audience of this name")
            }
            return .json(kept.json)
        }
        on(.put, "/api/v1/audiences/{name}", .operate, &router) { request, caller throws(Problem) in
            try await save(request, caller)
        }
        on(.delete, "/api/v1/audiences/{name}", .operate, &router) { request, caller throws(Problem) in
            let name = try Self.plainName(request)
            try await remove("audience of this name") { () async throws(ReadFailure) in
                try await ports.audiences.remove(name)
            }
            await audit(caller, .audienceRemoved, name.text)
            return .noContent()
        }
        on(.get, "/api/v1/audiences/{name}/changes", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["after", "limit"])
            let after = try parameters.value("after", "must be `next` of the answer before") { AudienceCursor($0) }
            let limit = try parameters.integer("limit", in: 1...Self.changesMax) ?? 100
            guard let found = ports.audiences.changes(try Self.plainName(request), after, limit) else {
                throw .notFound("audience of this name")
            }
            return .json(found.json)
        }
    }

    private func save(_ request: HTTPRequest, _ caller: Identity) async throws(Problem) -> HTTPResponse {
        let name = try Self.plainName(request)
        let fields = try Fields(body: request, known: ["title", "audience"])
        let most = SavedAudience.titleUTF8CountMax
        let title = try fields.optional("title", "must be text of at most \(most) bytes") { json in
            json.stringValue.flatMap { $0.utf8.count <= most ? $0 : nil }
        }
        guard let given = try fields.object("audience", known: AudienceReader.fields) else {
            throw .missing("audience", "must say whom it holds")
        }
        let expression = try reader.expression(given)
        let names = ports.audiences.kept().map(\.name)
        guard names.contains(name) || names.count < SavedAudience.countMax else {
            throw Problem(
                status: 409, code: "too_many_audiences",
                detail: "\(SavedAudience.countMax) audiences are kept, and no more: remove one first")
        }
        let kept: KeptAudience
        do throws(ReadFailure) {
            kept = try await ports.audiences.save(
                expression, expression.json, title ?? "", name, caller.actor, ports.now())
        } catch {
            throw Problem(error)
        }
        await audit(
            caller, .audienceSaved, name.text,
            JSONObject([
                .init(name: "version", value: .int(kept.saved.version)),
                .init(name: "hash", value: .string(expression.hash)),
            ]))
        return .json(kept.json)
    }
}

extension KeptAudience {
    fileprivate var json: JSON {
        [
            "name": .string(saved.name.text), "title": .string(saved.title), "version": .int(saved.version),
            "hash": .string(expression.hash), "author": .string(saved.author), "saved_at": .time(saved.savedAt),
            "audience": saved.expression, "count": count.map { .count($0) } ?? .null, "counted_at": .time(countedAt),
        ]
    }
}

extension AudienceChanges {
    fileprivate var json: JSON {
        [
            "changes": .array(
                changes.map { change in
                    [
                        "person": .string(change.person.text), "change": change.hasEntered ? "entered" : "left",
                        "time": .time(change.time),
                    ]
                }),
            "next": .string(next.description), "broken": .bool(isBroken),
        ]
    }
}
