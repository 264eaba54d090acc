/// The states of a Markov chain over journeys, and the ways between them, whatever their odds.
struct MarkovGraph {
    private static let keyBits: UInt32 = 6

    let lastKeys: [Int]  // Shape [states]: the key touched last; −1 for the start, which is state 0.
    let sources: [Int]  // Shape [edges], ascending.
    let targets: [Int]  // Shape [edges].
    let firstEdges: [Int]  // Shape [states + 1].
    let ends: [Int]  // Shape [paths]: the last state of each path.
    private let edgesOfPaths: [Int]  // The edges of each path, path after path.
    private let firstOfPath: [Int]  // Shape [paths + 1].

    /// - Parameters:
    ///   - paths: None empty, keys below 63.
    ///   - order: 1 through 3: how many touches a state remembers. Journeys begin without any, so that shorter ones are
    ///     remembered whole.
    init(_ paths: [[UInt8]], order: Int) {
        let mask: UInt32 = 1 << (Self.keyBits * UInt32(order)) - 1
        var states: [UInt32: Int] = [0: 0]
        var lastKeys = [-1]
        var steps: [UInt64] = []  // Each a source and a target.
        var (ends, firstOfPath) = ([Int](), [0])
        for path in paths {
            var (code, state) = (0 as UInt32, 0)
            for key in path {
                code = (code << Self.keyBits | (UInt32(key) + 1)) & mask
                let next = states[code] ?? states.count
                if next == states.count {
                    states[code] = next
                    lastKeys.append(Int(key))
                }
                steps.append(UInt64(state) << 32 | UInt64(next))
                state = next
            }
            ends.append(state)
            firstOfPath.append(steps.count)
        }
        let edges = Set(steps).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: edges.enumerated().map { ($1, $0) })
        edgesOfPaths = steps.map { numbers[$0] ?? 0 }
        sources = edges.map { Int($0 >> 32) }
        targets = edges.map { Int($0 & 0xFFFF_FFFF) }
        var firstEdges = [Int](repeating: 0, count: lastKeys.count + 1)
        for source in sources { firstEdges[source + 1] += 1 }
        for state in lastKeys.indices { firstEdges[state + 1] += firstEdges[state] }
        self.firstEdges = firstEdges
        self.lastKeys = lastKeys
        self.ends = ends
        self.firstOfPath = firstOfPath
    }

    /// The chain of these counts.
    func chain(_ counts: MarkovCounts) -> MarkovChain {
        var totals = counts.ended
        for (source, count) in zip(sources, counts.edges) { totals[source] += count }
        return MarkovChain(
            graph: self,
            odds: zip(sources, counts.edges).map { totals[$0] == 0 ? 0 : Double($1) / Double(totals[$0]) },
            conversionOdds: zip(counts.converted, totals).map { $1 == 0 ? 0 : Double($0) / Double($1) })
    }

    func edges(of path: Int) -> ArraySlice<Int> { edgesOfPaths[firstOfPath[path]..<firstOfPath[path + 1]] }
}

/// How often each way was gone, and how journeys ended in each state.
struct MarkovCounts {
    private(set) var edges: [Int]
    private(set) var ended: [Int]  // Shape [states]: journeys that ended there.
    private(set) var converted: [Int]  // Shape [states]: of them, those that converted.

    init(_ graph: MarkovGraph) {
        edges = [Int](repeating: 0, count: graph.targets.count)
        ended = [Int](repeating: 0, count: graph.lastKeys.count)
        converted = ended
    }

    /// Journeys along a path.
    mutating func add(_ tally: JourneyTally, along path: Int, of graph: MarkovGraph) {
        for edge in graph.edges(of: path) { edges[edge] += tally.total }
        ended[graph.ends[path]] += tally.total
        converted[graph.ends[path]] += tally.converted
    }

    /// The same graph's counts, so many times.
    mutating func add(_ other: MarkovCounts, times: Int) {
        guard times > 0 else { return }
        for i in edges.indices { edges[i] += times * other.edges[i] }
        for i in ended.indices {
            ended[i] += times * other.ended[i]
            converted[i] += times * other.converted[i]
        }
    }
}
