import Base
import Cleaning
import Collect
import Decide
import Domain
import Foundation
import Identities
import Journal
import Measure
import Orders
import Quality
import Synchronization
import Timeline

/// Everything that is made of the journal alone: timelines, decision state, the index of decisions, identities, what
/// each source sent, orders, and the quality of events. Snapshots are caches of it.
struct DerivedState: Sendable {
    let view: CleanedView
    let decide: DecideState
    let identity: IdentityState
    let quality: QualityState
    private let plan: PlanSlot
    let ledger: SourceLedger
    let orders: OrderBook
    let erasures: Erasures
    let newPeople = NewEventPeople()
    let paths: SnapshotPaths
    private let arrivals: Arrivals

    /// From the snapshots where they are sound; one that is not is set aside, and the journal is replayed instead.
    init(
        folder: DataFolder, journal: Journal, options: DecideOptions, identityRules: IdentityRules,
        orderRules: OrderRules, catalogue: [Subject: CatalogItem], plan: PlanSlot, erasures: Erasures,
        history: CleaningHistory,
        timelineOptions: TimelineOptions = TimelineOptions(), log: Log
    ) throws(JournalError) {
        let paths = SnapshotPaths(folder)
        let item: @Sendable (Subject) -> CatalogItem? = { catalogue[$0] }
        let end = journal.sequenceEnd
        self.paths = paths
        self.plan = plan
        self.erasures = erasures
        decide =
            Self.loaded(paths.decide, upTo: end, log, sequenceEnd: \.sequenceEnd) { () throws(DecideSnapshotError) in
                try DecideState.load(from: paths.decide, options: options, catalog: item)
            } ?? DecideState(options: options, catalog: item)
        identity =
            Self.loaded(paths.identity, upTo: end, log, sequenceEnd: \.sequenceEnd) {
                () throws(IdentitySnapshotError) in
                try IdentityState.load(from: paths.identity, rules: identityRules)
            } ?? IdentityState(rules: identityRules)
        quality =
            Self.loaded(paths.quality, upTo: end, log, sequenceEnd: \.sequenceEnd) {
                () throws(QualitySnapshotError) in
                try QualityState.load(from: paths.quality)
            } ?? QualityState()
        ledger =
            Self.loaded(paths.ledger, upTo: end, log, sequenceEnd: \.sequenceEnd) { () throws(LedgerSnapshotError) in
                try SourceLedger.load(from: paths.ledger)
            } ?? SourceLedger()
        orders =
            Self.loaded(paths.orders, upTo: end, log, sequenceEnd: \.sequenceEnd) { () throws(OrderSnapshotError) in
                try OrderBook.load(from: paths.orders, rules: orderRules)
            } ?? OrderBook(rules: orderRules)
        timelineOptions.memoryBudget?.removeLeftovers()
        let counted = Self.timeline(paths.timeline, upTo: end, history, timelineOptions, log)
        // Saved before the other: where it is missing, nothing had been marked, or all is read anew.
        let marked = Self.timeline(paths.marked, upTo: end, history, timelineOptions, log)
        let isWhole = counted.map { marked != nil || history.basis(before: $0.sequenceEnd) == 0 } ?? false
        let kept = (isWhole ? counted : nil) ?? Timeline(options: timelineOptions)
        let timelines = Timelines(
            counted: kept, marked: marked ?? Timeline(options: timelineOptions),
            decisions: try Self.index(kept.snapshot(), journal, history), sequenceStart: kept.sequenceEnd)
        view = CleanedView(history: history, timelines: timelines)
        arrivals = Arrivals(last: try journal.lastReceipt())
        if let time = observedFrom { timelines.forget(before: time) }
    }

    /// Events before it are too old for the timelines; nil where none is. It follows arrivals: the same journal always
    /// gives the same timelines.
    var observedFrom: EventTime? {
        guard let daysMax = view.timelines.counted.options.daysMax, let last = arrivals.last else { return nil }
        let dayMs = Milliseconds.days(1).count
        let start = last.unixMs - Int64(daysMax) * dayMs
        return EventTime(clampingUnixMs: start - start % dayMs)
    }

