import Base
import Domain
import HTTPServer
import Quality
import Statistics

extension API {
    func registerQuality(on router: inout Router) {
        on(.get, "/api/v1/quality", .read, &router) { request, _ throws(Problem) in try await qualityList(request) }
        on(.get, "/api/v1/quality/alarms", .read, &router) { request, _ throws(Problem) in
            try await alarmList(request)
        }
        on(.post, "/api/v1/quality/alarms/{id}/acknowledge", .operate, &router) { request, caller throws(Problem) in
            try await acknowledge(request, by: caller)
        }
        on(.put, "/api/v1/quality/rules/{name}", .operate, &router) { request, caller throws(Problem) in
            let name = try eventName(request)
            let json = try Fields.json(of: request)
            let rule: QualityRule
            do throws(PlanFormatError) { rule = try QualityRule(json: json) } catch { throw Problem(error) }
            try await set(rule, of: name, by: caller)
            return .json(rule.json)
        }
        on(.delete, "/api/v1/quality/rules/{name}", .operate, &router) { request, caller throws(Problem) in
            try await set(nil, of: try eventName(request), by: caller)
            return .json(QualityRule().json)
        }
    }

    /// The worst first; those of which nothing can be said yet, last.
    private func qualityList(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["limit", "cursor"])
        let limit = try parameters.limit(default: 100, max: 512)
        let start = try parameters.integer("cursor", in: 0...1_000_000) ?? 0
        do throws(ReadFailure) {
            let rules = try await ports.quality.rules()
            let rows = try await ports.quality.report(ports.now()).sorted {
                ($0.score ?? .infinity, $0.key) < ($1.score ?? .infinity, $1.key)
            }
            let page = Page(Array(rows.dropFirst(start).prefix(limit + 1)), countMax: limit)
            return .json(
                marked(
                    "quality.scores",
                    [
                        "rows": .array(
                            page.elements.map { row in
                                row.json(
                                    rule: rules[row.key.event] ?? QualityRule(), isDefault: rules[row.key.event] == nil)
                            }),
                        "next": .text(page.hasMore ? String(start + limit) : nil), "total": .count(rows.count),
                        "weights": .object(
                            JSONObject(
                                QualityPart.allCases.map {
                                    JSONObject.Member(name: $0.rawValue, value: .number(EventQuality.weights[$0]))
                                })),
                    ]))
        } catch {
            throw Problem(error)
        }
    }

    private func alarmList(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["limit", "cursor", "state"])
        let limit = try parameters.limit(default: 50, max: 200)
        let before = try parameters.value("cursor", "must be `next` of the page before") { Int64($0) }
        let isOpen = try parameters.value("state", "must be open or all") { ["open": true, "all": false][$0] } ?? true
        do throws(ReadFailure) {
            let page = Page(try await ports.quality.alarms(isOpen, before, limit + 1), countMax: limit)
            return .json([
                "alarms": .array(page.elements.map(\.json)),
                "next": .text(page.hasMore ? page.elements.last.map { String($0.id) } : nil),
            ])
        } catch {
            throw Problem(error)
        }
    }

    private func acknowledge(_ request: HTTPRequest, by caller: Identity) async throws(Problem) -> HTTPResponse {
        let missing = Problem.notFound("alarm of this id")
        guard let id = Int64(request.parameters["id"] ?? "") else { throw missing }
        let alarm: QualityAlarm?
        do throws(ReadFailure) { alarm = try await ports.quality.acknowledge(id, caller.actor) } catch {
            throw Problem(error)
        }
        guard let alarm else { throw missing }
        await ports.audit(AuditEntry(actor: caller.actor, action: .alarmAcknowledged, target: "\(id)"))
        return .json(alarm.json)
    }

    private func set(_ rule: QualityRule?, of name: EventName, by caller: Identity) async throws(Problem) {
        do throws(ReadFailure) { try await ports.quality.setRule(rule, name) } catch { throw Problem(error) }
        await ports.audit(
            AuditEntry(
                actor: caller.actor, action: .qualityRuleSet, target: name.text,
                detail: rule?.json.objectValue ?? JSONObject()))
    }
}

extension EventQuality {
    fileprivate func json(rule: QualityRule, isDefault: Bool) -> JSON {
        [
            "event": .string(key.event.text), "source": .string(key.source.text), "score": .number(score),
            "accepted_24h": .count(accepted), "volumes": .array(volumes.map { .count($0) }),
            "parts": .array(parts.map(\.json)), "rule": rule.json, "has_default_rule": .bool(isDefault),
        ]
    }
}

extension PartScore {
    fileprivate var json: JSON {
        var object = JSONObject()
        object.append("part", .string(part.rawValue))
        object.append("value", .number(value))
        object.append("low", .number(interval?.low))
        object.append("high", .number(interval?.high))
        object.append("sample", .count(sampleCount))
        object.append("sample_needed", .count(sampleNeeded))
        object.append("missing", .text(missing?.rawValue))
        object.append("bound", .double(bound))
        object.append("is_beyond", .bool(isBeyond))
        object.append("points", .number(points))
        object.append("days", .array(days.map { .number($0) }))
        switch detail {
        case .none: break
        case .lateness(let median, let p95):
            object.append("median_seconds", .double(median))
            object.append("p95_seconds", .double(p95))
        case .drift(let place, let index, let chance):
            object.append("moved", .string(place))
            object.append("index", .double(index))
            object.append("chance", .double(chance))
        }
        return .object(object)
    }
}

extension QualityAlarm {
    fileprivate var json: JSON {
        [
            "id": .int(id), "event": .string(key.event.text), "source": .string(key.source.text),
            "part": .string(key.part.rawValue), "value": .double(value), "bound": .double(bound),
            "raised_at": .time(raisedAt), "cleared_at": .time(clearedAt), "acknowledged_at": .time(acknowledgedAt),
            "acknowledged_by": .string(acknowledgedBy),
        ]
    }
}
