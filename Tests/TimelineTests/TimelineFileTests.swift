import Base
import Domain
import Foundation
import TestSupport
import Testing

@testable import Timeline

struct TimelineFileTests {
    @Test(arguments: [0, 1, 2500])
    func whatIsSavedIsLoadedAndGoesOn(count: Int) throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("timeline")
        let events = RandomEvents.make(seed: 5, count: count + 300)
        let timeline = Timeline()
        timeline.append(Array(events.prefix(count)))
        try timeline.save(to: path)
        let loaded = try Timeline.load(from: path)
        #expect(loaded.sequenceEnd == UInt64(count))
        loaded.append(events)  // A replay that begins too early.
        let plain = PlainTimeline(events)
        for (person, entries) in plain.entries {
            #expect(loaded.snapshot().entries(of: person, countMax: .max) == entries.reversed())
        }
        #expect(loaded.snapshot().peopleCount == plain.entries.count)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["timeline"])
    }

    @Test(arguments: [false, true])
    func everyDamagedByteIsNoticed(isMapped: Bool) throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("timeline")
        let timeline = Timeline(options: .mapped(isMapped))
        timeline.append(RandomEvents.make(seed: 6, count: 40))
        try timeline.save(to: path)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for i in stride(from: 0, to: whole.count, by: 13) {
            var damaged = whole
            damaged[i] ^= 0x20
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            #expect(throws: TimelineError.self) { try Timeline.load(from: path, options: .mapped(isMapped)) }
        }
        for count in stride(from: 0, to: whole.count, by: 101) {
            try Data(whole[..<count]).write(to: URL(fileURLWithPath: path))
            #expect(throws: TimelineError.self) { try Timeline.load(from: path, options: .mapped(isMapped)) }
        }
        try Data([0] + whole).write(to: URL(fileURLWithPath: path))
        #expect(throws: TimelineError.notASnapshot) { try Timeline.load(from: path, options: .mapped(isMapped)) }
        try Data(whole).write(to: URL(fileURLWithPath: path))
        _ = try Timeline.load(from: path, options: .mapped(isMapped))
    }

    @Test
    func aFileOfAnotherVersionIsNotRead() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("timeline")
        try Timeline().save(to: path)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(bytes[8] == 4)
        bytes[8] = 1  // Amounts of 32 bits.
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(throws: TimelineError.unknownVersion(1)) { try Timeline.load(from: path) }
    }

    @Test
    func howItsEventsWereMadeIsNotedForWhatTheFileHolds() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path("timeline")
        let timeline = Timeline()
        timeline.append(RandomEvents.make(seed: 7, count: 40))
        try timeline.save(to: path) { _ in nil }
        #expect(!FileManager.default.fileExists(atPath: path), "it is no longer wanted")
        try timeline.save(to: path) { $0 * 1000 }
        let loaded = try Timeline.load(from: path)
        #expect(loaded.basis == 40_000 && loaded.sequenceEnd == 40)
        try timeline.save(to: path)
        #expect(try Timeline.load(from: path).basis == 0)
    }

    @Test
    func aFolderThatCannotBeWrittenIsSaid() {
        #expect(throws: TimelineError.io(operation: "create", errno: 2)) {
            try Timeline().save(to: "/nonexistent/timeline")
        }
        #expect(throws: TimelineError.io(operation: "open", errno: 2)) {
            try Timeline.load(from: "/nonexistent/timeline")
        }
    }

    @Test(arguments: [("", 0xEF46_DB37_51D8_E999), ("abc", 0x44BC_2CF5_AD77_0999)] as [(String, UInt64)])
    func theChecksumIsXXH64(text: String, want: UInt64) { #expect(checksum64(of: Array(text.utf8)) == want) }

    @Test
    func theChecksumSeesEachByteOfEveryLength() {
        for length in 1..<80 {
            let bytes = (0..<length).map { UInt8($0 * 7 % 251) }
            let whole = checksum64(of: bytes)
            for i in bytes.indices {
                var damaged = bytes
                damaged[i] ^= 1
                #expect(checksum64(of: damaged) != whole)
            }
        }
    }
}
