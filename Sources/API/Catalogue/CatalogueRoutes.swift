import Base
import Domain
import HTTPServer

extension API {
    private static let searchUTF8CountMax = 200
    private static let historyCountMax = 1000

    func registerCatalogue(on router: inout Router) {
        on(.get, "/api/v1/catalogue", .read, &router) { request, _ throws(Problem) in try await catalogue(request) }
        on(.get, "/api/v1/catalogue/{subject}", .read, &router) { request, _ throws(Problem) in
            try await catalogueItem(request)
        }
        on(.put, "/api/v1/catalogue/{subject}", .operate, &router) { request, caller throws(Problem) in
            try await changeItem(request, by: caller)
        }
    }

    private func catalogue(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["kind", "query", "discontinued", "limit", "cursor"])
        var question = CatalogueQuestion()
        let kinds = Subject.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        question.kind = try parameters.value("kind", "must be one of \(kinds)") { Subject.Kind(rawValue: $0) }
        question.text = try parameters.value("query", "must be at most \(Self.searchUTF8CountMax) bytes") {
            $0.utf8.count <= Self.searchUTF8CountMax && !$0.contains("\0") ? $0 : nil
        }
        question.isDiscontinued = try parameters.flag("discontinued")
        question.after = try parameters.value("cursor", "must be `next` of the page before") { Subject($0) }
        let limit = try parameters.limit(default: 50, max: 200)
        do throws(ReadFailure) {
            let page = Page(try await ports.catalogue.entries(question, limit + 1), countMax: limit)
            let counts = try await ports.catalogue.counts().sorted { $0.key.rawValue < $1.key.rawValue }
            return .json([
                "items": .array(page.elements.map { .object($0.members) }),
                "next": .text(page.hasMore ? page.elements.last?.item.subject.description : nil),
                "by_kind": .object(
                    JSONObject(counts.map { JSONObject.Member(name: $0.key.rawValue, value: .count($0.value)) })),
            ])
        } catch {
            throw Problem(error)
        }
    }

    private func catalogueItem(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["as_of"])
        let time = try parameters.time("as_of")
        let subject = try Self.subject(request)
        let found: JSON?
        do throws(ReadFailure) { found = try await item(subject, asOf: time) } catch { throw Problem(error) }
        guard let found else { throw .notFound("such item in the catalogue") }
        return .json(found)
    }

    /// Nil where the catalogue does not know the subject.
    private func item(_ subject: Subject, asOf time: EventTime?) async throws(ReadFailure) -> JSON? {
        guard let entry = try await ports.catalogue.entry(subject) else { return nil }
        let history = Page(
            try await ports.catalogue.changes(subject, Self.historyCountMax + 1), countMax: Self.historyCountMax)
        var object = entry.members
        object.append("history", .array(history.elements.map(\.json)))
        object.append("has_more_history", .bool(history.hasMore))
        if let time {
            let state = try await ports.catalogue.state(subject, time).sorted { $0.key.rawValue < $1.key.rawValue }
            object.append("as_of", .array(state.map(\.value.json)))
        }
        return .object(object)
    }

    private func changeItem(_ request: HTTPRequest, by caller: Identity) async throws(Problem) -> HTTPResponse {
        let subject = try Self.subject(request)
        let fields = try Fields(body: request, known: CatalogPatch.fieldNames)
        let patch = try CatalogPatch(subject, fields)
        let now = ports.now()
        let entry: CatalogEntry
        do throws(ReadFailure) { entry = try await ports.catalogue.apply(patch, now, caller.actor) } catch {
            throw Problem(error)
        }
        var detail = JSONObject()
        detail.append("fields", .array(fields.names.map { .string($0) }))
        await ports.audit(
            AuditEntry(
                actor: caller.actor, action: .catalogueChanged, target: subject.description, detail: detail))
        return .json(.object(entry.members))
    }

    private static func subject(_ request: HTTPRequest) throws(Problem) -> Subject {
        guard let subject = Subject(request.parameters["subject"] ?? "") else {
            throw .parameter("subject", "must read kind:id, such as product:42")
        }
        return subject
    }
}

