import Base
import Collect
import Domain
import Synchronization
import Testing

/// A journal and a quarantine in memory, with the behaviour that the ports promise.
final class CollectWorld: Sendable {
    let events = Mutex<[KeyedEvent]>([])
    let entries = Mutex<[QuarantineEntry]>([])
    let receipts = Mutex<[CollectReceipt]>([])
    let now: EventTime

    init(now: String = "2026-11-24T00:00:00Z") throws { self.now = try #require(EventTime(iso8601: now)) }

    func collect(
        limits: CollectLimits = CollectLimits(), plan: EnforcedPlan = .none, gate: SourceGate = SourceGate()
    ) throws -> CollectEvents {
        let now = now
        return CollectEvents(
            limits: limits, key: try #require(HashKey(bytes: Array(0..<16))),
            ports: CollectPorts(
                append: { batch, receipt in
                    let isNew = self.events.withLock { events in
                        batch.map { keyed in
                            guard !events.contains(where: { $0.key == keyed.key }) else { return false }
                            events.append(keyed)
                            return true
                        }
                    }
                    let made = receipt(isNew)
                    let count = self.receipts.withLock { receipts in
                        receipts.append(made)
                        return receipts.count
                    }
                    return CollectPorts.Appended(isNew: isNew, receipt: ReceiptID(sequence: UInt64(count)))
                },
                quarantine: { batch in
                    self.entries.withLock { entries in
                        entries += batch
                        return (1...batch.count).map { Int64(entries.count - batch.count + $0) }
                    }
                },
                now: { now }, plan: { plan }), gate: gate)
    }

    var collected: [Event] { events.withLock { $0.compactMap { try? EventCodec.decode($0.payload) } } }
}

let testSource = SourceName(validated: "test")

@Suite struct NativeCollectTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, json: String, reason: QuarantineReason?
        var testDescription: String { why }
    }

    static let long = String(repeating: "x", count: 300)
    static let cases = [
        Case(why: "a person and a name suffice", json: #"{"person":"a","name":"click"}"#, reason: nil),
        Case(why: "a whole number may be a person", json: #"{"person":7,"name":"click"}"#, reason: nil),
        Case(why: "no person", json: #"{"name":"click"}"#, reason: .missingPerson),
        Case(why: "a null person", json: #"{"person":null,"name":"click"}"#, reason: .missingPerson),
        Case(why: "an empty person", json: #"{"person":"","name":"click"}"#, reason: .invalidPerson),
        Case(why: "a person too long", json: "{\"person\":\"\(long)\",\"name\":\"click\"}", reason: .invalidPerson),
        Case(why: "no name", json: #"{"person":"a"}"#, reason: .missingName),
        Case(why: "a name that is a number", json: #"{"person":"a","name":5}"#, reason: .invalidName),
        Case(why: "not an object", json: "[5]", reason: .notAnObject),
        Case(why: "text for a time", json: #"{"person":"a","name":"click","time":"soon"}"#, reason: .invalidTime),
        Case(why: "the year 1970", json: #"{"person":"a","name":"click","time":5}"#, reason: .timeOutOfRange),
        Case(
            why: "the year 9999", json: #"{"person":"a","name":"click","time":"9999-01-01T00:00:00Z"}"#,
            reason: .timeOutOfRange),
        Case(
            why: "a day before 1970", json: #"{"person":"a","name":"click","time":"1969-12-31"}"#,
            reason: .timeOutOfRange),
        Case(
            why: "milliseconds past every calendar", json: #"{"person":"a","name":"click","time":253402300800000}"#,
            reason: .timeOutOfRange),
        Case(
            why: "a clock two days ahead", json: #"{"person":"a","name":"click","time":"2026-11-26T00:00:00Z"}"#,
            reason: .timeOutOfRange),
        Case(why: "a null time is now", json: #"{"person":"a","name":"click","time":null}"#, reason: nil),
        Case(
            why: "negative money", json: #"{"person":"a","name":"order_paid","value":{"minor":-1,"currency":"CNY"}}"#,
            reason: .negativeValue),
        Case(
            why: "money without an amount", json: #"{"person":"a","name":"order_paid","value":{"currency":"CNY"}}"#,
            reason: .invalidValue),
        Case(
            why: "money past the bound", json: #"{"person":"a","name":"order_paid","value":{"amount":1e300}}"#,
            reason: .invalidValue),
        Case(
            why: "an order of 45 million rupiah",
            json: #"{"person":"a","name":"order_paid","value":{"minor":4500000000,"currency":"IDR"}}"#, reason: nil),
        Case(
            why: "money at the bound",
            json: #"{"person":"a","name":"order_paid","value":{"minor":1000000000000000,"currency":"VND"}}"#,
            reason: nil),
        Case(
            why: "money just past the bound",
            json: #"{"person":"a","name":"order_paid","value":{"minor":1000000000000001,"currency":"VND"}}"#,
            reason: .invalidValue),
        Case(
            why: "a currency of two letters",
            json: #"{"person":"a","name":"order_paid","value":{"minor":1,"currency":"CN"}}"#, reason: .invalidValue),
        Case(
            why: "a subject of no kind", json: #"{"person":"a","name":"click","subject":"42"}"#, reason: .invalidSubject
        ),
        Case(
            why: "properties that are no object", json: #"{"person":"a","name":"click","properties":[1]}"#,
            reason: .invalidProperties),
        Case(
            why: "a field that is none, which would be lost", json: #"{"person":"a","name":"click","amount":5}"#,
            reason: .unknownField),
        Case(
            why: "an exported event, with what only we can know",
            json: #"{"person":"a","name":"click","source":"x","received_at":"2026-11-23T00:00:00Z"}"#, reason: nil),
        Case(why: "ids of known kinds", json: #"{"ids":{"login":"a","device":["d","e"]},"name":"click"}"#, reason: nil),
        Case(why: "an id of no kind", json: #"{"ids":{"passport":"a"},"name":"click"}"#, reason: .invalidPerson),
        Case(why: "ids that are no object", json: #"{"ids":["a"],"name":"click"}"#, reason: .invalidPerson),
        Case(why: "an empty id", json: #"{"id":"","person":"a","name":"click"}"#, reason: .invalidID),
        Case(
            why: "a decision without its record", json: #"{"person":"a","name":"decision","decision":"d"}"#,
            reason: .invalidDecision),
        Case(
            why: "an event past the size bound",
            json:
                #"{"person":"a","name":"click","properties":{"x":"\#(String(repeating: "y", count: 40_000))"}}"#,
            reason: .tooLarge),
    ]

    @Test(arguments: cases)
    func takesOrSetsAsideWithItsReason(_ c: Case) async throws {
        let world = try CollectWorld()
        let items = try NativeFormat.items(Array("[\(c.json)]".utf8), isNDJSON: false)
        let receipts = try await world.collect()(items, format: .native, source: testSource).receipts
        let receipt = try #require(receipts.first)
        #expect(receipts.count == 1)
        if let reason = c.reason {
            guard case .quarantined(let refusal, quarantineID: 1) = receipt.status else {
                Issue.record("expected quarantine, got \(receipt.status)")
                return
            }
            #expect(refusal.reason == reason)
            #expect(!refusal.detail.isEmpty)
            #expect(world.collected.isEmpty)
            #expect(world.entries.withLock { $0.count } == 1)
        } else {
            #expect(receipt.status == .accepted)
            #expect(world.collected.count == 1)
        }
    }

    @Test func readsEveryFieldOfTheNativeFormat() async throws {
        let world = try CollectWorld()
        let json = """
            {"id":"e1","person":"张三","name":"order_paid","channel":"live","time":"2026-11-23T08:00:00+08:00",
             "subject":"order:9","value":{"amount":12.34,"currency":"usd"},"decision":"d1","properties":{"a":[1,null]}}
            """
        let items = try NativeFormat.items(Array(json.utf8), isNDJSON: false)
        _ = try await world.collect()(items, format: .native, source: testSource)
        let event = try #require(world.collected.first)
        #expect(event.id.text == "e1")
        #expect(event.person.text == "张三")
        #expect(event.channel.text == "live")
        #expect(event.time.iso8601 == "2026-11-23T00:00:00.000Z")
        #expect(event.subject == Subject(kind: .order, id: "9"))
        #expect(event.value == Money(minor: 1234, currency: .usd))
        #expect(event.decision?.text == "d1")
        #expect(event.properties["a"] == [1, .null])
    }

    @Test func thePersonIsTheStrongestIDWhereNoneIsNamed() async throws {
        let world = try CollectWorld()
        let json =
            #"{"ids":{"anonymous":"x","login":"ana","device":null},"name":"click","time":"2026-11-23T00:00:00Z"}"#
        let items = try NativeFormat.items(Array(json.utf8), isNDJSON: false)
        _ = try await world.collect()(items, format: .native, source: testSource)
        let event = try #require(world.collected.first)
        #expect(event.person.text == "ana")
        #expect(event.identifiers.map(\.kind) == [.login, .anonymous])
        #expect(event.json["ids"] == ["login": "ana", "anonymous": "x"])
    }

    @Test func theReceiptTellsOfEveryElementInRuns() async throws {
        let world = try CollectWorld()
        let (first, second) = (#"{"id":"1","person":"a","name":"x"}"#, #"{"id":"2","person":"a","name":"x"}"#)
        let body = "[\(first),\(second),5,\(first)]"
        let items = try NativeFormat.items(Array(body.utf8), isNDJSON: false)
        let collected = try await world.collect()(items, format: .native, source: testSource, byteCount: 77)
        let receipt = try #require(world.receipts.withLock { $0.first })
        #expect(collected.id == ReceiptID(sequence: 1))
        #expect(
            receipt.runs == [
                .accepted(elementCount: 2, newEventCount: 1), .quarantined(id: 1, reason: "not_an_object"),
                .duplicate(elementCount: 1),
            ])
        #expect(receipt.byteCount == 77)
        #expect(receipt.newEventCount == 2)
        #expect(try CollectReceiptCodec.decode(CollectReceiptCodec.encode(receipt)) == receipt)
    }

    @Test func aBrokenLineIsSetAsideAloneAndNamed() async throws {
        let world = try CollectWorld()
        let lines = "{\"person\":\"a\",\"name\":\"click\"}\n\n{\"person\":\n{\"person\":\"b\",\"name\":\"click\"}\n"
        let items = try NativeFormat.items(Array(lines.utf8), isNDJSON: true)
        let receipts = try await world.collect()(items, format: .native, source: testSource).receipts
        #expect(receipts.map(\.index) == [0, 1, 2])
        #expect(world.collected.map(\.person.text) == ["a", "b"])
        guard case .quarantined(let refusal, _) = receipts[1].status else {
            Issue.record("line 3 was taken")
            return
        }
        #expect(refusal.reason == .malformedJSON)
        #expect(refusal.detail.hasPrefix("line 3"))
    }

    @Test func aRetryIsADuplicateWithAndWithoutAnID() async throws {
        let world = try CollectWorld()
        let collect = try world.collect()
        for json in [
            #"{"id":"e1","person":"a","name":"click"}"#,
            #"{"person":"a","name":"click","time":"2026-11-23T00:00:00Z","properties":{"x":1}}"#,
        ] {
            let items = try NativeFormat.items(Array(json.utf8), isNDJSON: false)
            #expect(try await collect(items, format: .native, source: testSource).receipts.map(\.status) == [.accepted])
            #expect(
                try await collect(items, format: .native, source: testSource).receipts.map(\.status) == [.duplicate])
        }
        let other = SourceName(validated: "other")
        let items = try NativeFormat.items(Array(#"{"id":"e1","person":"a","name":"click"}"#.utf8), isNDJSON: false)
        #expect(try await collect(items, format: .native, source: other).receipts.map(\.status) == [.accepted])
    }

    @Test(arguments: [
        ("{", CollectError.malformed(reason: "malformed JSON", byteOffset: nil)),
        ("5", .wrongShape(expected: "an event object or an array of them", got: "number")),
        ("[]", .empty),
    ])
    func aRequestThatIsNoneIsRefusedWhole(body: String, want: CollectError) async throws {
        let world = try CollectWorld()
        let collect = try world.collect()
        var got: CollectError?
        do throws(CollectError) {
            let items = try NativeFormat.items(Array(body.utf8), isNDJSON: false)
            _ = try await collect(items, format: .native, source: testSource)
        } catch { got = error }
        if case .malformed = want, case .malformed? = got { return }
        #expect(got == want)
    }

    @Test func tooManyEventsAreRefusedWhole() async throws {
        let world = try CollectWorld()
        var limits = CollectLimits()
        limits.eventsPerRequestMax = 2
        let items = try NativeFormat.items(Array("[{},{},{}]".utf8), isNDJSON: false)
        let collect = try world.collect(limits: limits)
        await #expect(throws: CollectError.tooManyEvents(count: 3, countMax: 2)) {
            _ = try await collect(items, format: .native, source: testSource)
        }
    }
}
