import Base
import Domain
import Store
import Testing

struct ErasureStoreTests {
    private static func erasure(_ sequence: UInt64, _ hashes: [UInt64]) -> Erasure {
        let record = ErasureRecord(
            askedAt: EventTime(clampingUnixMs: Int64(sequence)), actor: "user:ana",
            hashes: hashes.map { Hash128(high: $0, low: .max - $0) })
        return Erasure(sequence: sequence, record: record, state: .waiting)
    }

    @Test func anErasureIsKeptWithItsProofOnceItIsDone() async throws {
        let test = try TestStore()
        let store = test.store.erasures
        let (first, second) = (Self.erasure(3, [1, 2]), Self.erasure(7, [2, 5]))
        for erasure in [first, second] { try await store.save(erasure) }
        #expect(try await store.page(before: nil, countMax: 9) == [second, first])
        #expect(try await store.page(before: 7, countMax: 9) == [first])
        #expect(try await store.page(before: nil, countMax: 1) == [second])
        #expect(try await store.doneSequences() == [])
        var done = first
        done.state = .done
        done.proof = ErasureProof(
            checkedAt: EventTime(clampingUnixMs: 9), eventCount: 4, journalRecordCount: 0, memoryCount: 0,
            snapshotCount: 0)
        try await store.save(done)
        #expect(try await store.page(before: nil, countMax: 9) == [second, done])
        #expect(try await store.doneSequences() == [3])
    }

    @Test func thoseOfAnIdAreFoundByItsHash() async throws {
        let test = try TestStore()
        let store = test.store.erasures
        for erasure in [Self.erasure(3, [1, 2]), Self.erasure(7, [2, 5])] { try await store.save(erasure) }
        for (hash, wanted) in [(1, [3]), (2, [7, 3]), (5, [7]), (6, [])] as [(UInt64, [UInt64])] {
            let found = try await store.page(before: nil, hash: Hash128(high: hash, low: .max - hash), countMax: 9)
            #expect(found.map(\.sequence) == wanted)
        }
    }

    @Test func whatNamesAnIdLeavesQuarantine() async throws {
        let test = try TestStore()
        let quarantine = test.store.quarantine
        let bodies = [#"{"p":"ana"}"#, #"{"p":"anab"}"#, #"["bob","ana"]"#, "ana"]
        let ids = try await quarantine.insert(
            bodies.map { body in
                QuarantineInput(
                    receivedAt: EventTime(clampingUnixMs: 5), source: .quanyu, format: "native", reason: "a",
                    detail: "",
                    body: Array(body.utf8), contentHash: nil)
            })
        #expect(try await quarantine.erase([PersonID(validated: "ana")]) == 2)
        #expect(try await quarantine.page(before: nil, countMax: 9).map(\.id) == [ids[3], ids[1]])
    }
}
