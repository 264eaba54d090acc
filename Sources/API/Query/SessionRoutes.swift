import Base
import Domain
import HTTPServer
import Statistics
import Timeline

private struct SessionQuestion: Sendable {
    let query: SessionQuery
    let zone: DayZone
}

extension API {
    private static let gapMsUsual = 1_800_000
    private static let capMsUsual = 30_000
    private static let spanMsMax = 86_400_000  // A day.
    private static let roomCountUsual = 100

    func registerSessions(on router: inout Router) {
        let bySession = QueryKind(
            name: "sessions", fields: ["events", "gap_ms", "from", "to", "time_zone"], takesAudience: true,
            read: { fields throws(Problem) in try sessions(fields) },
            answer: { question, snapshot throws(Problem) in snapshot.sessions(question.query).answer(question) },
            scope: { QueryScope([$0.query.events], $0.query.range) })
        onQuery(bySession, on: &router)
        let byRoom = QueryKind(
            name: "dwell", fields: ["cap_ms", "rooms", "from", "to"], takesAudience: true,
            read: { fields throws(Problem) in try dwell(fields) },
            answer: { query, snapshot throws(Problem) in snapshot.dwell(query).answer(query) },
            scope: { QueryScope(DwellQuery.signs, $0.range) })
        onQuery(byRoom, on: &router)
    }

    private func sessions(_ fields: Fields) throws(Problem) -> SessionQuestion {
        let gapMs = try fields.integer("gap_ms", in: 1...Self.spanMsMax) ?? Self.gapMsUsual
        let events = try fields.filter("events") ?? EventFilter(name: nil)
        let (zone, range) = (try zone(fields), try usualRange(fields))
        do throws(TimelineQueryError) {
            let query = try SessionQuery(events: events, gap: Milliseconds(Int64(gapMs)), range: range, zone: zone)
            return SessionQuestion(query: query, zone: zone)
        } catch {
            throw Problem(error)
        }
    }

    private func dwell(_ fields: Fields) throws(Problem) -> DwellQuery {
        DwellQuery(
            range: try usualRange(fields),
            cap: Milliseconds(Int64(try fields.integer("cap_ms", in: 1...Self.spanMsMax) ?? Self.capMsUsual)),
            roomCount: try fields.integer("rooms", in: 0...DwellQuery.roomCountMax) ?? Self.roomCountUsual)
    }

    private func usualRange(_ fields: Fields) throws(Problem) -> Range<EventTime> {
        let end = ports.arrivingUntil
        return try fields.range(endingAt: end, length: .days(28))
    }
}

extension SessionResult {
    fileprivate func answer(_ question: SessionQuestion) -> QueryAnswer {
        let byDay = days.map { day -> JSON in
            var object = day.group.json
            object.append("day", .string("\(question.zone.day(of: day.start))"))
            object.append("start", .time(day.start))
            return .object(object)
        }
        let byChannel = channels.map { channel -> JSON in
            var object = channel.group.json
            object.append("channel", .string(channel.channel.text))
            return .object(object)
        }
        let durations = ClusteredSample(durationsMs, clusterSizes: sessionCounts)
        let json: JSON = [
            "gap_ms": .int(question.query.gap.count), "time_zone": .string(question.zone.name),
            "all": .object(all.json), "durations": .quantiles(durations), "by_day": .array(byDay),
            "by_channel": .array(byChannel),
        ]
        return QueryAnswer(json.objectValue ?? JSONObject(), table: table(byDay))
    }

    private func table(_ days: [JSON]) -> QueryTable {
        let counts = ["day", "sessions", "people", "events", "bounces"]
        let estimates = ["events_per_session", "duration_ms", "bounce_share"]
        return QueryTable(
            counts + estimates.flatMap { [$0, "\($0)_low", "\($0)_high"] },
            days.map { day in
                counts.map { day[$0] ?? .null } + estimates.flatMap { JSON.cells(day[$0] ?? .null) }
            })
    }
}

extension SessionResult.Group {
    fileprivate var json: JSONObject {
        let json: JSON = [
            "people": .count(people), "sessions": .count(sessions), "events": .count(events),
            "bounces": .count(bounces), "sessions_per_person": .ratio(sessionsPerPerson),
            "events_per_session": .ratio(eventsPerSession), "duration_ms": .ratio(durationMs),
            "bounce_share": .share(bounceShare),
        ]
        return json.objectValue ?? JSONObject()
    }
}

extension DwellResult {
    fileprivate func answer(_ query: DwellQuery) -> QueryAnswer {
        let rows = rooms.map { room -> JSON in
            [
                "room": .string(room.id), "people": .count(room.watchMs.people),
                "total_ms": .int(Int64(room.watchMs.tops)), "watch_ms": .ratio(room.watchMs),
            ]
        }
        let json: JSON = [
            "cap_ms": .int(query.cap.count), "people": .count(watchMs.people), "total_ms": .int(Int64(watchMs.tops)),
            "watch_ms": .ratio(watchMs), "quantiles": .quantiles(ClusteredSample(watchesMs)),
            "room_total": .count(roomTotal), "rooms": .array(rows),
        ]
        let columns = ["room", "people", "total_ms"]
        let table = rows.map { row in columns.map { row[$0] ?? .null } + JSON.cells(row["watch_ms"] ?? .null) }
        return QueryAnswer(
            json.objectValue ?? JSONObject(), table: QueryTable(columns + ["watch_ms", "low", "high"], table))
    }
}
