import Base
import Foundation
import TestSupport
import Testing

@testable import Journal

/// Spread, as hashes are.
func spreadKey(_ number: Int) -> Hash128 {
    Hash128(high: SeededGenerator.mix(UInt64(number)), low: SeededGenerator.mix(~UInt64(number)))
}

@Suite struct KeyFilterTests {
    @Test func knowsAllItHasAndSeldomAnother() {
        let filter = KeyFilter(keyCountMax: 100_000)
        for number in 0..<100_000 { filter.insert(spreadKey(number)) }
        #expect((0..<100_000).allSatisfy { filter.contains(spreadKey($0)) })
        let mistaken = (100_000..<300_000).count { filter.contains(spreadKey($0)) }
        #expect(mistaken < 2000, "more than one foreign key in 100 seems to be there")
        #expect(filter.byteCount == 150_016)
    }
}

@Suite struct KeyRunTests {
    private static func seal(_ keys: [Hash128], _ folder: String, from sequence: UInt64 = 0) throws -> KeyRun {
        var stretch = KeyStretch(from: sequence)
        for key in keys { stretch.insert(key) }
        stretch.extend(to: sequence + UInt64(keys.count))
        return try KeyRun.seal(stretch, in: folder, calls: .system) { false }
    }

    private static func path(_ folder: TemporaryDirectory, _ sequences: Range<UInt64>) -> String {
        folder.path(KeyRunFormat.fileName(of: sequences))
    }

    @Test(arguments: [1, 2, 255, 256, 257, 1000, 70_000])
    func knowsItsKeysAndNoOthersAlsoWhenItIsReadAgain(count: Int) throws {
        let folder = try TemporaryDirectory()
        let made = try Self.seal((0..<count).map(spreadKey), folder.path)
        let read = try KeyRun(path: Self.path(folder, 0..<UInt64(count)), sequences: 0..<UInt64(count))
        for run in [made, read] {
            for number in 0..<count { #expect(try run.contains(spreadKey(number))) }
            for number in count..<count + 5000 { #expect(try !run.contains(spreadKey(number))) }
            #expect(run.keyCount == count)
            #expect(run.tally == made.tally)
        }
        #expect(made.byteCountOnDisk == made.file.byteCount)
        #expect(made.table.byteCount <= 100 + count * 16 / 10)
    }

    @Test func keysThatAreNotSpreadAreKnownToo() throws {
        let folder = try TemporaryDirectory()
        let keys = (1...3000).map { Hash128(high: UInt64($0 / 700), low: UInt64($0)) }
        let run = try Self.seal(keys, folder.path)
        #expect(try keys.allSatisfy { try run.contains($0) })
        #expect(try !run.contains(Hash128(high: 5, low: 1)))
    }

    @Test func mergedRunsHaveAllKeysAndTheirFilesAreGone() throws {
        let folder = try TemporaryDirectory()
        var parts: [KeyRun] = []
        for start in [0, 300, 600, 900] {
            let keys = (start..<start + 300).map(spreadKey)
            parts.append(try Self.seal(keys, folder.path, from: UInt64(start)))
        }
        let merged = try KeyRun.merge(parts, in: folder.path, calls: .system) { false }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == [KeyRunFormat.fileName(of: 0..<1200)])
        for run in [merged, try KeyRun(path: merged.file.path, sequences: 0..<1200)] {
            #expect(run.keyCount == 1200)
            #expect(run.tally.count == 1200)
            for number in 0..<1200 { #expect(try run.contains(spreadKey(number))) }
            for number in 1200..<3000 { #expect(try !run.contains(spreadKey(number))) }
        }
    }

    @Test func aStopLeavesTheRunsAsTheyWere() throws {
        let folder = try TemporaryDirectory()
        let parts = try (0..<4).map { try Self.seal([spreadKey($0)], folder.path, from: UInt64($0)) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(throws: JournalError.closed) {
            _ = try KeyRun.merge(parts, in: folder.path, calls: .system) { true }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == names)
        for number in 0..<4 { #expect(try parts[number].contains(spreadKey(number))) }
    }

    @Test func aChangedOrMissingByteIsNoticedWhereverItIs() throws {
        let folder = try TemporaryDirectory()
        _ = try Self.seal((0..<5).map(spreadKey), folder.path)
        let path = Self.path(folder, 0..<5)
        let whole = try Data(contentsOf: URL(filePath: path))
        for place in whole.indices {
            var changed = whole
            changed[place] ^= 4
            try changed.write(to: URL(filePath: path))
            #expect(throws: JournalError.self, "byte \(place)") { _ = try KeyRun(path: path, sequences: 0..<5) }
            try whole.prefix(place).write(to: URL(filePath: path))
            #expect(throws: JournalError.self, "cut at \(place)") { _ = try KeyRun(path: path, sequences: 0..<5) }
        }
        try (whole + [0]).write(to: URL(filePath: path))
        #expect(throws: JournalError.self) { _ = try KeyRun(path: path, sequences: 0..<5) }
        try whole.write(to: URL(filePath: path))
        #expect(try KeyRun(path: path, sequences: 0..<5).keyCount == 5)
        #expect(throws: JournalError.self) { _ = try KeyRun(path: path, sequences: 0..<6) }
    }

    struct Window: Sendable, CustomTestStringConvertible {
        let why: String, keyCounts: [Int], want: Range<Int>?
        var testDescription: String { why }
    }

    static let windows = [
        Window(why: "nothing is merged of nothing", keyCounts: [], want: nil),
        Window(why: "three wait for a fourth", keyCounts: [9, 9, 9], want: nil),
        Window(why: "four alike are merged", keyCounts: [9, 9, 9, 9], want: 0..<4),
        Window(why: "a large one is not written again for three small ones", keyCounts: [100, 9, 9, 9], want: nil),
        Window(why: "the small ones behind it are", keyCounts: [100, 9, 9, 9, 9], want: 1..<5),
        Window(why: "the least come first", keyCounts: [50, 50, 50, 50, 9, 9, 9, 9], want: 4..<8),
        Window(
            why: "no run gets more keys than it can count",
            keyCounts: .init(repeating: KeyRunTable.keyCountMax / 3, count: 4), want: nil),
    ]

    @Test(arguments: windows) func whatIsMergedNext(_ c: Window) {
        #expect(KeyRun.windowToMerge(keyCounts: c.keyCounts) == c.want)
    }

    @Test func runsStayFewAndKeysAreWrittenSeldom() {
        var keyCounts: [Int] = []
        var (mostRuns, written) = (0, 0)
        for _ in 0..<1000 {
            keyCounts.append(100)
            while let window = KeyRun.windowToMerge(keyCounts: keyCounts) {
                let sum = keyCounts[window].reduce(0, +)
                keyCounts.replaceSubrange(window, with: [sum])
                written += sum
            }
            mostRuns = max(mostRuns, keyCounts.count)
        }
        #expect(keyCounts.reduce(0, +) == 100_000)
        #expect(mostRuns <= 15)
        #expect(written <= 100_000 * 8)
    }
}
