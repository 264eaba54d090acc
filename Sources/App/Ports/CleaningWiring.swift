import API
import Base
import Cleaning
import Domain
import Foundation
import Journal
import Store

/// Wires cleaning to the journal and the store.
struct CleaningWiring: Sendable {
    private static let compareLimit = Duration.seconds(5)  // What has been read until then is compared.

    let journal: Journal
    let store: ControlStore
    let view: CleanedView
    let control: CleaningControl
    let botRulesPath: String?

    var ports: CleaningPorts {
        let rules = botRulesPath
        return CleaningPorts(
            state: { () throws(ReadFailure) in try await state() },
            versions: { [store] before, countMax throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.cleaning.versions(before: before, countMax: countMax)
                }
            },
            version: { [store] number throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.cleaning.version(number) }
            },
            rates: { [store] before, countMax throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.cleaning.rates(before: before, countMax: countMax)
                }
            },
            pipeline: { [store] settings throws(ReadFailure) in
                let record = try await Self.read { () async throws(DatabaseError) in
                    try await store.cleaning.record()
                }
                return CleaningPipeline(settings, rates: RateTable(record.rates))
            },
            compare: { sample, pipeline throws(ReadFailure) in try compare(sample, pipeline) },
            add: { [control] steps, rates, author, note throws(CleaningChangeError) in
                try await control.add(steps: steps, rates: rates, author: author, note: note)
            },
            hold: { [control] version throws(CleaningChangeError) in try await control.hold(version) },
            rerun: { [control] version, author throws(CleaningChangeError) in
                try await control.rerun(version, author: author)
            },
            cancelRerun: { [control] () throws(CleaningChangeError) in try await control.cancelRerun() },
            botRules: {
                rules.flatMap { FileManager.default.contents(atPath: $0) }.flatMap { try? JSON.parse(Array($0)) }
            })
    }

    private func state() async throws(ReadFailure) -> CleaningState {
        let (spans, newest) = (view.history.spans, view.history.newest.version)
        let store = store
        let (current, rerun) = try await Self.read { () async throws(DatabaseError) in
            (try await store.cleaning.version(newest), try await store.cleaning.rerun())
        }
        guard let current else { throw ReadFailure(reason: "a version is missing") }
        return CleaningState(spans: spans, current: current, rerun: rerun, progress: await control.progress)
    }

    private func compare(
        _ sample: CleaningSample, _ pipeline: CleaningPipeline?
    ) throws(ReadFailure) -> CleaningComparison {
        let history = view.history
        var comparison = CleaningComparison()
        do throws(JournalError) {
            try journal.newestEvents(sample, until: .now + Self.compareLimit) { sequence, event in
                let before = history(event, sequence: sequence)
                comparison.add(
                    sequence: sequence, received: event.receivedAt, before: before,
                    after: pipeline.map { $0(event) } ?? before)
            }
        } catch {
            throw ReadFailure(reason: error.explanation)
        }
        return comparison
    }

    private static func read<Value>(
        _ body: () async throws(DatabaseError) -> Value
    ) async throws(ReadFailure) -> Value {
        do throws(DatabaseError) { return try await body() } catch { throw ReadFailure(reason: error.explanation) }
    }
}

extension Journal {
    private static let pieceCount: UInt64 = 4096

    /// Reads events as received from the end of the journal backwards, newest first, until there are enough of them or
    /// it is too late.
    fileprivate func newestEvents(
        _ sample: CleaningSample, until deadline: ContinuousClock.Instant, _ body: (UInt64, Event) -> Void
    ) throws(JournalError) {
        let parser = JSONParser()
        var (end, count) = (sequenceEnd, 0)
        while end > 0, ContinuousClock.now < deadline {
            let start = end - min(Self.pieceCount, end)
            for (sequence, payload) in try records(in: start..<end).reversed() {
                guard let event = try? JournalEntry(payload, parser: parser).event else { continue }
                guard count < sample.countMax, sample.since.map({ event.receivedAt >= $0 }) ?? true else { return }
                body(sequence, event)
                count += 1
            }
            end = start
        }
    }

    private func records(
        in range: Range<UInt64>
    ) throws(JournalError) -> [(sequence: UInt64, payload: [UInt8])] {
        var (found, next) = ([(sequence: UInt64, payload: [UInt8])](), range.lowerBound)
        while next < range.upperBound {
            let piece = try read(from: next, countMax: Int(range.upperBound - next))
            guard let last = piece.last else { break }
            found += piece.filter { $0.sequence < range.upperBound }
            next = last.sequence + 1
        }
        return found
    }
}
