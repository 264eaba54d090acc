/// One event in codes, wherever it is stored.
struct CodedEvent: Sendable, Equatable {
    var timeMs: Int64
    var sequence: UInt64
    var subject: UInt32
    var decision: UInt32
    var minor: Int64
    var name: UInt16
    var channel: UInt8
    var currency: UInt8
}

/// Events as columns: 23 bytes each, and what they have of the indexed properties. Order and meaning come from the
/// owner.
struct EventColumns: Sendable, Equatable {
    var times: [Int64] = []  // Milliseconds since 1970.
    var names: [UInt16] = []
    var channels: [UInt8] = []
    var subjects: [UInt32] = []  // 0: none.
    var sequences: [UInt32] = []  // In the journal, relative to the owner's base.
    var extras: [UInt32] = []  // Row of `ExtraTable`; 0: none.
    var properties: [PropertyColumn]  // One for each indexed property and kind.

    init(properties: [PropertyColumn]) { self.properties = properties }

    static let bytesPerEvent = 8 + 2 + 1 + 4 + 4 + 4

    var count: Int { times.count }

    /// Keeps the memory for what comes next.
    mutating func removeAll() {
        times.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
        channels.removeAll(keepingCapacity: true)
        subjects.removeAll(keepingCapacity: true)
        sequences.removeAll(keepingCapacity: true)
        extras.removeAll(keepingCapacity: true)
        for column in properties.indices { properties[column].removeAll() }
    }

    mutating func append(_ other: EventColumns, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        for column in properties.indices {
            properties[column].append(other.properties[column], range, at: count)
        }
        times += other.times[range]
        names += other.names[range]
        channels += other.channels[range]
        subjects += other.subjects[range]
        sequences += other.sequences[range]
        extras += other.extras[range]
    }

    /// The first position in `range` whose event comes after `timeMs`.
    /// - Complexity: O(log n).
    func firstPosition(after timeMs: Int64, in range: Range<Int>) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= timeMs { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What only some events have: a value, a decision. Row 0 means "none" and is always there.
struct ExtraTable: Sendable, Equatable {
    var minors: [Int64] = [0]  // Minor units of the currency.
    var currencies: [UInt8] = [0]  // 0: no value.
    var decisions: [UInt32] = [0]  // 0: none.

    static let bytesPerRow = 8 + 1 + 4

    var count: Int { minors.count }

    /// Adds a row and gives its number; 0 where the event has nothing to keep in one.
    mutating func append(minor: Int64, currency: UInt8, decision: UInt32) -> UInt32 {
        guard currency != 0 || decision != 0 else { return 0 }
        minors.append(minor)
        currencies.append(currency)
        decisions.append(decision)
        return UInt32(minors.count - 1)
    }

    /// Adds a row of another table.
    mutating func append(_ other: ExtraTable, _ row: Int) -> UInt32 {
        append(minor: other.minors[row], currency: other.currencies[row], decision: other.decisions[row])
    }
}
