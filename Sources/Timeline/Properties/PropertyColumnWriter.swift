/// Makes a column of a property from its first event to its last: in memory, or in files.
struct PropertyColumnWriter: ~Copyable {
    private static let wordCountMax = 4096  // Of what is in memory where the rest goes to files.

    private let files: ColumnFiles?
    private var part: PropertyColumn  // Of the events behind `countWritten` words.
    private var words: ColumnWriter<UInt64>
    private var ranks: ColumnWriter<UInt32>
    private var codes: ColumnWriter<UInt32>
    private var numbers: ColumnWriter<Double>

    /// - Parameter column: Of the kind that is made.
    init(like column: PropertyColumn, _ files: ColumnFiles?) {
        self.files = files
        part = column.emptied
        words = ColumnWriter(files, count: 0)
        ranks = ColumnWriter(files, count: 0)
        codes = ColumnWriter(files, count: 0)
        numbers = ColumnWriter(files, count: 0)
    }

    /// - Precondition: As that of a `PropertyColumn`.
    mutating func append(_ cell: PropertyCell, at position: Int) {
        reach(position)
        part.append(cell, at: position - words.count << 6)
    }

    /// - Precondition: As that of a `PropertyColumn`.
    mutating func append(_ other: PropertyColumn, _ range: Range<Int>, at position: Int) {
        guard files != nil else { return part.append(other, range, at: position) }
        var begin = range.lowerBound
        while begin < range.upperBound {
            let end = min(range.upperBound, begin + Self.wordCountMax << 6)
            let place = position + begin - range.lowerBound
            reach(place)
            part.append(other, begin..<end, at: place - words.count << 6)
            begin = end
        }
    }

    consuming func finish() -> PropertyColumn {
        guard files != nil else { return part }
        write(part.words.count)
        return PropertyColumn(
            isOfNumbers: part.isOfNumbers, words: words.finish(), ranks: ranks.finish(), codes: codes.finish(),
            numbers: numbers.finish())
    }

    /// Lets go of words that are whole, the next event being the one at `position`.
    private mutating func reach(_ position: Int) {
        guard files != nil, part.words.count > Self.wordCountMax else { return }
        write(min(part.words.count, position >> 6 - words.count))
    }

    /// Writes the first words of the part, with their values.
    private mutating func write(_ wordCount: Int) {
        let valueCount = part.rank(wordCount << 6)
        let before = UInt32(codes.count + numbers.count)
        words.append(part.words, 0..<wordCount)
        for rank in part.ranks.prefix(wordCount) { ranks.append(before + rank) }
        if part.isOfNumbers {
            numbers.append(part.numbers, 0..<valueCount)
        } else {
            codes.append(part.codes, 0..<valueCount)
        }
        var rest = part.emptied
        rest.append(part, wordCount << 6..<part.words.count << 6, at: 0)
        part = rest
    }
}
