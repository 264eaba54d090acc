import Base
import Foundation
import TestSupport
import Testing

@testable import Journal

/// What a start makes of files that a disk has damaged: all that is whole is read, and what is not is named.
@Suite struct JournalDamageTests {
    /// Where bytes of a file differ now.
    private typealias Changes = [String: Set<Int>]

    @Test(arguments: 0..<60 as Range<UInt64>)
    func damageCostsWhatItHitsAndNothingElse(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let written = try await WrittenJournal(
            recordCounts: (0..<40).map { _ in Int.random(in: 1...6, using: &random) }, segmentBytesMax: 3000,
            isClosed: seed % 2 == 0, using: &random)
        for _ in 0..<8 {
            var files: [String: [UInt8]] = [:]
            var changes: Changes = [:]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let file = try #require(written.files.randomElement(using: &random))
                let whole = try written.bytes(file)
                let bytes = Self.damaged(files[file] ?? whole, using: &random)
                files[file] = bytes
                changes[file] = Set(whole.indices.filter { whole[$0] != bytes[$0] })
            }
            let copy = try written.copy(with: files)
            try await Self.check(copy.path, written, changes, using: &random)
        }
    }

    /// One stretch is zeroed, or each of its bytes is changed.
    private static func damaged(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let count = [1, 4, 60, 900].randomElement(using: &random) ?? 1
        let start = Int.random(in: bytes.indices, using: &random)
        let isZeroed = Bool.random(using: &random)
        for place in start..<min(bytes.count, start + count) {
            bytes[place] = isZeroed ? 0 : bytes[place] ^ UInt8.random(in: 1...255, using: &random)
        }
        return bytes
    }

    private static func check(
        _ folder: String, _ written: WrittenJournal, _ changes: Changes, using random: inout SeededGenerator
    ) async throws {
        let beside = try found(JournalReader(directory: folder).read, countMax: 5)
        let journal = try Journal(directory: folder)
        let all = try found(journal.read, countMax: Int.random(in: 1...50, using: &random))
        #expect(all == beside)
        for (sequence, payload) in all {
            #expect(written.records[Int(sequence)].payload == payload, "record \(sequence) is invented")
        }
        for group in written.groups where changes[group.file, default: []].isDisjoint(with: group.bytes) {
            for sequence in group.sequences { #expect(all[UInt64(sequence)] != nil, "record \(sequence)") }
        }
        let damages = journal.recovery.damages
        for sequence in written.records.indices where all[UInt64(sequence)] == nil {
            let isNamed = damages.contains { $0.sequences.contains(UInt64(sequence)) }
            #expect(isNamed || UInt64(sequence) >= journal.sequenceEnd, "record \(sequence)")
        }
        for damage in damages {
            let name = String(damage.file.suffix(Segment.fileName(sequence: 0).count))
            let bytes = Int(damage.byteOffset)..<Int(damage.byteOffset + damage.byteCount)
            #expect(!changes[name, default: []].isDisjoint(with: bytes), "\(damage)")
            for sequence in damage.sequences { #expect(all[sequence] == nil, "record \(sequence)") }
        }
        #expect(journal.recovery.recordCount == UInt64(all.count))
        #expect(journal.recovery.recordCountLost == journal.sequenceEnd - UInt64(all.count))
        try await checkTail(journal, written, changes)
        try await checkGoingOn(journal, folder, written, all)
    }

    /// Only a last group is cut, and only where it is hit.
    private static func checkTail(
        _ journal: Journal, _ written: WrittenJournal, _ changes: Changes
    ) async throws {
        let last = try #require(written.groups.last)
        let end = UInt64(last.sequences.upperBound)
        guard journal.sequenceEnd < end else { return }
        #expect(!changes[last.file, default: []].isDisjoint(with: last.bytes))
        #expect(journal.recovery.byteCountCut >= last.bytes.count)
    }

    /// What is lost can be sent again, and a further start finds it all.
    private static func checkGoingOn(
        _ journal: Journal, _ folder: String, _ written: WrittenJournal, _ all: [UInt64: [UInt8]]
    ) async throws {
        let end = journal.sequenceEnd
        let outcomes = try await journal.append(written.records)
        for (sequence, outcome) in outcomes.enumerated() {
            #expect((outcome == .duplicate) == (all[UInt64(sequence)] != nil), "record \(sequence)")
        }
        let damages = journal.recovery.damages
        await journal.close()
        let again = try Journal(directory: folder)
        #expect(again.recovery.damages == damages)
        #expect(again.recovery.byteCountCut == 0)
        let later = try found(again.read, countMax: 30)
        #expect(later.filter { $0.key < end } == all)
        #expect(Set(later.values) == Set(written.records.map(\.payload)))
        await again.close()
    }

    /// All records, by the page.
    private static func found(
        _ read: (UInt64, Int) throws(JournalError) -> [(sequence: UInt64, payload: [UInt8])], countMax: Int
    ) throws -> [UInt64: [UInt8]] {
        var found: [UInt64: [UInt8]] = [:]
        var next: UInt64 = 0
        while case let page = try read(next, countMax), let last = page.last {
            #expect(page.count <= countMax)
            for record in page {
                #expect(record.sequence >= next)
                found[record.sequence] = record.payload
                next = record.sequence + 1
            }
            #expect(next == last.sequence + 1)
        }
        return found
    }

    /// The bytes that were hit are named, and one record of a group does not cost the others.
    @Test func oneByteOfAPayloadCostsOneRecord() async throws {
        var random = SeededGenerator(seed: 1)
        let written = try await WrittenJournal(
            recordCounts: [2, 5, 1], byteCounts: 50...50, isClosed: false, using: &random)
        let group = written.groups[1]
        var bytes = try written.bytes(group.file)
        let byteCount = RecordFormat.frameHeaderByteCount + written.records[4].payload.count
        let start = group.bytes.lowerBound + RecordFormat.frameHeaderByteCount + 2 * byteCount
        bytes[start + byteCount - 7] ^= 1
        let copy = try written.copy(with: [group.file: bytes])
        let journal = try Journal(directory: copy.path)
        #expect(
            journal.recovery.damages == [
                JournalDamage(
                    file: copy.path(group.file), byteOffset: Int64(start), byteCount: Int64(byteCount), sequences: 4..<5
                )
            ])
        #expect(try journal.read(from: 0, countMax: 100).map(\.sequence) == [0, 1, 2, 3, 5, 6, 7])
        #expect(try journal.read(from: 4, countMax: 1).map(\.sequence) == [5])
        await journal.close()
    }

    /// The frames then lead to the end of the group all the same, with one record too few.
    @Test func aLengthThatSwallowsTheNextRecordMovesNoSequence() async throws {
        var random = SeededGenerator(seed: 3)
        let written = try await WrittenJournal(
            recordCounts: [1, 5, 1], byteCounts: 50...50, isClosed: false, using: &random)
        let group = written.groups[1]
        var bytes = try written.bytes(group.file)
        let payloadByteCount = written.records[2].payload.count
        let byteCount = RecordFormat.frameHeaderByteCount + payloadByteCount
        let start = group.bytes.lowerBound + RecordFormat.frameHeaderByteCount + byteCount
        bytes[start + 4] = UInt8(payloadByteCount + byteCount)
        let copy = try written.copy(with: [group.file: bytes])
        let journal = try Journal(directory: copy.path)
        #expect(journal.recovery.damages.map(\.sequences) == [2..<6])
        let read = try journal.read(from: 0, countMax: 100)
        #expect(read.map(\.sequence) == [0, 1, 6])
        #expect(read.map(\.payload) == [0, 1, 6].map { written.records[$0].payload })
        await journal.close()
    }

    /// A close says that all before it was acknowledged.
    @Test func damageInTheLastGroupOfAClosedJournalIsNoTornTail() async throws {
        for isClosed in [true, false] {
            var random = SeededGenerator(seed: 2)
            let written = try await WrittenJournal(recordCounts: [1, 1], isClosed: isClosed, using: &random)
            let group = written.groups[1]
            var bytes = try written.bytes(group.file)
            bytes[group.bytes.upperBound - 1] ^= 1
            let copy = try written.copy(with: [group.file: bytes])
            let journal = try Journal(directory: copy.path)
            #expect(journal.sequenceEnd == (isClosed ? 2 : 1))
            #expect(journal.recovery.damages.map(\.sequences) == (isClosed ? [1..<2] : []))
            #expect((journal.recovery.byteCountCut > 0) == !isClosed)
            #expect(try journal.read(from: 0, countMax: 10).map(\.sequence) == [0])
            await journal.close()
        }
    }
}
