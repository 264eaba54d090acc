import Base
import Collect
import Domain
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

@testable import App

/// What a journal knows of the lines it was given.
private final class Taken: Sendable {
    private let known = Mutex<Set<Hash128>>([])
    private let people = Mutex<[String]>([])  // Of the lines that were new, in order.

    var lines: [Int] { people.withLock { $0.compactMap { Int($0) } } }

    func take(_ event: KeyedEvent) -> Bool {
        guard known.withLock({ $0.insert(event.key).inserted }) else { return false }
        guard let person = try? EventCodec.decode(event.payload).person.text else { return false }
        people.withLock { $0.append(person) }
        return true
    }
}

/// A folder with a log, followed without a server; `stop` is what a restart forgets.
private final class FollowDesk {
    let folder: TemporaryDirectory
    private let store: ControlStore
    private let log: FollowedLog
    private let taken = Taken()
    private let key = HashKey.random()
    private var reader: FollowedLogReader?

    init() async throws {
        folder = try TemporaryDirectory()
        store = try ControlStore(path: ":memory:", options: ControlStoreOptions(now: WallClock.now))
        try FileManager.default.createDirectory(atPath: folder.path("logs"), withIntermediateDirectories: true)
        let mapping = #"{"records":[{"fields":{"person":"u","name":{"const":"page_view"}}}]}"#
        var log = FollowedLog(
            id: 0, pattern: folder.path("logs/a.log"), format: .json, lineFormat: "",
            mapping: try JSON.parse(Array(mapping.utf8)), source: SourceName(validated: "web"), beginning: .start,
            isSkippingAnonymous: true, isEnabled: true, updatedAt: WallClock.now())
        let id = try await store.logs.add(log)
        log = try #require(try await store.logs.list().first { $0.log.id == id }).log
        self.log = log
    }

    var lines: [Int] { taken.lines }

