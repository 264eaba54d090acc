import Base
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Journal

/// A journal with few keys in memory tells duplicates like one that has all of them there.
@Suite struct KnownKeysTests {
    private static var options: JournalOptions {
        var options = JournalOptions()
        options.keysInMemoryMax = 50
        options.segmentBytesMax = 4000
        return options
    }

    private static func records(_ numbers: some Sequence<Int>) -> [JournalRecord] {
        numbers.map { JournalRecord(key: spreadKey($0), payload: Array("record \($0)".utf8)) }
    }

    private static func open(_ folder: TemporaryDirectory) throws -> Journal {
        try Journal(directory: folder.path, options: options)
    }

    /// Records 0..<count, ten at a time, with all runs made; closed.
    private static func fill(_ folder: TemporaryDirectory, count: Int) async throws {
        let journal = try open(folder)
        for start in stride(from: 0, to: count, by: 10) {
            _ = try await journal.append(records(start..<start + 10))
            try await settle(journal)
        }
        await journal.close()
    }

    private static func settle(_ journal: Journal) async throws {
        while journal.keyFigures.isAtWork { try await Task.sleep(for: .milliseconds(1)) }
    }

    private static func runs(_ folder: TemporaryDirectory) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains(".keys") }.sorted()
    }

    private static func segments(_ folder: TemporaryDirectory) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".journal") }.sorted()
    }

    /// Opens the journal, where just these of the first `count` records are known, and each is after it was sent again.
    @discardableResult private static func check(
        _ folder: TemporaryDirectory, count: Int, unknown: Set<Int> = []
    ) async throws -> JournalRecovery {
        let journal = try open(folder)
        #expect(journal.keyFigures.byteCountInMemory < 1024 * 16 + journal.keyFigures.runCount * 200 + count * 2)
        let outcomes = try await journal.append(records(0..<count))
        for number in 0..<count {
            #expect((outcomes[number] != .duplicate) == unknown.contains(number), "record \(number)")
        }
        try await settle(journal)
        #expect(try await journal.append(records(0..<count)).allSatisfy { $0 == .duplicate })
        await journal.close()
        return journal.recovery
    }

    @Test(arguments: 0..<6 as Range<UInt64>) func agreesWithASetOverManyStarts(seed: UInt64) async throws {
        let folder = try TemporaryDirectory()
        var random = SeededGenerator(seed: seed)
        var known: Set<Int> = []
        for _ in 0..<8 {
            let journal = try Self.open(folder)
            #expect(journal.recovery.keyRunsLost == [])
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                let numbers = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                    Int.random(in: 0..<6000, using: &random)
                }
                let outcomes = try await journal.append(Self.records(numbers))
                for (number, outcome) in zip(numbers, outcomes) {
                    #expect((outcome != .duplicate) == known.insert(number).inserted, "record \(number)")
                }
                if Int.random(in: 0..<4, using: &random) == 0 { try await Self.settle(journal) }
            }
            await journal.close()
        }
        let journal = try Self.open(folder)
        #expect(journal.keyFigures.runCount > 0)
        #expect(try await journal.append(Self.records(known)).allSatisfy { $0 == .duplicate })
        await journal.close()
        #expect(try payloads(folder.path).count == known.count)
    }

    @Test func oldKeysLieInFewFilesAndMemoryStaysBounded() async throws {
        let folder = try TemporaryDirectory()
        try await Self.fill(folder, count: 2000)
        #expect((1...12).contains(try Self.runs(folder).count))
        #expect(try await Self.check(folder, count: 2000).keyRunsLost == [])
    }

    @Test func aJournalWithoutRunsGetsThemAtItsStart() async throws {
        let folder = try TemporaryDirectory()
        let journal = try Journal(directory: folder.path)
        _ = try await journal.append(Self.records(0..<1000))
        await journal.close()
        #expect(try Self.runs(folder) == [])
        #expect(try await Self.check(folder, count: 1000).keyRunsLost == [])
        #expect(try !Self.runs(folder).isEmpty)
    }

    @Test func eachStepOfAMergeMayBeTheLast() async throws {
        let folder = try TemporaryDirectory()
        try await Self.fill(folder, count: 190)  // Three runs and a rest.
        let parts = try Self.runs(folder)
        #expect(parts.count == 3)
        var old: [String: Data] = [:]
        for name in parts { old[name] = try Data(contentsOf: URL(filePath: folder.path(name))) }
        try await Self.check(folder, count: 260, unknown: Set(190..<260))
        let merged = try #require(try Self.runs(folder).first)
        #expect(merged.hasPrefix(parts[0].prefix(21)) && merged != parts[0])
        // The inputs were not removed yet.
        for (name, bytes) in old { try bytes.write(to: URL(filePath: folder.path(name))) }
        #expect(try await Self.check(folder, count: 260).keyRunsLost == [])
        #expect(try Self.runs(folder).filter { parts.contains($0) } == [])
        // The new file was not whole, or had not got its name.
        let whole = try Data(contentsOf: URL(filePath: folder.path(merged)))
        try FileManager.default.removeItem(atPath: folder.path(merged))
        for (name, bytes) in old { try bytes.write(to: URL(filePath: folder.path(name))) }
        for count in [0, 1, whole.count / 2, whole.count] {
            try whole.prefix(count).write(to: URL(filePath: folder.path(merged + ".new")))
            #expect(try await Self.check(folder, count: 260).keyRunsLost == [])
            #expect(try Self.runs(folder).allSatisfy { $0.hasSuffix(".keys") })
        }
    }

    @Test func aRunThatIsBrokenMissingOrOfAnotherJournalIsMadeAgain() async throws {
        let folder = try TemporaryDirectory()
        try await Self.fill(folder, count: 190)
        let stranger = try TemporaryDirectory()
        let other = try Self.open(stranger)
        for start in stride(from: 0, to: 190, by: 10) {
            _ = try await other.append(Self.records(5000 + start..<5010 + start))
            try await Self.settle(other)
        }
        await other.close()
        for (place, name) in try Self.runs(folder).enumerated() {
            let path = folder.path(name)
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[60] ^= 1
            try bytes.write(to: URL(filePath: path))
            #expect(try KeyRunCheck(directory: folder.path).losses.map(\.file) == [path])
            #expect(try await Self.check(folder, count: 190).keyRunsLost.map(\.file) == [path])
            try FileManager.default.removeItem(atPath: path)
            #expect(try await Self.check(folder, count: 190).keyRunsLost == [])
            let strange = try Data(contentsOf: URL(filePath: stranger.path(try Self.runs(stranger)[place])))
            try strange.write(to: URL(filePath: path))
            let losses = try await Self.check(folder, count: 190).keyRunsLost
            #expect(losses.map(\.reason) == ["its keys are not those of the journal"])
        }
        let found = try KeyRunCheck(directory: folder.path)
        #expect(found.losses == [] && found.keyCount >= 150)
    }

    /// A run may never know what the journal does not have.
    @Test func whatATornTailCostsTheJournalItCostsTheRunsToo() async throws {
        let folder = try TemporaryDirectory()
        try await Self.fill(folder, count: 190)
        let last = try #require(try Self.segments(folder).last)
        try FileManager.default.removeItem(atPath: folder.path(last))
        let count = try payloads(folder.path).count
        #expect(count < 150)
        let recovery = try await Self.check(folder, count: 190, unknown: Set(count..<190))
        #expect(!recovery.keyRunsLost.isEmpty)
        #expect(try await Self.check(folder, count: 190).keyRunsLost == [])
    }

    @Test func aRecordThatTheDiskHasDamagedCanBeSentAgain() async throws {
        let folder = try TemporaryDirectory()
        try await Self.fill(folder, count: 190)
        let first = folder.path(try Self.segments(folder)[0])
        var bytes = try Data(contentsOf: URL(filePath: first))
        let place = try #require(bytes.range(of: Data("record 7".utf8))).lowerBound
        bytes[place] ^= 1
        try bytes.write(to: URL(filePath: first))
        let recovery = try await Self.check(folder, count: 190, unknown: [7])
        #expect(recovery.recordCountLost == 1)
        #expect(recovery.keyRunsLost.count == 1)
        #expect(try await Self.check(folder, count: 190).keyRunsLost == [])
    }

    @Test func aRunThatGoesBadWhileItIsServedAcknowledgesNothing() async throws {
        let folder = try TemporaryDirectory()
        try await Self.fill(folder, count: 190)
        let journal = try Self.open(folder)
        let path = folder.path(try Self.runs(folder)[0])
        var bytes = try Data(contentsOf: URL(filePath: path))
        for place in KeyRunFormat.headerByteCount..<bytes.count { bytes[place] = 0 }
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.write(contentsOf: bytes)
        try file.close()
        await #expect(throws: JournalError.keysChanged(file: path)) { _ = try await journal.append(Self.records([3])) }
        #expect(try await journal.append(Self.records([200])) == [.appended(sequence: 190)])
        await journal.close()
        #expect(try await Self.check(folder, count: 190).keyRunsLost.map(\.file) == [path])
    }

    /// Whether runs cannot be written, or not be synced; the journal can.
    enum Fault: CaseIterable { case write, sync }

    @Test(arguments: Fault.allCases) func runsThatCannotBeWrittenStayInMemory(fault: Fault) async throws {
        let folder = try TemporaryDirectory()
        let state = SharedFlag(true)
        let isRun = { @Sendable (descriptor: Int32) -> Bool in
            let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
            return path?.hasSuffix(".keys.new") == true
        }
        let calls = unsafe JournalFileCalls(
            write: { descriptor, bytes in
                if fault == .write, state.isSet, isRun(descriptor) {
                    errno = ENOSPC
                    return -1
                }
                return unsafe write(descriptor, bytes.baseAddress, bytes.count)
            },
            sync: { fault == .sync && state.isSet && isRun($0) ? -1 : fdatasync($0) })
        var journal = try Journal(directory: folder.path, options: Self.options, calls: calls)
        for start in stride(from: 0, to: 300, by: 10) {
            _ = try await journal.append(Self.records(start..<start + 10))
            try await Self.settle(journal)
        }
        #expect(try await journal.append(Self.records(0..<300)).allSatisfy { $0 == .duplicate })
        #expect(journal.appendFailure == nil)
        await journal.close()
        journal = try Journal(directory: folder.path, options: Self.options, calls: calls)
        #expect(try await journal.append(Self.records(0..<300)).allSatisfy { $0 == .duplicate })
        #expect(try Self.runs(folder) == [])
        state.set(false)
        for start in stride(from: 300, to: 400, by: 10) {
            _ = try await journal.append(Self.records(start..<start + 10))
            try await Self.settle(journal)
        }
        #expect(try !Self.runs(folder).isEmpty)
        #expect(try await journal.append(Self.records(0..<400)).allSatisfy { $0 == .duplicate })
        await journal.close()
        #expect(try await Self.check(folder, count: 400).keyRunsLost == [])
    }

    private final class SharedFlag: Sendable {
        private let value: Mutex<Bool>
        init(_ value: Bool) { self.value = Mutex(value) }
        var isSet: Bool { value.withLock { $0 } }
        func set(_ value: Bool) { self.value.withLock { $0 = value } }
    }
}
