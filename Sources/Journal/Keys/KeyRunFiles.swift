import Base
private import Glibc

/// A file of keys that is not what the journal says; its keys are taken from the journal.
public struct KeyRunLoss: Sendable, Equatable {
    public let file: String
    public let reason: String
}

/// The runs of a folder.
struct KeyRunFiles {
    private(set) var runs: [KeyRun] = []  // None overlaps another; from the oldest on.
    private(set) var losses: [KeyRunLoss] = []

    /// Reads and checks all of them. Where several have the same sequences, as a crash leaves them in the middle of a
    /// merge, the one with the most counts.
    ///
    /// - Parameter isWriting: Whether what is not used is removed; a reader beside a writer leaves the files alone.
    init(folder: String, isWriting: Bool) throws(JournalError) {
        let names = try JournalFile.names(inFolder: folder)
        for name in names where isWriting && name.hasSuffix(KeyRunFormat.unfinishedSuffix) {
            JournalFile.remove(folder + "/" + name)
        }
        let found = names.compactMap { KeyRunFormat.sequences(ofFileName: $0) }
            .sorted { $0.upperBound - $0.lowerBound > $1.upperBound - $1.lowerBound }
        for sequences in found {
            let path = folder + "/" + KeyRunFormat.fileName(of: sequences)
            if !runs.contains(where: { $0.sequences.overlaps(sequences) }) {
                do throws(JournalError) {
                    runs.append(try KeyRun(path: path, sequences: sequences))
                    continue
                } catch {
                    if case .io(errno: ENOENT, _) = error, !isWriting { continue }  // Merged meanwhile.
                    losses.append(KeyRunLoss(file: path, reason: Self.reason(of: error)))
                }
            }
            if isWriting { JournalFile.remove(path) }
        }
        runs.sort { $0.sequences.lowerBound < $1.sequences.lowerBound }
    }

    private static func reason(of error: JournalError) -> String {
        switch error {
        case .corrupt(_, _, let reason): reason
        case .io(let errno, _): "it cannot be read (errno \(errno))"
        default: "it cannot be read"
        }
    }
}

/// The files of keys of a journal, as one who only reads them finds them.
public struct KeyRunCheck: Sendable, Equatable {
    public let runCount: Int
    public let keyCount: Int
    public let losses: [KeyRunLoss]

    /// Reads all of them; also while a process writes.
    public init(directory: String) throws(JournalError) {
        let files = try KeyRunFiles(folder: directory, isWriting: false)
        runCount = files.runs.count
        keyCount = files.runs.reduce(0) { $0 + $1.keyCount }
        losses = files.losses
    }
}
