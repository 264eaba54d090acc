import Base
import Domain

extension DraftValidation {
    /// The way of most native events: from the parser's nodes straight to the bytes in the journal, with the outcome
    /// that a draft would have.
    ///
    /// - Returns: Nil for all that is unusual or wrong: a draft tells what to make of it.
    func direct(_ flat: FlatJSON, _ place: Int) -> KeyedEvent? {
        guard let fields = NativeFields(flat, place), let id = fields.id, let person = fields.person,
            let name = fields.name,
            name.count != Self.decisionName.count || !flat.strings[name].elementsEqual(Self.decisionName),
            let (time, correction) = time(flat, fields), !plan.mayRefuse(flat.strings[name])
        else { return nil }
        var money: Money?
        if let place = fields.value {
            guard let given = try? self.money(flat.value(at: place)) else { return nil }
            money = given
        }
        var out = ByteWriter(capacity: 192)
        out.append(correction.count == 0 ? EventCodec.version : EventCodec.versionWithCorrection)
        out.append(flat.strings[id])
        out.append(source.text)
        out.append(flat.strings[person])
        out.append(flat.strings[name])
        if let channel = fields.channel { out.append(flat.strings[channel]) } else { out.append(Channel.unknown.text) }
        out.append(time.unixMs)
        out.append(receivedAt.unixMs)
        out.append(fields.subject.map { flat.strings[$0] } ?? [])
        if let money {
            out.append(money.currency.code)
            out.append(money.minor)
        } else {
            out.append("")
        }
        out.append(fields.decision.map { flat.strings[$0] } ?? [])
        out.append(Self.properties(flat, fields.properties)[...])
        if correction.count != 0 { out.append(correction.count) }
        guard out.bytes.count <= limits.eventBytesMax else { return nil }
        let eventID = EventID(validated: String(decoding: flat.strings[id], as: UTF8.self))
        return KeyedEvent(
            key: CollectEvents.key(source: source, id: eventID, secret: key), id: eventID, payload: out.bytes)
    }

    private static let decisionName = Array(EventName.decision.text.utf8)

    private func time(_ flat: FlatJSON, _ fields: NativeFields) -> (EventTime, correction: Milliseconds)? {
        guard let place = fields.time else { return (receivedAt, Milliseconds(0)) }
        guard let said = instant(flat, place) else { return nil }
        var time = said
        if let sent = fields.sentAt {
            guard let sentAt = instant(flat, sent) else { return nil }
            if said <= sentAt { time = receivedAt.advanced(by: said.since(sentAt)) }
        }
        guard time >= limits.timeMin, time <= receivedAt.advanced(by: limits.aheadMax) else { return nil }
        return (time, time.since(said))
    }

    private func instant(_ flat: FlatJSON, _ place: Int) -> EventTime? {
        switch flat.kind(at: place) {
        case .string: EventTime.unixMs(iso8601: flat.strings[flat.range(at: place)]).flatMap(EventTime.init(unixMs:))
        case .integer: flat.integer(at: place).flatMap(EventTime.init(unixMs:))
        default: nil
        }
    }

    private static func properties(_ flat: FlatJSON, _ place: Int?) -> [UInt8] {
        guard let place, flat.count(at: place) > 0 else { return [] }
        var json: [UInt8] = []
        flat.write(place, to: &json)
        return json
    }
}

/// Where the fields of a native event stand, as far as they are usual: texts that are valid as they are.
private struct NativeFields {
    var id: Range<Int>?  // Of the strings.
    var person: Range<Int>?
    var name: Range<Int>?
    var channel: Range<Int>?
    var subject: Range<Int>?
    var decision: Range<Int>?
    var time: Int?  // A node.
    var sentAt: Int?
    var value: Int?
    var properties: Int?

    /// Nil where a field is none of these or its value is not of the usual kind.
    init?(_ flat: FlatJSON, _ place: Int) {
        guard flat.kind(at: place) == .object else { return nil }
        var next = place + 1
        for _ in 0..<flat.count(at: place) {
            guard take(flat, name: flat.range(at: next), value: next + 1) else { return nil }
            next = flat.end(of: next + 1)
        }
    }

    private mutating func take(_ flat: FlatJSON, name: Range<Int>, value: Int) -> Bool {
        let name = flat.strings[name]
        func isNamed(_ text: String) -> Bool { name.elementsEqual(text.utf8) }
        switch name.count {
        case 2 where isNamed("id"): return Self.take(flat, value, EventID.self, &id)
        case 4 where isNamed("name"): return Self.take(flat, value, EventName.self, &self.name)
        case 4 where isNamed("time"): time = value
        case 5 where isNamed("value"): self.value = value
        case 6 where isNamed("person"): return Self.take(flat, value, PersonID.self, &person)
        case 7 where isNamed("channel"): return Self.take(flat, value, Channel.self, &channel)
        case 7 where isNamed("subject"): return takeSubject(flat, value)
        case 7 where isNamed("sent_at"): sentAt = value
        case 8 where isNamed("decision"): return Self.take(flat, value, DecisionID.self, &decision)
        case 10 where isNamed("properties"):
            properties = value
            return flat.kind(at: value) == .object
        default: return false
        }
        return true
    }

    /// Whether the node is a text that is surely a valid name; one that begins or ends outside ASCII may end in a white
    /// space that only a text knows.
    private static func take<Name: NameText>(
        _ flat: FlatJSON, _ place: Int, _: Name.Type, _ field: inout Range<Int>?
    ) -> Bool {
        guard flat.kind(at: place) == .string else { return false }
        let range = flat.range(at: place)
        guard (1...Name.utf8CountMax).contains(range.count), isPlain(flat.strings[range]),
            isVisibleASCII(flat.strings[range.lowerBound]), isVisibleASCII(flat.strings[range.upperBound - 1])
        else { return false }
        field = range
        return true
    }

    private mutating func takeSubject(_ flat: FlatJSON, _ place: Int) -> Bool {
        guard flat.kind(at: place) == .string else { return false }
        let range = flat.range(at: place)
        let text = flat.strings[range]
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")),
            Subject.Kind(rawValue: String(decoding: text[..<colon], as: UTF8.self)) != nil,
            (1...Subject.idUTF8CountMax).contains(range.upperBound - colon - 1), Self.isPlain(text)
        else { return false }
        subject = range
        return true
    }

    private static func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    private static func isVisibleASCII(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}
