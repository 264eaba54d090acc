/// Writes what a column has at some positions, side by side.
///
/// - Parameters:
///   - positions: Where the events lie in the column.
///   - found: Shape `[positions.count]`; written.
public func gatherTimes(_ times: Span<Int64>, at positions: Span<UInt32>, into found: inout MutableSpan<Int64>) {
    precondition(found.count == positions.count, "the shapes agree")
    for i in positions.indices {
        let position = unsafe Int(positions[unchecked: i])
        precondition(position < times.count, "the events are in the column")
        unsafe found[unchecked: i] = times[unchecked: position]
    }
}

/// As `gatherTimes`, of codes, which become as wide as those of every other column.
@specialized(where Code == UInt8)
@specialized(where Code == UInt16)
@specialized(where Code == UInt32)
public func gatherCodes<Code: UnsignedInteger & FixedWidthInteger & BitwiseCopyable>(
    _ codes: Span<Code>, at positions: Span<UInt32>, into found: inout MutableSpan<UInt32>
) {
    precondition(found.count == positions.count, "the shapes agree")
    for i in positions.indices {
        let position = unsafe Int(positions[unchecked: i])
        precondition(position < codes.count, "the events are in the column")
        unsafe found[unchecked: i] = UInt32(truncatingIfNeeded: codes[unchecked: position])
    }
}

/// A column of what only some events have: a bit for each event, and the values of those that have one.
///
/// Spans of it go side by side into the kernels: `words` has the bits, `ranks` how many values lie before each word.
@inline(__always)
func valuePosition(of event: Int, _ words: Span<UInt64>, _ ranks: Span<UInt32>) -> Int? {
    let word = event >> 6
    guard word < words.count else { return nil }
    let (bits, bit) = (words[word], UInt64(event & 63))
    guard bits >> bit & 1 != 0 else { return nil }
    return Int(ranks[word]) &+ (bits & ((1 << bit) &- 1)).nonzeroBitCount
}

/// Writes the code that each event has in a column of a property, plus one; 0 where it has none.
///
/// - Parameters:
///   - positions: Where the events lie in the columns.
///   - words, ranks, codes: As in `keepTexts`.
///   - masks: Shape `[positions.count]`: what has no bit is passed over, and keeps what stood there.
///   - found: Shape `[positions.count]`.
public func gatherCodes(
    at positions: Span<UInt32>, words: Span<UInt64>, ranks: Span<UInt32>, codes: Span<UInt32>, masks: Span<UInt32>,
    into found: inout MutableSpan<UInt32>
) {
    precondition(found.count == positions.count && masks.count == positions.count && words.count == ranks.count)
    for i in positions.indices where unsafe masks[unchecked: i] != 0 {
        let value = unsafe valuePosition(of: Int(positions[unchecked: i]), words, ranks)
        unsafe found[unchecked: i] = value.map { codes[$0] &+ 1 } ?? 0
    }
}

/// Writes the number that each event has in a column; not a number where it has none.
///
/// - Parameters: As of `gatherCodes`.
public func gatherNumbers(
    at positions: Span<UInt32>, words: Span<UInt64>, ranks: Span<UInt32>, numbers: Span<Double>, masks: Span<UInt32>,
    into found: inout MutableSpan<Double>
) {
    precondition(found.count == positions.count && masks.count == positions.count && words.count == ranks.count)
    for i in positions.indices where unsafe masks[unchecked: i] != 0 {
        let value = unsafe valuePosition(of: Int(positions[unchecked: i]), words, ranks)
        unsafe found[unchecked: i] = value.map { numbers[$0] } ?? .nan
    }
}

/// Writes the value of each event in minor units of a currency; not a number where it has none in it.
///
/// - Parameters:
///   - extras: Shape `[all events]`.
///   - minors, currencies: Shape `[extra rows]`; row 0 stands for "none".
///   - masks: As in `gatherCodes`.
public func gatherAmounts(
    at positions: Span<UInt32>, extras: Span<UInt32>, minors: Span<Int64>, currencies: Span<UInt8>, currency: UInt8,
    masks: Span<UInt32>, into found: inout MutableSpan<Double>
) {
    precondition(found.count == positions.count && masks.count == positions.count && minors.count == currencies.count)
    for i in positions.indices where unsafe masks[unchecked: i] != 0 {
        let position = unsafe Int(positions[unchecked: i])
        precondition(position < extras.count, "the events are in the column")
        let row = unsafe Int(extras[unchecked: position])
        unsafe found[unchecked: i] = row != 0 && currencies[row] == currency ? Double(minors[row]) : .nan
    }
}
