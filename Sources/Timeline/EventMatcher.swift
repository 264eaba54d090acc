import Kernels

/// Finds out which events meet which of a set of filters.
struct EventMatcher: Sendable {
    /// What a filter asks of a property; a column that is nil has no values.
    enum Condition: Sendable {
        case texts(Int?, passing: [UInt64], absentPasses: Bool)
        case numbers(Int?, ClosedRange<Double>?, absentPasses: Bool)  // No number is within nil.
        case present([Int])  // In any of these columns.
    }

    struct Test: Sendable {
        let bit: UInt32  // Of the filter.
        let condition: Condition

        init(bit: UInt32, _ condition: Condition) {
            self.bit = bit
            self.condition = condition
        }
    }

    let tables: FilterTables
    let kinds: [UInt8]
    let tests: [Test]

    /// Writes the filters that events meet.
    ///
    /// - Parameters:
    ///   - positions: Where they lie in the columns.
    ///   - rows: Those of the columns.
    ///   - areFound: Whether all of them have a name that some filter asks for.
    ///   - masks: Shape `[positions.count]`.
    func match(
        _ positions: Span<UInt32>, areFound: Bool, of rows: PersonRows, into masks: inout MutableSpan<UInt32>
    ) {
        let columns = rows.columns
        if areFound, let all = tables.meetingAll {
            for i in masks.indices { masks[i] = all }
        } else {
            matchEvents(
                tables, at: positions, names: columns.names.span, channels: columns.channels.span,
                subjects: columns.subjects.span, kinds: kinds.span, into: &masks)
        }
        for test in tests { keep(test, positions, rows, &masks) }
    }

    private func keep(
        _ test: Test, _ positions: Span<UInt32>, _ rows: PersonRows, _ masks: inout MutableSpan<UInt32>
    ) {
        let none = PropertyColumn(kind: .text)
        switch test.condition {
        case .texts(let number, let passing, let absentPasses):
            let column = number.map { rows.property($0) } ?? none
            keepTexts(
                test.bit, at: positions, words: column.words.span, ranks: column.ranks.span,
                codes: column.codes.span, passing: passing.span, absentPasses: absentPasses, in: &masks)
        case .numbers(let number, let range, let absentPasses):
            let column = number.map { rows.property($0) } ?? none
            keepNumbers(
                test.bit, at: positions, words: column.words.span, ranks: column.ranks.span,
                numbers: column.numbers.span, passing: range, absentPasses: absentPasses, in: &masks)
        case .present(let numbers):
            let columns = numbers.map { rows.property($0) }
            for i in positions.indices where masks[i] & test.bit != 0 {
                let isPresent = columns.contains { $0.hasValue(Int(positions[i])) }
                if !isPresent { masks[i] &= ~test.bit }
            }
        }
    }
}
