/// Why the journal cannot do what was asked. Where an append throws, nothing of it counts.
public enum JournalError: Error, Equatable, Sendable {
    case locked(path: String, holderPID: Int32?)
    case diskFull
    case io(errno: Int32, what: String)
    /// A record does not match its checksum, and it is not the torn end of the last segment.
    case corrupt(file: String, byteOffset: Int64, reason: String)
    case closed
    /// Too much waits to be written; try again.
    case backlogFull
    /// A sync failed: what the disk holds is not known until the next start.
    case poisoned
    case recordTooLarge(byteCount: Int, byteCountMax: Int)
}
