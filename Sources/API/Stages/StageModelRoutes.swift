import Base
import Domain
import HTTPServer
import Timeline

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
            try checkAudiences(naming: id, document.model)
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
            let preset = try ports.stageModels.preset(id).map { kept throws(Problem) in try NamedStageModel(kept) }
            try checkAudiences(naming: id, preset?.document.model)
            try await remove("saved model of this name") { () async throws(ReadFailure) in
                try await ports.stageModels.remove(id, caller.actor, ports.now())
            }
            await audit(caller, .stageModelRemoved, id.text)
            return .noContent()
        }
    }

    /// `model`: by its name, or as it is.
    func stageModel(_ fields: Fields) throws(Problem) -> NamedStageModel {
        try NamedStageModel(fields, among: ports.stageModels.models)
    }

    /// Audiences that name a model must still be readable by what is to stand under its name.
    private func checkAudiences(naming id: PlainName, _ model: StageModel?) throws(Problem) {
        for kept in ports.audiences.kept() where !kept.expression.canRead(model, named: id) {
            throw Problem(
                status: 409, code: "in_use",
                detail: "the audience `\(kept.name.text)` asks for stages of the model `\(id.text)` that would be "
                    + "there no more: change it first")
        }
    }
}

extension AudienceExpression {
    /// Whether all stages that it asks for of the model of this name are there.
    fileprivate func canRead(_ model: StageModel?, named id: PlainName) -> Bool {
        switch self {
        case .all(let parts), .any(let parts): return parts.allSatisfy { $0.canRead(model, named: id) }
        case .not(let part): return part.canRead(model, named: id)
        case .stage(let leaf):
            guard leaf.name == id else { return true }
            let ids = Set(model?.stages.map(\.id) ?? [])
            return model != nil && leaf.states.allSatisfy { $0 == 0 || ids.contains(leaf.model.stages[$0 - 1].id) }
        case .did, .sequence, .aggregate, .property: return true
        }
    }
}

extension NamedStageModel {
    private static let usual = "o5a"

    /// `model`: by its name, or as it is.
    init(_ fields: Fields, among models: () -> [KeptStageModel]) throws(Problem) {
        let rule = "must be the name of a model, or a model"
        let json = try fields.optional("model", rule) { $0.stringValue != nil || $0.objectValue != nil ? $0 : nil }
        guard json?.objectValue == nil else {
            guard let given = try fields.object("model", known: StageModelDocument.fields) else {
                throw .field(fields.path("model"), rule)
            }
            self.init(kept: nil, document: try StageModelDocument(given))
            return
        }
        let name = json?.stringValue ?? Self.usual
        guard let kept = models().first(where: { $0.id.text == name }) else {
            throw .field(fields.path("model"), "names no model that there is: see `GET /api/v1/stage-models`")
        }
        try self.init(kept)
    }
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
