public import Base
public import Domain

/// The ways that people take from an event on, or to one.
public struct PathQuery: Sendable, Hashable {
    public static let depthMax = 8
    public static let filterCountMax = 31  // Of steps, beside the anchor.
    public static let nodeCountMax = 50
    public static let pathCountMax = 1000

    public enum Direction: String, CaseIterable, Sendable {
        case from
        case to
    }

    /// How many of someone's anchors begin a path.
    public enum Counting: String, CaseIterable, Sendable {
        case people  // Their first.
        case sessions  // The first of each session: steps that no gap parts.
        case occurrences  // Each.
    }

    /// What a step is.
    public enum Steps: Sendable, Hashable {
        case named([EventFilter])  // An event that meets one of these, and the anchor; of several, the first.
        case every(except: [EventFilter])  // Any event but these, by its name; and the anchor.
    }

    public let anchor: EventFilter
    public let direction: Direction
    public let counting: Counting
    public let steps: Steps
    public let range: Range<EventTime>  // Where anchors lie.
    public let depth: Int
    public let gap: Milliseconds
    public let window: Milliseconds?
    public let isFolded: Bool
    public let isByChannel: Bool
    public let nodeCount: Int  // Of a level; the others are one.
    public let pathCount: Int  // Of whole paths that are listed.

    /// - Parameters:
    ///   - depth: Steps beyond the anchor, 1 through `depthMax`.
    ///   - gap: A step that lies further from the one before it ends the path.
    ///   - window: So does one that lies further from the anchor.
    ///   - isFolded: Equal steps in a row are one.
    ///   - isByChannel: Whether a step in another channel is another step.
    public init(
        anchor: EventFilter, direction: Direction, counting: Counting, steps: Steps, range: Range<EventTime>,
        depth: Int, gap: Milliseconds, window: Milliseconds?, isFolded: Bool, isByChannel: Bool, nodeCount: Int,
        pathCount: Int
    ) {
        self.anchor = anchor
        self.direction = direction
        self.counting = counting
        self.steps = steps
        self.range = range
        self.depth = min(max(1, depth), Self.depthMax)
        self.gap = gap
        self.window = window
        self.isFolded = isFolded
        self.isByChannel = isByChannel
        self.nodeCount = min(max(1, nodeCount), Self.nodeCountMax)
        self.pathCount = min(max(0, pathCount), Self.pathCountMax)
    }

    /// The anchor first.
    var filters: [EventFilter] {
        switch steps {
        case .named(let filters), .every(except: let filters): [anchor] + filters
        }
    }
}

/// Paths as counted. In `levels` and `links` all that comes in goes out or ends, level by level.
public struct PathResult: Sendable, Equatable {
    /// What a step was; all nil for the steps of a level that are too rare to be told apart.
    public struct Node: Sendable, Hashable {
        public let step: Int?  // Of the named steps; 0 is the anchor. Nil where every event is a step.
        public let name: EventName?  // Nil too for a named step of any event.
        public let channel: Channel?  // Nil where channels are not told apart.
        public let isOther: Bool

        static let other = Node(step: nil, name: nil, channel: nil, isOther: true)
    }

    /// How often paths were taken, and sums over people i: each took yᵢ of these, and nᵢ paths in all.
    public struct Counts: Sendable, Equatable {
        public let paths: Int  // Σ yᵢ.
        public let people: Int  // With yᵢ > 0.
        public let squares: Int  // Σ yᵢ².
        public let products: Int  // Σ yᵢ nᵢ.
    }

    /// A whole path; the anchor first, also where it was followed back.
    public struct Path: Sendable, Equatable {
        public let nodes: [Node]
        public let counts: Counts
        public let isCut: Bool  // It is as long as was asked for, and may go on.
    }

    public struct Place: Sendable, Equatable {
        public let node: Node
        public internal(set) var count: Int
        /// Paths without a further step; 0 on the last level, where all are cut.
        public internal(set) var endedCount: Int
    }

    public struct Link: Sendable, Equatable {
        public let level: Int  // Of where it comes from.
        public let from: Int  // Positions in `levels[level]` and `levels[level + 1]`.
        public let to: Int
        public let count: Int
    }

    public let total: Counts
    public let distinctCount: Int  // Of whole paths.
    public let paths: [Path]  // The most frequent first.
    public let levels: [[Place]]  // Shape `[depth + 1]` at most; of each, the most frequent first, and the others last.
    public let links: [Link]

    /// Of all paths, those counted.
    public func share(of counts: Counts) -> RatioSums {
        RatioSums(
            people: total.people, tops: Double(counts.paths), bottoms: Double(total.paths),
            topSquares: Double(counts.squares), bottomSquares: Double(total.squares),
            products: Double(counts.products))
    }
}
