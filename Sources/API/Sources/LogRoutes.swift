import Base
import Collect
import Domain
import HTTPServer

extension API {
    private static let logFields = [
        "pattern", "format", "line_format", "mapping", "source", "beginning", "skip_anonymous", "enabled",
    ]
    private static let patternUTF8CountMax = 1000
    private static let lineFormatUTF8CountMax = 4096
    private static let trialLineCountMax = 100

    func registerLogs(on router: inout Router) {
        on(.get, "/api/v1/logs", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            return .json(["logs": .array(try await reports().map(\.json))])
        }
        on(.post, "/api/v1/logs", .operate, &router) { request, caller throws(Problem) in
            let log = try log(request, id: 0)
            let id: Int64?
            do throws(ReadFailure) { id = try await ports.logs.add(log) } catch { throw Problem(error) }
            guard let id else {
                throw Problem(
                    status: 409, code: "name_taken",
                    detail: "another log has the source \(log.source.text): name another")
            }
            return try await saved(id, by: caller, status: 201)
        }
        on(.put, "/api/v1/logs/{id}", .operate, &router) { request, caller throws(Problem) in
            let id = try Self.id(request)
            let log = try log(request, id: id)
            guard try await reports().contains(where: { $0.log.source == log.source && $0.log.id != id }) == false
            else {
                throw Problem(
                    status: 409, code: "name_taken",
                    detail: "another log has the source \(log.source.text): name another")
            }
            try await remove("log with this id") { () async throws(ReadFailure) in try await ports.logs.change(log) }
            return try await saved(id, by: caller, status: 200)
        }
        on(.delete, "/api/v1/logs/{id}", .operate, &router) { request, caller throws(Problem) in
            let id = try Self.id(request)
            try await remove("log with this id") { () async throws(ReadFailure) in try await ports.logs.remove(id) }
            await audit(caller, .logRemoved, String(id))
            return .noContent()
        }
        on(.post, "/api/v1/log-trial", .read, &router) { request, caller throws(Problem) in
            try tryLog(request, caller)
        }
    }

    private func reports() async throws(Problem) -> [LogPorts.Report] {
        do throws(ReadFailure) { return try await ports.logs.list() } catch { throw Problem(error) }
    }

    private func saved(_ id: Int64, by caller: Identity, status: Int) async throws(Problem) -> HTTPResponse {
        guard let report = try await reports().first(where: { $0.log.id == id }) else {
            throw .notFound("log with this id")
        }
        await audit(
            caller, .logSaved, report.log.source.text,
            JSONObject([
                .init(name: "pattern", value: .string(report.log.pattern)),
                .init(name: "enabled", value: .bool(report.log.isEnabled)),
            ]))
        return .json(report.json, status: status)
    }

    static func id(_ request: HTTPRequest) throws(Problem) -> Int64 {
        guard let id = Int64(request.parameters["id"] ?? ""), id > 0 else {
            throw .parameter("id", "must be a whole number above 0")
        }
        return id
    }

    private func log(_ request: HTTPRequest, id: Int64) throws(Problem) -> FollowedLog {
        let fields = try Fields(body: request, known: Self.logFields)
        let pattern = try fields.required("pattern", "must be the absolute path of the files") { json in
            json.stringValue.flatMap { $0.utf8.count <= Self.patternUTF8CountMax ? $0 : nil }
        }
        if let complaint = ports.logs.complaint(pattern) {
            throw Problem(status: 422, code: "not_allowed", detail: "`pattern` \(complaint)")
        }
        let (format, lineFormat) = try Self.format(fields)
        let source: SourceName = try fields.requiredName("source")
        guard !source.isReserved else { throw .field("source", "is reserved for Quanyu's own events") }
        let beginnings = FollowedLog.Beginning.allCases.map(\.rawValue).joined(separator: " or ")
        let beginning = try fields.optional("beginning", "must be \(beginnings)") { json in
            json.stringValue.flatMap { FollowedLog.Beginning(rawValue: $0) }
        }
        let log = FollowedLog(
            id: id, pattern: pattern, format: format, lineFormat: lineFormat, mapping: try Self.eventMapping(fields),
            source: source, beginning: beginning ?? .end,
            isSkippingAnonymous: try fields.optional("skip_anonymous", "must be true or false", \.boolValue) ?? true,
            isEnabled: try fields.optional("enabled", "must be true or false", \.boolValue) ?? true,
            updatedAt: ports.now())
        return log
    }

