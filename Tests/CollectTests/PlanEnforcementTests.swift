import Base
import Collect
import Domain
import Synchronization
import Testing

@Suite struct PlanEnforcementTests {
    private static func plan(_ mode: EnforcementMode, unplanned: EnforcementMode = .observe) throws -> EnforcedPlan {
        let json: JSON = [
            "unplanned_mode": .string(unplanned.rawValue),
            "events": [
                [
                    "name": "paid", "mode": .string(mode.rawValue),
                    "fields": [["path": "properties.total", "type": "number", "required": true]],
                ]
            ],
        ]
        return EnforcedPlan(
            PlanVersion(
                version: 1, plan: try TrackingPlan(json: json), frozenAt: EventTime(clampingUnixMs: 0), frozenBy: "a",
                note: ""))
    }

    private static let lines = #"""
        [{"id":"1","person":"a","name":"paid","properties":{"total":12}},
         {"id":"2","person":"a","name":"paid","properties":{"total":"12"}},
         {"id":"3","person":"a","name":"paid"},
         {"id":"4","person":"a","name":"unheard"}]
        """#

    private func collect(_ world: CollectWorld, _ plan: EnforcedPlan) async throws -> Collected {
        let items = try NativeFormat.items(Array(Self.lines.utf8), isNDJSON: false)
        return try await world.collect(plan: plan)(items, format: .native, source: testSource)
    }

    @Test func whatIsObservedIsTaken() async throws {
        let world = try CollectWorld()
        _ = try await collect(world, try Self.plan(.observe))
        #expect(world.collected.map(\.id.text) == ["1", "2", "3", "4"])
    }

    @Test func whatViolatesAPlanThatSetsAsideIsKeptWithItsReason() async throws {
        let world = try CollectWorld()
        let collected = try await collect(world, try Self.plan(.quarantine))
        #expect(world.collected.map(\.id.text) == ["1", "4"])
        #expect(world.entries.withLock { $0.map(\.refusal.reason) } == [.planViolation, .planViolation])
        #expect(
            collected.receipts[1].status.refusal?.detail
                == "`properties.total` of `paid` must be a number, got string")
        let receipt = try #require(world.receipts.withLock { $0.last })
        #expect(receipt.counts.quarantined == 2)
        #expect(receipt.violations.map(\.kind) == [.wrongType, .missing])
        #expect(receipt.violations.map(\.element) == [1, 2])
    }

    @Test func whatViolatesAPlanThatRejectsIsNotKeptAndTheReceiptSaysSo() async throws {
        let world = try CollectWorld()
        let collected = try await collect(world, try Self.plan(.reject, unplanned: .reject))
        #expect(world.collected.map(\.id.text) == ["1"])
        #expect(world.entries.withLock { $0.isEmpty })
        #expect(collected.receipts.map(\.status.isRejected) == [false, true, true, true])
        let receipt = try #require(world.receipts.withLock { $0.last })
        #expect(
            receipt.runs == [
                .accepted(elementCount: 1, newEventCount: 1), .rejected(elementCount: 3, reason: "plan_violation"),
            ])
        #expect(try CollectReceiptCodec.decode(CollectReceiptCodec.encode(receipt)) == receipt)
    }

    @Test func anElementInQuarantineStaysThereWhereThePlanRejectsIt() async throws {
        let world = try CollectWorld()
        let entry = QuarantineEntry(
            receivedAt: world.now, source: testSource, format: .native, refusal: Refusal(.invalidName, ""),
            body: Array(#"{"person":"a","name":"paid"}"#.utf8))
        let element = QuarantinedElement(id: 7, entry: entry)
        let collected = try await world.collect(plan: try Self.plan(.reject))(retrying: [element])
        guard case .quarantined(let refusal, 7) = collected.receipts[0].status else {
            Issue.record("\(collected.receipts[0].status)")
            return
        }
        #expect(refusal.reason == .planViolation)
    }

    @Test func aReceiptFromBeforeThereWereViolationsIsStillRead() throws {
        let receipt = CollectReceipt(
            receivedAt: EventTime(clampingUnixMs: 5), source: testSource, format: "native", byteCount: 3,
            isReplay: false, runs: [.quarantined(id: 1, reason: "too_large")])
        let old: [UInt8] =
            [0x52, 10, 4] + Array("test".utf8) + [6] + Array("native".utf8) + [6, 0, 2, 3, 2, 9]
            + Array("too_large".utf8)
        #expect(CollectReceiptCodec.encode(receipt) == old)
        #expect(try CollectReceiptCodec.decode(old) == receipt)
    }
}

extension Receipt.Status {
    fileprivate var isRejected: Bool { if case .rejected = self { true } else { false } }
}
