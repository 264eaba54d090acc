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
    var times: Column<Int64> = []  // Milliseconds since 1970.
    var names: Column<UInt16> = []
    var channels: Column<UInt8> = []
    var subjects: Column<UInt32> = []  // 0: none.
    var sequences: Column<UInt32> = []  // In the journal, relative to the owner's base.
    var extras: Column<UInt32> = []  // Row of `ExtraTable`; 0: none.
    var properties: [PropertyColumn]  // One for each indexed property and kind.

    init(properties: [PropertyColumn]) { self.properties = properties }

    var count: Int { times.count }

    /// Of what each event has; properties apart.
    var byteCount: Int {
        times.byteCount + names.byteCount + channels.byteCount + subjects.byteCount + sequences.byteCount
            + extras.byteCount
    }

    /// Keeps the memory for what comes next.
    mutating func removeAll() {
        times.removeAll()
        names.removeAll()
        channels.removeAll()
        subjects.removeAll()
        sequences.removeAll()
        extras.removeAll()
        for column in properties.indices { properties[column].removeAll() }
    }

    mutating func append(_ other: EventColumns, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        for column in properties.indices {
            properties[column].append(other.properties[column], range, at: count)
        }
        times.append(other.times, range)
        names.append(other.names, range)
        channels.append(other.channels, range)
        subjects.append(other.subjects, range)
        sequences.append(other.sequences, range)
        extras.append(other.extras, range)
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
    var minors: Column<Int64> = [0]  // Minor units of the currency.
    var currencies: Column<UInt8> = [0]  // 0: no value.
    var decisions: Column<UInt32> = [0]  // 0: none.

    var count: Int { minors.count }
    var byteCount: Int { minors.byteCount + currencies.byteCount + decisions.byteCount }

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
