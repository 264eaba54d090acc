import Base
import Cleaning
import Domain
import HTTPServer
import Measure
import Timeline

extension API {
    private static let period = Milliseconds.days(28)
    private static let surfaceCountMax = 1000

    func registerOverview(on router: inout Router) {
        on(.get, "/api/v1/overview", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["from", "to", "channel", "offset_minutes", "identities"])
            let from = try parameters.time("from")
            let to = try parameters.time("to")
            let channel = try parameters.name("channel", Channel.self)
            let offset = Milliseconds.minutes(Int64(try parameters.integer("offset_minutes", in: -840...840) ?? 0))
            let basis = try parameters.basis()
            let now = ports.now()
            let (snapshot, newest) = (ports.timeline(), ports.newestTime())
            let marked = ports.marked()
            let (overview, leftOut) = try await query { () throws(Problem) in
                let snapshot = try ports.people(snapshot, basis)
                let end = to ?? newest?.advanced(by: Milliseconds(1)) ?? now
                let start = from ?? end.advanced(by: Milliseconds(-Self.period.count))
                guard start < end else {
                    throw .parameter("from", "must lie before `to`, which is \(end.iso8601)")
                }
                do throws(TimelineQueryError) {
                    return (
                        try Overview(snapshot, range: start..<end, channel: channel, offset: offset),
                        try marked.counts(CountQuery(range: start..<end, isByChannel: true))
                    )
                } catch {
                    throw Problem(error)
                }
            }
            return .json(overview.json(generatedAt: now, leftOut: leftOut, metrics: marks(Overview.metrics)))
        }
        on(.get, "/api/v1/vocabulary", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            let (snapshot, newest) = (ports.timeline(), ports.newestTime())
            return .json(
                try await query { [index = ports.decisions] () throws(Problem) in
                    try ports.people(snapshot, .now).vocabulary(
                        surfaces: index.surfaces(countMax: Self.surfaceCountMax), newest: newest)
                })
        }
    }
}

extension TimelineSnapshot {
    fileprivate func vocabulary(surfaces: [String], newest: EventTime?) -> JSON {
        [
            "names": .array(names.map { .string($0.text) }), "channels": .array(channels.map { .string($0.text) }),
            "properties": .array(seenProperties(textCountMax: 50).map(\.json)),
            "surfaces": .array(surfaces.map { .string($0) }), "first_time": .time(times?.lowerBound),
            "last_time": .time(times?.upperBound), "newest_time": .time(newest), "people": .count(peopleCount),
            "events": .count(eventCount),
        ]
    }
}

extension SeenProperty {
    fileprivate var json: JSON {
        [
            "name": .string(name.text), "has_texts": .bool(hasTexts), "has_numbers": .bool(hasNumbers),
            "has_flags": .bool(hasFlags), "texts": .array(texts.map { .string($0) }),
        ]
    }
}

extension Overview {
    fileprivate static let definitions: JSON = [
        "people": "Distinct people with any event in the period; ids that are one person count once.",
        "events": "All events of the period, by the time at which they happened.",
        "orders": "Events named order_paid.",
        "buyers": "Distinct people with order_paid in the period.",
        "gmv": "Sum of order_paid by currency; product_purchased is part of an order and not counted again.",
        "conversion": "Buyers among people, with Wilson's interval at 95%.",
        "left_out": "Events of programs (bot) and of our own people (own) in the period, which nothing else counts.",
        "previous": "The same numbers of the period of the same length just before.",
    ]

    /// The metric that each figure is.
    fileprivate static let metrics = [
        (name: "people", metric: "people"), ("events", "events"), ("orders", "orders"), ("buyers", "buyers"),
        ("gmv", "gmv"), ("conversion", "buyer_share"),
    ]

    /// - Parameter leftOut: Counts by mark.
    fileprivate func json(generatedAt: EventTime, leftOut: [CountRow], metrics: JSON) -> JSON {
        var object = JSONObject()
        object.append("from", .time(range.lowerBound))
        object.append("to", .time(range.upperBound))
        object.append("generated_at", .time(generatedAt))
        for member in totals.json.members { object.append(member.name, member.value) }
        object.append("previous", .object(previous.json))
        object.append("by_channel", .array(channels.map(\.json)))
        object.append("bucket_ms", .int(bucketLength.count))
        object.append("by_time", .array(buckets.map(\.json)))
        object.append(
            "by_hour_of_day",
            .array(
                hours.map { ["hour": .count($0.hour), "events": .count($0.events), "orders": .count($0.orders)] }))
        object.append(
            "by_name",
            .array(
                names.map {
                    ["name": .string($0.name.text), "events": .count($0.events), "people": .count($0.people)]
                }))
        var marks = JSONObject()
        for mark in TrafficMark.allCases {
            let row = leftOut.first { $0.channel?.text == mark.rawValue }
            marks.append(mark.rawValue, .count(row?.events ?? 0))
        }
        object.append("left_out", .object(marks))
        object.append("definitions", Self.definitions)
        object.append("metrics", metrics)
        return .object(object)
    }
}

extension Overview.Totals {
    fileprivate var json: JSONObject {
        var object = JSONObject()
        object.append("people", .count(people))
        object.append("events", .count(events))
        object.append("orders", .count(orders))
        object.append("buyers", .count(buyers))
        object.append("gmv", .money(gmv))
        object.append("conversion", .rate(buyers, of: people))
        return object
    }
}

extension Overview.ChannelRow {
    fileprivate var json: JSON {
        [
            "channel": .string(channel.text), "people": .count(totals.people), "events": .count(totals.events),
            "orders": .count(totals.orders), "gmv": .money(totals.gmv),
        ]
    }
}

extension Overview.Bucket {
    fileprivate var json: JSON {
        [
            "start": .time(start), "events": .count(events), "orders": .count(orders), "gmv_minor": .int(gmvMinor),
        ]
    }
}
