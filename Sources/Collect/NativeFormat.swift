public import Base

/// Quanyu's own format: an object, an array of objects, or one object a line.
public enum NativeFormat {
    /// - Parameter isNDJSON: One JSON text a line; a broken line is set aside alone.
    public static func items(_ body: [UInt8], isNDJSON: Bool) throws(CollectError) -> [WireItem] {
        if isNDJSON { return lines(body) }
        switch try parse(body) {
        case .array(let elements): return elements.map(item)
        case .object(let object): return [item(.object(object))]
        case let other: throw .wrongShape(expected: "an event object or an array of them", got: other.kindName)
        }
    }

    /// As `JSON.parse`, with the error of a request.
    public static func parse(_ body: [UInt8]) throws(CollectError) -> JSON {
        do throws(JSONError) {
            return try JSON.parse(body)
        } catch {
            throw .malformed(reason: error.reason, byteOffset: error.byteOffset)
        }
    }

    static func item(_ json: JSON) -> WireItem {
        guard let object = json.objectValue else {
            return WireItem(
                drafts: .failure(Refusal(.notAnObject, "an event must be an object, not \(json.kindName)")),
                body: json.bytes)
        }
        var draft = EventDraft()
        draft.id = object["id"]
        draft.person = object["person"]
        draft.name = object["name"]
        draft.channel = object["channel"]
        draft.time = object["time"]
        draft.sentAt = object["sent_at"]
        draft.subject = object["subject"]
        draft.value = object["value"]
        draft.decision = object["decision"]
        draft.properties = object["properties"]
        return WireItem(drafts: .success([draft]), body: json.bytes)
    }

    private static func lines(_ body: [UInt8]) -> [WireItem] {
        let parser = JSONParser()
        var items: [WireItem] = []
        for (index, line) in body.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { continue }
            do throws(JSONError) {
                items.append(item(try parser.parse(line)))
            } catch {
                let place = error.byteOffset.map { ", byte \($0)" } ?? ""
                let refusal = Refusal(.malformedJSON, "line \(index + 1)\(place): \(error.reason)")
                items.append(WireItem(drafts: .failure(refusal), body: Array(line)))
            }
        }
        return items
    }
}
