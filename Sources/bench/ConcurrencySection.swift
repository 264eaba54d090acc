import Base
import Dispatch
import Domain
import Foundation
import Synchronization
import Timeline

/// What queries and ingestion cost each other: a timeline that grows as fast as one thread can make it, by traffic like
/// that of the month before, and somebody who looks at a page of three questions all the while.
func measureConcurrency(_ workshop: borrowing Workshop) throws -> [Figure] {
    let seconds = workshop.options.pick(full: 8.0, smoke: 0.2)
    let path = workshop.path("timeline.snapshot")
    try workshop.shared.loaded.timeline.save(to: path)
    let traffic = workshop.shared.traffic
    let batches = stride(from: 0, to: min(traffic.count, 4_000_000), by: GrowingTimeline.batchCount).map { begin in
        (begin..<min(begin + GrowingTimeline.batchCount, traffic.count)).map { number in
            var event = traffic.event(at: number)
            event.time = event.time.advanced(by: .days(ShopTraffic.dayCount))
            return event
        }
    }
    let grown = try GrowingTimeline(path, batches).run(seconds: seconds, isAsked: false, isGrowing: true)
    let asked = try GrowingTimeline(path, batches).run(seconds: seconds, isAsked: true, isGrowing: false)
    let both = try GrowingTimeline(path, batches).run(seconds: seconds, isAsked: true, isGrowing: true)
    let share = both.eventsPerSecond / grown.eventsPerSecond
    let slower = both.latency.quantile(0.95) / asked.latency.quantile(0.95)
    return [
        Figure(
            "ingest-beside-query", "% of rate", share * 100, .higher,
            note: "\(FigureTable.number(both.eventsPerSecond)) events/s while questions are asked, "
                + "\(FigureTable.number(grown.eventsPerSecond)) alone; merges apart, as in the server"),
        Figure(
            "query-beside-ingest", "× p95", slower, .lower,
            note: "\(FigureTable.number(both.latency.quantile(0.95) * 1000)) ms while events come in, "
                + "\(FigureTable.number(asked.latency.quantile(0.95) * 1000)) alone; "
                + "\(both.latency.seconds.count) questions, one every \(GrowingTimeline.pauseMs) ms"),
    ]
}

/// A timeline that somebody asks while events come in.
private final class GrowingTimeline: Sendable {
    static let batchCount = 4096
    static let pauseMs = 250

    struct Run {
        let eventsPerSecond: Double
        let latency: Timing
    }

    private let timeline: Timeline
    private let batches: [[Event]]
    private let isOver = Atomic<Bool>(false)
    private let eventCount = Mutex(0)
    private let latencies = Mutex<[Double]>([])

    init(_ path: String, _ batches: [[Event]]) throws {
        timeline = try Timeline.load(from: path)
        self.batches = batches
    }

    /// Each on a thread of its own: growing, merging, asking.
    func run(seconds: Double, isAsked: Bool, isGrowing: Bool) -> Run {
        let group = DispatchGroup()
        let parts: [@Sendable () -> Void] = (isGrowing ? [grow, merge] : []) + (isAsked ? [ask] : [])
        let start = ContinuousClock.now
        for part in parts {
            group.enter()
            Thread.detachNewThread {
                part()
                group.leave()
            }
        }
        Thread.sleep(forTimeInterval: seconds)
        isOver.store(true, ordering: .relaxed)
        group.wait()
        return Run(
            eventsPerSecond: Double(eventCount.withLock { $0 }) / (ContinuousClock.now - start).seconds,
            latency: Timing(seconds: latencies.withLock { $0 }))
    }

    private var goesOn: Bool { !isOver.load(ordering: .relaxed) }

    @Sendable private func grow() {
        var sequence = timeline.sequenceEnd
        while goesOn {
            let batch = batches[eventCount.withLock { $0 } / Self.batchCount % batches.count]
            timeline.append(batch.enumerated().map { (sequence + UInt64($0), $1) })
            sequence += UInt64(batch.count)
            eventCount.withLock { $0 += batch.count }
        }
    }

    @Sendable private func merge() {
        while goesOn {
            if timeline.isMergeDue { timeline.merge() } else { Thread.sleep(forTimeInterval: 0.01) }
        }
    }

    @Sendable private func ask() {
        let questions = QueryCase.all.filter {
            ["query-segmentation", "query-retention", "query-any-order"].contains($0.name)
        }
        var number = 0
        while goesOn {
            let taken = stopwatch { try? questions[number % questions.count].answer(timeline.snapshot()) }
            number += 1
            latencies.withLock { $0.append(taken.seconds) }
            Thread.sleep(forTimeInterval: Double(Self.pauseMs) / 1000)
        }
    }
}
