import Kernels

/// What one thread needs to sum up tallies, and what it has summed up.
struct TallyPass: Sendable {
    private(set) var sums: TallySums
    private var reader: TallyReader
    private var stretches: StretchFinder
    private var codes: SegmentColumns
    private let groups: TallyGroups?

    /// - Parameter groups: Nil where nothing is grouped.
    init(_ sums: TallySums, _ reader: TallyReader, _ groups: TallyGroups?) {
        self.sums = sums
        self.reader = reader
        self.groups = groups
        stretches = StretchFinder(sums.shape.periods)
        codes = SegmentColumns(groups.map { [$0.source] } ?? [], value: nil)
    }

    mutating func read(_ piece: MatchedRows) {
        codes.fill(piece)
        var reader = TallyReader([], [])  // Out for the call: the sums stand beside it.
        swap(&reader, &self.reader)
        let (codes, subjects) = (codes.codes(of: 0), piece.columns.subjects)
        reader.read(piece) { _, events, leaves in
            count(events, leaves, piece, codes)
        } take: { _, match in
            guard let stretch = stretches.stretch(at: piece.times[match.source]) else { return }
            sums.add(
                TallyAddition(
                    leaf: match.leaf, amount: match.amount, group: groups.map { $0.number(of: codes[match.source]) },
                    stretch: stretch, subject: subjects[piece.position(match.event)]))
        } close: {
            sums.close()
        }
        swap(&reader, &self.reader)
    }

    /// Adds those side by side that lie in one stretch and one group at once.
    private mutating func count(
        _ events: Span<UInt32>, _ leaves: [TallyWalk], _ piece: MatchedRows, _ codes: [UInt32]
    ) {
        var (alike, stretch, code) = (0, -1, UInt32(0))
        for i in events.indices {
            let event = Int(events[i])
            let next = stretches.stretch(at: piece.times[event]) ?? -1
            let nextCode = groups == nil ? 0 : codes[event]
            if next != stretch || nextCode != code {
                add(alike, leaves, stretch, code)
                (alike, stretch, code) = (0, next, nextCode)
            }
            alike += 1
        }
        add(alike, leaves, stretch, code)
    }

    private mutating func add(_ events: Int, _ leaves: [TallyWalk], _ stretch: Int, _ code: UInt32) {
        guard events > 0, stretch >= 0 else { return }
        let group = groups.map { $0.number(of: code) }
        for walk in leaves {
            sums.add(
                TallyAddition(
                    leaf: walk.leaf, amount: Double(events), events: events, group: group, stretch: stretch, subject: 0)
            )
        }
    }
}

/// The groups of a tally that have a name, and one for all others.
struct TallyGroups: Sendable {
    let source: SegmentColumns.Source
    private let numbers: [UInt32: Int]

    /// - Parameter codes: Of the named ones, in order.
    init(_ source: SegmentColumns.Source, _ codes: [UInt32]) {
        self.source = source
        numbers = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
    }

    func number(of code: UInt32) -> Int { numbers[code] ?? numbers.count }
}
