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
