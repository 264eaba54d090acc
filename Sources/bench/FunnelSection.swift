import Base
import Domain
import Foundation
import Timeline

/// One funnel, asked of every engine.
private struct FunnelCase {
    let name: String
    let stepCodes: [Int]  // Places in `ShopTraffic.names`.
    let isByChannel: Bool

    static let all = [3: [1, 2, 5], 5: [0, 1, 2, 4, 5]].sorted { $0.key < $1.key }.flatMap { count, codes in
        [
            FunnelCase(name: "funnel-\(count)", stepCodes: codes, isByChannel: false),
            FunnelCase(name: "funnel-\(count)-by-channel", stepCodes: codes, isByChannel: true),
        ]
    }
    static let window = Milliseconds.days(1)

    func query() throws -> FunnelQuery {
        try FunnelQuery(
            steps: stepCodes.map { EventFilter(name: ShopTraffic.names[$0]) }, window: Self.window,
            breakdown: isByChannel ? .dimension(.channel) : nil)
    }

    var json: JSON {
        [
            "name": .string(name), "steps": .array(stepCodes.map { .int(Int64($0)) }),
            "is_by_channel": .bool(isByChannel),
        ]
    }

    /// People by step, and by channel where asked, as peers answer.
    func json(of result: FunnelResult) -> JSON {
        let people = JSON.array(result.people.map { .int(Int64($0)) })
        guard isByChannel else { return ["people": people] }
        let shares = ShopTraffic.channels.map { channel -> JSON in
            let share = result.groups.first { $0.key == .text(channel.text) }
            return .array((share?.people ?? stepCodes.map { _ in 0 }).map { .int(Int64($0)) })
        }
        return ["people": people, "by_channel": .array(shares)]
    }
}

private let threadCount = 2

/// Funnels over the same events: ours, chDB's `windowFunnel` and DuckDB's window functions, which must agree.
func measureFunnels(_ workshop: borrowing Workshop) throws -> [Figure] {
    let repeats = workshop.options.pick(full: 7, smoke: 1)
    let timeline = workshop.shared.loaded.timeline
    try workshop.shared.traffic.dump(to: workshop.folder)
    PeakMemory.restart()
    let ours = try FunnelCase.all.map { funnel in
        let query = try funnel.query()
        return (funnel: funnel, run: time(repeats: repeats) { timeline.snapshot().funnel(query) })
    }
    let peakMegabytes = PeakMemory.megabytes ?? .nan
    let answers = try [Peer.chdb, .duckdb].compactMap { peer in
        try PeerProgram(script: "funnel_peers.py").run(peer, request(repeats, workshop), in: workshop)
            .map { PeerAnswer(json: $0) }
    }
    let memoryNote = "whole process; ours with the generated traffic"
    return try answers.flatMap { answer in
        try ours.map { funnel, run in
            try answer.check(funnel, run.result)
            let median = FigureTable.number(run.timing.median * 1000)
            return Figure(
                "\(funnel.name) vs \(answer.id)", "ms", run.timing.best * 1000, .lower, peer: answer.time(of: funnel),
                note: "best of \(repeats), ours median \(median), \(threadCount) threads each; \(answer.how(funnel))")
        } + [
            Figure(
                "funnel-peak-memory vs \(answer.id)", "MB", peakMegabytes, .lower, peer: answer.peakMegabytes,
                note: memoryNote)
        ]
    }
}

private func request(_ repeats: Int, _ workshop: borrowing Workshop) -> JSON {
    [
        "folder": .string(workshop.folder.path(percentEncoded: false)), "threads": .int(Int64(threadCount)),
        "repeats": .int(Int64(repeats)), "window_ms": .int(FunnelCase.window.count),
        "channels": .int(Int64(ShopTraffic.channels.count)), "start_ms": .int(ShopTraffic.start.unixMs),
        "cases": .array(FunnelCase.all.map(\.json)),
    ]
}

/// What `funnel_peers.py` found with one engine.
private struct PeerAnswer {
    let json: JSON

    var id: String { json["id"]?.stringValue ?? "?" }
    private var engine: String { json["engine"]?.stringValue ?? "?" }
    private func found(_ funnel: FunnelCase) -> JSON? { json["cases"]?[funnel.name] }

    var peakMegabytes: Figure.Peer { Figure.Peer(name: engine, value: (json["peak_bytes"]?.doubleValue ?? .nan) / 1e6) }

    func time(of funnel: FunnelCase) -> Figure.Peer {
        Figure.Peer(name: engine, value: (found(funnel)?["seconds"]?.doubleValue ?? .nan) * 1000)
    }

    func how(_ funnel: FunnelCase) -> String { found(funnel)?["how"]?.stringValue ?? "" }

    func check(_ funnel: FunnelCase, _ result: FunnelResult) throws(BenchError) {
        let (ours, theirs) = (funnel.json(of: result), found(funnel)?["result"] ?? .null)
        guard ours == theirs else {
            throw .disagreement(what: "\(funnel.name) of \(engine)", ours: ours.text, peer: theirs.text)
        }
    }
}
