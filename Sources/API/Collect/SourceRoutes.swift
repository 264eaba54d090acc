import Base
import Collect
import Domain
import HTTPServer

extension API {
    private static let bucketsMax = 10_000

    func registerSources(on router: inout Router) {
        on(.get, "/api/v1/sources", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["from", "to"])
            let range = try sourceRange(parameters)
            let sources = ports.sources
            return .json(
                marked(
                    "sources.counts",
                    [
                        "from": .time(range.lowerBound), "to": .time(range.upperBound),
                        "standard_limits": sources.gate.standard.json,
                        "sources": .array(sources.ledger.summaries(range).map { .object(row($0, range)) }),
                        "douyin_secrets": try await douyinSources(),
                    ]))
        }
        on(.get, "/api/v1/sources/{source}", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["from", "to", "step"])
            let range = try sourceRange(parameters)
            let step = try step(parameters, range)
            let source = try source(request)
            guard let summary = ports.sources.ledger.summary(of: source, range) else {
                throw .notFound("source of this name that has sent anything")
            }
            var answer = row(summary, range)
            answer.append("step", .string(step == .minute ? "minute" : "hour"))
            answer.append(
                "series", .array(ports.sources.ledger.series(of: source, range, by: step).map { $0.json }))
            return .json(.object(answer))
        }
        on(.put, "/api/v1/sources/{source}/limits", .administer, &router) { request, caller throws(Problem) in
            try await limit(try source(request), to: try limits(request), by: caller)
        }
        on(.delete, "/api/v1/sources/{source}/limits", .administer, &router) { request, caller throws(Problem) in
            try await limit(try source(request), to: nil, by: caller)
        }
    }

    func source(_ request: HTTPRequest) throws(Problem) -> SourceName {
        guard let source = SourceName(request.parameters["source"] ?? "") else {
            throw .parameter("source", "must be 1 to \(SourceName.utf8CountMax) bytes of plain text")
        }
        return source
    }

    /// The last day where nothing else is asked.
    private func sourceRange(_ parameters: Parameters) throws(Problem) -> Range<EventTime> {
        let to = try parameters.time("to") ?? ports.now().advanced(by: Milliseconds(1))
        let from = try parameters.time("from") ?? to.advanced(by: .days(-1))
        guard from < to else { throw .parameter("from", "must lie before `to`") }
        return from..<to
    }

    private func step(_ parameters: Parameters, _ range: Range<EventTime>) throws(Problem) -> SourceLedger.Step {
        let isShort = range.upperBound.since(range.lowerBound) <= .hours(6)
        let step = try parameters.value("step", "must be minute or hour") { text -> SourceLedger.Step? in
            switch text {
            case "minute": .minute
            case "hour": .hour
            default: nil
            }
        }
        return step ?? (isShort ? .minute : .hour)
    }

    private func row(_ summary: SourceLedger.Summary, _ range: Range<EventTime>) -> JSONObject {
        let sources = ports.sources
        var object = summary.counts.json
        object.append("source", .string(summary.source.text))
        object.append("reasons", .counts(summary.reasons))
        object.append(
            "formats",
            .array(
                summary.formats.sorted { $0.value > $1.value }
                    .map { ["format": .string($0.key), "last_received_at": .time($0.value)] }))
        object.append("last_received_at", .time(summary.lastReceivedAt))
        object.append("limits", sources.gate.limits(of: summary.source)?.json ?? .null)
        object.append("accepted_today", .count(sources.ledger.acceptedToday(summary.source, now: ports.now())))
        let estimates = sources.ledger.completeness(of: summary.source, range)
        object.append("completeness", .array(estimates.map(\.json)))
        return object
    }

    private func limits(_ request: HTTPRequest) throws(Problem) -> SourceLimits {
        let fields = try Fields(body: request, known: ["events_per_second_max", "events_per_day_max"])
        return SourceLimits(
            eventsPerSecondMax: try fields.integer("events_per_second_max", in: SourceLimits.eventsPerSecondRange),
            eventsPerDayMax: try fields.integer("events_per_day_max", in: SourceLimits.eventsPerDayRange))
    }

    private func limit(
        _ source: SourceName, to limits: SourceLimits?, by caller: Identity
    ) async throws(Problem) -> HTTPResponse {
        do throws(ReadFailure) { try await ports.sources.save(limits, source) } catch { throw Problem(error) }
        ports.sources.gate.set(limits, of: source)
        await ports.audit(
            AuditEntry(
                actor: caller.actor, action: .sourceLimited, target: source.text,
                detail: limits?.json.objectValue ?? JSONObject()))
        return .json(["source": .string(source.text), "limits": limits?.json ?? .null])
    }
}

extension SourceLimits {
    fileprivate var json: JSON {
        [
            "events_per_second_max": eventsPerSecondMax.map { .count($0) } ?? .null,
            "events_per_day_max": eventsPerDayMax.map { .count($0) } ?? .null,
        ]
    }
}

extension SourceCounts {
    fileprivate var json: JSONObject {
        var object = JSONObject()
        object.append("requests", .count(requests))
        object.append("accepted", .count(accepted))
        object.append("duplicate", .count(duplicate))
        object.append("quarantined", .count(quarantined))
        object.append("rejected", .count(rejected))
        object.append("replayed", .count(replayed))
        object.append("bytes", .int(bytes))
        return object
    }
}

extension SourceLedger.Bucket {
    fileprivate var json: JSON {
        var object = counts.json
        object.append("start", .time(start))
        return .object(object)
    }
}

extension Completeness {
    fileprivate var json: JSON {
        [
            "method": .string(method.rawValue), "received": .count(received), "expected": .double(expected),
            "share": .double(share), "low": .double(low), "high": .double(high), "sample_count": .count(sampleCount),
        ]
    }
}
