import Kernels

/// Which of its values a column of a property holds: one property has one of each, since senders differ.
enum PropertyKind: Int, CaseIterable, Sendable {
    case text, number, flag
}

/// One value of one event, in codes.
struct PropertyCell: Sendable, Equatable, BitwiseCopyable {
    var column: Int
    var code: UInt32  // Of a text; 0 or 1 for a flag.
    var number: Double
}

/// What some of the events of a table have: a bit for each event, and the values in the order of the events.
///
/// Costs an eighth of a byte and half a bit for each event up to the last that has a value, and 4 or 8 bytes a value.
struct PropertyColumn: Sendable, Equatable {
    private(set) var words: Column<UInt64> = []
    private(set) var ranks: Column<UInt32> = []  // Values before each word.
    private(set) var codes: Column<UInt32> = []  // Of texts and flags.
    private(set) var numbers: Column<Double> = []
    let isOfNumbers: Bool

    init(kind: PropertyKind) { isOfNumbers = kind == .number }

    init(
        isOfNumbers: Bool, words: Column<UInt64>, ranks: Column<UInt32>, codes: Column<UInt32>,
        numbers: Column<Double>
    ) {
        self.isOfNumbers = isOfNumbers
        self.words = words
        self.ranks = ranks
        self.codes = codes
        self.numbers = numbers
    }

    /// Whether there is a value for each bit, of its kind alone, and each rank is the number of bits before it.
    var isWhole: Bool {
        guard (isOfNumbers ? codes.count : numbers.count) == 0, ranks.count == words.count else { return false }
        let (words, ranks) = (words.span, ranks.span)
        var count = 0
        for i in words.indices {
            guard Int(ranks[i]) == count else { return false }
            count += words[i].nonzeroBitCount
        }
        return count == valueCount
    }

    /// Whether no event past the last one has a value, and no code is past the last one.
    func isWithin(eventCount: Int, codeEnd: Int) -> Bool {
        let last = words.count - 1
        guard words.isEmpty || words[last] == 0 || last << 6 + 63 - words[last].leadingZeroBitCount < eventCount,
            words.count <= (eventCount + 63) >> 6
        else { return false }
        let span = codes.span
        for i in span.indices where Int(span[i]) >= codeEnd { return false }
        return true
    }

    /// A column of the kind without values.
    var emptied: PropertyColumn { PropertyColumn(kind: isOfNumbers ? .number : .text) }

    var valueCount: Int { isOfNumbers ? numbers.count : codes.count }
    var byteCount: Int { words.byteCount + ranks.byteCount + codes.byteCount + numbers.byteCount }

    func hasValue(_ position: Int) -> Bool { isSet(position, in: words.span) }

    /// Of a text or a flag; nil where the event has none.
    func code(_ position: Int) -> UInt32? { hasValue(position) ? codes[rank(position)] : nil }

    /// The values of the events before `position`.
    func rank(_ position: Int) -> Int {
        let (word, bit) = (position >> 6, UInt64(position & 63))
        guard word < words.count else { return valueCount }
        return Int(ranks[word]) + (words[word] & ((1 << bit) - 1)).nonzeroBitCount
    }

    /// - Precondition: No event at `position` or behind it has a value yet.
    mutating func append(_ cell: PropertyCell, at position: Int) {
        mark(position)
        if isOfNumbers { numbers.append(cell.number) } else { codes.append(cell.code) }
    }

    /// Adds the values of `range` in another column of the kind, the first of its events being the one at `position`.
    ///
    /// - Precondition: No event at `position` or behind it has a value yet.
    /// - Complexity: O(values added + words between them); O(1) where there is none.
    mutating func append(_ other: PropertyColumn, _ range: Range<Int>, at position: Int) {
        guard other.valueCount > 0 else { return }
        let values = other.rank(range.lowerBound)..<other.rank(range.upperBound)
        guard !values.isEmpty else { return }
        markBits(of: other, range, at: position)
        if isOfNumbers { numbers.append(other.numbers, values) } else { codes.append(other.codes, values) }
    }

    mutating func removeAll() {
        words.removeAll()
        ranks.removeAll()
        codes.removeAll()
        numbers.removeAll()
    }

    private mutating func mark(_ position: Int) {
        reach(position >> 6, valueCount: valueCount)
        words[position >> 6] |= 1 << UInt64(position & 63)
    }

    /// Words up to `word`, the new ones empty and behind `valueCount` values.
    private mutating func reach(_ word: Int, valueCount: Int) {
        while words.count <= word {
            words.append(0)
            ranks.append(UInt32(valueCount))
        }
    }

    /// Copies the bits of a range, up to 64 at a time: as many as lie in one word there and here.
    private mutating func markBits(of other: PropertyColumn, _ range: Range<Int>, at position: Int) {
        var count = valueCount
        var (from, to) = (range.lowerBound, position)
        let end = min(range.upperBound, other.words.count << 6)
        while from < end {
            let length = min(64 - from & 63, 64 - to & 63, end - from)
            let mask = length == 64 ? UInt64.max : (1 << UInt64(length)) - 1
            let bits = other.words[from >> 6] >> UInt64(from & 63) & mask
            if bits != 0 {
                reach(to >> 6, valueCount: count)
                words[to >> 6] |= bits << UInt64(to & 63)
                count += bits.nonzeroBitCount
            }
            from += length
            to += length
        }
    }
}
