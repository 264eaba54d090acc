import Base
import Domain
import HTTPServer

extension API {
    func registerStageModels(on router: inout Router) {
        on(.get, "/api/v1/stage-models", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            var models: [JSON] = []
            for kept in ports.stageModels.models() { models.append(try NamedStageModel(kept).json) }
            return .json(["models": .array(models)])
        }
        on(.put, "/api/v1/stage-models/{name}", .operate, &router) { request, caller throws(Problem) in
            let id = try Self.plainName(request)
            let document = try StageModelDocument(Fields(body: request, known: StageModelDocument.fields))
            let saved: KeptStageModel
            do throws(ReadFailure) {
                saved = try await ports.stageModels.save(document.json, id, caller.actor, ports.now())
            } catch {
                throw Problem(error)
            }
            let named = try NamedStageModel(saved)
            let detail = JSONObject([
                .init(name: "version", value: .int(saved.version)),
                .init(name: "hash", value: .string(document.hash)),
            ])
            await audit(caller, .stageModelSaved, id.text, detail)
            return .json(named.json)
        }
        on(.delete, "/api/v1/stage-models/{name}", .operate, &router) { request, caller throws(Problem) in
            let id = try Self.plainName(request)
            try await remove("saved model of this name") { () async throws(ReadFailure) in
                try await ports.stageModels.remove(id, caller.actor, ports.now())
            }
            await audit(caller, .stageModelRemoved, id.text)
            return .noContent()
        }
    }

    /// `model`: by its name, or as it is.
    func stageModel(_ fields: Fields) throws(Problem) -> NamedStageModel {
        let rule = "must be the name of a model, or a model"
        let json = try fields.optional("model", rule) { $0.stringValue != nil || $0.objectValue != nil ? $0 : nil }
        guard json?.objectValue == nil else {
            guard let given = try fields.object("model", known: StageModelDocument.fields) else {
                throw .field("model", rule)
            }
            return NamedStageModel(kept: nil, document: try StageModelDocument(given))
        }
        let name = json?.stringValue ?? Self.usualModel
        guard let kept = ports.stageModels.models().first(where: { $0.id.text == name }) else {
            throw .field("model", "names no model that there is: see `GET /api/v1/stage-models`")
        }
        return try NamedStageModel(kept)
    }

    private static let usualModel = "o5a"
}

/// A model, and where it is from.
struct NamedStageModel: Sendable {
    let kept: KeptStageModel?  // Nil for one that a question brought.
    let document: StageModelDocument
}

extension NamedStageModel {
    init(_ kept: KeptStageModel) throws(Problem) {
        let fields = try Fields(.object(kept.document), place: "", known: StageModelDocument.fields)
        self.init(kept: kept, document: try StageModelDocument(fields))
    }

    var json: JSON {
        var json = JSONObject()
        json.append("id", .text(kept?.id.text))
        json.append("origin", .string(kept?.origin.rawValue ?? "inline"))
        json.append("version", kept.map { .int($0.version) } ?? .null)
        json.append("hash", .string(document.hash))
        json.append("author", .text(kept.flatMap { $0.origin == .saved ? $0.author : nil }))
        json.append("saved_at", .time(kept?.savedAt))
        for name in StageModelDocument.fields { json.append(name, document.json[name] ?? .null) }
        return .object(json)
    }
}
