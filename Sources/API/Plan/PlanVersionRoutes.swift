import Base
import Domain
import HTTPServer

extension API {
    func registerPlanVersions(on router: inout Router) {
        on(.get, "/api/v1/plan/versions", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["limit", "cursor"])
            let limit = try parameters.limit(default: 20, max: 100)
            let before = try parameters.value("cursor", "must be `next` of the page before") { Int64($0) }
            do throws(ReadFailure) {
                let page = Page(try await ports.plan.versions(before, limit + 1), countMax: limit)
                return .json([
                    "versions": .array(page.elements.map { .object($0.head) }),
                    "next": .text(page.hasMore ? page.elements.last.map { String($0.version) } : nil),
                ])
            } catch {
                throw Problem(error)
            }
        }
        on(.get, "/api/v1/plan/versions/{version}", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            guard let number = Int64(request.parameters["version"] ?? "") else { throw .noVersion }
            let version = try await version(number)
            var answer = version.head
            answer.append("plan", version.plan.json)
            return .json(.object(answer))
        }
        on(.get, "/api/v1/plan/difference", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["from", "to"])
            let old = try await plan(try parameters.plan("from") ?? .inForce)
            let new = try await plan(try parameters.plan("to") ?? .draft)
            return .json(try await query { PlanDifference(from: old, to: new).json })
        }
        on(.get, "/api/v1/plan/schema", .read, &router) { request, _ throws(Problem) in
            let plan = try await plan(try Parameters(request, known: ["of"]).plan("of") ?? .inForce)
            return HTTPResponse(
                status: 200,
                headers: [
                    "Content-Type": "application/schema+json",
                    "Content-Disposition": "attachment; filename=\"tracking-plan.schema.json\"",
                ], body: .bytes(plan.schema.bytes))
        }
        on(.post, "/api/v1/plan/freeze", .administer, &router) { request, caller throws(Problem) in
            try await freeze(request, by: caller)
        }
        on(.put, "/api/v1/plan/in-force", .administer, &router) { request, caller throws(Problem) in
            try await putInForce(request, by: caller)
        }
    }

    private func freeze(_ request: HTTPRequest, by caller: Identity) async throws(Problem) -> HTTPResponse {
        let fields = try Fields(body: request, known: ["revision", "note"])
        let revision = try fields.revision()
        let rule = "must be at most \(FieldGovernance.textUTF8CountMax) bytes of text"
        let note = try fields.optional("note", rule) { json in
            json.stringValue.flatMap { $0.utf8.count <= FieldGovernance.textUTF8CountMax ? $0 : nil }
        }
        let frozen: PlanVersion?
        do throws(ReadFailure) { frozen = try await ports.plan.freeze(revision, note ?? "", caller.actor) } catch {
            throw Problem(error)
        }
        guard let frozen else { throw .draftChanged }
        await ports.audit(
            AuditEntry(
                actor: caller.actor, action: .planFrozen, target: "\(frozen.version)",
                detail: JSONObject([JSONObject.Member(name: "events", value: .count(frozen.plan.events.count))])))
        return .json(.object(frozen.head), status: 201)
    }

    /// An old version comes back into force, or none is: `version` must be there, if only as null.
    private func putInForce(_ request: HTTPRequest, by caller: Identity) async throws(Problem) -> HTTPResponse {
        let fields = try Fields(body: request, known: ["version"])
        guard try Fields.json(of: request)["version"] != nil else {
            throw .field("version", "must be the number of a version, or null for none")
        }
        let version = try fields.optional("version", "must be the number of a version, or null for none") {
            $0.intValue
        }
        let isThere: Bool
        do throws(ReadFailure) { isThere = try await ports.plan.setInForce(version) } catch { throw Problem(error) }
        guard isThere else { throw .noVersion }
        await ports.audit(
            AuditEntry(actor: caller.actor, action: .planPutInForce, target: version.map { "\($0)" } ?? "none"))
        let (draft, inForce) = try await planState()
        return .json(.object(Self.head(draft, inForce)))
    }

    private func version(_ number: Int64) async throws(Problem) -> PlanVersion {
        do throws(ReadFailure) {
            if let version = try await ports.plan.version(number) { return version }
        } catch {
            throw Problem(error)
        }
        throw .noVersion
    }

    private func plan(_ choice: PlanChoice) async throws(Problem) -> TrackingPlan {
        switch choice {
        case .draft: try await planState().draft.plan
        case .inForce: try await planState().inForce?.plan ?? .empty
        case .version(let number): try await version(number).plan
        }
    }
}

/// Which plan a caller means.
private enum PlanChoice {
    case draft, inForce
    case version(Int64)

    init?(_ text: String) {
        switch text {
        case "draft": self = .draft
        case "in_force": self = .inForce
        default:
            guard let number = Int64(text) else { return nil }
            self = .version(number)
        }
    }
}

extension Parameters {
    fileprivate func plan(_ name: String) throws(Problem) -> PlanChoice? {
        try value(name, "must be draft, in_force, or the number of a version") { PlanChoice($0) }
    }
}

extension Problem {
    fileprivate static let noVersion = Problem.notFound("version of the plan with this number")
}
