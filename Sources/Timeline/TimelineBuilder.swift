/// Puts people one after another: rows of a generation as they are, less some events, or merged with newer ones.
///
/// What goes where is noted first, in pieces of the old events and single newer ones; each column is then written in
/// one go.
struct TimelineBuilder {
    /// Old events that stay side by side, or one newer event.
    private struct Piece {
        let begin: UInt32  // Among the old events; of a newer event, its number in the head.
        let count: UInt32  // 0 for a newer event.
    }

    private let old: Generation
    private let newer: SortedHead
    private var pieces: [Piece] = []
    private var count = 0
    private(set) var offsets: [UInt32] = [0]

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

    /// - Complexity: O(events) time at the speed of copying memory.
    func columns() -> (columns: EventColumns, extras: ExtraTable) {
        var extras = old.extras
        let rows = newer.events.map {
            extras.append(minor: $0.minor, currency: $0.currency, decision: $0.decision)
        }
        var columns = EventColumns(properties: properties())
        columns.times = column(old.columns.times) { newer.events[$0].timeMs }
        columns.names = column(old.columns.names) { newer.events[$0].name }
        columns.channels = column(old.columns.channels) { newer.events[$0].channel }
        columns.subjects = column(old.columns.subjects) { newer.events[$0].subject }
        columns.sequences = column(old.columns.sequences) { UInt32(newer.events[$0].sequence - old.sequenceBase) }
        columns.extras = column(old.columns.extras) { rows[$0] }
        return (columns, extras)
    }

    private func column<Element: BitwiseCopyable>(
        _ column: [Element], _ value: (_ number: Int) -> Element
    ) -> [Element] {
        unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe column.withUnsafeBufferPointer { source in
                for piece in pieces {
                    let begin = Int(piece.begin)
                    if piece.count == 0 {
                        unsafe buffer.initializeElement(at: initialized, to: value(begin))
                        initialized += 1
                    } else {
                        let end = initialized + Int(piece.count)
                        let part = source.extracting(begin..<begin + Int(piece.count))
                        _ = unsafe buffer.extracting(initialized..<end).initialize(fromContentsOf: part)
                        initialized = end
                    }
                }
            }
        }
    }

    private func properties() -> [PropertyColumn] {
        let added = cells()
        return old.columns.properties.indices.map { number in
            let column = old.columns.properties[number]
            var written = column.emptied
            guard column.valueCount > 0 || !added[number].isEmpty else { return written }
            var (place, next) = (0, 0)
            for piece in pieces {
                if piece.count == 0 {
                    while next < added[number].count, added[number][next].place == place {
                        written.append(added[number][next].cell, at: place)
                        next += 1
                    }
                    place += 1
                } else {
                    written.append(column, Int(piece.begin)..<Int(piece.begin + piece.count), at: place)
                    place += Int(piece.count)
                }
            }
            return written
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
