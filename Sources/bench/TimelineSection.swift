import Base
import Domain
import Foundation
import Timeline

/// Bytes of a sealed event, at two sizes.
func measureMemory(_ workshop: borrowing Workshop) -> [Figure] {
    let traffic = workshop.shared.traffic
    let tenth = LoadedTimeline(traffic, count: traffic.count / 10).timeline
    return [tenth, workshop.shared.loaded.timeline].map { timeline in
        let memory = timeline.memory
        func perEvent(_ bytes: Int) -> String { FigureTable.number(Double(bytes) / Double(max(memory.events, 1))) }
        let count = FigureTable.number(Double(memory.events))
        return Figure(
            "bytes-per-event at \(count)", "B", memory.bytesPerEvent, .lower,
            note: """
                columns and offsets of \(FigureTable.number(Double(timeline.snapshot().peopleCount))) people; beside \
                them \(perEvent(memory.sideTableBytes)) B for values, \(perEvent(memory.dictionaryBytes)) B for texts
                """)
    }
}

/// How fast a timeline grows, is kept and is read back, and counts beside DuckDB.
func measureTimeline(_ workshop: borrowing Workshop) throws -> [Figure] {
    let loaded = workshop.shared.loaded
    let count = Double(workshop.shared.traffic.count)
    let (path, timeline) = (workshop.path("timeline.snapshot"), loaded.timeline)
    let saveSeconds = try stopwatch { try timeline.save(to: path) }.seconds
    let (loadSeconds, again) = try stopwatch { try Timeline.load(from: path) }
    guard again.memory.events == timeline.memory.events else { throw BenchError.failed("the snapshot lost events") }
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    let note = "\(FigureTable.number(Double(size) / 1e6)) MB"
    return [
        Figure("timeline-append", "events/s", count / loaded.appendSeconds, .higher, note: "one thread, merges apart"),
        Figure(
            "timeline-append-and-merge", "events/s", count / (loaded.appendSeconds + loaded.mergeSeconds), .higher,
            note: "one thread, a merge whenever one is due"),
        Figure("timeline-save", "s", saveSeconds, .lower, note: "\(note), synced to disk"),
        Figure("timeline-load", "s", loadSeconds, .lower, note: "\(note), every checksum and code checked"),
        try openMapped(path, workshop.folder.path(percentEncoded: false)),
    ] + (try measureCounts(workshop, timeline))
}

/// How fast the same snapshot is served from its file.
private func openMapped(_ path: String, _ folder: String) throws -> Figure {
    let options = TimelineOptions(threadCount: 2, memoryBudget: MemoryBudget(bytesMax: 1, folder: folder))
    let before = ProcessUsage.residentBytes()
    let (seconds, timeline) = try stopwatch { try Timeline.load(from: path, options: options) }
    let after = ProcessUsage.residentBytes()
    let memory = timeline.memory
    func megabytes(_ bytes: Int) -> String { FigureTable.number(Double(bytes) / 1e6) }
    return Figure(
        "timeline-open of \(FigureTable.number(Double(memory.events))) mapped", "s", seconds, .lower,
        note: """
            every checksum and code checked; \(megabytes(memory.bytesInMemory)) MB in memory and \
            \(megabytes(memory.mappedBytes)) MB in the file; the process has grown by \
            \(megabytes(after.own - before.own)) MB of its own and by \(megabytes(after.files - before.files)) MB of \
            the file's pages, which the system may take back
            """)
}

/// Events and distinct people by name, channel and hour.
private func measureCounts(_ workshop: borrowing Workshop, _ timeline: Timeline) throws -> [Figure] {
    let repeats = workshop.options.pick(full: 5, smoke: 1)
    let query = CountQuery(isByName: true, isByChannel: true, bucket: .hours(1))
    let (timing, rows) = try time(repeats: repeats) { try timeline.snapshot().counts(query) }
    try workshop.shared.traffic.dump(to: workshop.folder)
    let request: JSON = [
        "folder": .string(workshop.folder.path(percentEncoded: false)), "threads": 2,
        "repeats": .int(Int64(repeats)), "start_ms": .int(ShopTraffic.start.unixMs),
    ]
    let answer = try PeerProgram(script: "counts_peer.py").run(.duckdb, request, in: workshop)
    if let answer {
        // The sum over groups of what is exact within each group shows any difference.
        let ours: JSON = [
            "rows": .int(Int64(rows.count)), "events": .int(Int64(rows.reduce(0) { $0 + $1.events })),
            "people": .int(Int64(rows.reduce(0) { $0 + $1.people })),
        ]
        guard answer["result"] == ours else {
            throw BenchError.disagreement(what: "counts", ours: ours.text, peer: answer["result"]?.text ?? "nothing")
        }
    }
    return [
        Figure(
            "counts", "ms", timing.best * 1000, .lower,
            peer: answer.map {
                Figure.Peer(
                    name: $0["engine"]?.stringValue ?? "?", value: ($0["seconds"]?.doubleValue ?? .nan) * 1000)
            }, note: "events and distinct people by name, channel and hour: \(rows.count) groups; 2 threads each")
    ]
}
