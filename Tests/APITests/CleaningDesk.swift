import Base
import Cleaning
import Domain
import Synchronization

@testable import API

/// Versions of cleaning in memory, and a journal of events that they are tried on.
final class CleaningDesk: Sendable {
    struct State {
        var versions = [
            CleaningVersion(
                number: 0, steps: [], rateIDMax: 0, author: "quanyu", createdAt: EventTime(clampingUnixMs: 0), note: "")
        ]
        var spans = [CleaningSpan(sequenceStart: 0, version: 0)]
        var rates: [KeptCurrencyRate] = []
        var rerun: CleaningRerun?
        var events: [Event] = []
    }

    private let state = Mutex(State())

    func add(_ events: [Event]) { state.withLock { $0.events += events } }

    func endRerun() { state.withLock { $0.rerun = Self.rerun($0.rerun?.version ?? 0, .done) } }

    private static func rerun(_ version: Int64, _ state: CleaningRerun.State) -> CleaningRerun {
        CleaningRerun(
            id: 1, version: version, state: state, author: "token:shop", startedAt: EventTime(clampingUnixMs: 1),
            endedAt: state == .running ? nil : EventTime(clampingUnixMs: 2))
    }

    private func add(
        _ steps: JSON?, _ rates: [CurrencyRate], _ author: String, _ note: String
    ) throws(CleaningChangeError) -> CleaningVersion {
        let made = state.withLock { state -> CleaningVersion? in
            guard state.rerun?.state != .running else { return nil }
            for rate in rates {
                state.rates.append(
                    KeptCurrencyRate(
                        id: Int64(state.rates.count + 1), rate: rate, author: author,
                        addedAt: EventTime(clampingUnixMs: 1)))
            }
            let version = CleaningVersion(
                number: Int64(state.versions.count), steps: steps ?? state.versions[state.versions.count - 1].steps,
                rateIDMax: Int64(state.rates.count), author: author, createdAt: EventTime(clampingUnixMs: 1),
                note: note)
            state.versions.append(version)
            state.spans.append(CleaningSpan(sequenceStart: UInt64(state.spans.count) * 10, version: version.number))
            return version
        }
        guard let made else { throw .rerunUnderWay }
        return made
    }

    private func compare(_ sample: CleaningSample, _ pipeline: CleaningPipeline?) -> CleaningComparison {
        var comparison = CleaningComparison()
        for (sequence, event) in state.withLock({ $0.events }).enumerated().reversed() {
            let before = CleaningPipeline.first(event)
            comparison.add(
                sequence: UInt64(sequence), received: event.receivedAt, before: before,
                after: pipeline.map { $0(event) } ?? before)
        }
        return comparison
    }

    var ports: CleaningPorts {
        CleaningPorts(
            state: {
                self.state.withLock { state in
                    let number = state.spans.last?.version ?? 0
                    return CleaningState(
                        spans: state.spans, current: state.versions[Int(number)], rerun: state.rerun,
                        progress: state.rerun?.state == .running ? CleaningProgress(sequence: 3, sequenceEnd: 9) : nil)
                }
            },
            versions: { before, countMax in
                Array(
                    self.state.withLock { $0.versions }.reversed().filter { $0.number < before ?? .max }
                        .prefix(countMax))
            },
            version: { number in self.state.withLock { $0.versions.first { $0.number == number } } },
            rates: { before, countMax in
                Array(self.state.withLock { $0.rates }.reversed().filter { $0.id < before ?? .max }.prefix(countMax))
            },
            pipeline: { settings in CleaningPipeline(settings, rates: RateTable(self.state.withLock { $0.rates })) },
            compare: { sample, pipeline in self.compare(sample, pipeline) },
            add: { steps, rates, author, note throws(CleaningChangeError) in
                try self.add(steps, rates, author, note)
            },
            hold: { version throws(CleaningChangeError) in
                guard self.state.withLock({ $0.versions.count }) > Int(version) else { throw .unknownVersion(version) }
                self.state.withLock {
                    $0.spans.append(
                        CleaningSpan(sequenceStart: UInt64($0.spans.count) * 10, version: version))
                }
            },
            rerun: { version, _ throws(CleaningChangeError) in
                guard self.state.withLock({ $0.rerun?.state }) != .running else { throw .rerunUnderWay }
                self.state.withLock { $0.rerun = Self.rerun(version, .running) }
            },
            cancelRerun: { () throws(CleaningChangeError) in
                guard let rerun = self.state.withLock({ $0.rerun }), rerun.state == .running else { throw .noRerun }
                self.state.withLock { $0.rerun = Self.rerun(rerun.version, .cancelled) }
            },
            botRules: { ["source": "test", "effective_from": "2026-01-01", "patterns": ["spider"]] })
    }
}
