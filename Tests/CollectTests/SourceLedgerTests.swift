import Base
import Domain
import Foundation
import Testing

@testable import Collect

@Suite struct SourceLedgerTests {
    private let shop = SourceName(validated: "shop")
    private let day = EventTime(clampingUnixMs: 1_800_000_000_000 / 86_400_000 * 86_400_000)

    private func receipt(
        at time: EventTime, source: String = "shop", format: String = "native", isReplay: Bool = false,
        _ runs: [CollectReceipt.Run]
    ) -> CollectReceipt {
        CollectReceipt(
            receivedAt: time, source: SourceName(validated: source), format: format, byteCount: 100, isReplay: isReplay,
            runs: runs)
    }

    private func later(_ span: Milliseconds) -> EventTime { day.advanced(by: span) }

    @Test func countsWhatBecameOfEachElementByTheMinuteAndTheHour() {
        let ledger = SourceLedger()
        ledger.apply(
            sequence: 3,
            receipt: receipt(
                at: later(.seconds(59)),
                [.accepted(elementCount: 3, newEventCount: 2), .duplicate(elementCount: 1)]))
        ledger.apply(
            sequence: 4,
            receipt: receipt(
                at: later(.seconds(60)), format: "segment",
                [.quarantined(id: 7, reason: "missing_name"), .quarantined(id: 8, reason: "missing_name")]))

        let minutes = ledger.series(of: shop, day..<later(.hours(1)), by: .minute)
        #expect(minutes.map(\.start) == [day, later(.minutes(1))])
        #expect(minutes.map(\.counts.accepted) == [3, 0])
        #expect(minutes.map(\.counts.quarantined) == [0, 2])
        #expect(ledger.series(of: shop, day..<later(.hours(1)), by: .hour).map(\.counts.elements) == [6])
        let summary = ledger.summary(of: shop, day..<later(.hours(1)))
        #expect(summary?.counts.requests == 2)
        #expect(summary?.counts.bytes == 200)
        #expect(summary?.reasons == ["missing_name": 2])
        #expect(summary?.formats == ["native": later(.seconds(59)), "segment": later(.seconds(60))])
        #expect(summary?.lastReceivedAt == later(.seconds(60)))
        #expect(ledger.acceptedToday(shop, now: later(.hours(23))) == 3)
        #expect(ledger.acceptedToday(shop, now: later(.hours(24))) == 0)
    }

    @Test func aReceiptAppliedTwiceCountsOnce() {
        let ledger = SourceLedger()
        for _ in 0..<2 {
            ledger.apply(sequence: 5, receipt: receipt(at: day, [.accepted(elementCount: 1, newEventCount: 1)]))
        }
        #expect(ledger.summary(of: shop, day..<later(.hours(1)))?.counts.accepted == 1)
        #expect(ledger.sequenceEnd == 6)
    }

    @Test func whatIsTakenOutOfQuarantineIsNoElementOfItsOwn() {
        let ledger = SourceLedger()
        ledger.apply(
            sequence: 0,
            receipt: receipt(at: day, isReplay: true, [.accepted(elementCount: 1, newEventCount: 1)]))
        let counts = ledger.summary(of: shop, day..<later(.hours(1)))?.counts
        #expect(counts?.replayed == 1)
        #expect(counts?.elements == 0)
        #expect(counts?.requests == 0)
    }

    @Test func sourcesDoNotMix() {
        let ledger = SourceLedger()
        for (index, source) in ["shop", "app", "shop"].enumerated() {
            ledger.apply(
                sequence: UInt64(index), receipt: receipt(at: day, source: source, [.duplicate(elementCount: 1)]))
        }
        let summaries = ledger.summaries(day..<later(.hours(1)))
        #expect(summaries.map(\.source.text) == ["app", "shop"])
        #expect(summaries.map(\.counts.duplicate) == [1, 2])
    }

    @Test func theOldestMinutesGoAndHoursAnswerForThem() {
        let ledger = SourceLedger()
        let count = SourceLedger.minutesMax + 90
        for minute in 0..<count {
            ledger.apply(
                sequence: UInt64(minute),
                receipt: receipt(at: later(.minutes(Int64(minute))), [.accepted(elementCount: 1, newEventCount: 1)]))
        }
        let all = day..<later(.days(3))
        #expect(ledger.series(of: shop, all, by: .minute).count == SourceLedger.minutesMax)
        #expect(ledger.summary(of: shop, all)?.counts.accepted == count)
        let recent = later(.minutes(Int64(count - 5)))..<later(.days(3))
        #expect(ledger.summary(of: shop, recent)?.counts.accepted == 5)
    }

    @Test func aClockThatJumpsAYearAheadAndBackTakesNothingAway() {
        let ledger = SourceLedger()
        let times = [day, later(.days(365)), later(.minutes(1))]
        for (index, time) in times.enumerated() {
            ledger.apply(
                sequence: UInt64(index),
                receipt: receipt(at: time, [.quarantined(id: 1, reason: "invalid_time")]))
        }
        let today = ledger.summary(of: shop, day..<later(.days(1)))
        #expect(today?.counts.quarantined == 2)
        #expect(today?.reasons == ["invalid_time": 2])
        #expect(ledger.series(of: shop, day..<later(.days(400)), by: .minute).map(\.start) == times.sorted())
    }

