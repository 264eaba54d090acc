/// Why the journal cannot do what was asked. Where an append throws, nothing of it counts.
public enum JournalError: Error, Equatable, Sendable {
    case locked(path: String, holderPID: Int32?)
    case diskFull
    case io(errno: Int32, what: String)
    /// A record that was whole at the start is so no more; or, at the start, more is missing than what is seen to be
    /// damaged can have held.
    case corrupt(file: String, byteOffset: Int64, reason: String)
    /// Another version of the program wrote it.
    case otherFormat(file: String)
    case closed
    /// Too much waits to be written; try again.
    case backlogFull
    /// A sync failed: what the disk holds is not known until the next start.
    case poisoned
    /// A file of keys is no more what it was at the start; the next start makes it again.
    case keysChanged(file: String)
    case recordTooLarge(byteCount: Int, byteCountMax: Int)
}
