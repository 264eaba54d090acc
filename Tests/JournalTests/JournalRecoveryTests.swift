import Base
import Foundation
import TestSupport
import Testing

@testable import Journal

/// What a start makes of files that a crash has left.
@Suite struct JournalRecoveryTests {
    private static func segment(_ folder: TemporaryDirectory) -> String {
        folder.path + "/" + Segment.fileName(sequence: 0)
    }

    /// A crash can cut the file anywhere: what is recovered is a prefix, and nothing before the cut is missing.
    @Test func aTailTornAnywhereIsCutAndReported() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        var ends = [Int64(RecordFormat.headerByteCount)]
        for index in 0..<6 {
            _ = try await journal.append([record(index)])
            ends.append(journal.bytesOnDisk)
        }
        let path = Self.segment(folder)
        let whole = try #require(FileManager.default.contents(atPath: path))
        await journal.close()
        for cut in 0...whole.count {
            let copy = try TemporaryDirectory()
            try whole.prefix(cut).write(to: URL(filePath: Self.segment(copy)))
            let recovered = try Journal(directory: copy.path)
            let wantCount = ends.count { $0 <= Int64(cut) }
            #expect(recovered.sequenceEnd == UInt64(max(0, wantCount - 1)), "cut at \(cut)")
            let kept = wantCount == 0 ? 0 : ends[wantCount - 1]
            #expect(recovered.recovery.byteCountCut == Int64(cut) - kept)
            #expect(recovered.recovery.damages == [])
            let keptBeside = FileManager.default.contents(atPath: Self.segment(copy) + ".cut")
            #expect(keptBeside == (kept < cut ? whole[Int(kept)..<cut] : nil), "cut at \(cut)")
            #expect(try await recovered.append([record(99)]) == [.appended(sequence: UInt64(max(0, wantCount - 1)))])
            await recovered.close()
        }
    }

    /// Blocks of a write may reach the disk in any order, so that whole records stand behind a hole.
    @Test(arguments: 0..<4 as Range<UInt64>) func aLastGroupWithHolesIsCutWhole(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let written = try await WrittenJournal(
            recordCounts: [1, 3, 2, 40], isClosed: false, using: &random)
        let last = try #require(written.groups.last)
        let whole = try written.bytes(last.file)
        for round in 0..<30 {
            var bytes = whole
            let block = [16, 64, 512][round % 3]
            for start in stride(from: last.bytes.lowerBound, to: last.bytes.upperBound, by: block)
            where Bool.random(using: &random) {
                for place in start..<min(start + block, last.bytes.upperBound) { bytes[place] = 0 }
            }
            if round % 5 == 4 { bytes += [UInt8](repeating: 0, count: 700) }  // The file was longer already.
            let copy = try written.copy(with: [last.file: bytes])
            let journal = try Journal(directory: copy.path)
            let isWhole = Array(bytes[last.bytes]) == Array(whole[last.bytes])
            #expect(journal.sequenceEnd == UInt64(isWhole ? last.sequences.upperBound : last.sequences.lowerBound))
            #expect(journal.recovery.damages == [])
            let start = isWhole ? last.bytes.upperBound : last.bytes.lowerBound
            #expect(journal.recovery.byteCountCut == Int64(bytes.count - start))
            if start < bytes.count {
                let kept = FileManager.default.contents(atPath: copy.path(last.file) + ".cut")
                #expect(kept.map(Array.init) == Array(bytes[start...]))
            }
            await journal.close()
        }
    }

    /// The payload is chosen by whoever sends it: it must not pass for a group that shows another one acknowledged.
    @Test func aPayloadThatHoldsAJournalIsNoEvidence() async throws {
        var random = SeededGenerator(seed: 5)
        let inner = try await WrittenJournal(recordCounts: [1, 1, 1, 1], isClosed: true, using: &random)
        let file = inner.files[0]
        let payload = try Array(inner.bytes(file).dropFirst(RecordFormat.headerByteCount))
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        _ = try await journal.append([JournalRecord(key: nil, payload: payload)])
        var bytes = try Array(Data(contentsOf: URL(filePath: folder.path(file))))
        await journal.close()
        bytes[RecordFormat.headerByteCount + 2] ^= 1
        try Data(bytes).write(to: URL(filePath: folder.path(file)))
        let recovered = try Journal(directory: folder.path)
        #expect(recovered.sequenceEnd == 0)
        #expect(recovered.recovery.damages == [])
        await recovered.close()
    }

    @Test func whatIsCutIsKeptForTheOwnerAlone() async throws {
        let folder = try TemporaryDirectory()
        let path = Self.segment(folder)
        for round in 0..<2 {
            let journal = try Journal(directory: folder.path)
            _ = try await journal.append([record(round)])
            await journal.close()
            let torn = try FileHandle(forWritingTo: URL(filePath: path))
            try torn.seekToEnd()
            try torn.write(contentsOf: Data("torn \(round).".utf8))
            try torn.close()
        }
        await (try Journal(directory: folder.path)).close()
        #expect(FileManager.default.contents(atPath: path + ".cut") == Data("torn 0.torn 1.".utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: path + ".cut")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try payloads(folder.path) == [record(0).payload, record(1).payload])
    }

    @Test func openingAndClosingAgainLeavesTheFilesAsTheyAre() async throws {
        var random = SeededGenerator(seed: 6)
        let written = try await WrittenJournal(recordCounts: [2, 1], isClosed: true, using: &random)
        let before = try written.bytes(written.files[0])
        for _ in 0..<3 { await (try Journal(directory: written.folder.path)).close() }
        #expect(try written.bytes(written.files[0]) == before)
    }

    @Test func aJournalOfAnotherFormatIsRefusedAndLeftAlone() async throws {
        for version in ["1", "3"] {
            let folder = try TemporaryDirectory()
            let bytes = Array("QYJ\(version)".utf8) + [UInt8](repeating: 0, count: 500)
            try Data(bytes).write(to: URL(filePath: Self.segment(folder)))
            let want = JournalError.otherFormat(file: Self.segment(folder))
            #expect(throws: want) { _ = try Journal(directory: folder.path) }
            #expect(throws: want) { _ = try JournalReader(directory: folder.path) }
            #expect(FileManager.default.contents(atPath: Self.segment(folder)) == Data(bytes))
        }
    }

    /// A file that is gone can be brought back, and its records with it: the start waits for that.
    @Test func aMissingOrShortenedSegmentStopsTheStart() async throws {
        var random = SeededGenerator(seed: 7)
        let written = try await WrittenJournal(
            recordCounts: [Int](repeating: 2, count: 30), segmentBytesMax: 800, isClosed: true, using: &random)
        #expect(written.files.count > 3)
        for file in [written.files[0], written.files[1]] {
            let copy = try written.copy(with: [:])
            try FileManager.default.removeItem(atPath: copy.path(file))
            #expect(throws: JournalError.self) { _ = try Journal(directory: copy.path) }
        }
        let file = written.files[1]
        let group = try #require(written.groups.last { $0.file == file })
        let copy = try written.copy(with: [file: Array(written.bytes(file).prefix(group.bytes.lowerBound))])
        let want = JournalError.corrupt(
            file: copy.path(file), byteOffset: Int64(group.bytes.lowerBound),
            reason: "record \(group.sequences.lowerBound) should follow here, and the next segment begins with "
                + "\(group.sequences.upperBound)")
        #expect(throws: want) { _ = try Journal(directory: copy.path) }
        #expect(throws: want) { _ = try JournalReader(directory: copy.path) }
    }
}
