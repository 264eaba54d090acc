import Base
import Domain
import HTTPServer
import Synchronization
import Timeline

extension API {
    func registerLive(on router: inout Router) {
        on(.get, "/api/v1/live", .read, &router) { _, _ in .events(totals()) }
    }

    /// The totals now, and again whenever they have changed, at most once a period.
    private func totals() -> AsyncStream<ServerSentEvent> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let look = Task { [live, period = options.livePeriod] in
                var last: LiveTotals.Totals?
                while !Task.isCancelled {
                    if let totals = await live.current(), totals != last {
                        continuation.yield(ServerSentEvent(name: "totals", data: totals.json.text))
                        last = totals
                    }
                    do {
                        try await Task.sleep(for: period)
                    } catch {
                        break
                    }
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in look.cancel() }
        }
    }
}

/// The totals of the timeline, counted at most once for all who watch the same state of it.
final class LiveTotals: Sendable {
    struct Totals: Sendable, Equatable {
        let sequenceEnd: UInt64
        let events: Int
        let people: Int

        var json: JSON {
            ["events": .count(events), "people": .count(people), "sequence": .int(Int64(clamping: sequenceEnd))]
        }
    }

    private let timeline: @Sendable () -> TimelineSnapshot
    private let query: Offload
    private let latest = Mutex<Totals?>(nil)

    init(timeline: @escaping @Sendable () -> TimelineSnapshot, query: Offload) {
        self.timeline = timeline
        self.query = query
    }

    /// Nil where too many queries wait: the next look will tell.
    func current() async -> Totals? {
        let snapshot = timeline()
        if let latest = latest.withLock({ $0 }), latest.sequenceEnd == snapshot.sequenceEnd { return latest }
        let counted = try? await query {
            Totals(sequenceEnd: snapshot.sequenceEnd, events: snapshot.eventCount, people: snapshot.peopleCount)
        }
        if let counted { latest.withLock { $0 = counted } }
        return counted
    }
}
