import Base
import Collect
import Domain
import HTTPServer

extension API {
    private static let secretUTF8CountMax = 500
    private static let answerUTF8CountMax = 4096

    func registerWebhooks(on router: inout Router) {
        on(.get, "/api/v1/webhooks", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            do throws(ReadFailure) {
                return .json(["webhooks": .array(try await ports.webhooks.webhooks().map(\.json))])
            } catch {
                throw Problem(error)
            }
        }
        on(.put, "/api/v1/webhooks/{name}", .operate, &router) { request, caller throws(Problem) in
            try await saveWebhook(request, by: caller)
        }
        on(.delete, "/api/v1/webhooks/{name}", .operate, &router) { request, caller throws(Problem) in
            let name = try Self.plainName(request)
            try await remove("webhook of this name") { () async throws(ReadFailure) in
                try await ports.webhooks.removeWebhook(name)
            }
            await audit(caller, .webhookRemoved, name.text)
            return .noContent()
        }
        router.on(.post, "/api/v1/hooks/{name}") { request in
            do throws(Problem) { return try await takeHook(request) } catch { return error.response }
        }
    }

    private func saveWebhook(_ request: HTTPRequest, by caller: Identity) async throws(Problem) -> HTTPResponse {
        let name = try Self.plainName(request)
        guard SourceName(name.text)?.isReserved == false else {
            throw .parameter("name", "is reserved for Quanyu's own events")
        }
        let fields = try Fields(body: request, known: ["mapping", "check", "secret", "answer", "enabled"])
        let mapping = try Self.mapping(fields)
        guard mapping.mapping.target == .events, mapping.mapping.select == nil else {
            throw .field("mapping", "must be into events and without `select`: a webhook takes events alone")
        }
        let check = try fields.required("check", "must be a check such as {\"kind\": \"none\"}") {
            WebhookCheck(json: $0)
        }
        let secret = try fields.optional("secret", "must be 1 to \(Self.secretUTF8CountMax) bytes of text") { json in
            json.stringValue.flatMap { (1...Self.secretUTF8CountMax).contains($0.utf8.count) ? $0 : nil }
        }
        let answer = try fields.optional("answer", Self.answerRule, Self.answer) ?? WebhookAnswer()
        let isEnabled = try fields.optional("enabled", "must be true or false", \.boolValue) ?? true
        let known = try await webhook(name)
        guard !check.isSecret || secret != nil || known?.webhook.hasSecret == true else {
            throw Problem(status: 400, code: "missing_field", detail: "`secret` is missing: this check needs one")
        }
        let webhook = WebhookSource(
            name: name, mapping: mapping.json, check: check,
            hasSecret: secret != nil || known?.webhook.hasSecret == true,
            answerStatus: answer.status, answerType: answer.type, answerBody: answer.body, isEnabled: isEnabled,
            updatedAt: ports.now())
        do throws(ReadFailure) { try await ports.webhooks.saveWebhook(webhook, secret) } catch { throw Problem(error) }
        await audit(
            caller, .webhookSaved, name.text,
            JSONObject([
                .init(name: "check", value: check.json["kind"] ?? .null),
                .init(name: "enabled", value: .bool(isEnabled)),
                .init(name: "secret_changed", value: .bool(secret != nil)),
            ]))
        return .json(webhook.json)
    }

    private func webhook(_ name: PlainName) async throws(Problem) -> WebhookPorts.FoundWebhook? {
        do throws(ReadFailure) { return try await ports.webhooks.webhook(name) } catch { throw Problem(error) }
    }

    private struct WebhookAnswer {
        var status = 200
        var type = "application/json"
        var body = ""  // Empty: the receipts.
    }

    private static let answerRule =
        "must be {status: 200 to 299, type, body}, the body at most \(answerUTF8CountMax) bytes"

    private static func answer(_ json: JSON) -> WebhookAnswer? {
        guard let object = json.objectValue,
            object.members.allSatisfy({ ["status", "type", "body"].contains($0.name) })
        else { return nil }
        var answer = WebhookAnswer()
        if let status = object["status"] {
            guard let status = status.intValue, (200...299).contains(status) else { return nil }
            answer.status = Int(status)
        }
        if let type = object["type"] {
            guard let type = type.stringValue, type.contains("/"), type.utf8.count <= 100,
                type.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else { return nil }
            answer.type = type
        }
        if let body = object["body"] {
            guard let body = body.stringValue, body.utf8.count <= answerUTF8CountMax else { return nil }
            answer.body = body
        }
        return answer
    }

    // MARK: What is pushed

    /// A disabled webhook is answered as one that is not there.
    private func takeHook(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let name = try Self.plainName(request)
        guard let (webhook, secret) = try await webhook(name), webhook.isEnabled, let source = SourceName(name.text)
        else { throw .notFound("webhook of this name") }
        let wire = WireRequest(request)
        do throws(CollectError) {
            try webhook.checkProof(wire, secret: secret, now: ports.now())
            let mapping = try webhook.readMapping
            let elements = try MappedFormat.elements(try NativeFormat.parse(request.body), mapping)
            let items = elements.compactMap { MappedFormat.item($0, mapping, source: source) }
            guard !items.isEmpty else { return webhook.answer(nil) }
            let collected = try await ports.collect(
                items, format: .webhook, source: source, byteCount: request.body.count)
            return webhook.answer(collected)
        } catch {
            throw Problem(error)
        }
    }

    /// What an element in quarantine means by the mapping that its source has now; nil where its format tells.
    func mappedItem(_ format: WireFormat, _ source: SourceName, _ body: [UInt8]) async throws(Problem) -> WireItem? {
        if format == .log { return try await logItem(source, body) }
        guard format == .webhook, let name = PlainName(plain: source.text), let found = try await webhook(name),
            let element = try? JSON.parse(body), let mapping = try? found.webhook.readMapping
        else { return nil }
        return MappedFormat.item(element, mapping, source: source)
            ?? WireItem(drafts: .failure(Refusal(.unknownType, "the mapping makes no event of it now")), body: body)
    }
}

extension WebhookSource {
    fileprivate var readMapping: ImportMapping {
        get throws(CollectError) {
            do throws(MappingError) { return try ImportMapping(json: mapping) } catch {
                throw .unavailable(reason: error.description)
            }
        }
    }

    /// As declared; an empty body stands for the receipts.
    fileprivate func answer(_ collected: Collected?) -> HTTPResponse {
        let receipts = collected?.answer ?? ReceiptsAnswer([ReceiptsAnswer.Row]())
        var headers = collected?.headers(receipts) ?? [:]
        headers["Content-Type"] = answerBody.isEmpty ? "application/json" : answerType
        return HTTPResponse(
            status: answerStatus, headers: headers,
            body: .bytes(answerStatus == 204 ? [] : answerBody.isEmpty ? receipts.bytes : Array(answerBody.utf8)))
    }

    fileprivate var json: JSON {
        [
            "name": .string(name.text), "address": .string("/api/v1/hooks/\(name.text)"), "mapping": mapping,
            "check": check.json, "has_secret": .bool(hasSecret),
            "answer": [
                "status": .int(Int64(answerStatus)), "type": .string(answerType), "body": .string(answerBody),
            ], "enabled": .bool(isEnabled), "updated_at": .time(updatedAt),
        ]
    }
}
