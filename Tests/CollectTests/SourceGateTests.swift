import Base
import Domain
import Synchronization
import Testing

@testable import Collect

@Suite struct SourceGateTests {
    private let shop = SourceName(validated: "shop")
    private let app = SourceName(validated: "app")
    private let start = EventTime(clampingUnixMs: 1_800_000_000_000)

    private func refusal(
        _ gate: SourceGate, _ source: SourceName, events: Int = 1, bytes: Int = 0, after seconds: Double = 0
    ) -> Throttling? {
        let now = start.advanced(by: Milliseconds(Int64(seconds * 1000)))
        do throws(CollectError) {
            try gate.enter(source, eventCount: events, byteCount: bytes, now: now)
            return nil
        } catch {
            guard case .throttled(let throttling) = error else { return nil }
            return throttling
        }
    }

    @Test func withoutALimitEverythingPasses() {
        let gate = SourceGate()
        for _ in 0..<1000 { #expect(refusal(gate, shop, events: 1_000_000, bytes: 1 << 30) == nil) }
    }

    @Test func aBurstPassesAndTheAverageHolds() {
        let gate = SourceGate(standard: SourceLimits(eventsPerSecondMax: 10))
        for _ in 0..<100 { #expect(refusal(gate, shop) == nil) }
        #expect(refusal(gate, shop) == Throttling(.rate(eventsPerSecondMax: 10), retryAfterSeconds: 1))
        #expect(refusal(gate, app) == nil, "another source has a bucket of its own")
        let passed = (0..<1000).filter { refusal(gate, shop, after: Double($0) / 50) == nil }.count
        #expect((195...205).contains(passed), "20 seconds at 10 a second: \(passed)")
    }

    @Test func aBatchMayOverdrawAndIsPaidOff() {
        let gate = SourceGate(standard: SourceLimits(eventsPerSecondMax: 100))
        #expect(refusal(gate, shop, events: 5000) == nil)
        let wait = refusal(gate, shop)?.retryAfterSeconds ?? 0
        #expect((40...41).contains(wait))
        #expect(refusal(gate, shop, after: Double(wait)) == nil)
    }

    @Test func aClockThatIsSetBackNeitherFillsNorStops() {
        let gate = SourceGate(standard: SourceLimits(eventsPerSecondMax: 1))
        for _ in 0..<10 { #expect(refusal(gate, shop) == nil) }
        #expect(refusal(gate, shop, after: -3600) != nil)
        #expect(refusal(gate, shop, after: -3598) == nil)
    }

    @Test func aSourceOfItsOwnLimitIsNotHeldToTheStandard() {
        let gate = SourceGate(
            standard: SourceLimits(eventsPerSecondMax: 1), limits: [shop: SourceLimits(eventsPerSecondMax: 1000)])
        #expect((0..<100).allSatisfy { _ in refusal(gate, shop) == nil })
        gate.set(nil, of: shop)
        #expect(refusal(gate, shop) == nil)
        #expect(refusal(gate, shop) != nil)
    }

    @Test func theQuotaOpensAgainAtMidnight() {
        let gate = SourceGate(
            standard: SourceLimits(eventsPerDayMax: 100),
            acceptedToday: { source, _ in source.text == "shop" ? 100 : 99 })
        let throttling = refusal(gate, shop)
        #expect(throttling?.reason == .quota(eventsPerDayMax: 100))
        #expect(throttling?.retryAfterSeconds == Int(86_400 - start.unixMs / 1000 % 86_400))
        #expect(refusal(gate, app) == nil)
    }

    @Test func whatASourceHasUnderWayIsBoundedAndOthersHaveRoom() {
        let gate = SourceGate(bytesUnderWayMax: 100)
        #expect(refusal(gate, shop, bytes: 500) == nil, "one passes whatever its size")
        #expect(refusal(gate, shop, bytes: 1) == Throttling(.underWay(bytesMax: 100)))
        #expect(refusal(gate, app, bytes: 60) == nil)
        #expect(refusal(gate, app, bytes: 60) != nil)
        gate.leave(app, byteCount: 60)
        #expect(refusal(gate, app, bytes: 60) == nil)
        gate.leave(shop, byteCount: 500)
        #expect(refusal(gate, shop, bytes: 1) == nil)
    }

    @Test func aRequestThatIsRefusedLeavesNothingBehind() async throws {
        let world = try CollectWorld()
        let gate = SourceGate(standard: SourceLimits(eventsPerSecondMax: 1), bytesUnderWayMax: 10)
        let collect = try world.collect(gate: gate)
        let items = try NativeFormat.items(Array(#"[{"person":"a","name":"click"}]"#.utf8), isNDJSON: false)
        for _ in 0..<10 { _ = try await collect(items, format: .native, source: testSource, byteCount: 10) }
        await #expect(throws: CollectError.throttled(Throttling(.rate(eventsPerSecondMax: 1)))) {
            try await collect(items, format: .native, source: testSource, byteCount: 10)
        }
        #expect(throws: CollectError.throttled(Throttling(.rate(eventsPerSecondMax: 1)))) {
            try collect.checkPace(of: testSource, byteCount: 10)
        }
        #expect(world.collected.count == 10)
        #expect(world.receipts.withLock { $0.count } == 10)
    }
}
