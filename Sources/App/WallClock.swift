import Base
import Foundation

/// The machine's clock: the one place where time comes in.
enum WallClock {
    @Sendable static func now() -> EventTime {
        EventTime(clampingUnixMs: Int64(Date().timeIntervalSince1970 * 1000))
    }
}
