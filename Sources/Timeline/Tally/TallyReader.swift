import Kernels

/// The events of some people, as far as a tally reads them.
struct TallyPiece {
    private let times: [Int64]
    private let masks: [UInt32]
    private let positions: [UInt32]
    private let subjects: Column<UInt32>  // Of all events of the columns.

    init(_ piece: MatchedRows) {
        times = piece.times
        masks = piece.masks
        positions = piece.positions
        subjects = piece.columns.subjects
    }

    func time(_ event: Int) -> Int64 { times[event] }
    func mask(_ event: Int) -> UInt32 { masks[event] }
    func position(_ event: Int) -> Int { Int(positions[event]) }
    /// 0 for none.
    func subject(_ event: Int) -> UInt32 { subjects[Int(positions[event])] }
}

/// What events count for, by their positions in the columns.
enum TallyValues {
    case one
    case money(UInt8, EventExtras)
    case numbers(PropertyColumn)
    case nothing

    init(_ source: SegmentColumns.ValueSource?, _ rows: PersonRows) {
        switch source {
        case nil: self = .one
        case .money(let currency): self = .money(currency, rows.extras)
        case .property(let number): self = .numbers(rows.property(number))
        case .zero, .nothing: self = .nothing
        }
    }

    /// Not a number where the event has no value.
    func amount(at position: Int) -> Double {
        switch self {
        case .one: return 1
        case .money(let currency, let extras):
            let row = Int(extras.rows[position])
            return row != 0 && extras.table.currencies[row] == currency ? Double(extras.table.minors[row]) : .nan
        case .numbers(let column):
            return column.hasValue(position) ? column.numbers[column.rank(position)] : .nan
        case .nothing: return .nan
        }
    }
}

/// Walks along people once for each leaf of a tally, each time past those events alone that say whether it counts.
struct TallyReader: Sendable {
    /// Leaves for which the same events matter, and where these lie in the piece that is read.
    private struct Group: Sendable {
        let bits: UInt32
        var counted: [TallyWalk] = []  // Those that only count the events.
        var walks: [TallyWalk] = []
        var sources: [SegmentColumns.ValueSource?] = []  // Shape `[walks]`; nil where every event counts for 1.
        var picked: [UInt32] = []
        var cuts: [UInt32] = []

        init(bits: UInt32) { self.bits = bits }

        mutating func append(_ walk: TallyWalk, _ source: SegmentColumns.ValueSource?) {
            if walk.isCount {
                counted.append(walk)
            } else {
                walks.append(walk)
                sources.append(source)
            }
        }
    }

    private var groups: [Group] = []
    private var picker = EventPicker()

    /// - Parameter sources: What events count for, by walk; nil for 1.
    init(_ walks: [TallyWalk], _ sources: [SegmentColumns.ValueSource?]) {
        for (walk, source) in zip(walks, sources) {
            let known = groups.firstIndex { $0.bits == walk.bits } ?? groups.count
            if known == groups.count { groups.append(Group(bits: walk.bits)) }
            groups[known].append(walk, source)
        }
    }

    /// - Parameters:
    ///   - count: Is given events that all count, and the leaves that do no more than count them.
    ///   - take: Is given each event that counts for another leaf, and whose it is.
    ///   - close: Is called when a person's events have passed.
    mutating func read(
        _ piece: MatchedRows, count: (_ person: Int, Span<UInt32>, [TallyWalk]) -> Void,
        take: (_ person: Int, TallyMatch) -> Void, close: () -> Void
    ) {
        let read = TallyPiece(piece)
        for group in groups.indices { pick(group, piece) }
        let values = groups.map { group in group.sources.map { TallyValues($0, piece.rows) } }
        for person in piece.people where !isSet(person, in: piece.skipped.span) {
            for group in groups.indices {
                let (begin, end) = (Int(groups[group].cuts[person]), Int(groups[group].cuts[person + 1]))
                guard begin < end else { continue }
                let picked = groups[group].picked
                let events = picked.span.extracting(begin..<end)
                if !groups[group].counted.isEmpty { count(person, events, groups[group].counted) }
                for walk in groups[group].walks.indices {
                    groups[group].walks[walk].visit(events, of: read, values[group][walk]) { take(person, $0) }
                }
            }
            close()
        }
    }

    /// Lists the events of a group; what they are written into is used again.
    private mutating func pick(_ group: Int, _ piece: MatchedRows) {
        var (picked, cuts): ([UInt32], [UInt32]) = ([], [])
        swap(&picked, &groups[group].picked)
        swap(&cuts, &groups[group].cuts)
        picker.pick(meeting: groups[group].bits, piece, into: &picked, cuts: &cuts)
        swap(&picked, &groups[group].picked)
        swap(&cuts, &groups[group].cuts)
    }
}

/// Lists the events of a piece that meet some filters, in memory that is used again.
private struct EventPicker: Sendable {
    private var found: [UInt8] = []
    private var ranks: [UInt32] = []

    mutating func pick(
        meeting bits: UInt32, _ piece: MatchedRows, into picked: inout [UInt32], cuts: inout [UInt32]
    ) {
        resize(&found, piece.count / 8 + 1, 0)
        var foundSpan = found.mutableSpan
        findMasks(meeting: bits, in: piece.masks.span.extracting(0..<piece.count), into: &foundSpan)
        let found = found
        resize(&ranks, found.count, 0)
        var rankSpan = ranks.mutableSpan
        _ = rankEvents(found.span, into: &rankSpan)
        let ranks = ranks
        if picked.count < found.count * 8 { resize(&picked, found.count * 8, 0) }
        var pickedSpan = picked.mutableSpan
        listPositions(found.span, ranks: ranks.span, from: 0, into: &pickedSpan)
        resize(&cuts, piece.people.count + 1, 0)
        var cutSpan = cuts.mutableSpan
        cutOffsets(
            piece.offsets.span.extracting(0..<piece.people.count + 1), found: found.span, ranks: ranks.span,
            into: &cutSpan)
    }
}
