import Base
import Collect
import Domain
import Foundation
import Store

/// Follows all declared logs, on a thread of its own: looking at files may block.
actor LogFollower {
    private static let pause = Duration.milliseconds(250)
    private static let pauseAfterFailure = Duration.seconds(2)

    private let executor = ThreadExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let store: FollowedLogStore
    private let collect: CollectEvents
    private let folders: FollowFolders
    private let log: Log
    private var readers: [Int64: FollowedLogReader] = [:]
    private var failures: [Int64: String] = [:]  // Of logs that cannot be followed as they are declared.
    private var isStale = true  // Whether the declarations may have changed.
    private var isStopping = false
    private var asking: [CheckedContinuation<Void, Never>] = []  // Those who wait for the next look at all logs.
    private var work: Task<Void, Never>?

    init(store: FollowedLogStore, collect: CollectEvents, folders: FollowFolders, log: Log) {
        self.store = store
        self.collect = collect
        self.folders = folders
        self.log = log
    }

    func start() {
        guard work == nil else { return }
        work = Task { await self.follow() }
    }

    /// Returns once the batches under way are on disk.
    func stop() async {
        isStopping = true
        await work?.value
    }

    /// The declarations have changed. Returns once each log was looked at by them: what is written from then on is
    /// new, however soon it is renamed.
    func refresh() async {
        isStale = true
        guard work != nil, !isStopping else { return }
        await withCheckedContinuation { asking.append($0) }
    }

    /// By id of the log; none for one that is not followed.
    func states() -> [Int64: LogState] {
        var states = readers.mapValues(\.state)
        for (id, failure) in failures {
            var state = LogState()
            state.failure = failure
            states[id] = state
        }
        return states
    }

    private func follow() async {
        defer { answer(asking) }
        while !isStopping {
            let asked = asking
            asking = []
            if isStale { await load() }
            var isBusy = false
            for reader in readers.values.sorted(by: { $0.log.id < $1.log.id }) where !isStopping {
                let isReading = await reader.poll(now: WallClock.now())
                isBusy = isBusy || isReading
            }
            answer(asked)
            if !isBusy { try? await Task.sleep(for: Self.pause) }
        }
    }

    private func answer(_ asked: [CheckedContinuation<Void, Never>]) {
        for one in asked { one.resume() }
    }

    /// Readers of logs that have not changed stay as they are.
    private func load() async {
        isStale = false
        do throws(DatabaseError) {
            let declared = try await store.list().map(\.log).filter(\.isEnabled)
            var kept: [Int64: FollowedLogReader] = [:]
            failures = [:]
            for one in declared {
                if let reader = readers[one.id], reader.log == one {
                    kept[one.id] = reader
                } else {
                    do {
                        kept[one.id] = try FollowedLogReader(one, store: store, collect: collect, folders: folders)
                    } catch {
                        failures[one.id] = "\(error)"
                    }
                }
            }
            readers = kept
        } catch {
            log.error("the followed logs cannot be read", ("reason", .string(error.explanation)))
            isStale = true
            try? await Task.sleep(for: Self.pauseAfterFailure)
        }
    }
}
