import Base
import Dispatch
import Foundation
import Synchronization
import Timeline

private let threadCount = 2

/// The queries over the same events as the funnels, beside chDB and DuckDB, which must agree; and how near ours come to
/// reading as fast as the memory allows.
func measureQueries(_ workshop: borrowing Workshop) throws -> [Figure] {
    let repeats = workshop.options.pick(full: 5, smoke: 1)
    let timeline = workshop.shared.loaded.timeline
    try workshop.shared.traffic.dump(to: workshop.folder)
    let ours = try QueryCase.all.map { query in
        (query: query, run: try time(repeats: repeats) { try query.answer(timeline.snapshot()) })
    }
    let answers = try [Peer.chdb, .duckdb].compactMap { peer in
        try PeerProgram(script: "query_peers.py").run(peer, request(repeats, workshop), in: workshop)
    }
    return try answers.flatMap { answer in
        let peer = answer["engine"]?.stringValue ?? "?"
        let id = answer["id"]?.stringValue ?? "?"
        var ratios: [Double] = []
        let figures = try ours.map { query, run in
            let theirs = answer["cases"]?[query.name] ?? .null
            guard theirs["result"] == run.result else {
                throw BenchError.disagreement(
                    what: "\(query.name) of \(peer)", ours: run.result.text, peer: (theirs["result"] ?? .null).text)
            }
            let seconds = theirs["seconds"]?.doubleValue ?? .nan
            ratios.append(seconds / run.timing.best)
            return Figure(
                "\(query.name) vs \(id)", "ms", run.timing.best * 1000, .lower,
                peer: Figure.Peer(name: peer, value: seconds * 1000),
                note: "best of \(repeats), \(threadCount) threads each; \(rate(run.timing.best, timeline))")
        }
        let mean = exp(ratios.map { log($0) }.reduce(0, +) / Double(ratios.count))
        return figures + [
            Figure(
                "query-times-faster vs \(id)", "×", mean, .higher,
                note: "geometric mean of \(ratios.count); least \(FigureTable.number(ratios.min() ?? .nan))")
        ]
    } + [memoryFigure(timeline, repeats)]
}

private func rate(_ seconds: Double, _ timeline: Timeline) -> String {
    "\(FigureTable.number(Double(timeline.memory.events) / seconds / 1e6)) million events/s"
}

private func request(_ repeats: Int, _ workshop: borrowing Workshop) -> JSON {
    [
        "folder": .string(workshop.folder.path(percentEncoded: false)), "threads": .int(Int64(threadCount)),
        "repeats": .int(Int64(repeats)), "start_ms": .int(ShopTraffic.start.unixMs),
        "cases": .array(QueryCase.all.map { .string($0.name) }),
    ]
}

/// What reading takes at least: a plain sum over as many bytes as the columns have, on as many threads.
private func memoryFigure(_ timeline: Timeline, _ repeats: Int) -> Figure {
    let wordCount = timeline.memory.columnBytes / 8
    let parts = [[UInt64]](repeating: [UInt64](repeating: 3, count: wordCount / threadCount), count: threadCount)
    let run = time(repeats: repeats) { () -> UInt64 in
        let sums = Mutex<UInt64>(0)
        DispatchQueue.concurrentPerform(iterations: threadCount) { part in
            let sum = parts[part].reduce(0, &+)
            sums.withLock { $0 &+= sum }
        }
        return sums.withLock { $0 }
    }
    let bytes = Double(wordCount * 8)
    return Figure(
        "query-memory-limit", "GB/s", bytes / run.timing.best / 1e9, .higher,
        note: "a plain sum over \(FigureTable.number(bytes / 1e6)) MB, as many as the columns have, on \(threadCount) "
            + "threads")
}