extension CatalogPatch {
    fileprivate static let fieldNames = [
        "title", "category", "brand", "price", "cost", "stock", "start", "end", "host", "terms", "channel", "form",
        "images", "discontinued",
    ]

    fileprivate init(_ subject: Subject, _ fields: Fields) throws(Problem) {
        self.init(subject)
        title = try Self.text(fields, "title")
        category = try Self.text(fields, "category")
        brand = try Self.text(fields, "brand")
        host = try Self.text(fields, "host")
        terms = try Self.text(fields, "terms")
        channel = try Self.text(fields, "channel")
        form = try Self.text(fields, "form")
        price = try Self.money(fields, "price")
        cost = try Self.money(fields, "cost")
        stock = try fields.optional("stock", "must be a whole number of at least 0") { json in
            json.intValue.flatMap { $0 >= 0 ? $0 : nil }
        }
        let time = "must be a date-time from 1970 to 2999 such as 2026-01-31T00:00:00Z"
        startAt = try fields.optional("start", time) { $0.stringValue.flatMap { EventTime(iso8601: $0) } }
        endAt = try fields.optional("end", time) { $0.stringValue.flatMap { EventTime(iso8601: $0) } }
        images = try fields.optional("images", "must hold at most \(Self.imageCountMax) addresses") { json in
            guard let array = json.arrayValue, array.count <= Self.imageCountMax else { return nil }
            let texts = array.compactMap(\.stringValue).filter { $0.utf8.count <= Self.textUTF8CountMax }
            return texts.count == array.count ? texts : nil
        }
        isDiscontinued = try fields.optional("discontinued", "must be true or false", \.boolValue)
    }

    private static func text(_ fields: Fields, _ name: String) throws(Problem) -> String? {
        try fields.optional(name, "must be at most \(textUTF8CountMax) bytes of text") { json in
            json.stringValue.flatMap { $0.utf8.count <= textUTF8CountMax ? $0 : nil }
        }
    }

    private static func money(_ fields: Fields, _ name: String) throws(Problem) -> Money? {
        try fields.optional(name, "must be {\"minor\": whole number of at least 0, \"currency\": three letters}") {
            json in
            guard let minor = json["minor"]?.intValue, minor >= 0, let code = json["currency"]?.stringValue,
                let currency = Currency(code: code)
            else { return nil }
            return Money(minor: minor, currency: currency)
        }
    }
}

extension CatalogEntry {
    fileprivate var members: JSONObject {
        var object = JSONObject()
        object.append("subject", .string(item.subject.description))
        object.append("kind", .string(item.subject.kind.rawValue))
        let texts = [
            ("title", item.title), ("category", item.category), ("brand", item.brand), ("host", offer.host),
            ("terms", offer.terms), ("channel", offer.channel), ("form", offer.form),
        ]
        for (name, text) in texts { object.append(name, .string(text)) }
        object.append("price", .money(offer.price?.minor, offer.price?.currency))
        object.append("cost", .money(offer.cost?.minor, offer.cost?.currency))
        object.append("stock", offer.stock.map { .int($0) } ?? .null)
        object.append("start", .time(offer.startAt))
        object.append("end", .time(offer.endAt))
        object.append("images", .array(offer.images.map { .string($0) }))
        object.append("discontinued_at", .time(offer.discontinuedAt))
        object.append("updated_at", .time(updatedAt))
        return object
    }
}

extension CatalogChange {
    fileprivate var json: JSON {
        [
            "metric": .string(metric.rawValue), "time": .time(time), "value": .int(value),
            "currency": .text(currency?.code), "origin": .string(origin), "noted_at": .time(notedAt),
        ]
    }
}
