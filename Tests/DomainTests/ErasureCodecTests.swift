import Base
import Domain
import Testing

@Suite struct ErasureCodecTests {
    private static func id(_ kind: PersonIdentifier.Kind, _ text: String) -> PersonIdentifier {
        PersonIdentifier(kind, PersonID(validated: text))
    }

    private static func event(
        _ person: String, _ ids: [PersonIdentifier] = [], name: EventName = .pageView, correctionMs: Int64 = 0
    ) -> Event {
        let time = EventTime(clampingUnixMs: 1_700_000_000_000)
        return Event(
            id: EventID(validated: "e1"), source: SourceName(validated: "web"), person: PersonID(validated: person),
            identifiers: ids, name: name, channel: Channel(validated: "feed"), time: time,
            clockCorrection: Milliseconds(correctionMs), receivedAt: time,
            subject: Subject(kind: .product, id: "1"), value: Money(minor: -5, currency: .cny),
            decision: DecisionID(validated: "d1"), properties: JSONObject([.init(name: "city", value: "杭州")]))
    }

    private static func erased(_ ids: Set<String>, _ event: Event) throws -> JournalEntry? {
        let bytes = EventCodec.encode(event)
        guard let other = try EventCodec.erasing({ ids.contains($0.text) ? 300 : nil }, from: bytes) else { return nil }
        #expect(other.count == bytes.count)
        #expect(try EventCodec.erasing({ ids.contains($0.text) ? 300 : nil }, from: other) == nil, "once is enough")
        for id in ids { #expect(!String(decoding: other, as: UTF8.self).contains(id)) }
        return try JournalEntry(other)
    }

    private static let both = [id(.login, "anna"), id(.openid, "wx-1"), id(.device, "phone-9")]

    @Test func anEventOfTheirsLeavesNothingButWhoseErasureItWas() throws {
        #expect(try Self.erased(["anna"], Self.event("anna")) == .erased(by: 300))
        #expect(try Self.erased(["anna"], Self.event("anna", Self.both, correctionMs: -70)) == .erased(by: 300))
    }

    @Test func anEventOfSomebodyElseStaysWithoutTheirIds() throws {
        for correction in [0, -90_000] as [Int64] {
            let event = Self.event("anna", Self.both, correctionMs: correction)
            #expect(
                try Self.erased(["phone-9"], event)
                    == .event(Self.event("anna", Array(Self.both[..<2]), correctionMs: correction)))
            #expect(
                try Self.erased(["phone-9", "wx-1"], event)
                    == .event(Self.event("anna", [Self.both[0]], correctionMs: correction)))
        }
    }

    @Test func whereTheIdIsGoneThatOthersWereLinkedToTheyAreLinkedNoMore() throws {
        #expect(try Self.erased(["anna"], Self.event("phone-9", Self.both)) == .event(Self.event("phone-9")))
    }

    @Test func whatNamesNoneOfThemStaysAsItIs() throws {
        #expect(try Self.erased(["bert"], Self.event("anna", Self.both)) == nil)
        let record = ErasureRecord(askedAt: EventTime(clampingUnixMs: 5), actor: "user:ana", hashes: [])
        #expect(try EventCodec.erasing({ _ in 1 }, from: ErasureCodec.encode(record)) == nil)
    }

    @Test func aRecordIsReadAsItWasWritten() throws {
        let key = try #require(HashKey(bytes: Array(0..<16)))
        let hashes = ["anna", "phone-9"].map { ErasureRecord.hash(of: PersonID(validated: $0), key: key) }
        let record = ErasureRecord(askedAt: EventTime(clampingUnixMs: 5), actor: "user:ana", hashes: hashes)
        #expect(try JournalEntry(ErasureCodec.encode(record)) == .erasure(record))
        #expect(Set(hashes).count == 2)
        #expect(hashes[0] != Hash128(of: Array("anna".utf8), key: key), "no hash of another use")
    }
}