    var isForgettingDue: Bool {
        guard let observedFrom else { return false }
        return view.timelines.counted.observedFrom.map { $0 < observedFrom } ?? true
    }

    /// Nil also where its events were read by another history than the one that holds.
    private static func timeline(
        _ path: String, upTo end: UInt64, _ history: CleaningHistory, _ options: TimelineOptions, _ log: Log
    ) -> Timeline? {
        let timeline = loaded(path, upTo: end, log, sequenceEnd: \.sequenceEnd) { () throws(TimelineError) in
            try Timeline.load(from: path, options: options)
        }
        guard let timeline, timeline.basis != history.basis(before: timeline.sequenceEnd) else { return timeline }
        log.info(
            "a snapshot was made under another cleaning of events; the journal is read instead", ("file", .string(path))
        )
        return nil
    }

    /// Nil where there is no snapshot, it is broken, or it knows more than the journal.
    private static func loaded<Part, Failure: Error>(
        _ path: String, upTo end: UInt64, _ log: Log, sequenceEnd: (Part) -> UInt64,
        _ load: () throws(Failure) -> Part
    ) -> Part? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do throws(Failure) {
            let part = try load()
            guard sequenceEnd(part) > end else { return part }
            setAside(path, because: "it knows more than the journal", log)
        } catch {
            setAside(path, because: "\(error)", log)
        }
        return nil
    }

    /// Records before this one need not be applied.
    var sequenceEnd: UInt64 {
        min(
            view.timelines.sequenceStart, decide.sequenceEnd, identity.sequenceEnd, ledger.sequenceEnd,
            orders.sequenceEnd,
            quality.sequenceEnd)
    }

    /// Applies records in the order of the journal; those that a part has already change nothing in it.
    ///
    /// - Parameter content: How they are read, and the timelines that they go to.
    /// - Returns: When the last of them that counts happened.
    func apply(
        _ records: [(sequence: UInt64, payload: [UInt8])], to content: CleanedView.Content, _ log: Log
    ) -> EventTime? {
        var decode = JournalDecoder()
        let plan = plan.plan
        var fresh = Timelines.Fresh(countMax: records.count)
        var newest: EventTime?
        var lastReceipt: EventTime?
        for record in records {
            guard let entry = try? decode(record.payload) else {
                log.error("a record cannot be decoded", ("sequence", .int(Int64(clamping: record.sequence))))
                continue
            }
            lastReceipt = entry.receivedAt ?? lastReceipt
            quality.apply(sequence: record.sequence, entry: entry, plan: plan)
            switch entry {
            case .receipt(let receipt): ledger.apply(sequence: record.sequence, receipt: receipt)
            case .erasure, .erased: break
            case .event(let event):
                applyAsReceived(event, at: record.sequence)
                let cleaned = content.history(event, sequence: record.sequence)
                if apply(cleaned, at: record.sequence) { newest = cleaned.event.time }
                fresh.add(cleaned, at: record.sequence)
            }
        }
        content.timelines.append(fresh)
        newPeople.note(fresh.people)
        arrivals.note(lastReceipt)
        return newest
    }

    /// What must stay as it was however history is cleaned anew: what a source sent, and the facts of orders.
    private func applyAsReceived(_ event: Event, at sequence: UInt64) {
        ledger.apply(sequence: sequence, event: event)
        orders.apply(sequence: sequence, event: event)
    }

    /// - Returns: Whether the event counts.
    private func apply(_ cleaned: Cleaned, at sequence: UInt64) -> Bool {
        identity.apply(sequence: sequence, event: cleaned.event)
        guard cleaned.mark == nil, !cleaned.event.isAudienceMembership else { return false }
        decide.apply(sequence: sequence, event: cleaned.event)
        return true
    }

    /// A snapshot that cannot be written costs a longer start, nothing else.
    func save(_ log: Log) {
        // Before the timelines, which know what it must forget of who is erased.
        do throws(QualitySnapshotError) { try quality.save(to: paths.quality) } catch {
            log.warning("what was seen of events cannot be saved", ("reason", .string("\(error)")))
        }
        let timelines = view.timelines
        do throws(TimelineError) {
            try timelines.marked.save(to: paths.marked) { view.basis(of: timelines, before: $0) }
            try timelines.counted.save(to: paths.timeline) { view.basis(of: timelines, before: $0) }
        } catch {
            log.warning("the timeline cannot be saved", ("reason", .string("\(error)")))
        }
        do throws(DecideSnapshotError) { try decide.save(to: paths.decide) } catch {
            log.warning("the decision state cannot be saved", ("reason", .string("\(error)")))
        }
        do throws(IdentitySnapshotError) { try identity.save(to: paths.identity) } catch {
            log.warning("the identities cannot be saved", ("reason", .string("\(error)")))
        }
        do throws(LedgerSnapshotError) { try ledger.save(to: paths.ledger) } catch {
            log.warning("the ledger of sources cannot be saved", ("reason", .string("\(error)")))
        }
        do throws(OrderSnapshotError) { try orders.save(to: paths.orders) } catch {
            log.warning("the orders cannot be saved", ("reason", .string("\(error)")))
        }
    }

    /// Removes snapshots that were set aside.
    func removeBroken() {
        for path in paths.all { _ = unsafe unlink(path + brokenSuffix) }
    }

    private static func setAside(_ path: String, because reason: String, _ log: Log) {
        unsafe rename(path, path + brokenSuffix)
        log.warning(
            "a snapshot is set aside; the journal is replayed instead",
            ("file", .string(path)), ("reason", .string(reason)))
    }

    private static func index(
        _ snapshot: TimelineSnapshot, _ journal: Journal, _ history: CleaningHistory
    ) throws(JournalError) -> DecisionIndex {
        let index = DecisionIndex()
        let sequences = snapshot.entriesWithDecision().map(\.entry.sequence)
        for start in stride(from: 0, to: sequences.count, by: indexStride) {
            let part = Array(sequences[start..<min(start + indexStride, sequences.count)])
            for (sequence, event) in zip(part, try journal.events(part, by: history)) {
                if let event { index.apply(sequence: sequence, event: event) }
            }
        }
        return index
    }

    private static let indexStride = 256  // A decision with its candidates takes kilobytes: few in memory at a time.
}

