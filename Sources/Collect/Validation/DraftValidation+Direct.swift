import Base
import Domain

extension DraftValidation {
    /// The way of most native events: from the parser's nodes straight to the bytes in the journal, with the outcome
    /// that a draft would have.
    ///
    /// - Returns: Nil for all that is unusual or wrong: a draft tells what to make of it.
    func direct(_ flat: FlatJSON, _ place: Int) -> KeyedEvent? {
        let names = NativeNames.all
        guard let fields = NativeFields(flat, place, names), let id = fields.id, let person = fields.person,
            let name = fields.name, !names.isDecision(flat.strings.span.extracting(name)),
            let (time, correction) = time(flat, fields), plan.isObserving || !plan.mayRefuse(flat.strings[name])
        else { return nil }
        var money: Money?
        if let place = fields.value {
            guard let given = try? self.money(flat.value(at: place)) else { return nil }
            money = given
        }
        let strings = flat.strings.span
        var out = ByteWriter(capacity: 192)
        out.append(correction.count == 0 ? EventCodec.version : EventCodec.versionWithCorrection)
        out.append(strings.extracting(id))
        out.append(source.text)
        out.append(strings.extracting(person))
        out.append(strings.extracting(name))
        if let channel = fields.channel {
            out.append(strings.extracting(channel))
        } else {
            out.append(Channel.unknown.text)
        }
        out.append(time.unixMs)
        out.append(receivedAt.unixMs)
        out.append(strings.extracting(fields.subject ?? 0..<0))
        if let money {
            out.append(money.currency.code)
            out.append(money.minor)
        } else {
            out.append("")
        }
        out.append(strings.extracting(fields.decision ?? 0..<0))
        out.append(Self.properties(flat, fields.properties)[...])
        if correction.count != 0 { out.append(correction.count) }
        guard out.bytes.count <= limits.eventBytesMax else { return nil }
        return KeyedEvent(
            key: Hash128(of: keyHead, strings.extracting(id), key: key),
            id: EventID(validated: String(decoding: flat.strings[id], as: UTF8.self)), payload: out.bytes)
    }

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

/// The names of the fields as numbers, so that a comparison is one step: up to eight bytes each, the first one lowest.
private struct NativeNames {
    static let all = NativeNames()

    let id = word("id")
    let name = word("name")
    let time = word("time")
    let value = word("value")
    let person = word("person")
    let channel = word("channel")
    let subject = word("subject")
    let sentAt = word("sent_at")
    let decision = word("decision")
    let properties = (word("properti"), word("es"))

    func isDecision(_ name: Span<UInt8>) -> Bool { name.count == 8 && Self.word(name) == decision }

    func isProperties(_ name: Span<UInt8>) -> Bool {
        name.count == 10 && Self.word(name.extracting(..<8)) == properties.0
            && Self.word(name.extracting(8...)) == properties.1
    }

    /// - Precondition: At most eight bytes.
    static func word(_ bytes: Span<UInt8>) -> UInt64 {
        var word: UInt64 = 0
        for i in bytes.indices { word |= UInt64(bytes[i]) << UInt64(8 * i) }
        return word
    }

    private static func word(_ text: String) -> UInt64 { word(text.utf8Span.span) }
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
    init?(_ flat: FlatJSON, _ place: Int, _ names: NativeNames) {
        guard flat.kind(at: place) == .object else { return nil }
        var next = place + 1
        for _ in 0..<flat.count(at: place) {
            guard take(flat, flat.strings.span.extracting(flat.range(at: next)), value: next + 1, names) else {
                return nil
            }
            next = flat.end(of: next + 1)
        }
    }

    private mutating func take(_ flat: FlatJSON, _ name: Span<UInt8>, value: Int, _ names: NativeNames) -> Bool {
        guard name.count <= 8 else {
            guard names.isProperties(name), flat.kind(at: value) == .object else { return false }
            properties = value
            return true
        }
        let word = NativeNames.word(name)
        switch name.count {
        case 2 where word == names.id: return Self.take(flat, value, EventID.self, &id)
        case 4 where word == names.name: return Self.take(flat, value, EventName.self, &self.name)
        case 4 where word == names.time: time = value
        case 5 where word == names.value: self.value = value
        case 6 where word == names.person: return Self.take(flat, value, PersonID.self, &person)
        case 7 where word == names.channel: return Self.take(flat, value, Channel.self, &channel)
        case 7 where word == names.subject: return takeSubject(flat, value)
        case 7 where word == names.sentAt: sentAt = value
        case 8 where word == names.decision: return Self.take(flat, value, DecisionID.self, &decision)
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
        let text = flat.strings.span.extracting(range)
        guard (1...Name.utf8CountMax).contains(text.count), isPlain(text), isVisibleASCII(text[0]),
            isVisibleASCII(text[text.count - 1])
        else { return false }
        field = range
        return true
    }

    private mutating func takeSubject(_ flat: FlatJSON, _ place: Int) -> Bool {
        guard flat.kind(at: place) == .string else { return false }
        let range = flat.range(at: place)
        let text = flat.strings.span.extracting(range)
        var colon = 0
        while colon < text.count, text[colon] != UInt8(ascii: ":") { colon += 1 }
        guard colon < text.count, Subject.Kind(utf8: text.extracting(..<colon)) != nil,
            (1...Subject.idUTF8CountMax).contains(text.count - colon - 1), Self.isPlain(text)
        else { return false }
        subject = range
        return true
    }

    private static func isPlain(_ bytes: Span<UInt8>) -> Bool {
        for i in bytes.indices where bytes[i] < 0x20 || bytes[i] == 0x7F { return false }
        return true
    }

    private static func isVisibleASCII(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}
