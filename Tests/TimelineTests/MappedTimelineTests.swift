import Base
import Domain
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Timeline

extension TimelineOptions {
    /// With a budget that no event fits in, or with none.
    static func mapped(
        _ isMapped: Bool, in folder: String = FileManager.default.temporaryDirectory.path
    ) -> TimelineOptions {
        TimelineOptions(memoryBudget: isMapped ? MemoryBudget(bytesMax: 0, folder: folder) : nil)
    }
}

/// A timeline in mapped files is the same as one in memory.
struct MappedTimelineTests {
    @Test(arguments: 0..<16 as Range<UInt64>)
    func everyColumnIsTheSameInFilesAsInMemory(seed: UInt64) throws {
        let folder = try TemporaryDirectory()
        let events = RandomEvents.make(seed: seed, count: 1500, momentCount: seed % 2 == 0 ? 60 : 100_000)
        var (plain, mapped) = (Timeline(), Timeline(options: .mapped(true, in: folder.path)))
        var random = SeededGenerator(seed: seed)
        var next = 0
        while next < events.count {
            let end = min(events.count, next + Int.random(in: 1...400, using: &random))
            for timeline in [plain, mapped] { timeline.append(Array(events[next..<end])) }
            next = end
            switch Int.random(in: 0..<4, using: &random) {
            case 0: for timeline in [plain, mapped] { timeline.merge() }
            case 1:
                let gone = "person \(Int.random(in: 0..<40, using: &random))"
                plain = try plain.erasing { $0.text == gone }.timeline
                mapped = try mapped.erasing { $0.text == gone }.timeline
            case 2:
                let time = EventTime(clampingUnixMs: 1_000_000 + Int64.random(in: 0..<90, using: &random))
                for timeline in [plain, mapped] { timeline.forget(before: time) }
            default:
                try mapped.save(to: folder.path("mapped"))
                try plain.save(to: folder.path("plain"))
                #expect(
                    FileManager.default.contentsEqual(
                        atPath: folder.path("mapped"), andPath: folder.path("plain")))
                mapped = try Timeline.load(from: folder.path("plain"), options: .mapped(true, in: folder.path))
                plain = try Timeline.load(from: folder.path("mapped"))
            }
            try Self.expectSame(mapped, plain)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(left).isSubset(of: ["mapped", "plain"]), "no file of a merge is left")
    }

    private static func expectSame(_ mapped: Timeline, _ plain: Timeline) throws {
        let (one, other) = (try mapped.sealed(), try plain.sealed())
        #expect(one.offsets == other.offsets)
        #expect(one.columns == other.columns)
        #expect(one.extras == other.extras)
        #expect(one.timesMs == other.timesMs)
        #expect(one.withoutEvents == other.withoutEvents)
        let (memory, all) = (mapped.memory, plain.memory)
        #expect(memory.totalBytes - memory.headBytes == all.totalBytes - all.headBytes)
        #expect(
            memory.mappedBytes == memory.columnBytes + memory.sideTableBytes + memory.propertyBytes || one.count == 0)
        #expect(all.mappedBytes == 0)
    }

    @Test func longColumnsGoThroughTheBufferInParts() throws {
        let folder = try TemporaryDirectory()
        let files = ColumnFiles(in: folder.path)
        let values = Column((0..<700_000).map { UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) })
        var mapped = ColumnWriter<UInt32>(files, count: 0)
        var memory = ColumnWriter<UInt32>(nil, count: 0)
        for range in [0..<1, 1..<650_000, 7..<7, 3..<262_150, 0..<262_144, 650_000..<700_000] {
            mapped.append(values, range)
            memory.append(values, range)
            mapped.append(UInt32(range.count))
            memory.append(UInt32(range.count))
        }
        let (one, other) = (mapped.finish(), memory.finish())
        #expect(files.failure == nil && one.isMapped && !other.isMapped)
        #expect(one == other && one.inMemory == other && !one.inMemory.isMapped)
    }

    @Test(arguments: [PropertyKind.text, .number])
    func longColumnsOfPropertiesGoThroughTheirPart(kind: PropertyKind) throws {
        let files = ColumnFiles(in: FileManager.default.temporaryDirectory.path)
        var source = PropertyColumn(kind: kind)
        var random = SeededGenerator(seed: 3)
        for position in 0..<900_000 where position / 70_000 % 2 == 0 && random.next() % 3 != 0 {
            source.append(PropertyCell(column: 0, code: UInt32(position), number: Double(position)), at: position)
        }
        var mapped = PropertyColumnWriter(like: source, files)
        var memory = PropertyColumnWriter(like: source, nil)
        var place = 0
        for range in [5..<600_001, 7..<8, 600_001..<640_000, 100..<900_000] {
            mapped.append(source, range, at: place)
            memory.append(source, range, at: place)
            place += range.count
            let cell = PropertyCell(column: 0, code: 9, number: 9)
            mapped.append(cell, at: place)
            memory.append(cell, at: place)
            place += 1
        }
        let (one, other) = (mapped.finish(), memory.finish())
        #expect(one == other && one.isWhole && other.isWhole && files.failure == nil)
    }

    @Test func onlyWhatIsLargerThanTheBudgetIsMapped() throws {
        let folder = try TemporaryDirectory()
        var options = TimelineOptions.mapped(true, in: folder.path)
        options.memoryBudget = MemoryBudget(bytesMax: 40_000, folder: folder.path)
        let timeline = Timeline(options: options)
        let events = RandomEvents.make(seed: 9, count: 3000)
        timeline.append(Array(events[..<100]))
        timeline.merge()
        #expect(timeline.memory.mappedBytes == 0)
        timeline.append(Array(events[100...]))
        timeline.merge()
        let memory = timeline.memory
        #expect(memory.mappedBytes > 40_000)
        #expect(memory.bytesInMemory == memory.dictionaryBytes + memory.headBytes)
        try timeline.save(to: folder.path("timeline"))
        #expect(try Timeline.load(from: folder.path("timeline"), options: options).memory.mappedBytes > 0)
        options.memoryBudget = MemoryBudget(bytesMax: 1_000_000, folder: folder.path)
        #expect(try Timeline.load(from: folder.path("timeline"), options: options).memory.mappedBytes == 0)
    }

    @Test func aReaderGoesOnWhileItsFilesAreReplaced() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("timeline")
        let events = RandomEvents.make(seed: 11, count: 2000)
        let first = Timeline(options: .mapped(true, in: folder.path))
        first.append(Array(events[..<1000]))
        try first.save(to: path)
        let loaded = try Timeline.load(from: path, options: .mapped(true, in: folder.path))
        let snapshot = loaded.snapshot()
        loaded.append(Array(events[1000...]))
        try loaded.save(to: path)
        try FileManager.default.removeItem(atPath: path)
        let (plain, whole) = (PlainTimeline(Array(events[..<1000])), PlainTimeline(events))
        for (person, entries) in plain.entries {
            #expect(snapshot.entries(of: person, countMax: .max) == entries.reversed())
        }
        for (person, entries) in whole.entries {
            #expect(loaded.snapshot().entries(of: person, countMax: .max) == entries.reversed())
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func whereFilesCannotBeMadeAllStaysAsItWas() throws {
        let parent = try TemporaryDirectory()
        let folder = parent.path("later")
        let timeline = Timeline(options: .mapped(true, in: folder))
        let events = RandomEvents.make(seed: 12, count: 600)
        timeline.append(events)
        timeline.merge()
        let failure = TimelineError.io(operation: "create", errno: ENOENT)
        #expect(timeline.mergeFailure == failure && timeline.memory.events == 0)
        #expect(timeline.snapshot().eventCount == events.count)
        #expect(throws: failure) { try timeline.save(to: parent.path("timeline")) }
        #expect(throws: failure) { try timeline.erasing { _ in true } }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        timeline.merge()
        #expect(timeline.mergeFailure == nil && timeline.memory.events == events.count)
        try TimelineQueryTests.checkFunnel(timeline.snapshot(), PlainTimeline(events), 12)
    }

    @Test func aDiskThatIsFullIsSaid() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
            guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
            let timeline = Timeline(options: .mapped(true))
            timeline.append(RandomEvents.make(seed: 13, count: 2000))
            timeline.merge()
            guard timeline.mergeFailure == .io(operation: "write", errno: EFBIG), timeline.memory.events == 0,
                timeline.snapshot().eventCount == 2000
            else { exit(3) }
        }
    }
}
