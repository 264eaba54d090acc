import Base
import Cleaning
import Decide
import Domain
import Foundation
import Identities
import Journal
import Measure
import Timeline

/// Everything that is made of the journal alone: timelines, decision state and the index of decisions. Snapshots are
/// caches of it.
struct DerivedState: Sendable {
    let view: CleanedView
    let decide: DecideState
    let identity: IdentityState
    private let paths: SnapshotPaths

    /// From the snapshots where they are sound; one that is not is set aside, and the journal is replayed instead.
    init(
        folder: DataFolder, journal: Journal, options: DecideOptions, identityRules: IdentityRules,
        catalogue: [Subject: CatalogItem], history: CleaningHistory, log: Log
    ) throws(JournalError) {
        let paths = SnapshotPaths(folder)
        let item: @Sendable (Subject) -> CatalogItem? = { catalogue[$0] }
        let end = journal.sequenceEnd
        self.paths = paths
        decide =
            Self.loaded(paths.decide, upTo: end, log, sequenceEnd: \.sequenceEnd) { () throws(DecideSnapshotError) in
                try DecideState.load(from: paths.decide, options: options, catalog: item)
            } ?? DecideState(options: options, catalog: item)
        identity =
            Self.loaded(paths.identity, upTo: end, log, sequenceEnd: \.sequenceEnd) {
                () throws(IdentitySnapshotError) in
                try IdentityState.load(from: paths.identity, rules: identityRules)
            } ?? IdentityState(rules: identityRules)
        let counted = Self.timeline(paths.timeline, upTo: end, history, log)
        // Saved before the other: where it is missing, nothing had been marked, or all is read anew.
        let marked = Self.timeline(paths.marked, upTo: end, history, log)
        let isWhole = counted.map { marked != nil || history.basis(before: $0.sequenceEnd) == 0 } ?? false
        let kept = (isWhole ? counted : nil) ?? Timeline()
        let timelines = Timelines(
            counted: kept, marked: marked ?? Timeline(),
            decisions: try Self.index(kept.snapshot(), journal, history), sequenceStart: kept.sequenceEnd)
        view = CleanedView(history: history, timelines: timelines)
    }

    /// Nil also where its events were read by another history than the one that holds.
    private static func timeline(
        _ path: String, upTo end: UInt64, _ history: CleaningHistory, _ log: Log
    ) -> Timeline? {
        let timeline = loaded(path, upTo: end, log, sequenceEnd: \.sequenceEnd) { () throws(TimelineError) in
            try Timeline.load(from: path)
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
    var sequenceEnd: UInt64 { min(view.timelines.sequenceStart, decide.sequenceEnd, identity.sequenceEnd) }

    /// Applies records in the order of the journal; those that a part has already change nothing in it.
    ///
    /// - Parameter content: How they are read, and the timelines that they go to.
    /// - Returns: When the last of them that counts happened.
    func apply(
        _ records: [(sequence: UInt64, payload: [UInt8])], to content: CleanedView.Content, _ log: Log
    ) -> EventTime? {
        let parser = JSONParser()
        var events: [(sequence: UInt64, cleaned: Cleaned)] = []
        events.reserveCapacity(records.count)
        var newest: EventTime?
        for record in records {
            guard let entry = try? JournalEntry(record.payload, parser: parser) else {
                log.error("a record cannot be decoded", ("sequence", .int(Int64(clamping: record.sequence))))
                continue
            }
            guard case .event(let event) = entry else { continue }
            let cleaned = content.history(event, sequence: record.sequence)
            events.append((record.sequence, cleaned))
            identity.apply(sequence: record.sequence, event: cleaned.event)
            guard cleaned.mark == nil else { continue }
            decide.apply(sequence: record.sequence, event: cleaned.event)
            newest = cleaned.event.time
        }
        content.timelines.append(events)
        return newest
    }

    /// A snapshot that cannot be written costs a longer start, nothing else.
    func save(_ log: Log) {
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
    }

    private static func setAside(_ path: String, because reason: String, _ log: Log) {
        unsafe rename(path, path + ".broken")
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

/// Where the snapshots lie.
private struct SnapshotPaths {
    let timeline: String
    let marked: String
    let decide: String
    let identity: String

    init(_ folder: DataFolder) {
        timeline = folder.snapshots + "/timeline.snapshot"
        marked = folder.snapshots + "/marked.snapshot"
        decide = folder.snapshots + "/decide.snapshot"
        identity = folder.snapshots + "/identity.snapshot"
    }
}
