import Base
import Domain
import Kernels

extension TimelineSnapshot {
    /// - Complexity: One pass over the events.
    public func sessions(_ query: SessionQuery) -> SessionResult {
        let plan = SessionPlan(
            gapMs: query.gap.count, timesMs: query.range.lowerBound.unixMs..<query.range.upperBound.unixMs,
            boundariesMs: query.days.boundariesMs)
        let tallies = scan(
            matching: [query.events], start: { SessionTally(plan) },
            visit: { tally, people in
                countSessions(
                    plan, people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.times.span,
                    channels: people.listed(people.columns.channels).span, masks: people.masks.span,
                    into: &tally)
            })
        var tally = tallies.first ?? SessionTally(plan)
        for other in tallies.dropFirst() { tally.add(other) }
        let byDay = tally.byDay
        return SessionResult(
            all: SessionResult.Group(tally.all),
            days: query.days.shown.map {
                SessionResult.Day(start: query.days.start(of: $0), group: SessionResult.Group(byDay[$0]))
            }, channels: channels(tally), durationsMs: tally.durationsMs.map(Double.init),
            sessionCounts: tally.sessionCounts)
    }

    private func channels(_ tally: SessionTally) -> [SessionResult.ChannelGroup] {
        dictionaries.withTables { tables in
            tally.byChannel.enumerated().filter { $0.element.sessions > 0 }.map { code, sums in
                SessionResult.ChannelGroup(
                    channel: Channel(validated: tables.channels.text(of: UInt32(code))),
                    group: SessionResult.Group(sums))
            }
        }.sorted { ($1.group.sessions, $0.channel) < ($0.group.sessions, $1.channel) }
    }
}

extension SessionResult.Group {
    fileprivate init(_ sums: SessionSums) {
        let (people, n) = (Double(sums.people), Double(sums.sessions))
        let squares = Double(sums.sessionSquares)
        func perSession(_ tops: Double, _ topSquares: Double, _ products: Double) -> RatioSums {
            RatioSums(
                people: sums.people, tops: tops, bottoms: n, topSquares: topSquares, bottomSquares: squares,
                products: products)
        }
        self.init(
            people: sums.people, sessions: sums.sessions, events: sums.events, bounces: sums.bounces,
            sessionsPerPerson: RatioSums(
                people: sums.people, tops: n, bottoms: people, topSquares: squares, bottomSquares: people, products: n),
            eventsPerSession: perSession(
                Double(sums.events), Double(sums.eventSquares), Double(sums.eventProducts)),
            bounceShare: perSession(
                Double(sums.bounces), Double(sums.bounceSquares), Double(sums.bounceProducts)),
            durationMs: perSession(sums.durationsMs, sums.durationSquares, sums.durationProducts))
    }
}
