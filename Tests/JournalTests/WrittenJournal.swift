import Base
import Foundation
import TestSupport
import Testing

@testable import Journal

/// A journal that was written by the test, which so knows where each group stands. Each record has a key.
struct WrittenJournal {
    struct Group {
        let file: String  // Its name.
        let bytes: Range<Int>
        let sequences: Range<Int>
    }

    let folder: TemporaryDirectory  // As the writer left it.
    private(set) var groups: [Group] = []
    private(set) var records: [JournalRecord] = []

    /// - Parameters:
    ///   - recordCounts: Of each group.
    ///   - isClosed: Whether the writer came to close it.
    init(
        recordCounts: [Int], byteCounts: ClosedRange<Int> = 0...120, segmentBytesMax: Int64 = 1 << 20, isClosed: Bool,
        using random: inout SeededGenerator
    ) async throws {
        let work = try TemporaryDirectory()
        var options = JournalOptions()
        options.segmentBytesMax = segmentBytesMax
        let journal = try Journal(directory: work.path, options: options)
        for count in recordCounts {
            let start = records.count
            let group = (start..<start + count).map { index in
                record(index, key: index + 1, byteCount: Int.random(in: byteCounts, using: &random))
            }
            _ = try await journal.append(group)
            records += group
            let size = group.reduce(RecordFormat.frameHeaderByteCount) {
                $0 + RecordFormat.frameHeaderByteCount + $1.payload.count
            }
            let file = try #require(Self.names(work.path).last)
            let end = try Self.bytes(work.path + "/" + file).count
            groups.append(Group(file: file, bytes: end - size..<end, sequences: start..<start + count))
        }
        folder = try TemporaryDirectory()
        if isClosed { await journal.close() }
        for name in try Self.names(work.path) {
            try Data(Self.bytes(work.path + "/" + name)).write(to: URL(filePath: folder.path(name)))
        }
        await journal.close()
    }

    var files: [String] { Array(Set(groups.map(\.file))).sorted() }

    func bytes(_ file: String) throws -> [UInt8] { try Self.bytes(folder.path(file)) }

    /// A copy where some files have other bytes.
    func copy(with changed: [String: [UInt8]]) throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory()
        for file in files {
            try Data(changed[file] ?? bytes(file)).write(to: URL(filePath: copy.path(file)))
        }
        return copy
    }

    private static func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".journal") }.sorted()
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }
}
