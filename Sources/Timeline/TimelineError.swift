/// Why a timeline could not be saved or loaded. A timeline that cannot be loaded is rebuilt from the journal.
public enum TimelineError: Error, Sendable, Equatable {
    case io(operation: String, errno: Int32)
    case notASnapshot
    case unknownVersion(UInt64)
    case truncated(section: String)
    case checksumMismatch(section: String)
    case inconsistent(section: String)
    case ofOtherProperties  // It indexes others than are asked for now.
}
