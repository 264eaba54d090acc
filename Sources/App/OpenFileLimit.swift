import Foundation

/// How many files this process may have open. Each connection of the server is one, and so is each segment of the
/// journal.
struct OpenFileLimit: Equatable {
    /// For all else: databases, threads of the server, pages, snapshots.
    static let reserve = 128

    let current: UInt64
    let highest: UInt64  // What the process may give itself.

    /// Of this process; nil where the system does not tell.
    init?() {
        var limit = rlimit()
        guard unsafe getrlimit(Self.resource, &limit) == 0 else { return nil }
        (current, highest) = (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }

    /// Gives this process what it may have. Where that is refused, it goes on with what it has.
    static func raise() {
        guard let limit = OpenFileLimit(), limit.current < limit.highest else { return }
        var wanted = rlimit(rlim_cur: rlim_t(limit.highest), rlim_max: rlim_t(limit.highest))
        _ = unsafe setrlimit(resource, &wanted)
    }

    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
}