    func write(_ numbers: Range<Int>, to name: String = "a.log") throws {
        let path = folder.path("logs/" + name)
        if !FileManager.default.fileExists(atPath: path) {
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
        }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(numbers.map { #"{"u":"\#($0)"}"# + "\n" }.joined().utf8))
        try file.close()
    }

    func rename(_ name: String, to other: String) throws {
        try FileManager.default.moveItem(atPath: folder.path("logs/" + name), toPath: folder.path("logs/" + other))
    }

    /// As logrotate does it: the time of the last line stays.
    func compress(_ name: String, isTimeKept: Bool = true) throws {
        let path = folder.path("logs/" + name)
        try run("/usr/bin/gzip", path)
        if !isTimeKept { try run("/usr/bin/touch", path + ".gz") }
    }

    private func run(_ program: String, _ path: String) throws {
        let process = try Process.run(URL(filePath: program), arguments: [path])
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    func look(rotatedIdle: Duration = .seconds(30)) async throws -> LogState {
        let reader =
            try self.reader
            ?? FollowedLogReader(
                log, store: store.logs, collect: collect, folders: FollowFolders([folder.path]),
                rotatedIdle: rotatedIdle)
        self.reader = reader
        while await reader.poll(now: WallClock.now()) {}
        return reader.state
    }

    func stop() { reader = nil }

    func checkpoints() async throws -> [LogCheckpoint] { try await store.logs.checkpoints(log: log.id) }

    func save(_ checkpoint: LogCheckpoint) async throws {
        try await store.logs.save(checkpoint, adding: LogTotals())
    }

    private var collect: CollectEvents {
        var limits = CollectLimits()
        limits.eventsPerRequestMax = .max
        return CollectEvents(
            limits: limits, key: key,
            ports: CollectPorts(
                append: { [taken] events, _ async throws(CollectError) in
                    CollectPorts.Appended(isNew: events.map(taken.take), receipt: ReceiptID(sequence: 0))
                }, quarantine: { entries in entries.map { _ in 0 } }, now: WallClock.now))
    }
}

@Suite struct FollowCompressedTests {
    @Test func whatWasLeftOfAFileIsReadFromWhatItBecame() async throws {
        let desk = try await FollowDesk()
        try desk.write(0..<10)
        _ = try await desk.look()
        desk.stop()
        try desk.write(10..<20)
        try desk.rename("a.log", to: "a.log.1")
        try desk.compress("a.log.1")
        try desk.write(20..<30)
        _ = try await desk.look()
        #expect(desk.lines == Array(0..<30))
        desk.stop()
        _ = try await desk.look()
        #expect(desk.lines == Array(0..<30))
    }

    @Test func aCrashWhileItGoesOnInWhatTheFileBecameRepeatsNothing() async throws {
        let desk = try await FollowDesk()
        try desk.write(0..<10)
        _ = try await desk.look()
        let before = try #require(try await desk.checkpoints().first)
        desk.stop()
        try desk.write(10..<20)
        try desk.rename("a.log", to: "a.log-20261125")
        try desk.compress("a.log-20261125")
        try desk.write(20..<25)
        _ = try await desk.look()
        desk.stop()
        try await desk.save(before)  // As if it was not forgotten yet.
        _ = try await desk.look()
        #expect(desk.lines == Array(0..<25))
    }

    @Test func filesThatCameAndWereCompressedWhileNobodyLookedAreReadWhole() async throws {
        let desk = try await FollowDesk()
        try desk.write(100..<105, to: "a.log.9")  // From before: none of the log's.
        try desk.compress("a.log.9")
        try desk.write(0..<10)
        _ = try await desk.look()
        desk.stop()
        try await Task.sleep(for: .milliseconds(20))
        for first in [10, 20] {
            try desk.write(first..<(first + 5))
            try desk.rename("a.log", to: "a.log.\(first)")
            try desk.compress("a.log.\(first)")
            try desk.write((first + 5)..<(first + 10))
        }
        _ = try await desk.look()
        #expect(desk.lines.sorted() == Array(0..<30))
    }

    @Test(arguments: [true, false])
    func aFileThatIsReadAndThenCompressedIsNotReadAgain(isTimeKept: Bool) async throws {
        let desk = try await FollowDesk()
        try desk.write(0..<10)
        _ = try await desk.look(rotatedIdle: .milliseconds(1))
        try desk.rename("a.log", to: "a.log.1")
        try desk.write(10..<20)
        _ = try await desk.look()  // The renamed one is let go of.
        try await Task.sleep(for: .milliseconds(20))
        try desk.rename("a.log.1", to: "a.log.2")
        try desk.compress("a.log.2", isTimeKept: isTimeKept)
        try desk.rename("a.log", to: "a.log.1")
        try desk.write(20..<25)
        _ = try await desk.look()
        #expect(desk.lines == Array(0..<25))
        desk.stop()
        _ = try await desk.look()
        #expect(desk.lines == Array(0..<25))
    }

    @Test func aFileBesideWhatItBecomesIsReadOnce() async throws {
        let desk = try await FollowDesk()
        try desk.write(0..<10)
        _ = try await desk.look()
        try desk.rename("a.log", to: "a.log.1")
        try desk.write(10..<12, to: "a.log.1")
        try desk.compress("a.log.1")  // Held open, it is still there.
        try desk.write(12..<20)
        _ = try await desk.look()
        #expect(desk.lines == Array(0..<20))
    }

    @Test func ofADamagedFileWhatCanBeReadIsTakenAndTold() async throws {
        let desk = try await FollowDesk()
        try desk.write(0..<10)
        _ = try await desk.look(rotatedIdle: .milliseconds(1))
        desk.stop()
        try desk.write(10..<50_000)
        try desk.rename("a.log", to: "a.log.1")
        try desk.compress("a.log.1")
        let path = desk.folder.path("logs/a.log.1.gz")
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
        try desk.write(0..<0)
        _ = try await desk.look(rotatedIdle: .milliseconds(1))
        try await Task.sleep(for: .milliseconds(20))
        #expect(try await desk.look().failure.contains("no whole gzip file"))
        #expect(desk.lines == Array(0..<desk.lines.count) && desk.lines.count > 1000)
    }
}
