import Base
import Domain
import Statistics

/// The answer to a question, beside that to the same question about another period.
enum QueryComparison {
    /// Members by which an element of a list is known where it has any of them; else it is known by its place.
    private static let names: Set = ["keys", "key", "kind", "others", "nodes", "step", "name", "channel", "is_other"]
    private static let estimates = ["rate", "value", "share"]

    /// For each estimate of `now` that `before` has too, how far they differ.
    ///
    /// - Returns: Objects with `at`, the place in `now` as a JSON pointer (RFC 6901).
    static func differences(_ now: JSON, _ before: JSON) -> [JSON] {
        var found: [JSON] = []
        walk(now, before, at: "", into: &found)
        return found
    }

    private static func walk(_ now: JSON, _ before: JSON, at place: String, into found: inout [JSON]) {
        switch (now, before) {
        case (.object(let one), .object(let other)):
            if let difference = difference(now, before, at: place) { found.append(difference) }
            for member in one.members {
                guard let partner = other[member.name] else { continue }
                walk(member.value, partner, at: "\(place)/\(member.name)", into: &found)
            }
        case (.array(let ones), .array(let others)):
            for (number, partner) in partners(ones, others).enumerated() {
                if let partner { walk(ones[number], partner, at: "\(place)/\(number)", into: &found) }
            }
        default: return
        }
    }

    /// For each element the one of the same name; of lists without names, or where one occurs twice, that in its place.
    private static func partners(_ ones: [JSON], _ others: [JSON]) -> [JSON?] {
        let (names, otherNames) = (ones.compactMap { name($0) }, others.compactMap { name($0) })
        guard names.count == ones.count, otherNames.count == others.count, Set(names).count == names.count,
            Set(otherNames).count == otherNames.count
        else { return ones.indices.map { $0 < others.count ? others[$0] : nil } }
        let byName = Dictionary(uniqueKeysWithValues: zip(otherNames, others))
        return names.map { byName[$0] }
    }

    private static func name(_ element: JSON) -> JSONObject? {
        let members = element.objectValue?.members.filter { names.contains($0.name) } ?? []
        return members.isEmpty ? nil : JSONObject(members)
    }

    private static func difference(_ now: JSON, _ before: JSON, at place: String) -> JSON? {
        guard let kind = estimates.first(where: { now[$0] != nil }), let one = now[kind]?.doubleValue,
            let other = before[kind]?.doubleValue
        else { return nil }
        let intervals = (interval(now, around: one), interval(before, around: other))
        guard let first = intervals.0, let second = intervals.1 else {
            return now["low"] == nil ? nil : json(place, one - other, nil, before, other)
        }
        let difference = Difference(of: one, first, from: other, second)
        return json(place, difference.value, difference.interval, before, other)
    }

    private static func json(
        _ place: String, _ value: Double, _ interval: Interval?, _ before: JSON, _ other: Double
    ) -> JSON {
        [
            "at": .string(place), "value": .double(value), "low": .number(interval?.low),
            "high": .number(interval?.high),
            "before": ["value": .double(other), "low": before["low"] ?? .null, "high": before["high"] ?? .null],
        ]
    }

    /// Nil for what is counted. An estimate may lie outside its interval by a rounding.
    private static func interval(_ estimate: JSON, around value: Double) -> Interval? {
        guard let low = estimate["low"]?.doubleValue, let high = estimate["high"]?.doubleValue else { return nil }
        return Interval(low: min(low, value), high: max(high, value), level: 0.95)
    }
}

extension QueryAnswer {
    /// - Parameter before: The answer for `range`.
    func compared(with before: QueryAnswer, of range: Range<EventTime>) -> QueryAnswer {
        var json = json
        json.append(
            "comparison",
            [
                "from": .time(range.lowerBound), "to": .time(range.upperBound), "answer": .object(before.json),
                "differences": .array(QueryComparison.differences(.object(self.json), .object(before.json))),
            ])
        return QueryAnswer(json, table: table.compared(with: before.table))
    }
}

extension QueryTable {
    /// The rows of both, under a first column that tells which is which.
    fileprivate func compared(with before: QueryTable) -> QueryTable {
        QueryTable(
            ["range"] + columns,
            rows.map { [.string("now")] + $0 } + before.rows.map { [.string("before")] + $0 })
    }
}

extension Fields {
    /// The period that an answer is held against; nil where it is held against none.
    func comparedRange() throws(Problem) -> Range<EventTime>? {
        guard let compared = try object("compare", known: ["from", "to"]) else { return nil }
        guard let from = try compared.time("from"), let to = try compared.time("to") else {
            throw .missing(compared.path("from"), "and `\(compared.path("to"))` must say with which period to compare")
        }
        guard from < to else { throw .field(compared.path("from"), "must lie before `\(compared.path("to"))`") }
        if let range = try range(), range.overlaps(from..<to) {
            throw .field(path("compare"), "must not overlap `from` to `to`: the two would hold the same events")
        }
        return from..<to
    }

    /// The same question about another period.
    func asked(about range: Range<EventTime>) -> Fields {
        replacing([("from", .time(range.lowerBound)), ("to", .time(range.upperBound))])
    }
}
