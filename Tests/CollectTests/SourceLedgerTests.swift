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
        try ledger.save(to: path)
        #expect(try SourceLedger.load(from: path).copy == ledger.copy)

        var bytes = try WholeFile.read(path)
        bytes[bytes.count / 2] ^= 1
        try WholeFile.replace(path, with: bytes)
        #expect(throws: LedgerSnapshotError.damaged(nil)) { try SourceLedger.load(from: path) }
    }
}
