import Base
import Collect
import Domain
import Journal
import Store

/// What a failed command says in one line, and its exit code.
struct CommandFailure {
    let message: String
    let exitCode: Int32

    static let failed: Int32 = 1
    static let misused: Int32 = 2

    init(_ error: any Error) {
        exitCode = error is UsageError || error is ConfigurationError ? Self.misused : Self.failed
        message =
            switch error {
            case let error as JournalError: error.explanation
            case let error as DatabaseError: error.explanation
            case let error as AccessError: error.explanation
            case let error as CollectError: error.explanation
            default: String(describing: error)
            }
    }
}

extension JournalError {
    /// What it means to the person who runs the program, and what to do.
    var explanation: String {
        switch self {
        case .locked(let path, let holderPID):
            "another process\(holderPID.map { " (\($0))" } ?? "") uses this data folder (\(path)): stop it first, "
                + "or send events to it over HTTP"
        case .diskFull: "the disk is full: free some space; nothing that was acknowledged is lost"
        case .io(let errno, let what): "\(what) failed (errno \(errno)): look at the disk"
        case .corrupt(let file, let byteOffset, let reason):
            "\(file) is broken at byte \(byteOffset) (\(reason)): bring it back from a backup"
        case .otherFormat(let file):
            "\(file) was written by another version of quanyu, in a format that this one cannot read: use that version"
        case .closed: "the journal is closed"
        case .backlogFull: "too much waits to be written: try again"
        case .poisoned: "the disk did not confirm a write: look at the disk and start again"
        case .keysChanged(let file): "\(file) is broken: start again, so that it is made again from the journal"
        case .recordTooLarge(let byteCount, let byteCountMax):
            "a record takes \(byteCount) bytes; at most \(byteCountMax) are taken"
        }
    }
}

extension CodecError {
    /// What it means to the person who runs the program.
    var explanation: String {
        switch self {
        case .unknownVersion(let version): "its format (\(version)) is not known: a later version of quanyu may read it"
        case .truncated(let byteOffset): "it ends at byte \(byteOffset), in the middle of a field"
        case .invalid(let field): "its `\(field)` is not possible"
        }
    }
}

extension DatabaseError {
    /// What it means to the person who runs the program, and what to do.
    var explanation: String {
        switch reason {
        case .diskFull: "the disk is full: free some space"
        case .busy: "the control database stays locked by another process: try again"
        case .newerSchema: "the data folder was written by a later version of quanyu: use that one (\(message))"
        case .corrupt: "the control database is broken (\(message)): bring it back from a backup"
        case .inputOutput, .alreadyThere, .constraint, .cannotOpen, .migrationChanged, .other:
            "control database: \(message)"
        }
    }
}

extension AccessError {
    /// What it means to the person who runs the program, and what to do.
    var explanation: String {
        switch self {
        case .nameTaken: "this name is taken"
        case .unknownUser: "there is no such user"
        case .lastAdmin: "the last administrator must stay"
        case .linkNotValid: "the link is not valid any more"
        case .overloaded: "too many passwords wait to be checked: try again"
        case .storageFull: "the disk is full: free some space"
        case .storageFailed(let message): "control database: \(message)"
        }
    }
}

extension CollectError {
    /// What it means to the person who runs the program.
    var explanation: String {
        switch self {
        case .empty: "there is no event"
        case .malformed(let reason, let byteOffset):
            "not readable\(byteOffset.map { " at byte \($0)" } ?? ""): \(reason)"
        case .wrongShape(let expected, let got): "expected \(expected), got \(got)"
        case .tooManyEvents(let count, let countMax): "\(count) events at once; at most \(countMax) are taken"
        case .tooLarge(let bytesMax): "more than \(bytesMax) bytes, also after decompression"
        case .notSigned(let reason): "not signed: \(reason)"
        case .throttled: "too much waits to be written: try again"
        case .unavailable(let reason): reason
        }
    }
}
