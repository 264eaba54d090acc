import Base
import Domain
import HTTPServer
import Quality

extension API {
    private static let proposedCountMax = 500

    func registerPlanDraft(on router: inout Router) {
        on(.put, "/api/v1/plan/events/{name}", .operate, &router) { request, caller throws(Problem) in
            try await putEvent(request, by: caller)
        }
        on(.delete, "/api/v1/plan/events/{name}", .operate, &router) { request, caller throws(Problem) in
            let parameters = try Parameters(request, known: ["revision"])
            let name = try eventName(request)
            let revision = try parameters.revision()
            return try await change(revision, "remove", name.text, by: caller) { plan throws(Problem) in
                guard plan[name] != nil else { throw .notFound("event of this name in the draft") }
                return plan.without(name)
            }
        }
        on(.put, "/api/v1/plan/unplanned-mode", .operate, &router) { request, caller throws(Problem) in
            let fields = try Fields(body: request, known: ["revision", "mode"])
            let mode = try fields.required("mode", "must be observe, quarantine or reject") {
                $0.stringValue.flatMap(EnforcementMode.init(rawValue:))
            }
            return try await change(try fields.revision(), "unplanned_mode", mode.rawValue, by: caller) {
                plan throws(Problem) in
                var plan = plan
                plan.unplannedMode = mode
                return plan
            }
        }
        on(.post, "/api/v1/plan/propose", .operate, &router) { request, caller throws(Problem) in
            try await propose(request, by: caller)
        }
        on(.put, "/api/v1/plan/schema", .operate, &router) { request, caller throws(Problem) in
            let revision = try Parameters(request, known: ["revision"]).revision()
            let schema = try Fields.json(of: request, types: ["application/json", "application/schema+json"])
            return try await change(revision, "import", "schema", by: caller) { _ throws(Problem) in
                do throws(PlanFormatError) { return try TrackingPlan(schema: schema) } catch { throw Problem(error) }
            }
        }
    }

    private func putEvent(_ request: HTTPRequest, by caller: Identity) async throws(Problem) -> HTTPResponse {
        let name = try eventName(request)
        let fields = try Fields(body: request, known: ["revision", "event"])
        let json = try fields.required("event", "must be an object") { $0.objectValue.map { JSON.object($0) } }
        let event: PlannedEvent
        do throws(PlanFormatError) { event = try PlannedEvent(json: json, place: "event") } catch {
            throw Problem(error)
        }
        guard event.name == name else { throw .field("event.name", "must be the name in the address") }
        return try await change(try fields.revision(), "put", name.text, by: caller) { plan throws(Problem) in
            guard let changed = plan.with(event) else { throw .tooManyEvents }
            return changed
        }
    }

    /// Adds what was seen and is not planned yet; what people wrote stays.
    private func propose(_ request: HTTPRequest, by caller: Identity) async throws(Problem) -> HTTPResponse {
        let fields = try Fields(body: request, known: ["revision", "events"])
        let rule = "must hold 1 to \(Self.proposedCountMax) names of events"
        let given = try fields.optional("events", rule) { json -> [EventName]? in
            guard let texts = json.arrayValue, (1...Self.proposedCountMax).contains(texts.count) else { return nil }
            let names = texts.compactMap { $0.stringValue.flatMap { EventName($0) } }
            return names.count == texts.count ? names : nil
        }
        let quality = ports.plan.quality
        let now = ports.now()
        let revision = try fields.revision()
        return try await change(revision, "propose", given?.first?.text ?? "", by: caller) { plan throws(Problem) in
            let names = given ?? Set(quality.series(at: now).map(\.key.event)).sorted()
            var plan = plan
            let proposal = PlanProposal(quality)
            for name in names {
                let event = plan[name].map(proposal.completing) ?? proposal.event(name)
                guard let event else {
                    throw Problem(
                        status: 422, code: "not_seen",
                        detail: "nothing was seen of the event `\(name)`: send some first")
                }
                guard let changed = plan.with(event) else { throw .tooManyEvents }
                plan = changed
            }
            return plan
        }
    }

    /// Changes the draft from the revision that the caller has seen, and notes who did.
    private func change(
        _ revision: Int64, _ action: String, _ target: String, by caller: Identity,
        _ change: @escaping @Sendable (TrackingPlan) throws(Problem) -> TrackingPlan
    ) async throws(Problem) -> HTTPResponse {
        let (draft, inForce) = try await planState()
        guard draft.revision == revision else { throw .draftChanged }
        let plan = try await query { () throws(Problem) in try change(draft.plan) }
        let changed: PlanDraft?
        do throws(ReadFailure) { changed = try await ports.plan.setDraft(plan, revision, caller.actor) } catch {
            throw Problem(error)
        }
        guard let changed else { throw .draftChanged }
        let detail: JSON = ["change": .string(action), "revision": .int(changed.revision)]
        await ports.audit(
            AuditEntry(
                actor: caller.actor, action: .planDrafted, target: target, detail: detail.objectValue ?? JSONObject()))
        return .json(.object(Self.head(changed, inForce)))
    }
}

extension Problem {
    static let draftChanged = Problem(
        status: 409, code: "draft_changed",
        detail: "the draft of the plan has changed since `revision`: read it again, then make your change to that")

    fileprivate static let tooManyEvents = Problem(
        status: 422, code: "too_many_events", detail: "a plan holds at most \(TrackingPlan.eventCountMax) events")

    init(_ error: PlanFormatError) {
        self.init(
            status: 400, code: "invalid_plan",
            detail: (error.place.isEmpty ? "the plan" : "`\(error.place)`") + " \(error.rule)")
    }
}

extension Fields {
    /// Of the draft that the caller has seen.
    func revision() throws(Problem) -> Int64 {
        try required("revision", "must be the draft's `revision` as you read it") { $0.intValue }
    }
}

extension Parameters {
    fileprivate func revision() throws(Problem) -> Int64 {
        let rule = "must be the draft's `revision` as you read it"
        guard let revision = try value("revision", rule, { Int64($0) }) else {
            throw Problem(status: 400, code: "missing_parameter", detail: "`revision` is missing: it \(rule)")
        }
        return revision
    }
}
