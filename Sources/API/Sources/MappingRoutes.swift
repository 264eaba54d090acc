import Base
import Collect
import Domain
import HTTPServer

extension API {
    private static let guessRowCountMax = 1000

    func registerMappings(on router: inout Router) {
        on(.get, "/api/v1/mappings", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            do throws(ReadFailure) {
                return .json(["mappings": .array(try await ports.webhooks.mappings().map(\.json))])
            } catch {
                throw Problem(error)
            }
        }
        on(.put, "/api/v1/mappings/{name}", .operate, &router) { request, caller throws(Problem) in
            let name = try Self.plainName(request)
            let fields = try Fields(body: request, known: ["mapping"])
            let saved = SavedMapping(name: name, mapping: try Self.mapping(fields).json, updatedAt: ports.now())
            do throws(ReadFailure) { try await ports.webhooks.saveMapping(saved) } catch { throw Problem(error) }
            await audit(caller, .mappingSaved, name.text)
            return .json(saved.json)
        }
        on(.delete, "/api/v1/mappings/{name}", .operate, &router) { request, caller throws(Problem) in
            let name = try Self.plainName(request)
            try await remove("mapping of this name") { () async throws(ReadFailure) in
                try await ports.webhooks.removeMapping(name)
            }
            await audit(caller, .mappingRemoved, name.text)
            return .noContent()
        }
        registerMappingTrials(on: &router)
    }

    /// What a mapping would make, and which mapping would do: nothing is kept.
    private func registerMappingTrials(on router: inout Router) {
        on(.post, "/api/v1/mapping-trial", .read, &router) { request, caller throws(Problem) in
            let fields = try Fields(body: request, known: ["mapping", "body", "source"])
            let (mapping, _) = try Self.mapping(fields)
            let body = try fields.required("body", "is JSON, or text of it") { $0 }
            let source: SourceName = try fields.name("source") ?? caller.source
            return try tried(Self.sample(body), mapping, source)
        }
        on(.post, "/api/v1/mapping-guess", .read, &router) { request, _ throws(Problem) in
            let fields = try Fields(body: request, known: ["rows", "source", "currency", "zone"])
            let rule = "must hold 1 to \(Self.guessRowCountMax) objects"
            let rows = try fields.required("rows", rule) { json -> [JSONObject]? in
                guard let rows = json.arrayValue, (1...Self.guessRowCountMax).contains(rows.count) else { return nil }
                let objects = rows.compactMap(\.objectValue)
                return objects.count == rows.count ? objects : nil
            }
            let guess = TableGuess(rows: rows)
            return .json(guess.json(try Self.choices(guess, fields, source: "import")))
        }
    }

    /// A body that stands in the request as text is read as JSON.
    private static func sample(_ body: JSON) throws(Problem) -> JSON {
        guard let text = body.stringValue else { return body }
        do throws(JSONError) { return try JSON.parse(text) } catch { throw Problem(error) }
    }

    private func tried(
        _ body: JSON, _ mapping: ImportMapping, _ source: SourceName
    ) throws(Problem) -> HTTPResponse {
        do throws(CollectError) {
            let elements = try MappedFormat.elements(body, mapping).prefix(100)
            var rows: [JSON] = []
            for (index, element) in elements.enumerated() {
                guard let item = MappedFormat.item(element, mapping, source: source) else {
                    rows.append(["index": .count(index), "status": "skipped", "records": []])
                    continue
                }
                var row = JSONObject()
                row.append("index", .count(index))
                switch try ports.collect.trial([item], source: source)[0].status {
                case .accepted, .duplicate: row.append("status", "accepted")
                case .quarantined(let refusal, _): row.appendRefusal(refusal, "quarantined")
                case .rejected(let refusal): row.appendRefusal(refusal, "rejected")
                }
                row.append("records", .array(MappedFormat.records(of: element, mapping, source: source)))
                rows.append(.object(row))
            }
            return .json(["elements": .array(rows)])
        } catch {
            throw Problem(error)
        }
    }

    // MARK: What routes of sources share

    /// `{name}` of the address.
    static func plainName(_ request: HTTPRequest) throws(Problem) -> PlainName {
        guard let name = PlainName(plain: request.parameters["name"] ?? "") else {
            throw .parameter("name", "must be 1 to \(PlainName.utf8CountMax) letters, digits, `-`, `_` or `.`")
        }
        return name
    }

    static func mapping(_ fields: Fields) throws(Problem) -> (mapping: ImportMapping, json: JSON) {
        let json = try fields.required("mapping", "must be an object as docs/import.md tells") {
            $0.objectValue == nil ? nil : $0
        }
        do throws(MappingError) {
            let mapping = try ImportMapping(json: json)
            return (mapping, json)
        } catch {
            throw Problem(status: 400, code: "invalid_mapping", detail: error.description)
        }
    }

    static func choices(_ guess: TableGuess, _ fields: Fields, source: String) throws(Problem) -> TableChoices {
        let zone = try fields.optional("zone", "must be Z or an offset such as +08:00") { json in
            json.stringValue.flatMap { TimeText.zone($0) == nil ? nil : $0 }
        }
        let currency = try fields.optional("currency", "must be three letters such as CNY") { json in
            json.stringValue.flatMap { Currency(code: $0) }
        }
        let given: SourceName? = try fields.name("source")
        return TableChoices(
            guess, source: given?.text ?? source, currency: (currency ?? .cny).code, zone: zone ?? "+08:00")
    }

    func audit(_ caller: Identity, _ action: AuditAction, _ target: String, _ detail: JSONObject = JSONObject()) async {
        await ports.audit(AuditEntry(actor: caller.actor, action: action, target: target, detail: detail))
    }

    func remove(_ what: String, _ body: () async throws(ReadFailure) -> Bool) async throws(Problem) {
        let isRemoved: Bool
        do throws(ReadFailure) { isRemoved = try await body() } catch { throw Problem(error) }
        guard isRemoved else { throw .notFound(what) }
    }
}

extension SavedMapping {
    fileprivate var json: JSON {
        ["name": .string(name.text), "mapping": mapping, "updated_at": .time(updatedAt)]
    }
}

extension TableGuess {
    /// With the mapping that follows from it.
    func json(_ choices: TableChoices) -> JSON {
        let columns = zip(self.columns, choices.columns).map { guess, choice -> JSON in
            [
                "name": .string(guess.name), "type": .string(guess.type.rawValue),
                "form": .text(guess.form?.rawValue), "role": .string(choice.role.rawValue),
                "confidence": .double(guess.confidence), "reason": .string(guess.reason.text),
                "reason_code": .string(guess.reason.code),
                "reason_word": .string(guess.reason.word),
                "samples": .array(guess.samples.map { .string($0) }), "empty": .count(guess.emptyCount),
            ]
        }
        return [
            "columns": .array(columns), "into": .string(choices.target.rawValue),
            "event_name": .string(choices.eventName), "zoneless": .bool(hasZonelessTimes),
            "mapping": choices.mapping,
        ]
    }
}

extension JSONObject {
    /// Why an element would not be taken.
    mutating func appendRefusal(_ refusal: Refusal, _ status: JSON) {
        append("status", status)
        append("reason", .string(refusal.reason.rawValue))
        append("detail", .string(refusal.detail))
    }
}