    private static func format(_ fields: Fields) throws(Problem) -> (FollowedLog.Format, String) {
        let formats = FollowedLog.Format.allCases.map(\.rawValue).joined(separator: " or ")
        let format = try fields.required("format", "must be \(formats)") { json in
            json.stringValue.flatMap { FollowedLog.Format(rawValue: $0) }
        }
        let text = try fields.optional("line_format", "must be at most \(lineFormatUTF8CountMax) bytes of text") {
            json in
            json.stringValue.flatMap { $0.utf8.count <= Self.lineFormatUTF8CountMax ? $0 : nil }
        }
        if format == .nginx {
            do throws(LogFormatError) { _ = try NginxFormat(text ?? "") } catch {
                throw .field("line_format", "is no log_format: \(error.description)")
            }
        }
        return (format, text ?? "")
    }

    private static func eventMapping(_ fields: Fields) throws(Problem) -> JSON {
        let mapping = try mapping(fields)
        guard mapping.mapping.target == .events, mapping.mapping.select == nil else {
            throw .field("mapping", "must be into events and without `select`: a log gives events alone")
        }
        return mapping.json
    }

    private func tryLog(_ request: HTTPRequest, _ caller: Identity) throws(Problem) -> HTTPResponse {
        let fields = try Fields(
            body: request, known: ["lines", "format", "line_format", "mapping", "source", "skip_anonymous"])
        let (format, lineFormat) = try Self.format(fields)
        let text = try fields.required("lines", "must be text: some lines of the log", \.stringValue)
        let source: SourceName = try fields.name("source") ?? caller.source
        let log = FollowedLog(
            id: 0, pattern: "", format: format, lineFormat: lineFormat, mapping: try Self.eventMapping(fields),
            source: source, beginning: .start,
            isSkippingAnonymous: try fields.optional("skip_anonymous", "must be true or false", \.boolValue) ?? true,
            isEnabled: true, updatedAt: ports.now())
        guard let reading = try? LogReading(log) else { throw .field("line_format", "cannot be read") }
        let lines = Array(text.utf8).split(separator: 0x0A).prefix(Self.trialLineCountMax)
        var rows: [JSON] = []
        for (index, line) in lines.enumerated() { rows.append(try tried(line, at: index, reading, source)) }
        return .json(["elements": .array(rows)])
    }

    private func tried(
        _ line: ArraySlice<UInt8>, at index: Int, _ reading: LogReading, _ source: SourceName
    ) throws(Problem) -> JSON {
        var row = JSONObject()
        row.append("index", .count(index))
        let item = reading.item(line, id: "trial-\(index)")
        do throws(CollectError) {
            let receipt = try item.flatMap { item throws(CollectError) in
                try ports.collect.trial([item], source: source).first
            }
            switch receipt?.status {
            case nil: row.append("status", "skipped")
            case .accepted?, .duplicate?: row.append("status", "accepted")
            case .quarantined(let refusal, _)?: row.appendRefusal(refusal, "quarantined")
            case .rejected(let refusal)?: row.appendRefusal(refusal, "rejected")
            }
        } catch {
            throw Problem(error)
        }
        row.append("records", .array((try? reading.records(line).get()) ?? []))
        return .object(row)
    }

    /// A line in quarantine, read by the format and the mapping that its log has now.
    func logItem(_ source: SourceName, _ body: [UInt8]) async throws(Problem) -> WireItem? {
        guard let log = try await reports().first(where: { $0.log.source == source })?.log,
            let reading = try? LogReading(log), let json = try? JSON.parse(body)
        else { return nil }
        return reading.item(quarantined: json)
            ?? WireItem(drafts: .failure(Refusal(.missingPerson, "the log passes over such a line now")), body: body)
    }
}

extension LogPorts.Report {
    fileprivate var json: JSON {
        [
            "id": .int(log.id), "pattern": .string(log.pattern), "format": .string(log.format.rawValue),
            "line_format": .string(log.lineFormat), "mapping": log.mapping, "source": .string(log.source.text),
            "beginning": .string(log.beginning.rawValue), "skip_anonymous": .bool(log.isSkippingAnonymous),
            "enabled": .bool(log.isEnabled), "updated_at": .time(log.updatedAt),
            "totals": [
                "lines": .int(totals.lines), "accepted": .int(totals.accepted), "duplicate": .int(totals.duplicate),
                "quarantined": .int(totals.quarantined), "skipped": .int(totals.skipped),
            ],
            "files": .array(
                (state?.files ?? []).map {
                    ["path": .string($0.path), "offset": .int($0.offset), "bytes": .int($0.byteCount)]
                }),
            "lag_bytes": .int(state?.lagByteCount ?? 0), "lines_per_second": .double(state?.linesPerSecond ?? 0),
            "failure": .text(state.flatMap { $0.failure.isEmpty ? nil : $0.failure }),
        ]
    }
}
