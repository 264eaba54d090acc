import Base
import Store
import TestSupport

/// A store of one test: on a real file, or in memory.
struct TestStore {
    let folder: TemporaryDirectory
    let clock: ManualClock
    let store: ControlStore

    init(inMemory: Bool = false, clock: ManualClock = ManualClock()) throws {
        folder = try TemporaryDirectory()
        self.clock = clock
        store = try Self.open(inMemory ? ":memory:" : folder.path("control.sqlite"), clock)
    }

    var path: String { folder.path("control.sqlite") }

    /// What a second process would see.
    func another() throws -> ControlStore { try Self.open(path, clock) }

    private static func open(_ path: String, _ clock: ManualClock) throws -> ControlStore {
        var options = ControlStoreOptions(now: { clock.now })
        options.passwordCost = .least
        options.quarantineBodyBytesMax = 16
        return try ControlStore(path: path, options: options)
    }
}
