import Base
import Domain

extension Generation {
    func hasEvents(before time: EventTime?) -> Bool {
        guard let time, let timesMs else { return false }
        return timesMs.lowerBound < time.unixMs
    }

    /// Without the events that happened before a time.
    func keeping(from time: EventTime) -> Generation {
        keeping { [columns] _ in { columns.times[$0] >= time.unixMs } }
    }

    /// Without the events of these people.
    ///
    /// - Parameter gone: Ascending codes.
    func without(_ gone: [UInt32]) -> Generation {
        let gone = Set(gone.map(Int.init))
        return keeping { person in gone.contains(person) ? { _ in false } : nil }
    }

    /// People keep their codes, also those who have no events any more; nothing else refers to what is gone.
    ///
    /// - Parameter isKept: Of a person, tells which events stay by their position; nil where all do.
    /// - Complexity: O(events) at the speed of copying memory.
    private func keeping(_ isKept: (_ person: Int) -> ((_ position: Int) -> Bool)?) -> Generation {
        var builder = TimelineBuilder(self, personCapacity: personCount)
        var row = 0
        for person in 0..<personCount {
            guard let isKept = isKept(person) else { continue }
            builder.copy(row..<person)
            builder.keep(person, where: isKept)
            row = person + 1
        }
        builder.copy(row..<personCount)
        var columns = builder.columns().columns
        let extras = Self.compact(&columns.extras, extras)
        let first = columns.times.min()
        return Generation(
            offsets: builder.offsets, columns: columns, extras: extras, sequenceBase: sequenceBase,
            sequenceEnd: sequenceEnd, timesMs: first.map { $0...(columns.times.max() ?? $0) },
            dictionaryCounts: dictionaryCounts)
    }

    /// A table of those rows alone that events refer to.
    private static func compact(_ rows: inout [UInt32], _ table: ExtraTable) -> ExtraTable {
        var compact = ExtraTable()
        for position in rows.indices where rows[position] != 0 {
            let row = Int(rows[position])
            rows[position] = compact.append(
                minor: table.minors[row], currency: table.currencies[row], decision: table.decisions[row])
        }
        return compact
    }
}
