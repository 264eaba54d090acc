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

    /// Writes the filters that each event of a range meets.
    ///
    /// - Parameter masks: Made as long as the range.
    func match(_ events: Range<Int>, of columns: EventColumns, into masks: inout [UInt32]) {
        if masks.count < events.count {
            masks.append(contentsOf: repeatElement(0, count: events.count - masks.count))  // In the memory it has.
        } else {
            masks.removeLast(masks.count - events.count)
        }
        var span = masks.mutableSpan
        matchEvents(
            tables, events: events, names: columns.names.span, channels: columns.channels.span,
            subjects: columns.subjects.span, kinds: kinds.span, into: &span)
        for test in tests { keep(test, events, columns, &span) }
    }

    private func keep(
        _ test: Test, _ events: Range<Int>, _ columns: EventColumns, _ masks: inout MutableSpan<UInt32>
    ) {
        let none = PropertyColumn(kind: .text)
        switch test.condition {
        case .texts(let number, let passing, let absentPasses):
            let column = number.map { columns.properties[$0] } ?? none
            keepTexts(
                test.bit, events: events, words: column.words.span, ranks: column.ranks.span,
                codes: column.codes.span, passing: passing.span, absentPasses: absentPasses, in: &masks)
        case .numbers(let number, let range, let absentPasses):
            let column = number.map { columns.properties[$0] } ?? none
            keepNumbers(
                test.bit, events: events, words: column.words.span, ranks: column.ranks.span,
                numbers: column.numbers.span, passing: range, absentPasses: absentPasses, in: &masks)
        case .present(let numbers):
            for i in 0..<events.count where masks[i] & test.bit != 0 {
                let position = events.lowerBound + i
                let isPresent = numbers.contains { columns.properties[$0].hasValue(position) }
                if !isPresent { masks[i] &= ~test.bit }
            }
        }
    }
}
