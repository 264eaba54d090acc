/// Writes, for each event, the set of filters that it meets: bit k for filter k.
///
/// What asks about events looks at these sets from then on: how a filter is put together is settled here, once.
///
/// - Parameters:
///   - events: Positions in the columns; their sets are written from 0 on.
///   - names, channels, subjects: Shape `[all events]`.
///   - kinds: Shape `[subjects]`; read only where a filter asks for a channel or a kind.
///   - masks: Shape `[events.count]` at least.
/// - Complexity: O(events) time, and one pass more for each filter that asks for a subject; no allocation. Where few
///   names are asked for that are rare, the name column is searched for them instead.
public func matchEvents(
    _ tables: FilterTables, events: Range<Int>, names: Span<UInt16>, channels: Span<UInt8>, subjects: Span<UInt32>,
    kinds: Span<UInt8>, into masks: inout MutableSpan<UInt32>
) {
    precondition(events.lowerBound >= 0 && events.upperBound <= names.count, "the events are in the columns")
    precondition(names.count == channels.count && names.count == subjects.count && masks.count >= events.count)
    var begin = 0
    if let wanted = tables.namesAlone, events.count > sampleCount {
        begin = sampleCount
        var hitCount = 0
        for i in 0..<sampleCount {
            let met = unsafe tables.met(
                at: events.lowerBound &+ i, names: names, channels: channels, subjects: subjects, kinds: kinds)
            unsafe masks[unchecked: i] = met
            hitCount &+= met != 0 ? 1 : 0
        }
        if hitCount &* rareShare < sampleCount {
            return unsafe search(wanted, events, from: sampleCount, names, &masks)
        }
    }
    for i in begin..<events.count {
        unsafe masks[unchecked: i] = tables.met(
            at: events.lowerBound &+ i, names: names, channels: channels, subjects: subjects, kinds: kinds)
    }
    for (bit, code) in tables.subjects {
        for i in 0..<events.count {
            let isOther = unsafe subjects[unchecked: events.lowerBound &+ i] != code
            unsafe masks[unchecked: i] &= isOther ? ~bit : .max
        }
    }
}

private let sampleCount = 1024  // Events by which it is judged whether names are rare,
private let rareShare = 8  // which they are where fewer than one event in so many has one.

/// Writes no filter for every event from a place on, and then the filters of each name where it is found.
@unsafe
private func search(
    _ wanted: [(code: UInt16, bits: UInt32)], _ events: Range<Int>, from first: Int, _ names: Span<UInt16>,
    _ masks: inout MutableSpan<UInt32>
) {
    for i in first..<events.count { unsafe masks[unchecked: i] = 0 }
    for (code, bits) in wanted {
        var position = events.lowerBound &+ first
        while true {
            position = unsafe firstPosition(of: code, in: names, from: position, to: events.upperBound)
            guard position < events.upperBound else { break }
            unsafe masks[unchecked: position &- events.lowerBound] |= bits
            position &+= 1
        }
    }
}

/// A column of what only some events have: a bit for each event, and the values of those that have one.
///
/// Spans of it go side by side into the kernels: `words` has the bits, `ranks` how many values lie before each word.
@inline(__always)
private func valuePosition(of event: Int, _ words: Span<UInt64>, _ ranks: Span<UInt32>) -> Int? {
    let word = event >> 6
    guard word < words.count else { return nil }
    let (bits, bit) = (words[word], UInt64(event & 63))
    guard bits >> bit & 1 != 0 else { return nil }
    return Int(ranks[word]) &+ (bits & ((1 << bit) &- 1)).nonzeroBitCount
}

/// Takes the bit of a filter from the events whose text does not pass its condition.
///
/// - Parameters:
///   - bit: One bit: the filter's.
///   - events: The positions that `masks` is about, from its first element on.
///   - words, ranks, codes: The column: which events have the property, how many values precede each word, the codes.
///   - passing: A bit for each code that passes.
///   - absentPasses: Whether events without the property do.
public func keepTexts(
    _ bit: UInt32, events: Range<Int>, words: Span<UInt64>, ranks: Span<UInt32>, codes: Span<UInt32>,
    passing: Span<UInt64>, absentPasses: Bool, in masks: inout MutableSpan<UInt32>
) {
    keep(bit, events, words, ranks, absentPasses, &masks) { isSet(Int(codes[$0]), in: passing) }
}

