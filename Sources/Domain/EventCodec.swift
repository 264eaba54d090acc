public import Base

/// The binary form of an event in the journal: a version byte, then the fields in a fixed order; text is UTF-8 behind
/// a LEB128 length, whole numbers are zigzag LEB128, an absent field is an empty text. The version byte says what
/// stands behind the last of them: the ids whose kinds the sender named, then how much the time was corrected.
public enum EventCodec {
    public static let version: UInt8 = 1
    public static let versionWithIdentifiers: UInt8 = 2
    public static let versionWithCorrection: UInt8 = 3
    public static let versionWithBoth: UInt8 = 4
    public static let identifierCountMax: Int64 = 32

    public static func encode(_ event: Event) -> [UInt8] {
        var out = ByteWriter(capacity: 192)
        let isCorrected = event.clockCorrection.count != 0
        out.append(version(hasIdentifiers: !event.identifiers.isEmpty, isCorrected: isCorrected))
        out.append(event.id.text)
        out.append(event.source.text)
        out.append(event.person.text)
        out.append(event.name.text)
        out.append(event.channel.text)
        out.append(event.time.unixMs)
        out.append(event.receivedAt.unixMs)
        out.append(event.subject?.description ?? "")
        out.append(event.value?.currency.code ?? "")
        if let value = event.value { out.append(value.minor) }
        out.append(event.decision?.text ?? "")
        if event.properties.isEmpty {
            out.append("")
        } else {
            var json: [UInt8] = []
            event.properties.write(to: &json)
            out.append(json)
        }
        append(event.identifiers, to: &out)
        if isCorrected { out.append(event.clockCorrection.count) }
        return out.bytes
    }

    static func append(_ identifiers: [PersonIdentifier], to out: inout ByteWriter) {
        guard !identifiers.isEmpty else { return }
        out.append(Int64(identifiers.count))
        for identifier in identifiers {
            out.append(identifier.kind.rawValue)
            out.append(identifier.id.text)
        }
    }

    static func version(hasIdentifiers: Bool, isCorrected: Bool) -> UInt8 {
        switch (hasIdentifiers, isCorrected) {
        case (false, false): version
        case (true, false): versionWithIdentifiers
        case (false, true): versionWithCorrection
        case (true, true): versionWithBoth
        }
    }

    /// - Parameter parser: Reused from call to call; a journal holds millions of events.
    public static func decode(_ bytes: [UInt8], parser: JSONParser = JSONParser()) throws(CodecError) -> Event {
        var texts: RecentTexts?
        return try decode(bytes, parser: parser, &texts)
    }

    /// - Parameter texts: Names that events share; nil where too few are read for it to pay.
    static func decode(
        _ bytes: [UInt8], parser: JSONParser, _ texts: inout RecentTexts?
    ) throws(CodecError) -> Event {
        var reader = ByteReader(bytes)
        let version = try reader.byte()
        guard (Self.version...versionWithBoth).contains(version) else { throw .unknownVersion(version) }
        let id = try reader.name(EventID.self, "id")
        let source = try reader.name(SourceName.self, "source", &texts)
        let person = try reader.name(PersonID.self, "person")
        let name = try reader.name(EventName.self, "name", &texts)
        let channel = try reader.name(Channel.self, "channel", &texts)
        let time = try reader.time("time")
        let receivedAt = try reader.time("received_at")
        let subjectText = try reader.slice()
        let subject = Subject(utf8: subjectText)
        guard subjectText.isEmpty || subject != nil else { throw .invalid(field: "subject") }
        let value = try reader.money()
        let decisionText = try reader.text()
        let properties = try reader.properties(parser)
        let hasIdentifiers = version == versionWithIdentifiers || version == versionWithBoth
        let identifiers = hasIdentifiers ? try reader.identifiers() : []
        let correction = version >= versionWithCorrection ? try reader.correction() : Milliseconds(0)
        return Event(
            id: id, source: source, person: person, identifiers: identifiers, name: name, channel: channel, time: time,
            clockCorrection: correction, receivedAt: receivedAt, subject: subject, value: value,
            decision: DecisionID(decisionText), properties: properties)
    }
}

extension ByteReader {
    /// What was encoded was valid, and checksums tell damage: only what would make no name at all is refused.
    fileprivate mutating func name<Name: NameText>(_: Name.Type, _ field: String) throws(CodecError) -> Name {
        let bytes = try slice()
        guard (1...Name.utf8CountMax).contains(bytes.count), let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalid(field: field)
        }
        return Name(validated: text)
    }

    /// The same, of a kind that many events share.
    fileprivate mutating func name<Name: NameText>(
        _: Name.Type, _ field: String, _ texts: inout RecentTexts?
    ) throws(CodecError) -> Name {
        guard texts != nil else { return try name(Name.self, field) }
        let bytes = try slice()
        guard (1...Name.utf8CountMax).contains(bytes.count), let text = texts?.text(bytes) else {
            throw .invalid(field: field)
        }
        return Name(validated: text)
    }

    fileprivate mutating func time(_ field: String) throws(CodecError) -> EventTime {
        guard let time = EventTime(unixMs: try integer()) else { throw .invalid(field: field) }
        return time
    }

    fileprivate mutating func correction() throws(CodecError) -> Milliseconds {
        let count = try integer()
        guard count.magnitude < EventTime.unixMsEnd.magnitude else { throw .invalid(field: "clock_correction") }
        return Milliseconds(count)
    }

    fileprivate mutating func money() throws(CodecError) -> Money? {
        let code = try text()
        guard !code.isEmpty else { return nil }
        guard let currency = Currency(code: code), let value = Money(minor: try integer(), currency: currency) else {
            throw .invalid(field: "value")
        }
        return value
    }

    mutating func identifiers() throws(CodecError) -> [PersonIdentifier] {
        let count = try integer()
        guard (1...EventCodec.identifierCountMax).contains(count) else { throw .invalid(field: "ids") }
        var identifiers: [PersonIdentifier] = []
        for _ in 0..<count {
            guard let kind = PersonIdentifier.Kind(rawValue: try byte()) else { throw .invalid(field: "ids") }
            identifiers.append(PersonIdentifier(kind, try name(PersonID.self, "ids")))
        }
        return identifiers
    }

    fileprivate mutating func properties(_ parser: JSONParser) throws(CodecError) -> JSONObject {
        let json = try slice()
        guard !json.isEmpty else { return JSONObject() }
        guard case .object(let object)? = try? parser.parse(json) else { throw .invalid(field: "properties") }
        return object
    }
}
