import Base
import Collect
import Domain
import HTTPServer

extension API {
    private static let fileNameUTF8CountMax = 255

    func registerImports(on router: inout Router) {
        registerUploads(on: &router)
        registerImportLooks(on: &router)
        on(.post, "/api/v1/imports/{id}/start", .operate, &router) { request, caller throws(Problem) in
            let id = try Self.id(request)
            let (_, json) = try Self.mapping(try Fields(body: request, known: ["mapping"]))
            let job = try await job { () async throws(ImportRefusal) in try await ports.imports.start(id, json) }
            await audit(caller, job)
            return .json(job.json)
        }
        let verbs: [(verb: String, state: ImportJob.State)] = [
            ("pause", .paused), ("resume", .running), ("cancel", .cancelled),
        ]
        for (verb, state) in verbs {
            on(.post, "/api/v1/imports/{id}/\(verb)", .operate, &router) { request, caller throws(Problem) in
                let id = try Self.id(request)
                let job = try await job { () async throws(ImportRefusal) in try await ports.imports.become(id, state) }
                await audit(caller, job)
                return .json(job.json)
            }
        }
    }

    private func registerUploads(on router: inout Router) {
        on(.post, "/api/v1/imports", .operate, &router) { request, caller throws(Problem) in
            let fields = try Fields(body: request, known: ["file_name", "format", "bytes"])
            let name = try fields.required("file_name", "must be 1 to \(Self.fileNameUTF8CountMax) bytes of text") {
                json in
                json.stringValue.flatMap { (1...Self.fileNameUTF8CountMax).contains($0.utf8.count) ? $0 : nil }
            }
            let format = try fields.required("format", "must be csv, ndjson or parquet") { json in
                json.stringValue.flatMap { ["csv", "ndjson", "parquet"].contains($0) ? $0 : nil }
            }
            let byteCount = try fields.requiredInteger("bytes", in: 1...Int(Int32.max) * 1024)
            let job = try await job { () async throws(ImportRefusal) in
                try await ports.imports.begin(name, format, Int64(byteCount), caller.actor)
            }
            await audit(caller, job)
            return .json(job.json, status: 201)
        }
        on(.put, "/api/v1/imports/{id}/content", .operate, &router) { request, _ throws(Problem) in
            let id = try Self.id(request)
            let parameters = try Parameters(request, known: ["offset"])
            let offset = try parameters.value("offset", "must be a whole number from 0") { text in
                Int64(text).flatMap { $0 >= 0 ? $0 : nil }
            }
            return .json(
                try await job { () async throws(ImportRefusal) in
                    try await ports.imports.append(id, offset ?? 0, request.body)
                }.json)
        }
        on(.get, "/api/v1/imports", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["limit", "cursor"])
            let limit = try parameters.limit(default: 20, max: 100)
            let before = try parameters.value("cursor", "must be `next` of the page before") { Int64($0) }
            let page = Page(
                try await job { () async throws(ImportRefusal) in try await ports.imports.page(before, limit + 1) },
                countMax: limit)
            return .json([
                "imports": .array(page.elements.map(\.json)),
                "next": .text(page.hasMore ? page.elements.last.map { String($0.id) } : nil),
            ])
        }
    }

    private func registerImportLooks(on router: inout Router) {
        on(.get, "/api/v1/imports/{id}", .read, &router) { request, _ throws(Problem) in
            let id = try Self.id(request)
            return .json(try await job { () async throws(ImportRefusal) in try await ports.imports.find(id) }.json)
        }
        on(.post, "/api/v1/imports/{id}/guess", .operate, &router) { request, _ throws(Problem) in
            let id = try Self.id(request)
            let fields = try Fields(body: request, known: Self.choiceFields)
            let sample = try await job { () async throws(ImportRefusal) in try await ports.imports.sample(id) }
            let guess = TableGuess(rows: sample.rows)
            return .json([
                "guess": guess.json(try Self.chosen(guess, fields)), "place": .string(sample.place),
                "rows": .count(sample.rows.count),
                "refused": .array(
                    sample.refused.map {
                        [
                            "row": .count($0.number), "reason": .string($0.refusal.reason.rawValue),
                            "detail": .string($0.refusal.detail),
                        ]
                    }),
            ])
        }
        on(.post, "/api/v1/imports/{id}/preview", .operate, &router) { request, _ throws(Problem) in
            let id = try Self.id(request)
            let (_, json) = try Self.mapping(try Fields(body: request, known: ["mapping"]))
            let preview = try await job { () async throws(ImportRefusal) in try await ports.imports.preview(id, json) }
            return .json(preview.json)
        }
        on(.get, "/api/v1/imports/{id}/refused", .read, &router) { request, _ throws(Problem) in
            let id = try Self.id(request)
            let path = try await job { () async throws(ImportRefusal) in try await ports.imports.refusedPath(id) }
            guard let file = path.flatMap({ StaticFile(path: $0) }) else {
                throw .notFound("refused row of this import")
            }
            return .file(
                file, for: request,
                headers: [
                    "Content-Disposition": "attachment; filename=\"refused-\(id).ndjson\"", "Cache-Control": "no-store",
                ])
        }
    }

    private func job<Value>(_ body: () async throws(ImportRefusal) -> Value) async throws(Problem) -> Value {
        do throws(ImportRefusal) { return try await body() } catch { throw Problem(error) }
    }

    private func audit(_ caller: Identity, _ job: ImportJob) async {
        await audit(
            caller, .importChanged, String(job.id),
            JSONObject([
                .init(name: "state", value: .string(job.state.rawValue)),
                .init(name: "source", value: .string(job.source)), .init(name: "bytes", value: .int(job.byteCount)),
            ]))
    }

    // MARK: Choices of the wizard

    private static let choiceFields = [
        "columns", "into", "source", "event_name", "channel", "currency", "zone",
    ]

    /// The guess with what a person has chosen instead.
    private static func chosen(_ guess: TableGuess, _ fields: Fields) throws(Problem) -> TableChoices {
        var choices = try Self.choices(guess, fields, source: "import")
        let target = try fields.optional("into", "must be events, catalog or campaigns") { json in
            json.stringValue.flatMap { ImportMapping.Target(rawValue: $0) }
        }
        if let target { choices.become(target) }
        for column in try fields.objects("columns", count: 0...10_000, known: ["name", "role"]) {
            let name = try column.required("name", "must be a text", \.stringValue)
            let role = try column.required("role", "must be a role of a column") { json in
                json.stringValue.flatMap { ColumnRole(rawValue: $0) }
            }
            choices.give(role, to: name)
        }
        let rule = "must be 1 to \(EventName.utf8CountMax) bytes of plain text"
        if let name = try fields.optional("event_name", rule, { $0.stringValue.flatMap { EventName($0) } }) {
            choices.eventName = name.text
        }
        choices.channel = try fields.optional("channel", "must be text", { $0.stringValue }) ?? ""
        return choices
    }
}

