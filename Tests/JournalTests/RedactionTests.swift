import Base
import Foundation
import TestSupport
import Testing

@testable import Journal

/// Records are read otherwise than they stand, and then rewritten.
@Suite struct RedactionTests {
    /// Every third record before `end` becomes zeros.
    private static func redaction(before end: UInt64) -> JournalRedaction {
        { sequence, payload in
            sequence < end && sequence % 3 == 0 && payload.contains { $0 != 0 }
                ? [UInt8](repeating: 0, count: payload.count) : nil
        }
    }

    private static func wanted(_ records: [JournalRecord], before end: Int) -> [[UInt8]] {
        records.enumerated().map { index, record in
            index < end && index % 3 == 0 ? record.payload.map { _ in 0 } : record.payload
        }
    }

    private static func records(_ range: Range<Int>) -> [JournalRecord] {
        range.map { record($0, key: $0 + 1, byteCount: 100) }
    }

    private static func read(_ journal: Journal) throws -> [[UInt8]] {
        var all: [[UInt8]] = []
        while case let batch = try journal.read(from: UInt64(all.count), countMax: 50), !batch.isEmpty {
            all += batch.map(\.payload)
        }
        return all
    }

    private static func options(_ segmentBytesMax: Int64 = 4096) -> JournalOptions {
        var options = JournalOptions()
        options.segmentBytesMax = segmentBytesMax
        return options
    }

    @Test func aRedactionHoldsAtOnceAndAScrubForEver() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path, options: Self.options())
        let records = Self.records(0..<200)
        for start in stride(from: 0, to: 200, by: 20) {
            _ = try await journal.append(Array(records[start..<start + 20]))
        }
        let end = 150
        journal.redact(by: Self.redaction(before: UInt64(end)))
        #expect(try Self.read(journal) == Self.wanted(records, before: end))
        let before = try JournalReader(directory: folder.path)
        #expect(try before.count(before: UInt64(end), changedBy: Self.redaction(before: UInt64(end))) == 50)
        let scrub = try journal.scrub(before: UInt64(end)) { false }
        #expect(scrub.recordCount == 50 && scrub.segmentCount > 1)
        journal.redact(by: nil)
        #expect(try Self.read(journal) == Self.wanted(records, before: end))
        #expect(try payloads(folder.path) == Self.wanted(records, before: end))
        #expect(try await journal.append(records).allSatisfy { $0 == .duplicate }, "keys stay")
        await journal.close()
        let again = try Journal(directory: folder.path, options: Self.options())
        #expect(again.recovery.damages.isEmpty && again.recovery.byteCountCut == 0)
        #expect(try Self.read(again) == Self.wanted(records, before: end))
        #expect(try await again.append(Self.records(200..<210)).count == 10)
        await again.close()
    }

    @Test func theSegmentThatIsBeingWrittenIsClosedAndRewritten() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        let records = Self.records(0..<30)
        _ = try await journal.append(Array(records[..<20]))
        journal.redact(by: Self.redaction(before: 20))
        #expect(try journal.scrub(before: 20) { false } == JournalScrub(recordCount: 7, segmentCount: 1))
        #expect(try journal.scrub(before: 20) { false } == JournalScrub(), "nothing is left to rewrite")
        _ = try await journal.append(Array(records[20...]))
        await journal.close()
        #expect(try payloads(folder.path) == Self.wanted(records, before: 20))
    }

    @Test func aScrubThatDiedIsGoneOnWith() async throws {
        let folder = try TemporaryDirectory()
        var journal = try Journal(directory: folder.path, options: Self.options())
        let records = Self.records(0..<200)
        for start in stride(from: 0, to: 200, by: 20) {
            _ = try await journal.append(Array(records[start..<start + 20]))
        }
        let names = try JournalFile.names(inFolder: folder.path).filter { $0.hasSuffix(".journal") }.sorted()
        await journal.close()
        // What a process leaves that dies while it writes the second segment anew, and one that was cut.
        try Data([1, 2, 3]).write(to: URL(filePath: folder.path + "/\(names[1]).scrub"))
        try Data([1, 2, 3]).write(to: URL(filePath: folder.path + "/\(names[1]).cut"))
        journal = try Journal(directory: folder.path, options: Self.options())
        journal.redact(by: Self.redaction(before: 150))
        #expect(throws: JournalError.closed) { try journal.scrub(before: 150) { true } }
        #expect(try journal.scrub(before: 150) { false }.recordCount == 50)
        await journal.close()
        #expect(try payloads(folder.path) == Self.wanted(records, before: 150))
        let left = try JournalFile.names(inFolder: folder.path)
        #expect(!left.contains { $0.hasSuffix(".scrub") || $0.hasSuffix(".cut") })
    }

    @Test func recordsUnderANotedKeyAreFoundAtTheStart() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path, options: Self.options())
        _ = try await journal.append(Self.records(0..<60))
        _ = try await journal.append([JournalRecord(key: Journal.notedKey(7), payload: [1])])
        _ = try await journal.append(Self.records(60..<70))
        #expect(journal.notedSequences == [])
        await journal.close()
        #expect(try Journal(directory: folder.path).notedSequences == [60])
        #expect(try JournalReader(directory: folder.path).notedSequences == [60])
    }
}