/// As `keepTexts`, for numbers within a range; none is within nil.
public func keepNumbers(
    _ bit: UInt32, events: Range<Int>, words: Span<UInt64>, ranks: Span<UInt32>, numbers: Span<Double>,
    passing: ClosedRange<Double>?, absentPasses: Bool, in masks: inout MutableSpan<UInt32>
) {
    keep(bit, events, words, ranks, absentPasses, &masks) { value in
        passing.map { $0.contains(numbers[value]) } ?? false
    }
}

@inline(__always)
private func keep(
    _ bit: UInt32, _ events: Range<Int>, _ words: Span<UInt64>, _ ranks: Span<UInt32>, _ absentPasses: Bool,
    _ masks: inout MutableSpan<UInt32>, _ passes: (_ value: Int) -> Bool
) {
    precondition(masks.count >= events.count && words.count == ranks.count, "the shapes agree")
    for i in 0..<events.count {
        let mask = unsafe masks[unchecked: i]
        guard mask & bit != 0 else { continue }
        let value = valuePosition(of: events.lowerBound &+ i, words, ranks)
        if !(value.map(passes) ?? absentPasses) { unsafe masks[unchecked: i] = mask & ~bit }
    }
}

/// Writes the codes of the events of a column, as wide as those of every other column.
///
/// - Parameter found: Shape `[events.count]` at least.
public func copyCodes<Code: FixedWidthInteger & BitwiseCopyable>(
    events: Range<Int>, of codes: Span<Code>, into found: inout MutableSpan<UInt32>
) {
    precondition(events.lowerBound >= 0 && events.upperBound <= codes.count && found.count >= events.count)
    for i in 0..<events.count {
        unsafe found[unchecked: i] = UInt32(truncatingIfNeeded: codes[unchecked: events.lowerBound &+ i])
    }
}

/// Writes the code that each event has in a column of a property, plus one; 0 where it has none.
///
/// - Parameters: As `keepTexts`.
///   - masks: Shape `[events.count]`: what has no bit is passed over, and keeps what stood there.
public func copyCodes(
    events: Range<Int>, words: Span<UInt64>, ranks: Span<UInt32>, codes: Span<UInt32>, masks: Span<UInt32>,
    into found: inout MutableSpan<UInt32>
) {
    precondition(found.count >= events.count && masks.count >= events.count && words.count == ranks.count)
    for i in 0..<events.count where unsafe masks[unchecked: i] != 0 {
        let value = valuePosition(of: events.lowerBound &+ i, words, ranks)
        unsafe found[unchecked: i] = value.map { codes[$0] &+ 1 } ?? 0
    }
}

/// Writes the number that each event has in a column; not a number where it has none.
///
/// - Parameters: As `copyCodes`.
public func copyNumbers(
    events: Range<Int>, words: Span<UInt64>, ranks: Span<UInt32>, numbers: Span<Double>, masks: Span<UInt32>,
    into found: inout MutableSpan<Double>
) {
    precondition(found.count >= events.count && masks.count >= events.count && words.count == ranks.count)
    for i in 0..<events.count where unsafe masks[unchecked: i] != 0 {
        let value = valuePosition(of: events.lowerBound &+ i, words, ranks)
        unsafe found[unchecked: i] = value.map { numbers[$0] } ?? .nan
    }
}

/// Writes the value of each event in minor units of a currency; not a number where it has none in it.
///
/// - Parameters:
///   - extras: Shape `[all events]`.
///   - minors, currencies: Shape `[extra rows]`; row 0 stands for "none".
///   - masks: As in `copyCodes`.
public func copyAmounts(
    events: Range<Int>, extras: Span<UInt32>, minors: Span<Int64>, currencies: Span<UInt8>, currency: UInt8,
    masks: Span<UInt32>, into found: inout MutableSpan<Double>
) {
    precondition(events.upperBound <= extras.count && found.count >= events.count && masks.count >= events.count)
    for i in 0..<events.count where unsafe masks[unchecked: i] != 0 {
        let row = unsafe Int(extras[unchecked: events.lowerBound &+ i])
        unsafe found[unchecked: i] = row != 0 && currencies[row] == currency ? Double(minors[row]) : .nan
    }
}
