import Base
import Domain
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: ["", " a", "a ", "\u{3000}a", "红\u{2003}", "a\nb", "a\u{7F}", String(repeating: "x", count: 101)])
    func aTextThatNamesNothingIsRefused(text: String) { #expect(EventName(text) == nil) }

    @Test(arguments: ["click", "Order Completed", "直播间进入", String(repeating: "x", count: 100)])
    func anyPrintableTextMayName(text: String) { #expect(EventName(text)?.text == text) }

    @Test(arguments: [("product:1", "product", "1"), ("coupon:18/100:a", "coupon", "18/100:a")])
    func aSubjectIsAKindAndAnID(text: String, kind: String, id: String) throws {
        let subject = try #require(Subject(text))
        #expect(subject.kind.rawValue == kind)
        #expect(subject.id == id)
        #expect(subject.description == text)
    }

    @Test(arguments: ["", "product", "product:", "thing:1", "product:a\nb"])
    func anythingElseIsNoSubject(text: String) { #expect(Subject(text) == nil) }
}

@Suite struct EventCodecTests {
    static func event(seed: UInt64) -> Event {
        var random = SeededGenerator(seed: seed)
        func text(_ prefix: String) -> String { "\(prefix)-红\(Int.random(in: 0..<1000, using: &random))" }
        return Event(
            id: EventID(validated: text("id")), source: SourceName(validated: text("source")),
            person: PersonID(validated: text("person")),
            identifiers: Bool.random(using: &random) ? [PersonIdentifier(.login, PersonID(validated: text("l")))] : [],
            name: EventName(validated: text("name")), channel: Channel(validated: text("channel")),
            time: EventTime(clampingUnixMs: Int64.random(in: 0..<EventTime.unixMsEnd, using: &random)),
            clockCorrection: Milliseconds(
                Bool.random(using: &random) ? Int64.random(in: -1_000_000...1_000_000, using: &random) : 0),
            receivedAt: EventTime(clampingUnixMs: Int64.random(in: 0..<EventTime.unixMsEnd, using: &random)),
            subject: Bool.random(using: &random) ? Subject(kind: .product, id: text("p")) : nil,
            value: Bool.random(using: &random)
                ? Money(minor: Int64.random(in: -1_000_000...1_000_000, using: &random), currency: .cny) : nil,
            decision: Bool.random(using: &random) ? DecisionID(validated: text("d")) : nil,
            properties: Bool.random(using: &random)
                ? JSONObject([.init(name: "a", value: [1, "x", .null])]) : JSONObject())
    }

    @Test(arguments: 0..<100 as Range<UInt64>) func everyEventRoundTrips(seed: UInt64) throws {
        let event = Self.event(seed: seed)
        #expect(try EventCodec.decode(EventCodec.encode(event)) == event)
    }

    @Test func aDecoderOfManyRecordsReadsEachAsItIsReadAlone() throws {
        var decode = JournalDecoder()
        let receipt = CollectReceipt(
            receivedAt: EventTime(clampingUnixMs: 5), source: SourceName(validated: "shop"), format: "native",
            byteCount: 9, isReplay: false, runs: [.duplicate(elementCount: 1)])
        for seed in 0..<200 as Range<UInt64> {
            let bytes = EventCodec.encode(Self.event(seed: seed % 150))  // The last fifty come again.
            #expect(try decode(bytes) == JournalEntry(bytes))
            #expect(throws: CodecError.self) { try decode(Array(bytes.dropLast())) }
        }
        #expect(try decode(CollectReceiptCodec.encode(receipt)) == .receipt(receipt))
    }

    @Test(arguments: [
        "product:1", "room:", "product:a:b", ":1", "product", "produkt:1", "", "page:红", "item:a\u{7F}", "item:a\n",
        "item: ", "order:" + String(repeating: "1", count: 200), "order:" + String(repeating: "1", count: 201),
    ]) func aSubjectIsTheSameFromTextAndFromBytes(text: String) {
        #expect(Subject(utf8: Array(text.utf8)[...]) == Subject(text))
    }

    @Test func bytesThatAreNoTextAreNoSubject() {
        #expect(Subject(utf8: Array("product:".utf8) + [0xFF]) == nil)
        #expect(Subject(utf8: Array("product:1".utf8)[...]) != nil)
    }

    @Test func everyKindOfSubjectIsKnownByItsBytesAndNothingElseIs() {
        for text in Subject.Kind.allCases.map(\.rawValue) + ["", "produc", "products", "Product"] {
            let bytes = Array(text.utf8)
            let kind = Subject.Kind(utf8: bytes.span)
            #expect(kind == Subject.Kind(rawValue: text))
        }
    }

    /// Bytes that journals hold: what they mean never changes.
    @Test(arguments: [
        ("01016501730170016e0163020400000000", 0), ("02016501730170016e016302040000000002010161", 0),
        ("03016501730170016e01630204000000000d", -7), ("04016501730170016e01630204000000000201016108", 4),
    ]) func whatIsWrittenStaysReadable(hex: String, correctionMs: Int64) throws {
        let bytes = stride(from: 0, to: hex.utf8.count, by: 2).compactMap {
            UInt8(hex.dropFirst($0).prefix(2), radix: 16)
        }
        let event = try EventCodec.decode(bytes)
        #expect(event.time.unixMs == 1 && event.receivedAt.unixMs == 2 && event.person.text == "p")
        #expect(event.clockCorrection.count == correctionMs)
        #expect(EventCodec.encode(event) == bytes)
    }

    /// Whatever bytes come, reading ends in an event or an error, never in a stop.
    @Test(arguments: 0..<20 as Range<UInt64>) func brokenBytesAreAnError(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = EventCodec.encode(Self.event(seed: seed))
        for count in 0..<bytes.count {
            #expect(throws: CodecError.self) { try EventCodec.decode(Array(bytes.prefix(count))) }
        }
        for _ in 0..<200 {
            var broken = bytes
            broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            _ = try? EventCodec.decode(broken)
        }
        #expect(throws: CodecError.unknownVersion(9)) { try EventCodec.decode([9]) }
    }
}

@Suite struct DecisionTests {
    static let decision = Decision(
        id: DecisionID(validated: "d1"), person: PersonID(validated: "p"), time: EventTime(clampingUnixMs: 5),
        channel: Channel(validated: "shop"), surface: "home", policy: "ftrl-1", model: "ftrl-1@7", floor: 0.05,
        candidates: ["product:1", "product:2"].compactMap { Subject($0) }.map { .init(subject: $0, probability: 0.5) },
        choices: ["product:1"].compactMap { Subject($0) }.map {
            Decision.Choice(subject: $0, position: 1, probability: 0.5, score: nil, reasons: ["popular"])
        },
        context: JSONObject([.init(name: "hour", value: 9)]))

    @Test func aDecisionRoundTripsThroughItsEvent() throws {
        let event = Self.decision.event(source: .quanyu, receivedAt: EventTime(clampingUnixMs: 6))
        #expect(event.name == .decision)
        #expect(Decision(event: try EventCodec.decode(EventCodec.encode(event))) == Self.decision)
    }

    @Test(arguments: ["surface", "policy", "candidates", "probabilities", "choices"])
    func aRecordThatIsNotWholeIsNoDecision(missing: String) {
        let event = Self.decision.event(source: .quanyu, receivedAt: EventTime(clampingUnixMs: 6))
        var properties = event.properties
        properties[missing] = nil
        let broken = Event(
            id: event.id, source: event.source, person: event.person, name: event.name, channel: event.channel,
            time: event.time, receivedAt: event.receivedAt, decision: event.decision, properties: properties)
        #expect(Decision(event: broken) == nil)
    }

    private static let choice: JSON = ["subject": "product:1", "position": 1, "probability": 0.5]

    /// Each as the only thing that is wrong with the record.
    static let outOfBounds: [(String, JSON)] = [
        ("choices", [["subject": "product:1", "position": 0, "probability": 0.5]]),
        ("choices", [["subject": "product:1", "position": 1001, "probability": 0.5]]),
        ("choices", [["subject": "product:1", "position": 4_000_000_000_000_000_000, "probability": 0.5]]),
        ("choices", [["subject": "product:1", "position": -1, "probability": 0.5]]),
        ("choices", [["subject": "product:1", "position": 1, "probability": 1.5]]),
        ("choices", [["subject": "product:1", "position": 1, "probability": -0.5]]),
        ("choices", [["subject": "product:1", "position": 1, "probability": .double(.nan)]]),
        ("choices", .array(.init(repeating: choice, count: 1001))),
        ("probabilities", [0.5, .double(.infinity)]), ("probabilities", [0.5, -0.1]), ("probabilities", [0.5, 1.1]),
        ("floor", 2), ("floor", -0.1), ("surface", ""), ("surface", .string(String(repeating: "x", count: 101))),
    ]

    @Test(arguments: outOfBounds) func aRecordThatIsOutOfBoundsIsNoDecision(member: String, value: JSON) {
        let event = Self.decision.event(source: .quanyu, receivedAt: EventTime(clampingUnixMs: 6))
        var properties = event.properties
        properties[member] = value
        let broken = Event(
            id: event.id, source: event.source, person: event.person, name: event.name, channel: event.channel,
            time: event.time, receivedAt: event.receivedAt, decision: event.decision, properties: properties)
        #expect(Decision(event: broken) == nil)
    }
}
