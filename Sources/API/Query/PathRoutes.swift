import Base
import Domain
import HTTPServer
import Timeline

extension API {
    private static let known = [
        "anchor", "direction", "count", "steps", "except", "depth", "gap_ms", "window_ms", "fold", "by", "nodes",
        "paths",
        "from", "to",
    ]
    private static let depthUsual = 5
    private static let gapMsUsual = 1_800_000
    private static let spanMsMax = 31_536_000_000  // A year.
    private static let nodeCountUsual = 10
    private static let pathCountUsual = 20

    func registerPaths(on router: inout Router) {
        let kind = QueryKind(
            name: "paths", fields: Self.known, takesAudience: true,
            read: { fields throws(Problem) in try paths(fields) },
            answer: { question, snapshot throws(Problem) in snapshot.paths(question).answer(question) },
            scope: { QueryScope([$0.anchor] + $0.steps.filters, $0.range) }, list: "paths")
        onQuery(kind, on: &router)
    }

    private func paths(_ fields: Fields) throws(Problem) -> PathQuery {
        guard let anchor = try fields.filter("anchor") else {
            throw .missing("anchor", "must name the event that paths begin or end with")
        }
        let by = try fields.optional("by", "must be \"channel\" or null") { $0 == "channel" ? true : nil }
        let end = ports.arrivingUntil
        return PathQuery(
            anchor: anchor, direction: try fields.choice("direction", PathQuery.Direction.self) ?? .from,
            counting: try fields.choice("count", PathQuery.Counting.self) ?? .people, steps: try steps(fields),
            range: try fields.range(endingAt: end, length: .days(28)),
            depth: try fields.integer("depth", in: 1...PathQuery.depthMax) ?? Self.depthUsual,
            gap: Milliseconds(Int64(try fields.integer("gap_ms", in: 1...Self.spanMsMax) ?? Self.gapMsUsual)),
            window: try fields.integer("window_ms", in: 1...Self.spanMsMax).map { Milliseconds(Int64($0)) },
            isFolded: try fields.flag("fold") ?? true, isByChannel: by ?? false,
            nodeCount: try fields.integer("nodes", in: 1...PathQuery.nodeCountMax) ?? Self.nodeCountUsual,
            pathCount: try fields.integer("paths", in: 0...PathQuery.pathCountMax) ?? Self.pathCountUsual)
    }

    private func steps(_ fields: Fields) throws(Problem) -> PathQuery.Steps {
        let named = try filters(fields, "steps")
        let excepted = try filters(fields, "except")
        guard !named.isEmpty else { return .every(except: excepted) }
        guard excepted.isEmpty else {
            throw .field(fields.path("except"), "is for paths of all events: leave it out where there are `steps`")
        }
        return .named(named)
    }

    private func filters(_ fields: Fields, _ name: String) throws(Problem) -> [EventFilter] {
        var filters: [EventFilter] = []
        for filter in try fields.objects(name, count: 0...PathQuery.filterCountMax, known: EventFilter.fields) {
            filters.append(try EventFilter(filter))
        }
        return filters
    }
}

extension PathQuery.Steps {
    /// Of what paths are made of; any event where all are.
    fileprivate var filters: [EventFilter] {
        guard case .named(let filters) = self else { return [EventFilter(name: nil)] }
        return filters
    }
}

extension PathResult {
    fileprivate func answer(_ query: PathQuery) -> QueryAnswer {
        let paths = paths.map { path -> JSON in
            [
                "nodes": .array(path.nodes.map(\.json)), "count": .count(path.counts.paths),
                "people": .count(path.counts.people), "share": .share(share(of: path.counts)),
                "is_cut": .bool(path.isCut),
            ]
        }
        let levels = levels.map { places -> JSON in
            .array(places.map { $0.json(of: query.counting == .people ? total.paths : nil) })
        }
        let links = links.map { link -> JSON in
            [
                "level": .count(link.level), "from": .count(link.from), "to": .count(link.to),
                "count": .count(link.count),
            ]
        }
        let json: JSON = [
            "direction": .string(query.direction.rawValue), "count": .string(query.counting.rawValue),
            "depth": .count(query.depth),
            "total": ["paths": .count(total.paths), "people": .count(total.people)],
            "distinct": .count(distinctCount), "paths": .array(paths), "levels": .array(levels),
            "links": .array(links),
        ]
        return QueryAnswer(json.objectValue ?? JSONObject(), table: table(query))
    }

    /// A row for each whole path that is listed.
    private func table(_ query: PathQuery) -> QueryTable {
        let nodes = (0...query.depth).map { "step_\($0)" }
        let rows = paths.map { path in
            let texts = path.nodes.map { JSON.string($0.text) }
            let blanks = [JSON](repeating: .null, count: nodes.count - texts.count)
            return texts + blanks + [.count(path.counts.paths), .count(path.counts.people)]
                + JSON.cells(.share(share(of: path.counts))) + [.bool(path.isCut)]
        }
        return QueryTable(nodes + ["count", "people", "share", "low", "high", "is_cut"], rows)
    }
}

extension PathResult.Node {
    fileprivate var json: JSON {
        [
            "step": step.map { .count($0) } ?? .null, "name": .text(name?.text), "channel": .text(channel?.text),
            "is_other": .bool(isOther),
        ]
    }

    fileprivate var text: String { [name?.text ?? "*", channel?.text].compactMap(\.self).joined(separator: " @ ") }
}

extension PathResult.Place {
    /// - Parameter total: Of people, where each has one path: then its share is a share of people.
    fileprivate func json(of total: Int?) -> JSON {
        var object = node.json.objectValue ?? JSONObject()
        object.append("count", .count(count))
        object.append("ended", .count(endedCount))
        object.append("share", total.map { .rate(count, of: $0) } ?? .null)
        return .object(object)
    }
}
