/// Writes, for each event, the set of filters that it meets: bit k for filter k.
///
/// What asks about events looks at these sets from then on: how a filter is put together is settled here, once.
///
/// - Parameters:
///   - positions: Where the events lie in the columns.
///   - names, channels, subjects: Shape `[all events]`.
///   - kinds: Shape `[subjects]`; read only where a filter asks for a channel or a kind.
///   - masks: Shape `[positions.count]`; written.
/// - Complexity: O(events) time, and one pass more for each filter that asks for a subject; no allocation.
public func matchEvents(
    _ tables: FilterTables, at positions: Span<UInt32>, names: Span<UInt16>, channels: Span<UInt8>,
    subjects: Span<UInt32>, kinds: Span<UInt8>, into masks: inout MutableSpan<UInt32>
) {
    precondition(names.count == channels.count && names.count == subjects.count && masks.count == positions.count)
    let table = tables.byName.span
    for i in positions.indices {
        let position = unsafe Int(positions[unchecked: i])
        precondition(position < names.count, "the events are in the columns")
        unsafe masks[unchecked: i] = table[unchecked: Int(names[unchecked: position])]
    }
    if tables.isNarrow { unsafe narrow(tables, positions, channels, subjects, kinds, &masks) }
    for (bit, code) in tables.subjects {
        for i in positions.indices {
            let isOther = unsafe subjects[unchecked: Int(positions[unchecked: i])] != code
            unsafe masks[unchecked: i] &= isOther ? ~bit : .max
        }
    }
}

/// Takes the bits of filters from the events that are in another channel, or about another kind of subject.
///
/// - Precondition: The positions lie within the columns.
@unsafe
private func narrow(
    _ tables: FilterTables, _ positions: Span<UInt32>, _ channels: Span<UInt8>, _ subjects: Span<UInt32>,
    _ kinds: Span<UInt8>, _ masks: inout MutableSpan<UInt32>
) {
    let (byChannel, byKind) = (tables.byChannel.span, tables.byKind.span)
    for i in positions.indices {
        let mask = unsafe masks[unchecked: i]
        guard mask != 0 else { continue }
        let position = unsafe Int(positions[unchecked: i])
        let channel = unsafe byChannel[unchecked: Int(channels[unchecked: position])]
        let kind = unsafe byKind[unchecked: Int(kinds[Int(subjects[unchecked: position])])]
        unsafe masks[unchecked: i] = mask & channel & kind
    }
}

/// Takes the bit of a filter from the events whose text does not pass its condition.
///
/// - Parameters:
///   - bit: One bit: the filter's.
///   - positions: Where the events of `masks` lie in the columns.
///   - words, ranks, codes: The column: which events have the property, how many values precede each word, the codes.
///   - passing: A bit for each code that passes.
///   - absentPasses: Whether events without the property do.
public func keepTexts(
    _ bit: UInt32, at positions: Span<UInt32>, words: Span<UInt64>, ranks: Span<UInt32>, codes: Span<UInt32>,
    passing: Span<UInt64>, absentPasses: Bool, in masks: inout MutableSpan<UInt32>
) {
    keep(bit, positions, words, ranks, absentPasses, &masks) { isSet(Int(codes[$0]), in: passing) }
}

/// As `keepTexts`, for numbers within a range; none is within nil.
public func keepNumbers(
    _ bit: UInt32, at positions: Span<UInt32>, words: Span<UInt64>, ranks: Span<UInt32>, numbers: Span<Double>,
    passing: ClosedRange<Double>?, absentPasses: Bool, in masks: inout MutableSpan<UInt32>
) {
    keep(bit, positions, words, ranks, absentPasses, &masks) { value in
        passing.map { $0.contains(numbers[value]) } ?? false
    }
}

@inline(__always)
private func keep(
    _ bit: UInt32, _ positions: Span<UInt32>, _ words: Span<UInt64>, _ ranks: Span<UInt32>, _ absentPasses: Bool,
    _ masks: inout MutableSpan<UInt32>, _ passes: (_ value: Int) -> Bool
) {
    precondition(masks.count == positions.count && words.count == ranks.count, "the shapes agree")
    for i in positions.indices {
        let mask = unsafe masks[unchecked: i]
        guard mask & bit != 0 else { continue }
        let value = unsafe valuePosition(of: Int(positions[unchecked: i]), words, ranks)
        if !(value.map(passes) ?? absentPasses) { unsafe masks[unchecked: i] = mask & ~bit }
    }
}
