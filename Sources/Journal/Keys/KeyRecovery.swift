import Base

/// Finds out at a start which keys are known, while the journal is read: those of runs that say what the journal says
/// are only counted, all others are taken from the journal.
struct KeyRecovery {
    private let folder: String
    private let countMax: Int
    private let calls: JournalFileCalls
    private(set) var runs: [KeyRun]  // From the oldest on.
    private(set) var losses: [KeyRunLoss]
    private(set) var recent: KeyStretch  // Behind all runs that were found.
    private(set) var frozen: [KeyStretch] = []  // Could not be written.
    private var tallies: [KeyTally]  // Of what the journal has of the sequences of each run.
    private var hasKeysBefore: [Bool]  // Whether there are such between each run and the one before it.
    private var place = 0  // The first run that ends behind what was found last.
    private var made: [KeyRun] = []
    private var maySeal = true

    init(folder: String, countMax: Int, calls: JournalFileCalls) throws(JournalError) {
        self.folder = folder
        self.countMax = countMax
        self.calls = calls
        let files = try KeyRunFiles(folder: folder, isWriting: true)
        (runs, losses) = (files.runs, files.losses)
        tallies = runs.map { _ in KeyTally() }
        hasKeysBefore = runs.map { _ in false }
        recent = KeyStretch(from: runs.last?.sequences.upperBound ?? 0)
    }

    /// - Parameter sequence: Of the record that has the key, which is on disk; they come ascending.
    mutating func found(_ key: Hash128, at sequence: UInt64) {
        while place < runs.count, runs[place].sequences.upperBound <= sequence { place += 1 }
        if place == runs.count {
            recent.insert(key)
            if recent.index.count >= countMax { recent = seal(recent, upTo: sequence + 1) }
        } else if runs[place].sequences.contains(sequence) {
            tallies[place].add(key)
        } else {
            hasKeysBefore[place] = true
        }
    }

    /// Drops the runs that do not say what the journal says, and takes what they and missing ones should have from it.
    ///
    /// - Parameter segments: The whole journal.
    mutating func finish(_ segments: [Segment], recordBytesMax: Int) throws(JournalError) {
        let end = segments.last?.sequenceEnd ?? 0
        var missing: [Range<UInt64>] = []
        var start: UInt64 = 0
        for (place, run) in runs.enumerated() {
            if hasKeysBefore[place] { missing.append(start..<run.sequences.lowerBound) }
            start = run.sequences.upperBound
            if run.tally == tallies[place], run.sequences.upperBound <= end {
                made.append(run)
                continue
            }
            losses.append(KeyRunLoss(file: run.file.path, reason: "its keys are not those of the journal"))
            run.file.remove()
            if run.sequences.lowerBound < end {
                missing.append(run.sequences.lowerBound..<min(run.sequences.upperBound, end))
            }
        }
        if start > end { recent = KeyStretch(from: end) }
        recent.extend(to: end)
        for sequences in missing { try take(sequences, from: segments, recordBytesMax: recordBytesMax) }
        runs = made.sorted { $0.sequences.lowerBound < $1.sequences.lowerBound }
        frozen.sort { $0.sequences.lowerBound < $1.sequences.lowerBound }
    }

    private mutating func take(
        _ sequences: Range<UInt64>, from segments: [Segment], recordBytesMax: Int
    ) throws(JournalError) {
        var stretch = KeyStretch(from: sequences.lowerBound)
        for segment in segments
        where segment.sequenceStart < sequences.upperBound && segment.sequenceEnd > sequences.lowerBound {
            try segment.visit(from: sequences.lowerBound, recordBytesMax: recordBytesMax) { sequence, key, _ in
                guard sequence < sequences.upperBound else { return false }
                guard let key else { return true }
                stretch.insert(key)
                if stretch.index.count >= countMax { stretch = seal(stretch, upTo: sequence + 1) }
                return true
            }
        }
        if stretch.index.count > 0 { _ = seal(stretch, upTo: sequences.upperBound) }
    }

    /// What cannot be written stays in memory, so that a full disk does not keep the journal from being read.
    ///
    /// - Returns: The stretch that follows.
    private mutating func seal(_ stretch: KeyStretch, upTo end: UInt64) -> KeyStretch {
        var stretch = stretch
        stretch.extend(to: end)
        let next = KeyStretch(from: end, countExpected: countMax)
        if maySeal {
            do throws(JournalError) {
                made.append(try KeyRun.seal(stretch, in: folder, calls: calls) { false })
                return next
            } catch { maySeal = false }
        }
        frozen.append(stretch)
        return next
    }
}
