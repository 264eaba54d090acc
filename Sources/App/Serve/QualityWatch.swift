import Base
import Domain
import Quality
import Store

/// Looks at the quality of events every so often, and raises and clears alarms, whether anyone watches or not.
struct QualityWatch: Sendable {
    private static let openCountMax = 10_000

    let desk: QualityDesk
    let period: Duration
    let log: Log

    /// Looks until it is cancelled.
    func run() async {
        var watch = AlarmWatch()
        while !Task.isCancelled {
            do throws(DatabaseError) { try await look(&watch) } catch {
                log.warning("the quality of events cannot be judged", ("reason", .string(error.explanation)))
            }
            try? await Task.sleep(for: period)
        }
    }

    private func look(_ watch: inout AlarmWatch) async throws(DatabaseError) {
        let open = try await desk.store.alarms(isOpen: true, before: nil, countMax: Self.openCountMax)
        let now = WallClock.now()
        for change in watch.look(try await desk.report(at: now), open: Set(open.map(\.key))) {
            switch change {
            case .raise(let key, let value, let bound):
                try await desk.store.raise(key, value: value, bound: bound, at: now)
                log.warning(
                    "an alarm is raised", ("event", .string(key.event.text)), ("source", .string(key.source.text)),
                    ("part", .string(key.part.rawValue)), ("value", .double(value)), ("bound", .double(bound)))
            case .clear(let key):
                try await desk.store.clear(key, at: now)
                log.info(
                    "an alarm is cleared", ("event", .string(key.event.text)), ("source", .string(key.source.text)),
                    ("part", .string(key.part.rawValue)))
            }
        }
    }
}
