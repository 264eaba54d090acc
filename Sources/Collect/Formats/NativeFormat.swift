public import Base
import Domain

/// Quanyu's own format: an object, an array of objects, or one object a line.
public enum NativeFormat {
    /// - Parameter isNDJSON: One JSON text a line; a broken line is set aside alone.
    public static func items(_ body: [UInt8], isNDJSON: Bool) throws(CollectError) -> [WireItem] {
        if isNDJSON { return lines(body) }
        let flat: FlatJSON
        do throws(JSONError) { flat = try JSONParser().flat(body[...]) } catch {
            throw .malformed(reason: error.reason, byteOffset: error.byteOffset)
        }
        switch flat.kind(at: 0) {
        case .array: return elements(of: flat)
        case .object: return [WireItem(native: flat, place: 0)]
        default:
            throw .wrongShape(expected: "an event object or an array of them", got: flat.value(at: 0).kindName)
        }
    }

    private static func elements(of flat: FlatJSON) -> [WireItem] {
        var items: [WireItem] = []
        items.reserveCapacity(flat.count(at: 0))
        var place = 1
        for _ in 0..<flat.count(at: 0) {
            items.append(WireItem(native: flat, place: place))
            place = flat.end(of: place)
        }
        return items
    }

    /// As `JSON.parse`, with the error of a request.
    public static func parse(_ body: [UInt8]) throws(CollectError) -> JSON {
        do throws(JSONError) {
            return try JSON.parse(body)
        } catch {
            throw .malformed(reason: error.reason, byteOffset: error.byteOffset)
        }
    }

    /// The last two come back in exports, and are passed over: they are ours to say.
    private static let fields = [
        "id", "person", "ids", "name", "channel", "time", "sent_at", "subject", "value", "decision", "properties",
        "source", "received_at",
    ]
    private static let fieldCountSent = fields.count - 2

    static func item(_ json: JSON) -> WireItem { WireItem(drafts: drafts(json), json: json) }

    static func drafts(_ json: JSON) -> Result<[EventDraft], Refusal> {
        guard let object = json.objectValue else {
            return .failure(Refusal(.notAnObject, "an event must be an object, not \(json.kindName)"))
        }
        if let unknown = object.members.first(where: { !fields.contains($0.name) }) {
            return .failure(
                Refusal(
                    .unknownField,
                    "`\(unknown.name.prefix(40))` is no field of an event and would be lost; fields are "
                        + fields.prefix(fieldCountSent).joined(separator: ", ")
                        + "; put what is your own into properties"))
        }
        return identifiers(object["ids"]).map { [draft(object, $0)] }
    }

    private static func draft(_ object: JSONObject, _ identifiers: [EventDraft.Identifier]) -> EventDraft {
        var draft = EventDraft()
        draft.id = object["id"]
        draft.person = object["person"]
        draft.identifiers = identifiers
        draft.name = object["name"]
        draft.channel = object["channel"]
        draft.time = object["time"]
        draft.sentAt = object["sent_at"]
        draft.subject = object["subject"]
        draft.value = object["value"]
        draft.decision = object["decision"]
        draft.properties = object["properties"]
        return draft
    }

    /// `{"login": "ana", "device": ["d1", "d2"]}`.
    static func identifiers(_ json: JSON?) -> Result<[EventDraft.Identifier], Refusal> {
        guard let json, json != .null else { return .success([]) }
        let kinds = PersonIdentifier.Kind.allCases.map(\.code).joined(separator: ", ")
        guard let object = json.objectValue else {
            return .failure(Refusal(.invalidPerson, "`ids` must be an object of \(kinds), not \(json.kindName)"))
        }
        var identifiers: [EventDraft.Identifier] = []
        for member in object.members {
            guard let kind = PersonIdentifier.Kind(code: member.name) else {
                return .failure(
                    Refusal(.invalidPerson, "`ids.\(member.name.prefix(40))` is no kind of id; there are \(kinds)"))
            }
            for id in member.value.arrayValue ?? [member.value] {
                identifiers.append(EventDraft.Identifier(kind, id))
            }
        }
        return .success(identifiers)
    }

    private static func lines(_ body: [UInt8]) -> [WireItem] {
        let parser = JSONParser()
        var items: [WireItem] = []
        for (index, line) in body.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { continue }
            do throws(JSONError) {
                items.append(WireItem(native: try parser.flat(line), place: 0))
            } catch {
                let place = error.byteOffset.map { ", byte \($0)" } ?? ""
                let refusal = Refusal(.malformedJSON, "line \(index + 1)\(place): \(error.reason)")
                items.append(WireItem(drafts: .failure(refusal), body: Array(line)))
            }
        }
        return items
    }
}
