import Base
import Domain
import HTTPServer
import Quality

extension API {
    func registerPlan(on router: inout Router) {
        on(.get, "/api/v1/plan", .read, &router) { request, _ throws(Problem) in try await planList(request) }
        on(.get, "/api/v1/plan/events/{name}", .read, &router) { request, _ throws(Problem) in
            try await plannedEvent(request)
        }
        on(.get, "/api/v1/plan/violations", .read, &router) { request, _ throws(Problem) in
            try await planViolations(request)
        }
        registerPlanDraft(on: &router)
        registerPlanVersions(on: &router)
    }

    /// Every event that is planned or was seen, by name.
    private func planList(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["limit", "cursor", "q"])
        let limit = try parameters.limit(default: 100, max: 500)
        let after: EventName? = try parameters.name("cursor")
        let part: EventName? = try parameters.name("q")
        let (draft, inForce) = try await planState()
        let (plan, now) = (ports.plan, ports.now())
        return try await query {
            let seen = Dictionary(grouping: plan.quality.series(at: now), by: \.key.event)
            let known = Set(draft.plan.events.map(\.name)).union(inForce?.plan.events.map(\.name) ?? [])
            let names = known.union(seen.keys).filter { name in
                part.map { name.text.lowercased().contains($0.text.lowercased()) } ?? true
            }
            let behind = names.filter { name in after.map { name > $0 } ?? true }
            let page = Page(Array(behind.sorted().prefix(limit + 1)), countMax: limit)
            var answer = Self.head(draft, inForce)
            answer.append("total", .count(names.count))
            answer.append(
                "events",
                .array(page.elements.map { Self.row($0, draft.plan, inForce?.plan, seen[$0] ?? []) }))
            answer.append("next", .text(page.hasMore ? page.elements.last?.text : nil))
            answer.append("left_out_events", .count(plan.quality.leftOut.events))
            return .json(.object(answer))
        }
    }

    private func plannedEvent(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        try Parameters.none(in: request)
        let name = try eventName(request)
        let (draft, inForce) = try await planState()
        let (plan, now) = (ports.plan, ports.now())
        return try await query { () throws(Problem) in
            let seen = plan.quality.series(at: now).filter { $0.key.event == name }
            guard !seen.isEmpty || draft.plan[name] != nil || inForce?.plan[name] != nil else {
                throw .notFound("event of this name in the plan or among those that arrived")
            }
            var answer = Self.head(draft, inForce)
            answer.append("row", Self.row(name, draft.plan, inForce?.plan, seen))
            answer.append("draft", draft.plan[name]?.json ?? .null)
            answer.append("frozen", inForce?.plan[name]?.json ?? .null)
            answer.append("seen", .array(plan.quality.fields(of: name).map(\.json)))
            answer.append("sources", .array(seen.map(\.json)))
            let since = Hour(of: now.advanced(by: .hours(1 - Self.violationHours)))
            answer.append(
                "violations",
                .array(plan.quality.violations(of: name, since: since).prefix(Self.violationCount).map(\.json)))
            return .json(.object(answer))
        }
    }

    private func planViolations(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["event", "hours", "limit"])
        let event: EventName? = try parameters.name("event")
        let hours = try parameters.integer("hours", in: 1...Self.violationHoursMax) ?? Int(Self.violationHours)
        let limit = try parameters.limit(default: Self.violationCount, max: 2048)
        let (quality, now) = (ports.plan.quality, ports.now())
        return try await query {
            let found = quality.violations(of: event, since: Hour(of: now.advanced(by: .hours(Int64(1 - hours)))))
            return .json([
                "violations": .array(found.prefix(limit).map(\.json)), "total": .count(found.count),
                "left_out": .count(quality.leftOut.violations),
            ])
        }
    }

    private static let violationHours: Int64 = 24
    private static let violationHoursMax = 192  // As far as they are remembered.
    private static let violationCount = 100

    func planState() async throws(Problem) -> (draft: PlanDraft, inForce: PlanVersion?) {
        do throws(ReadFailure) { return (try await ports.plan.draft(), try await ports.plan.inForce()) } catch {
            throw Problem(error)
        }
    }

    func eventName(_ request: HTTPRequest) throws(Problem) -> EventName {
        guard let name = EventName(request.parameters["name"] ?? "") else {
            throw .parameter("name", "must be 1 to \(EventName.utf8CountMax) bytes of plain text")
        }
        return name
    }
}
