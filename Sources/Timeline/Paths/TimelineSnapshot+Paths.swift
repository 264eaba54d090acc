import Base
import Domain
import Kernels

extension TimelineSnapshot {
    /// - Complexity: One pass over the events, and one over the distinct paths.
    public func paths(_ query: PathQuery) -> PathResult {
        let plan = PathPlan(query)
        let trees = scan(
            matching: query.filters, looking: .every, start: { PathTree() },
            visit: { tree, people in
                countPaths(
                    plan, people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.times.span, masks: people.masks.span,
                    names: people.columns.names.span.extracting(people.events),
                    channels: people.columns.channels.span.extracting(people.events), into: &tree)
            }
        ).sorted { $0.placeCount > $1.placeCount }
        var tree = trees.first ?? PathTree()
        for other in trees.dropFirst() { tree.add(other) }
        return dictionaries.withTables { tables in
            PathSummary(tree: tree, query: query).result { tables.node($0, query) }
        }
    }
}

extension PathPlan {
    fileprivate init(_ query: PathQuery) {
        let isNamed = if case .named = query.steps { true } else { false }
        let counting: PathPlan.Counting =
            switch query.counting {
            case .people: .people
            case .sessions: .sessions
            case .occurrences: .occurrences
            }
        self.init(
            counting: counting, isBackward: query.direction == .to, depth: query.depth,
            timesMs: query.range.lowerBound.unixMs..<query.range.upperBound.unixMs, gapMs: query.gap.count,
            windowMs: query.window?.count ?? .max, isFolded: query.isFolded, isByChannel: query.isByChannel,
            isNamed: isNamed)
    }
}

extension Dictionaries.Tables {
    fileprivate func node(_ code: UInt32, _ query: PathQuery) -> PathResult.Node {
        let base = Int(PathNodeCode.base(code))
        let channel =
            query.isByChannel ? Channel(validated: channels.text(of: UInt32(PathNodeCode.channel(code)))) : nil
        guard case .named = query.steps else {
            let name = EventName(validated: names.text(of: UInt32(base)))
            return PathResult.Node(step: nil, name: name, channel: channel, isOther: false)
        }
        let filter = query.filters[base]
        return PathResult.Node(step: base, name: filter.name, channel: channel ?? filter.channel, isOther: false)
    }
}
