import Base
import Domain

extension Generation {
    func hasEvents(before time: EventTime?) -> Bool {
        guard let time, let timesMs else { return false }
        return timesMs.lowerBound < time.unixMs
    }

    /// Without the events that happened before a time.
    func keeping(from time: EventTime, in files: ColumnFiles?) throws(TimelineError) -> Generation {
        try keeping(in: files) { [columns] _ in { columns.times[$0] >= time.unixMs } }
    }

    /// Without the events of these people.
    ///
    /// - Parameter gone: Ascending codes.
    func without(_ gone: [UInt32], in files: ColumnFiles?) throws(TimelineError) -> Generation {
        let gone = Set(gone.map(Int.init))
        return try keeping(in: files) { person in gone.contains(person) ? { _ in false } : nil }
    }

    /// People keep their codes, also those who have no events any more; nothing else refers to what is gone.
    ///
    /// - Parameters:
    ///   - files: Where the new generation is to lie; nil for memory.
    ///   - isKept: Of a person, tells which events stay by their position; nil where all do.
    /// - Complexity: O(events) at the speed of copying memory.
    private func keeping(
        in files: ColumnFiles?, _ isKept: (_ person: Int) -> ((_ position: Int) -> Bool)?
    ) throws(TimelineError) -> Generation {
        var builder = TimelineBuilder(self, personCapacity: personCount)
        var row = 0
        for person in 0..<personCount {
            guard let isKept = isKept(person) else { continue }
            builder.copy(row..<person)
            builder.keep(person, where: isKept)
            row = person + 1
        }
        builder.copy(row..<personCount)
        let rows = try builder.made(in: files)
        let first = rows.columns.times.min()
        return Generation(
            rows: rows, sequenceBase: sequenceBase, sequenceEnd: sequenceEnd,
            timesMs: first.map { $0...(rows.columns.times.max() ?? $0) }, dictionaryCounts: dictionaryCounts)
    }
}
