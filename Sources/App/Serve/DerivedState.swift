import Base
import Decide
import Domain
import Foundation
import Journal
import Measure
import Timeline

/// Everything that is made of the journal alone: timeline, decision state and the index of decisions. Snapshots are
/// caches of it.
struct DerivedState: Sendable {
    let timeline: Timeline
    let decide: DecideState
    let decisions: DecisionIndex
    private let folder: DataFolder
    private let timelineStart: UInt64  // Where the timeline and the index of decisions go on.

    private var timelinePath: String { folder.snapshots + "/timeline.snapshot" }
    private var decidePath: String { folder.snapshots + "/decide.snapshot" }

    /// From the snapshots where they are sound; one that is not is set aside, and the journal is replayed instead.
    init(
        folder: DataFolder, journal: Journal, options: DecideOptions,
        catalogue: [Subject: CatalogItem], log: Log
    ) throws(JournalError) {
        self.folder = folder
        let item: @Sendable (Subject) -> CatalogItem? = { catalogue[$0] }
        let timelinePath = folder.snapshots + "/timeline.snapshot"
        let decidePath = folder.snapshots + "/decide.snapshot"
        let end = journal.sequenceEnd
        var timeline: Timeline?
        var decide: DecideState?
        if FileManager.default.fileExists(atPath: timelinePath) {
            do throws(TimelineError) { timeline = try Timeline.load(from: timelinePath) } catch {
                Self.setAside(timelinePath, because: "\(error)", log)
            }
        }
        if FileManager.default.fileExists(atPath: decidePath) {
            do throws(DecideSnapshotError) {
                decide = try DecideState.load(from: decidePath, options: options, catalog: item)
            } catch {
                Self.setAside(decidePath, because: "\(error)", log)
            }
        }
        if let known = timeline, known.sequenceEnd > end {
            Self.setAside(timelinePath, because: "it knows more than the journal", log)
            timeline = nil
        }
        if let known = decide, known.sequenceEnd > end {
            Self.setAside(decidePath, because: "it knows more than the journal", log)
            decide = nil
        }
        self.timeline = timeline ?? Timeline()
        self.decide = decide ?? DecideState(options: options, catalog: item)
        timelineStart = self.timeline.sequenceEnd
        decisions = try Self.index(self.timeline.snapshot(), journal)
    }

    /// Records before this one need not be applied.
    var sequenceEnd: UInt64 { min(timelineStart, decide.sequenceEnd) }

    /// Applies records in the order of the journal; those that a part has already change nothing in it.
    ///
    /// - Returns: When the last of them happened.
    func apply(_ records: [(sequence: UInt64, payload: [UInt8])], _ log: Log) -> EventTime? {
        let parser = JSONParser()
        var fresh: [(sequence: UInt64, event: Event)] = []
        var newest: EventTime?
        for record in records {
            guard let event = try? EventCodec.decode(record.payload, parser: parser) else {
                log.error("a record cannot be decoded", ("sequence", .int(Int64(clamping: record.sequence))))
                continue
            }
            if record.sequence >= timelineStart {
                fresh.append((record.sequence, event))
                decisions.apply(sequence: record.sequence, event: event)
            }
            decide.apply(sequence: record.sequence, event: event)
            newest = event.time
        }
        if !fresh.isEmpty { timeline.append(fresh) }
        return newest
    }

    /// A snapshot that cannot be written costs a longer start, nothing else.
    func save(_ log: Log) {
        do throws(TimelineError) { try timeline.save(to: timelinePath) } catch {
            log.warning("the timeline cannot be saved", ("reason", .string("\(error)")))
        }
        do throws(DecideSnapshotError) { try decide.save(to: decidePath) } catch {
            log.warning("the decision state cannot be saved", ("reason", .string("\(error)")))
        }
    }

    private static func setAside(_ path: String, because reason: String, _ log: Log) {
        unsafe rename(path, path + ".broken")
        log.warning(
            "a snapshot is set aside; the journal is replayed instead",
            ("file", .string(path)), ("reason", .string(reason)))
    }

    private static func index(_ snapshot: TimelineSnapshot, _ journal: Journal) throws(JournalError) -> DecisionIndex {
        let index = DecisionIndex()
        let sequences = snapshot.entriesWithDecision().map(\.entry.sequence)
        for (sequence, event) in zip(sequences, try journal.events(sequences)) {
            if let event { index.apply(sequence: sequence, event: event) }
        }
        return index
    }
}
