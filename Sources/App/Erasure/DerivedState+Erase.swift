import Base
import Decide
import Domain
import Identities
import Measure
import Orders
import Quality
import Timeline

extension DerivedState {
    /// Forgets a person in everything that is derived, as the journal says at `sequence`. Whoever reads now goes on
    /// with what was; whoever begins to read finds nobody.
    ///
    /// - Precondition: All records before it are applied, and none behind it.
    /// - Throws: Where files that it needs cannot be written, with nothing forgotten: it can be called again.
    func erase(_ record: ErasureRecord, at sequence: UInt64) throws(TimelineError) {
        let isErased = erasures.test(record)
        let timelines = view.timelines
        var events: Set<UInt64> = []
        func erased(_ timeline: Timeline) throws(TimelineError) -> Timeline {
            guard timeline.sequenceEnd <= sequence else { return timeline }
            let erased = try timeline.erasing(isErased)
            events.formUnion(erased.sequences)
            return erased.timeline
        }
        let (counted, marked) = (try erased(timelines.counted), try erased(timelines.marked))
        erasures.add(record, at: sequence)
        // The identities first: see `PersonResolver`.
        identity.erase(at: sequence, isErased)
        view.replace(
            timelines,
            by: Timelines(
                counted: counted, marked: marked, decisions: timelines.decisions,
                sequenceStart: timelines.sequenceStart))
        timelines.decisions.erase(before: sequence, isErased)
        orders.erase(at: sequence, askedAt: record.askedAt, people: isErased, events: events)
        decide.erase(at: sequence, isErased)
        quality.erase(at: sequence, isErased, events: erasures.events(events))
        newPeople.forget(isErased)
    }

    /// How many places in memory name someone from before an erasure.
    func count(_ erasure: Erasure, _ isOne: (PersonID) -> Bool) -> Int {
        let timelines = view.timelines
        return erasure.count(
            of: isOne, timelines: [timelines.counted, timelines.marked], identity, orders, decide, quality)
            + timelines.decisions.count(ofPeople: isOne, before: erasure.sequence)
    }
}

extension Erasure {
    /// What was received shortly before an erasure may lie behind it in the journal.
    private static let underWay = Milliseconds.seconds(-60)

    /// How many places of these parts name someone from before it. Parts that could not be read have none.
    func count(
        of isOne: (PersonID) -> Bool, timelines: [Timeline], _ identity: IdentityState?, _ orders: OrderBook?,
        _ decide: DecideState?, _ quality: QualityState?
    ) -> Int {
        let ids = timelines.flatMap { $0.ids(of: isOne, since: sequence) }
        let isNew = Set(ids.filter(\.isNew).map(\.id))  // The decision state does not say since when it knows them.
        return ids.count { !$0.isNew } + (identity?.count(ofIds: isOne, before: sequence) ?? 0)
            + (orders?.count(ofPeople: isOne, before: sequence) ?? 0)
            + (decide?.count(ofPeople: { isOne($0) && !isNew.contains($0) }) ?? 0)
            + (quality?.count(ofPeople: isOne, before: record.askedAt.advanced(by: Self.underWay)) ?? 0)
    }
}
