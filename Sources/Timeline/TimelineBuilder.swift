/// People in columns, as a generation has them.
struct BuiltRows {
    let offsets: Column<UInt32>  // Shape [people + 1].
    let columns: EventColumns
    let extras: ExtraTable
}

/// Puts people one after another: rows of a generation as they are, less some events, or merged with newer ones.
///
/// What goes where is noted first, in pieces of the old events and single newer ones; each column is then written in
/// one go.
struct TimelineBuilder {
    /// Old events that stay side by side, or one newer event.
    private struct Piece {
        let begin: UInt32  // Among the old events; of a newer event, its number in the head.
        let count: UInt32  // 0 for a newer event.

        var range: Range<Int> { Int(begin)..<Int(begin) + Int(count) }
    }

    private let old: Generation
    private let newer: SortedHead
    private var pieces: [Piece] = []
    private var count = 0
    private var offsets: [UInt32] = [0]

    init(_ old: Generation, newer: SortedHead = SortedHead(events: [], cells: []), personCapacity: Int) {
        self.old = old
        self.newer = newer
        offsets.reserveCapacity(personCapacity + 1)
    }

    /// Copies the people of `rows` unchanged.
    mutating func copy(_ rows: Range<Int>) {
        guard !rows.isEmpty else { return }
        let begin = old.offsets[rows.lowerBound]
        let shift = UInt32(count)
        add(Int(begin)..<Int(old.offsets[rows.upperBound]))
        for row in rows { offsets.append(old.offsets[row + 1] - begin + shift) }
    }

    /// Writes one person with those of the old events that are kept.
    mutating func keep(_ person: Int, where isKept: (_ position: Int) -> Bool) {
        let range = old.range(of: person)
        var next = range.lowerBound
        while next < range.upperBound {
            guard isKept(next) else {
                next += 1
                continue
            }
            var end = next + 1
            while end < range.upperBound, isKept(end) { end += 1 }
            add(next..<end)
            next = end
        }
        offsets.append(UInt32(count))
    }

    /// Writes one person: the old events and these newer ones, in order of time. Everything newer has a later sequence,
    /// so that at one time the old events come first.
    mutating func merge(_ person: Int, with events: ArraySlice<HeadEvent>) {
        let range = old.range(of: person)
        var next = range.lowerBound
        for number in events.indices {
            let stop = old.columns.firstPosition(after: events[number].timeMs, in: next..<range.upperBound)
            add(next..<stop)
            next = stop
            pieces.append(Piece(begin: UInt32(number), count: 0))
            count += 1
        }
        add(next..<range.upperBound)
        offsets.append(UInt32(count))
    }

    private mutating func add(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        pieces.append(Piece(begin: UInt32(range.lowerBound), count: UInt32(range.count)))
        count += range.count
    }

    // MARK: Columns

    /// The rows in files, each column written through a small buffer; in memory where these are nil.
    ///
    /// - Complexity: O(events) time at the speed of copying memory.
    func made(in files: ColumnFiles?) throws(TimelineError) -> BuiltRows {
        let rows = written(files)
        if let failure = files?.failure { throw failure }
        return rows
    }

    private func written(_ files: ColumnFiles?) -> BuiltRows {
        var columns = EventColumns(properties: properties(files))
        columns.times = column(old.columns.times, files) { newer.events[$0].timeMs }
        columns.names = column(old.columns.names, files) { newer.events[$0].name }
        columns.channels = column(old.columns.channels, files) { newer.events[$0].channel }
        columns.subjects = column(old.columns.subjects, files) { newer.events[$0].subject }
        columns.sequences = column(old.columns.sequences, files) {
            UInt32(newer.events[$0].sequence - old.sequenceBase)
        }
        let (rows, extras) = extras(files)
        columns.extras = rows
        var places = ColumnWriter<UInt32>(files, count: offsets.count)
        places.append(Column(offsets), offsets.indices)
        return BuiltRows(offsets: files == nil ? Column(offsets) : places.finish(), columns: columns, extras: extras)
    }

    private func column<Element>(
        _ column: Column<Element>, _ files: ColumnFiles?, _ value: (_ number: Int) -> Element
    ) -> Column<Element> {
        var writer = ColumnWriter<Element>(files, count: count)
        for piece in pieces {
            if piece.count == 0 {
                writer.append(value(Int(piece.begin)))
            } else {
                writer.append(column, piece.range)
            }
        }
        return writer.finish()
    }

    /// A table of those rows alone that events refer to, in the order of the events.
    private func extras(_ files: ColumnFiles?) -> (rows: Column<UInt32>, table: ExtraTable) {
        var rows = ColumnWriter<UInt32>(files, count: count)
        var table = ExtraWriter(files, count: min(count + 1, old.extras.count + newer.count))
        let (columns, extras) = (old.columns, old.extras)
        let oldRows = columns.extras.span
        let minors = extras.minors.span
        let currencies = extras.currencies.span
        let decisions = extras.decisions.span
        for piece in pieces {
            if piece.count == 0 {
                let event = newer.events[Int(piece.begin)]
                rows.append(table.append(minor: event.minor, currency: event.currency, decision: event.decision))
            } else {
                for position in piece.range {
                    let row = Int(oldRows[position])
                    rows.append(
                        row == 0
                            ? 0
                            : table.append(minor: minors[row], currency: currencies[row], decision: decisions[row]))
                }
            }
        }
        return (rows.finish(), table.finish())
    }

    private func properties(_ files: ColumnFiles?) -> [PropertyColumn] {
        let added = cells()
        return old.columns.properties.indices.map { number in
            let column = old.columns.properties[number]
            guard column.valueCount > 0 || !added[number].isEmpty else { return column.emptied }
            var written = PropertyColumnWriter(like: column, files)
            var (place, next) = (0, 0)
            for piece in pieces {
                if piece.count == 0 {
                    while next < added[number].count, added[number][next].place == place {
                        written.append(added[number][next].cell, at: place)
                        next += 1
                    }
                    place += 1
                } else {
                    written.append(column, piece.range, at: place)
                    place += Int(piece.count)
                }
            }
            return written.finish()
        }
    }

    /// By column, what newer events have in it, and where these events come to stand.
    private func cells() -> [[(place: Int, cell: PropertyCell)]] {
        var added = [[(place: Int, cell: PropertyCell)]](repeating: [], count: old.columns.properties.count)
        var place = 0
        for piece in pieces {
            if piece.count == 0 {
                for cell in newer.cells(of: newer.events[Int(piece.begin)]) { added[cell.column].append((place, cell)) }
                place += 1
            } else {
                place += Int(piece.count)
            }
        }
        return added
    }
}
