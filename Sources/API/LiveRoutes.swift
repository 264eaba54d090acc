import Base
import Domain
import HTTPServer
import Synchronization
import Timeline

extension API {
    func registerLive(on router: inout Router) {
        on(.get, "/api/v1/live", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            return .events(totals())
        }
    }

    /// The totals now, and again whenever they have changed, at most once a period. After its span the
    /// stream says so and ends: who watches on asks again, and is let in again or not.
    private func totals() -> AsyncStream<ServerSentEvent> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let look = Task { [live, period = options.livePeriod, span = options.liveSpan] in
                let end = ContinuousClock.now + span
                var last: LiveTotals.Totals?
                while !Task.isCancelled, ContinuousClock.now < end {
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
                if !Task.isCancelled { continuation.yield(ServerSentEvent(name: "end", data: "{}")) }
                continuation.finish()
            }
            continuation.onTermination = { _ in look.cancel() }
        }
    }
}

/// The totals of the timeline, counted once at a time for all who watch.
final class LiveTotals: Sendable {
    struct Totals: Sendable, Equatable {
        let sequenceEnd: UInt64
        let events: Int
        let people: Int

        var json: JSON {
            ["events": .count(events), "people": .count(people), "sequence": .int(Int64(clamping: sequenceEnd))]
        }
    }

    private struct State {
        var latest: Totals?
        var counting: Task<Totals?, Never>?
    }

    private let timeline: @Sendable () -> TimelineSnapshot
    private let people: @Sendable (TimelineSnapshot) throws(Problem) -> TimelineSnapshot
    private let query: Offload
    private let state = Mutex(State())

    /// - Parameter people: The same snapshot, where the ids of a person are one.
    init(
        timeline: @escaping @Sendable () -> TimelineSnapshot,
        people: @escaping @Sendable (TimelineSnapshot) throws(Problem) -> TimelineSnapshot, query: Offload
    ) {
        self.timeline = timeline
        self.people = people
        self.query = query
    }

    /// Of now, or of the count under way. Nil where too many queries wait: the next look will tell.
    func current() async -> Totals? {
        let snapshot = timeline()
        let (known, counting) = state.withLock { state -> (Totals?, Task<Totals?, Never>?) in
            if let latest = state.latest, latest.sequenceEnd == snapshot.sequenceEnd { return (latest, nil) }
            let counting = state.counting ?? Task { await self.count(snapshot) }
            state.counting = counting
            return (nil, counting)
        }
        return if let counting { await counting.value } else { known }
    }

    private func count(_ snapshot: TimelineSnapshot) async -> Totals? {
        let counted = try? await query { [people] () throws(Problem) in
            Totals(
                sequenceEnd: snapshot.sequenceEnd, events: snapshot.eventCount,
                people: try people(snapshot).peopleCount)
        }
        state.withLock { state in
            state.latest = counted ?? state.latest
            state.counting = nil
        }
        return counted
    }
}
