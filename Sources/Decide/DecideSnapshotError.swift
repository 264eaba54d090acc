public import Base

/// Why a state could not be saved or loaded. A state that cannot be loaded is rebuilt from the journal.
public enum DecideSnapshotError: Error, Equatable {
    case file(FileFailure)
    case notASnapshot
    case unknownVersion(UInt32)
    case checksumMismatch
    case damaged(byteOffset: Int)
    /// The state depends on options that have changed since.
    case optionsChanged
}
