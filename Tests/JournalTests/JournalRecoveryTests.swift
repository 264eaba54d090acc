import Base
import Foundation
import TestSupport
import Testing

@testable import Journal

/// What a start makes of files that a crash or a disk has damaged.
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
        await journal.close()
        let path = Self.segment(folder)
        let whole = try #require(FileManager.default.contents(atPath: path))
        for cut in 0...whole.count {
            let copy = try TemporaryDirectory()
            try whole.prefix(cut).write(to: URL(filePath: Self.segment(copy)))
            let recovered = try Journal(directory: copy.path)
            let wantCount = ends.count { $0 <= Int64(cut) }
            #expect(recovered.sequenceEnd == UInt64(max(0, wantCount - 1)), "cut at \(cut)")
            let kept = wantCount == 0 ? 0 : ends[wantCount - 1]
            #expect(recovered.recovery.byteCountCut == Int64(cut) - kept)
            let keptBeside = FileManager.default.contents(atPath: Self.segment(copy) + ".cut")
            #expect(keptBeside == (kept > 0 && kept < cut ? whole[Int(kept)..<cut] : nil), "cut at \(cut)")
            #expect(try await recovered.append([record(99)]) == [.appended(sequence: UInt64(max(0, wantCount - 1)))])
            await recovered.close()
        }
    }

    @Test func aBrokenByteInTheTailCutsOnlyWhatFollows() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        for index in 0..<5 { _ = try await journal.append([record(index)]) }
        await journal.close()
        let path = Self.segment(folder)
        var bytes = Array(try #require(FileManager.default.contents(atPath: path)))
        bytes[bytes.count - 5] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        let recovered = try Journal(directory: folder.path)
        #expect(recovered.sequenceEnd == 4)
        await recovered.close()
    }

    @Test func aBrokenRecordInASealedSegmentIsNeverSkipped() async throws {
        let folder = try TemporaryDirectory()
        var options = JournalOptions()
        options.segmentBytesMax = 200
        let journal = try Journal(directory: folder.path, options: options)
        for index in 0..<20 { _ = try await journal.append([record(index)]) }
        await journal.close()
        let path = Self.segment(folder)
        var bytes = Array(try #require(FileManager.default.contents(atPath: path)))
        bytes[40] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        #expect {
            _ = try Journal(directory: folder.path, options: options)
        } throws: { error in
            if case .corrupt(let file, let offset, _)? = error as? JournalError {
                file == path && offset == 12
            } else {
                false
            }
        }
    }

    /// What follows a broken record was acknowledged: cutting it off would lose it without a word.
    @Test func aBrokenByteBeforeWholeRecordsStopsTheStartAndChangesNothing() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        var ends = [Int64(RecordFormat.headerByteCount)]
        for index in 0..<4 {
            _ = try await journal.append([record(index, key: index + 1)])
            ends.append(journal.bytesOnDisk)
        }
        await journal.close()
        let path = Self.segment(folder)
        let whole = Array(try #require(FileManager.default.contents(atPath: path)))
        for place in Int(ends[0])..<Int(ends[3]) {
            var bytes = whole
            bytes[place] ^= 0x81
            try Data(bytes).write(to: URL(filePath: path))
            let want = ends.last { $0 <= Int64(place) }
            for open in [Self.openToWrite, Self.openToRead] {
                let offset = Self.offsetOfCorruption { try open(folder.path) }
                #expect(offset == want, "byte \(place)")
            }
            #expect(FileManager.default.contents(atPath: path).map(Array.init) == bytes)
        }
    }

    @Test func aBrokenStretchBeforeAWholeRecordStopsTheStartToo() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        for index in 0..<3 { _ = try await journal.append([record(index, byteCount: 400_000)]) }
        let end = Int(journal.bytesOnDisk)
        _ = try await journal.append([record(3)])
        await journal.close()
        var bytes = Array(try #require(FileManager.default.contents(atPath: Self.segment(folder))))
        for place in RecordFormat.headerByteCount..<end { bytes[place] = 0 }
        try Data(bytes).write(to: URL(filePath: Self.segment(folder)))
        #expect(Self.offsetOfCorruption { try Self.openToWrite(folder.path) } == Int64(RecordFormat.headerByteCount))
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

    private static let openToWrite: @Sendable (String) throws -> Void = { _ = try Journal(directory: $0) }
    private static let openToRead: @Sendable (String) throws -> Void = { _ = try JournalReader(directory: $0) }

    /// Nil where nothing was found to be corrupt.
    private static func offsetOfCorruption(_ open: () throws -> Void) -> Int64? {
        do { try open() } catch {
            if case .corrupt(_, let offset, _)? = error as? JournalError { return offset }
        }
        return nil
    }
}