extension Problem {
    init(_ error: ImportRefusal) {
        switch error {
        case .unknown: self = .notFound("import with this id")
        case .tooLarge(let byteCountMax):
            self.init(
                status: 413, code: "file_too_large",
                detail:
                    "at most \(byteCountMax) bytes are taken (`import_bytes_max`): split it, or use `quanyu import`"
            )
        case .tooMany(let countMax):
            self.init(
                status: 409, code: "too_many_imports",
                detail: "\(countMax) imports are open already: finish or cancel one of them")
        case .wrongOffset(let expected):
            self.init(
                status: 409, code: "wrong_offset", detail: "the next piece begins at byte \(expected)")
        case .wrongState(let state):
            self.init(
                status: 409, code: "wrong_state",
                detail: "the import is \(state.rawValue): this cannot be done with it now")
        case .unreadable(let reason): self.init(status: 422, code: "unreadable_table", detail: reason)
        case .unavailable(let reason): self.init(status: 503, code: "unavailable", detail: reason)
        }
    }
}

extension ImportJob {
    fileprivate var json: JSON {
        [
            "id": .int(id), "file_name": .string(fileName), "format": .string(format), "bytes": .int(byteCount),
            "bytes_staged": .int(byteCountStaged), "state": .string(state.rawValue), "mapping": mapping,
            "source": .string(source), "rows_done": .int(position),
            "accepted": .int(accepted), "duplicate": .int(duplicate), "refused": .int(refused),
            "failure": .text(failure.isEmpty ? nil : failure), "by": .string(actor), "created_at": .time(createdAt),
            "updated_at": .time(updatedAt),
        ]
    }
}

extension ImportPreview {
    fileprivate var json: JSON {
        [
            "place": .string(place), "taken": .count(taken), "refused": .count(refused),
            "records": .array(
                records.map { record in
                    [
                        "row": .count(record.number), "status": record.refusal == nil ? "accepted" : "refused",
                        "reason": .text(record.refusal?.reason.rawValue), "detail": .text(record.refusal?.detail),
                        "record": record.content,
                    ]
                }),
        ]
    }
}
