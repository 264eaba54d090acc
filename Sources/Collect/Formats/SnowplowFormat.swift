import Base
import Domain

/// Snowplow's tracker protocol, on the routes `/com.snowplowanalytics.snowplow/tp2` and `/i`.
///
/// Source: docs.snowplow.io Snowplow tracker protocol; snowplow-tracker 1.1 from PyPI.
public enum SnowplowFormat {
    /// A POST holds `data`, an array of events; a GET is one event in its query. The key is `?key=`, or else the
    /// application's id (`aid`).
    public static func envelope(_ request: WireRequest) throws(CollectError) -> WireEnvelope {
        let asked = request.parameter("key")
        let events: [JSON]
        if request.body.isEmpty, !request.query.isEmpty {
            let members = request.query.filter { $0.name != "key" }
            events = [.object(JSONObject(members.map { JSONObject.Member(name: $0.name, value: .string($0.value)) }))]
        } else {
            let payload = try NativeFormat.parse(request.body)
            guard let data = payload["data"]?.arrayValue else {
                throw .wrongShape(
                    expected: "`data`, an array of events", got: payload["data"]?.kindName ?? payload.kindName)
            }
            events = data
        }
        let application = events.lazy.compactMap { $0["aid"]?.stringValue }.first
        let key = asked ?? application
        let items = events.map { event -> WireItem in
            guard var object = event.objectValue else { return item(event) }
            if object["aid"]?.stringValue == key { object["aid"] = nil }
            return item(.object(object))
        }
        return WireEnvelope(items: items, key: key)
    }

    static func item(_ json: JSON) -> WireItem {
        guard let event = json.objectValue else {
            let refusal = Refusal(.notAnObject, "an event must be an object, not \(json.kindName)")
            return WireItem(drafts: .failure(refusal), body: json.bytes)
        }
        return WireItem(drafts: drafts(event), body: json.bytes)
    }

    private static func drafts(_ event: JSONObject) -> Result<[EventDraft], Refusal> {
        do throws(Refusal) {
            let contexts = try embedded(event, "cx", "co")?["data"]?.arrayValue ?? []
            var draft = common(event, contexts)
            switch event["e"]?.stringValue {
            case "pv":
                draft.name = "page_view"
                draft.subject = SubjectText.page(address: event["url"])
            case "pp":
                draft.name = "page_ping"
                draft.subject = SubjectText.page(address: event["url"])
            case "se": draft.name = event["se_ac"]
            case "ue":
                guard let inner = try embedded(event, "ue_px", "ue_pr")?["data"], inner.objectValue != nil else {
                    throw Refusal(.malformedJSON, "`ue_px` or `ue_pr` must hold a self-describing event")
                }
                return .success(SnowplowVocabulary.drafts(inner, contexts, draft))
            case "tr":
                draft.name = "order_paid"
                draft.subject = SubjectText.make(.order, event["tr_id"])
                draft.value = event["tr_tt"].map { SegmentFormat.money($0, event["tr_cu"]) }
            case "ti":
                draft.name = "product_purchased"
                draft.subject = SubjectText.make(.product, event["ti_sk"])
                draft.value = lineValue(event["ti_pr"], event["ti_qu"], event["ti_cu"])
            case let other:
                let detail =
                    "`e` must be pv, pp, se, ue, tr or ti, not \(other.map { String($0.prefix(40)) } ?? "absent")"
                throw Refusal(.unknownType, detail)
            }
            return .success([draft])
        } catch {
            return .failure(error)
        }
    }

    /// Price times quantity; nil without a price.
    static func lineValue(_ price: JSON?, _ quantity: JSON?, _ currency: JSON?) -> JSON? {
        func number(_ json: JSON?) -> Double? { json?.doubleValue ?? json?.stringValue.flatMap(Double.init) }
        return number(price).map { SegmentFormat.money(.double($0 * (number(quantity) ?? 1)), currency) }
    }

    /// The self-describing JSON of a field that is base64, or of one that is text.
    private static func embedded(_ event: JSONObject, _ encoded: String, _ plain: String) throws(Refusal) -> JSON? {
        let bytes: [UInt8]
        let field: String
        if let text = event[encoded]?.stringValue {
            field = encoded
            guard let decoded = Base64.decode(text.utf8) else {
                throw Refusal(.malformedJSON, "`\(field)` is no base64")
            }
            bytes = decoded
        } else if let text = event[plain]?.stringValue {
            field = plain
            bytes = Array(text.utf8)
        } else {
            return nil
        }
        do throws(JSONError) { return try JSON.parse(bytes) } catch {
            throw Refusal(.malformedJSON, "`\(field)`: \(error.reason)")
        }
    }
}

extension SnowplowFormat {
    /// What is read into other fields of an event.
    private static let consumed: Set<String> = [
        "e", "eid", "dtm", "stm", "ttm", "uid", "duid", "nuid", "tnuid", "cx", "co", "ue_px", "ue_pr",
    ]

    private static func common(_ event: JSONObject, _ contexts: [JSON]) -> EventDraft {
        var draft = EventDraft()
        draft.id = event["eid"]
        draft.identifiers = [
            EventDraft.Identifier(.login, event["uid"]), EventDraft.Identifier(.anonymous, event["duid"]),
            EventDraft.Identifier(.anonymous, SnowplowVocabulary.entity("client_session", in: contexts)?["userId"]),
            EventDraft.Identifier(.device, event["nuid"]), EventDraft.Identifier(.device, event["tnuid"]),
        ]
        draft.person = draft.identifiers.lazy.compactMap(\.id).first { $0 != .null && $0 != "" }
        if let exact = event["ttm"] {
            draft.time = WireTime.milliseconds(exact)
        } else {
            draft.time = WireTime.milliseconds(event["dtm"])
            draft.sentAt = WireTime.milliseconds(event["stm"])
        }
        draft.channel = channel(event["p"])
        var properties = JSONObject(event.members.filter { !consumed.contains($0.name) })
        if !contexts.isEmpty { properties.append("contexts", .array(contexts)) }
        draft.properties = .object(properties)
        draft.decision = properties["decision_id"]
        return draft
    }

    private static func channel(_ platform: JSON?) -> JSON {
        switch platform?.stringValue {
        case nil, "srv"?: "server"
        case "mob"?, "app"?: "app"
        case let named?: .string(named)
        }
    }
}
