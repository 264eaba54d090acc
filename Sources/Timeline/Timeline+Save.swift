import Base
import Glibc

extension Timeline {
    /// Merges, then writes everything to a file at once: complete under its name, or not there.
    ///
    /// - Parameter basis: A note of how the events before a sequence were made, for who loads the file; nil where they
    ///   are no longer wanted, and then nothing is written.
    /// - Throws: `TimelineError.io`; an older file of this name is then left as it was.
    public func save(
        to path: String, basis: (_ sequenceEnd: UInt64) -> UInt64? = { _ in 0 }
    ) throws(TimelineError) {
        let generation = try sealed()
        let observedFrom = observedFrom
        guard let basis = basis(generation.sequenceEnd) else { return }
        let temporary = path + ".partial"
        do throws(TimelineError) {
            var file = try SnapshotWriter(creating: temporary)
            try file.begin()
            try file.write(generation, basis: basis, observedFrom: observedFrom?.unixMs ?? .min)
            try write(generation.dictionaryCounts, to: &file)
            try file.write(generation.columns.properties, of: properties)
            try file.synchronize()
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else { throw .io(operation: "rename", errno: errno) }
        try OpenFile.open(reading: Self.directory(of: path)).synchronize()
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func write(_ counts: DictionaryCounts, to file: inout SnapshotWriter) throws(TimelineError) {
        try write({ $0.people }, counts.people, to: &file, .peopleBytes, .peopleEnds)
        try write({ $0.names }, counts.names, to: &file, .nameBytes, .nameEnds)
        try write({ $0.channels }, counts.channels, to: &file, .channelBytes, .channelEnds)
        try write({ $0.subjects }, counts.subjects, to: &file, .subjectBytes, .subjectEnds)
        try write({ $0.decisions }, counts.decisions, to: &file, .decisionBytes, .decisionEnds)
        try write({ $0.currencies }, counts.currencies, to: &file, .currencyBytes, .currencyEnds)
        try write({ $0.texts }, counts.texts, to: &file, .textBytes, .textEnds)
    }

    /// Writes the first `count` texts: those the generation knows.
    private func write(
        _ table: (Dictionaries.Tables) -> TextTable, _ count: Int, to file: inout SnapshotWriter,
        _ bytesSection: SnapshotSection, _ endsSection: SnapshotSection
    ) throws(TimelineError) {
        let (bytes, ends) = dictionaries.withTables { tables in
            let table = table(tables)
            let ends = Array(table.ends.prefix(count))
            return (Array(table.bytes.prefix(ends.last ?? 0)), ends)
        }
        try file.write(bytesSection, Column(bytes))
        try file.write(endsSection, Column(ends))
    }
}

extension SnapshotWriter {
    fileprivate mutating func write(
        _ generation: Generation, basis: UInt64, observedFrom: Int64
    ) throws(TimelineError) {
        let times = generation.timesMs
        let summary = [
            generation.sequenceBase, generation.sequenceEnd, times == nil ? 0 : 1,
            UInt64(times?.lowerBound ?? 0), UInt64(times?.upperBound ?? 0), basis, UInt64(bitPattern: observedFrom),
        ]
        try write(.summary, Column(summary))
        try write(.offsets, generation.offsets)
        try write(.times, generation.columns.times)
        try write(.names, generation.columns.names)
        try write(.channels, generation.columns.channels)
        try write(.subjects, generation.columns.subjects)
        try write(.sequences, generation.columns.sequences)
        try write(.extras, generation.columns.extras)
        try write(.minors, generation.extras.minors)
        try write(.currencies, generation.extras.currencies)
        try write(.decisions, generation.extras.decisions)
    }

    fileprivate mutating func write(
        _ columns: [PropertyColumn], of properties: PropertyIndex
    ) throws(TimelineError) {
        try write(.propertyIndex, Column(Array(properties.fingerprint.utf8)))
        for column in columns {
            try write(.propertyBits, column.words)
            try write(.propertyRanks, column.ranks)
            try write(.propertyCodes, column.codes)
            try write(.propertyNumbers, column.numbers)
        }
    }
}