    private func event(_ number: Int64?, at time: EventTime, stream: String? = nil, person: String = "a") -> Event {
        var properties = JSONObject()
        if let number { properties.append("stream_number", .int(number)) }
        if let stream { properties.append("stream", .string(stream)) }
        return Event(
            id: .random(), source: shop, person: PersonID(validated: person), name: EventName(validated: "click"),
            channel: .unknown, time: time, receivedAt: time, properties: properties)
    }

    struct Stream: Sendable, CustomTestStringConvertible {
        let why: String, numbers: [Int64], received: Int, expected: Int
        var testDescription: String { why }
    }

    static let streams = [
        Stream(why: "without a gap nothing is lost", numbers: [1, 2, 3], received: 3, expected: 3),
        Stream(why: "a gap is a loss", numbers: [1, 2, 6], received: 3, expected: 6),
        Stream(why: "one that comes late fills its gap", numbers: [1, 3, 2], received: 3, expected: 3),
        Stream(why: "what came before the first is not known", numbers: [50, 51], received: 2, expected: 2),
        Stream(why: "a stream that begins anew is no loss", numbers: [90_000, 1, 2], received: 3, expected: 3),
        Stream(why: "a leap is another stream", numbers: [1, 500_000, 500_001], received: 3, expected: 3),
    ]

    @Test(arguments: streams)
    func countsTheGapsOfNumberedStreams(_ c: Stream) {
        let ledger = SourceLedger()
        for (index, number) in c.numbers.enumerated() {
            ledger.apply(sequence: UInt64(2 * index), event: event(number, at: day))
            ledger.apply(sequence: UInt64(2 * index + 1), event: event(nil, at: day))
        }
        let count = ledger.streamCount(of: shop, day..<later(.days(1)))
        #expect(count == StreamMeter.Day(received: c.received, expected: c.expected))
    }

    @Test func theShareOfNumberedStreamsHasWilsonsInterval() throws {
        let ledger = SourceLedger()
        for number in 1...100 where number % 10 != 5 {
            ledger.apply(sequence: UInt64(number), event: event(Int64(number), at: day, stream: "tab"))
        }
        let estimate = try #require(ledger.completeness(of: shop, day..<later(.days(1))).first)
        #expect(estimate.method == .streamNumbers)
        #expect((estimate.received, estimate.sampleCount) == (90, 100))
        // statsmodels: proportion_confint(90, 100, method="wilson").
        #expect(abs(estimate.low - 0.825634) < 1e-5)
        #expect(abs(estimate.high - 0.944771) < 1e-5)
    }

    @Test func theUsualRateIsThatOfTheSameHoursInTheWeeksBefore() throws {
        let ledger = SourceLedger()
        let weeks: [(week: Int64, count: Int)] = [(0, 100), (1, 120), (2, 80), (3, 60)]
        for (sequence, (week, count)) in weeks.enumerated() {
            ledger.apply(
                sequence: UInt64(sequence),
                receipt: receipt(
                    at: later(.days(7 * week)), [.accepted(elementCount: count, newEventCount: 1)]))
        }
        let now = later(.days(21))..<later(.days(22))
        let estimate = try #require(ledger.completeness(of: shop, now).first)
        #expect(estimate.method == .usualRate)
        #expect((estimate.received, estimate.expected, estimate.sampleCount) == (60, 100, 3))
        #expect((estimate.share, estimate.low, estimate.high) == (0.6, 0.5, 0.75))
        let second = later(.days(7))..<later(.days(8))
        #expect(ledger.completeness(of: shop, second).isEmpty, "one week to compare is too few")
    }

    @Test func streamsBeyondTheBoundPushOutTheSilentOnes() {
        var meter = StreamMeter()
        for number in 0...StreamMeter.streamCountMax {
            meter.apply(event(1, at: day, stream: "s\(number)"))
        }
        #expect(meter.tops.count <= StreamMeter.streamCountMax)
        meter.apply(event(2, at: day, stream: "s\(StreamMeter.streamCountMax)"))
        #expect(meter.count(of: shop, day..<later(.days(1))).expected == StreamMeter.streamCountMax + 2)
    }

    @Test func aSnapshotHoldsAllAndTellsDamage() throws {
        let path = NSTemporaryDirectory() + "ledger-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let ledger = SourceLedger()
        for index in 0..<200 {
            ledger.apply(
                sequence: UInt64(index),
                receipt: receipt(
                    at: later(.minutes(Int64(index))), source: "s\(index % 3)", format: "f\(index % 2)",
                    isReplay: index % 7 == 0,
                    [
                        .accepted(elementCount: index, newEventCount: 1),
                        .quarantined(id: 1, reason: "r\(index % 5)"),
                        .rejected(elementCount: 2, reason: "plan_violation"),
                    ]))
        }
        for number in 200..<260 {
            let time = later(.days(Int64(number % 4)))
            ledger.apply(sequence: UInt64(number), event: event(Int64(number), at: time, stream: "t\(number % 5)"))
        }
        try ledger.save(to: path)
        #expect(try SourceLedger.load(from: path).copy == ledger.copy)

        var bytes = try WholeFile.read(path)
        bytes[bytes.count / 2] ^= 1
        try WholeFile.replace(path, with: bytes)
        #expect(throws: LedgerSnapshotError.damaged(nil)) { try SourceLedger.load(from: path) }
    }
}
