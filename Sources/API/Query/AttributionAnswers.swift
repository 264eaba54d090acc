import Base
import Domain
import Measure
import Statistics
import Timeline

extension Attribution {
    func answer(_ question: AttributionQuestion) -> QueryAnswer {
        let (journeys, settings) = (question.journeys, question.settings)
        let json: JSON = [
            "by": .string(journeys.dimension.text), "from": .time(journeys.range.lowerBound),
            "to": .time(journeys.range.upperBound), "look_back_ms": .int(journeys.lookBack.count),
            "half_life_ms": .int(settings.halfLife.count), "markov_order": .count(settings.markovOrder),
            "shapley": .string(settings.worth.rawValue),
            "direct": .array(journeys.direct.map(\.text).sorted().map { .string($0) }),
            "leads_to": .string((journeys.isSinceConversion ? LeadsTo.next : .each).rawValue),
            "repeats": .string((journeys.isCollapsed ? Repeats.merge : .keep).rawValue),
            "conversions": self.json(total), "without_touch": self.json(untouched),
            "journeys": .rate(self.journeys.positives, of: self.journeys.total), "open": .count(openCount),
            "clipped": .count(clippedCount), "rows": .array(rows.map { self.json($0) }),
            "disagreement": self.json(disagreement), "synergies": .array(synergies.map { self.json($0) }),
            "paths": .array(paths.map { self.json($0) }),
        ]
        return QueryAnswer(json.objectValue ?? JSONObject(), table: table)
    }

    /// A row for each key, model and currency; one without a currency where no conversion had a value.
    private var table: QueryTable {
        let valued = currencies.indices.filter { isOfAny($0) }
        let places: [Int?] = valued.isEmpty ? [nil] : valued.map { $0 }
        let rows = rows.flatMap { row in
            zip(Self.models, row.shares).flatMap { model, share in
                places.map { place -> [JSON] in
                    let money = place.map { c -> [JSON] in
                        [
                            .string(currencies[c].code), .int(share.credit.grossMinor[c]),
                            .int(share.credit.refundedMinor[c]), .int(share.credit.netMinor[c]),
                        ]
                    }
                    return [row.key.name, .string(row.key.kind), .string(model.rawValue)]
                        + [share.credit.gross, share.credit.refunded, share.credit.net].map { parts($0) }
                        + [.double(share.share), .number(share.interval?.low), .number(share.interval?.high)]
                        + [.number(share.error)] + (money ?? [.null, .null, .null, .null])
                }
            }
        }
        return QueryTable(
            [
                "key", "kind", "model", "count", "refunded", "net", "share", "low", "high", "error", "currency",
                "minor",
                "refunded_minor", "net_minor",
            ], rows)
    }

    private func isOfAny(_ c: Int) -> Bool {
        [total, untouched].contains { $0.netMinor[c] != 0 || $0.refundedMinor[c] != 0 }
    }

    private func parts(_ parts: Int64) -> JSON { .double(Double(parts) / Double(Self.partsOfOne)) }

    private func json(_ credit: Credit) -> JSON { .object(object(credit)) }

    private func object(_ credit: Credit) -> JSONObject {
        let values = currencies.enumerated().compactMap { c, currency -> JSON? in
            guard isOfAny(c) else { return nil }
            return [
                "currency": .string(currency.code), "minor": .int(credit.grossMinor[c]),
                "refunded_minor": .int(credit.refundedMinor[c]), "net_minor": .int(credit.netMinor[c]),
            ]
        }
        var object = JSONObject()
        object.append("count", parts(credit.gross))
        object.append("refunded", parts(credit.refunded))
        object.append("net", parts(credit.net))
        object.append("values", .array(values))
        return object
    }

    private func json(_ row: Row) -> JSON {
        var credits = JSONObject()
        for (model, share) in zip(Self.models, row.shares) {
            var object = object(share.credit)
            object.append("share", .double(share.share))
            object.append("low", .number(share.interval?.low))
            object.append("high", .number(share.interval?.high))
            object.append("error", .number(share.error))
            credits.append(model.rawValue, .object(object))
        }
        return [
            "key": row.key.name, "kind": .string(row.key.kind), "touches": .count(row.touches),
            "journeys": .rate(row.journeys.positives, of: row.journeys.total), "models": .object(credits),
        ]
    }

    private func json(_ disagreement: Disagreement) -> JSON {
        let distances = disagreement.distances.map { JSON.array($0.map { .double($0) }) }
        return [
            "index": .double(disagreement.index),
            "models": .array(Self.models.map { .string($0.rawValue) }), "distances": .array(distances),
        ]
    }

    private func json(_ synergy: Synergy) -> JSON {
        [
            "keys": .array([synergy.first, synergy.second].map { rows[$0].key.json }),
            "both": .rate(synergy.both.positives, of: synergy.both.total),
            "first_only": .rate(synergy.firstOnly.positives, of: synergy.firstOnly.total),
            "second_only": .rate(synergy.secondOnly.positives, of: synergy.secondOnly.total),
            "expected": .double(synergy.expected), "difference": .double(synergy.difference),
            "low": .double(synergy.interval.low), "high": .double(synergy.interval.high),
        ]
    }

    private func json(_ path: Path) -> JSON {
        [
            "keys": .array(path.keys.map { rows[$0].key.json }),
            "journeys": .rate(path.journeys.positives, of: path.journeys.total),
        ]
    }
}

extension JourneySet.Key {
    fileprivate var kind: String {
        switch self {
        case .named: "named"
        case .none: "none"
        case .rest: "rest"
        }
    }

    fileprivate var name: JSON {
        guard case .named(let name) = self else { return .null }
        return .string(name)
    }

    fileprivate var json: JSON { ["key": name, "kind": .string(kind)] }
}