/// When the record came in that was applied last.
private final class Arrivals: Sendable {
    private let state: Mutex<EventTime?>

    init(last: EventTime?) { state = Mutex(last) }

    var last: EventTime? { state.withLock { $0 } }

    func note(_ time: EventTime?) {
        guard let time else { return }
        state.withLock { $0 = max($0 ?? time, time) }
    }
}

private let brokenSuffix = ".broken"

/// Where the snapshots lie.
struct SnapshotPaths: Sendable {
    let timeline: String
    let marked: String
    let decide: String
    let identity: String
    let quality: String
    let ledger: String
    let orders: String

    init(_ folder: DataFolder) {
        timeline = folder.snapshots + "/timeline.snapshot"
        marked = folder.snapshots + "/marked.snapshot"
        decide = folder.snapshots + "/decide.snapshot"
        identity = folder.snapshots + "/identity.snapshot"
        quality = folder.snapshots + "/quality.snapshot"
        ledger = folder.snapshots + "/ledger.snapshot"
        orders = folder.orderSnapshot
    }

    var all: [String] { [timeline, marked, decide, identity, quality, ledger, orders] }
}

extension MemoryBudget {
    /// Removes the files of a process that was killed just before it took their names away.
    fileprivate func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(Self.filePrefix) { _ = unsafe unlink(folder + "/" + name) }
    }
}
