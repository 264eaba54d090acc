import Base
public import Domain
import Synchronization

/// Which ids are one person, as a projection of the journal: one thread applies events, any number read.
public final class IdentityState: Sendable {
    let graph: Mutex<IdentityGraph>

    public convenience init(rules: IdentityRules = IdentityRules()) { self.init(IdentityGraph(rules: rules)) }

    init(_ graph: IdentityGraph) { self.graph = Mutex(graph) }

    /// The next sequence that is expected; those before it were applied.
    public var sequenceEnd: UInt64 { graph.withLock { $0.sequenceEnd } }
    public var idCount: Int { graph.withLock { $0.ids.count } }
    public var linkCount: Int { graph.withLock { $0.links.count } }

    /// Applies one event; a sequence that was applied before changes nothing.
    public func apply(sequence: UInt64, event: Event) {
        graph.withLock { $0.apply(sequence: sequence, event: event) }
    }

    /// Forgets these ids, the links to them and what operators said of them; at the place `sequence` of the journal.
    public func erase(at sequence: UInt64, _ isErased: (PersonID) -> Bool) {
        graph.withLock { graph in
            guard sequence >= graph.sequenceEnd else { return }
            graph = graph.without(isErased)
            graph.sequenceEnd = sequence + 1
        }
    }

    /// How many links and verdicts from before a place of the journal are of some people.
    public func count(ofIds isOne: (PersonID) -> Bool, before end: UInt64) -> Int {
        let graph = copy
        let isOne = graph.ids.map(isOne)
        let links = graph.links.count { link in
            link.evidence.firstSequence < end && (isOne[Int(link.anchor)] || isOne[Int(link.other)])
        }
        let verdicts = graph.verdicts.filter { isOne[Int($0.key.low)] || isOne[Int($0.key.high)] }.values.joined()
        return links + verdicts.count { $0.sequence < end }
    }

    /// Whom an id stands for now: itself where nothing joins it.
    public func person(of id: PersonID) -> PersonID { graph.withLock { $0.person(of: id) } }

    /// The ids that are one person with this one now, itself among them, in order of text.
    public func members(of id: PersonID) -> [PersonID] {
        graph.withLock { graph in
            graph.code(of: id).map { graph.members(of: $0).map { graph.ids[Int($0)] }.sorted() } ?? [id]
        }
    }

    /// - Parameter end: Counts only what the journal held before this place, so that an old number can be had again;
    ///   nil: now.
    public func cluster(of id: PersonID, before end: UInt64? = nil) -> IdentityCluster {
        graph.withLock { $0.cluster(of: id, before: end) }
    }

    /// How the ids that belong with this one changed, the newest first; the last two hundred moments.
    public func changes(of id: PersonID) -> [IdentityChange] { graph.withLock { $0.changes(of: id) } }

    var copy: IdentityGraph { graph.withLock { $0 } }
}
