import Base
import Domain
import Testing

@testable import Collect

/// The short way of native events and the way through a draft end in the same bytes.
@Suite struct DirectValidationTests {
    private static let limits = CollectLimits()
    private static let secret = HashKey.random()
    private static let receivedAt = EventTime(clampingUnixMs: 1_780_000_000_000)

    private var validation: DraftValidation {
        DraftValidation(
            limits: Self.limits, source: SourceName(validated: "shop"), receivedAt: Self.receivedAt, key: Self.secret,
            plan: .none)
    }

    private func direct(_ json: JSON) throws -> KeyedEvent? {
        validation.direct(try JSONParser().flat(json.bytes[...]), 0)
    }

    private func drafted(_ json: JSON) throws -> KeyedEvent? {
        guard case .success(let drafts) = NativeFormat.drafts(json), let draft = drafts.first,
            let (event, payload) = try? validation(draft)
        else { return nil }
        let key = CollectEvents.key(source: event.source, id: event.id, secret: Self.secret)
        return KeyedEvent(key: key, id: event.id, payload: payload)
    }

    @Test func theUsualEventTakesTheShortWay() throws {
        let usual: JSON = [
            "id": "e1", "person": "ana", "name": "order_paid", "channel": "live", "time": "2026-05-01T00:00:00.5Z",
            "sent_at": 1_779_999_000_000, "subject": "order:红 1", "value": ["minor": 1234, "currency": "usd"],
            "decision": "d1", "properties": ["a": [1, 2.5, .null, true, false], "b": ["c": "say \"hi\"\n"]],
        ]
        let event = try #require(try direct(usual))
        #expect(event == (try drafted(usual)))
    }

    @Test func howMuchAClockWasCorrectedIsKept() throws {
        let said: EventTime = try #require(EventTime(iso8601: "2026-05-01T00:00:00.5Z"))
        var json: JSONObject = JSONObject()
        for (name, value) in [("id", "e1"), ("person", "ana"), ("name", "click")] { json.append(name, .string(value)) }
        json.append("time", .string(said.iso8601))
        json.append("sent_at", .int(said.unixMs + 250))
        let keyed = try #require(try direct(.object(json)))
        #expect(keyed == (try drafted(.object(json))))
        let event = try EventCodec.decode(keyed.payload)
        #expect(event.time == Self.receivedAt.advanced(by: Milliseconds(-250)))
        #expect(event.timeOfSender == said)
        json["sent_at"] = nil
        let plain = try EventCodec.decode(try #require(try direct(.object(json))).payload)
        #expect(plain.time == said && plain.clockCorrection.count == 0)
    }

    @Test func aRetryWithoutAnIDIsKnownHoweverLateItComes() throws {
        let json: JSON = ["person": "ana", "name": "click", "time": "2026-05-01", "sent_at": "2026-05-01T00:00:01Z"]
        let later = DraftValidation(
            limits: Self.limits, source: SourceName(validated: "shop"),
            receivedAt: Self.receivedAt.advanced(by: .minutes(7)), key: Self.secret, plan: .none)
        guard case .success(let drafts) = NativeFormat.drafts(json), let draft = drafts.first else {
            Issue.record("no draft")
            return
        }
        #expect(try validation(draft).event.id == later(draft).event.id)
    }

    @Test(arguments: 0..<400 as Range<UInt64>) func bothWaysAgreeOnWhateverComes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let event = Self.event(&random)
        guard let short = try direct(event) else { return }
        #expect(short == (try drafted(event)), "\(event.text)")
    }

    @Test func mostRandomEventsOfUsualFieldsTakeTheShortWay() throws {
        let count = try (0..<400 as Range<UInt64>).count { seed in
            var random = SeededGenerator(seed: seed)
            return try direct(Self.event(&random)) != nil
        }
        #expect(count > 20, "the agreement above says little")
    }

    /// Fields that are there or not, right or wrong, in any order.
    private static func event(_ random: inout SeededGenerator) -> JSON {
        let choices: [(String, [JSON])] = [
            ("id", ["e1", "é1", "a b", " a", "a\u{2003}", 7, "", "x\u{7}"]),
            ("person", ["ana", "ana", "张三", "a\u{3000}b", 5, .null]),
            ("name", ["click", "click", "decision", "order_paid", "", ["x"]]),
            ("channel", ["live", "live", .null, "a\tb"]),
            ("time", ["2026-05-01", "2026-05-01T10:00:00+08:00", 1_779_000_000_000, "soon", 1.5, "2999-01-01"]),
            ("sent_at", ["2026-05-01T00:00:00Z", 1_779_999_999_999, "never"]),
            ("subject", ["product:1", "page:/a b", "thing:1", "product:", "order:红"]),
            ("value", [12.34, ["amount": 5, "currency": "JPY"], ["minor": -1], ["minor": 3], "x", ["currency": "E"]]),
            ("decision", ["d1", "", .null]),
            ("properties", [["a": 1, "a": 2], [:], ["t": "\u{1}\\\"/é"], [1], ["n": 1e300, "m": -0.0]]),
            ("ids", [["login": "ana"], [:]]),
            ("amount", [5]),
        ]
        var object = JSONObject()
        for (name, values) in choices.shuffled(using: &random) {
            let isUsual = ["id", "person", "name"].contains(name)
            guard Int.random(in: 0..<100, using: &random) < (isUsual ? 95 : name == "amount" ? 3 : 45) else { continue }
            let isFirst = Int.random(in: 0..<100, using: &random) < 75
            object.append(name, isFirst ? values[0] : values[Int.random(in: 0..<values.count, using: &random)])
        }
        return .object(object)
    }
}
