import Base
import Domain
import HTTPServer
import Measure
import Timeline

extension API {
    private static let windowMsMax = 31_536_000_000  // A year.

    func registerFunnel(on router: inout Router) {
        let kind = QueryKind(
            name: "funnel",
            fields: ["steps", "window_ms", "order", "exclusions", "by", "limit", "times", "from", "to"],
            takesAudience: true,
            read: { fields throws(Problem) in try funnel(fields) },
            answer: { question, snapshot throws(Problem) in snapshot.funnel(question).answer(question) },
            scope: { QueryScope($0.steps + $0.exclusions.map(\.event), $0.range) }, list: "by")
        onQuery(kind, on: &router)
    }

    private func funnel(_ fields: Fields) throws(Problem) -> FunnelQuery {
        var steps: [EventFilter] = []
        var windows: [Milliseconds?] = []
        for step in try fields.objects(
            "steps", count: 1...FunnelQuery.stepCountMax, known: EventFilter.fields + ["within_ms"])
        {
            steps.append(try EventFilter(step))
            windows.append(try step.integer("within_ms", in: 1...Self.windowMsMax).map { Milliseconds(Int64($0)) })
        }
        let windowMs = try fields.requiredInteger("window_ms", in: 1...Self.windowMsMax)
        let order = try fields.choice("order", FunnelQuery.Order.self) ?? .ordered
        let exclusions = try exclusions(fields, stepCount: steps.count)
        let breakdown = try breakdown(fields)
        let limit = try fields.integer("limit", in: 1...FunnelQuery.groupCountMax)
        let usual = breakdown == .minute ? FunnelQuery.groupCountMax : 20
        let hasTimes = try fields.flag("times") ?? false
        let range = try fields.range()
        do throws(TimelineQueryError) {
            return try FunnelQuery(
                steps: steps, window: Milliseconds(Int64(windowMs)), range: range, order: order, stepWindows: windows,
                exclusions: exclusions, breakdown: breakdown, groupCount: limit ?? usual, hasTimes: hasTimes)
        } catch {
            throw Problem(error)
        }
    }

    /// Steps count from 1 for those who ask.
    private func exclusions(_ fields: Fields, stepCount: Int) throws(Problem) -> [FunnelQuery.Exclusion] {
        var exclusions: [FunnelQuery.Exclusion] = []
        for one in try fields.objects(
            "exclusions", count: 0...FunnelQuery.exclusionCountMax, known: ["event", "after", "before"])
        {
            guard let event = try one.filter("event") else {
                throw .missing(one.path("event"), "must say what must not happen")
            }
            let after = try one.integer("after", in: 1...stepCount) ?? 1
            let before = try one.integer("before", in: 1...stepCount) ?? stepCount
            guard after < before else { throw .field(one.path("after"), "must be a step before `before`") }
            exclusions.append(FunnelQuery.Exclusion(event: event, from: after - 1, to: before - 1))
        }
        return exclusions
    }

    private func breakdown(_ fields: Fields) throws(Problem) -> FunnelQuery.Breakdown? {
        let rule = "must be \"minute\", \"pinned_product\", \"channel\", \"name\", \"subject\" or an indexed property"
        return try fields.optional("by", rule) { json -> FunnelQuery.Breakdown? in
            switch json.stringValue {
            case "minute": .minute
            case "pinned_product": .pinnedProduct
            default: json.stringValue.flatMap { SegmentationQuery.Dimension($0) }.map { .dimension($0) }
            }
        }
    }
}

extension FunnelResult {
    fileprivate func answer(_ query: FunnelQuery) -> QueryAnswer {
        let rows = query.steps.indices.map { index -> JSON in
            let before = people[max(0, index - 1)]
            return [
                "name": .text(query.steps[index].name?.text), "people": .count(people[index]),
                "rate_from_first": .rate(people[index], of: people[0]),
                "rate_from_previous": .rate(people[index], of: before),
            ]
        }
        let shares = groups.map { group -> JSON in
            [
                "key": group.key.json, "others": .bool(group.key == .others),
                "people": .array(group.people.map { .count($0) }),
                "rates_from_first": .array(group.people.map { .rate($0, of: group.people[0]) }),
            ]
        }
        let json: JSON = [
            "steps": .array(rows), "order": .string(query.order.rawValue), "by": .array(shares),
            "times": .array(times.map(\.json)),
            "bounds_ms": .array(times.isEmpty ? [] : Self.bounds.map { .int($0.count) }), "people": .count(peopleTotal),
        ]
        return QueryAnswer(json.objectValue ?? JSONObject(), table: table(query))
    }

    /// A row for each step, and where it is grouped for each group and step.
    private func table(_ query: FunnelQuery) -> QueryTable {
        let of = { (people: [Int], keys: [JSON]) -> [[JSON]] in
            people.indices.map { step in
                let rate = JSON.rate(people[step], of: people[0])
                return keys + [
                    .count(step + 1), .text(query.steps[step].name?.text), .count(people[step]),
                    rate["rate"] ?? .null, rate["low"] ?? .null, rate["high"] ?? .null,
                ]
            }
        }
        let columns = ["step", "name", "people", "rate_from_first", "low", "high"]
        guard query.breakdown != nil else { return QueryTable(columns, of(people, [])) }
        return QueryTable(
            ["key"] + columns,
            groups.flatMap { of($0.people, [$0.key == .others ? .string("(others)") : $0.key.json]) })
    }
}

extension FunnelResult.StepTimes {
    fileprivate var json: JSON {
        [
            "people": .count(people), "counts": .array(counts.map { .count($0) }),
            "quantiles": .array(
                quantiles.map { quantile in
                    [
                        "share": .double(quantile.share), "ms": .int(quantile.time.count),
                        "low_ms": quantile.low.map { .int($0.count) } ?? .null,
                        "high_ms": quantile.high.map { .int($0.count) } ?? .null,
                    ]
                }),
        ]
    }
}
