import Domain

/// Counts in columns per slot of time; the newest slots overwrite the oldest. Slots are whole numbers that grow.
struct CountRing: Sendable, Equatable {
    let width: Int
    private(set) var slots: [Int32]  // Which slot each place holds; -1 for none.
    private(set) var counts: [UInt32]  // `width` of each place.

    init(slotCount: Int, width: Int) {
        self.width = width
        slots = [Int32](repeating: -1, count: slotCount)
        counts = [UInt32](repeating: 0, count: slotCount * width)
    }

    /// What is older than the ring reaches is passed over.
    mutating func add(_ column: Int, at slot: Int32) {
        guard let place = open(slot) else { return }
        counts[place * width + column] &+= 1
    }

    func count(_ column: Int, at slot: Int32) -> Int {
        let place = Int(slot) % slots.count
        return slots[place] == slot ? Int(counts[place * width + column]) : 0
    }

    /// The sum of each column.
    func sums(_ range: Range<Int32>) -> [Int] {
        var sums = [Int](repeating: 0, count: width)
        for place in slots.indices where range.contains(slots[place]) {
            for column in 0..<width { sums[column] += Int(counts[place * width + column]) }
        }
        return sums
    }

    private mutating func open(_ slot: Int32) -> Int? {
        let place = Int(slot) % slots.count
        guard slots[place] != slot else { return place }
        guard slots[place] < slot else { return nil }
        slots[place] = slot
        for column in 0..<width { counts[place * width + column] = 0 }
        return place
    }
}

extension CountRing {
    func write(to out: inout ByteWriter) {
        for (place, slot) in slots.enumerated() where slot >= 0 {
            out.append(Int64(slot))
            for count in counts[place * width..<(place + 1) * width] { out.append(Int64(count)) }
        }
        out.append(-1 as Int64)
    }

    mutating func read(_ reader: inout ByteReader) throws(CodecError) {
        while true {
            let number = try reader.integer()
            guard number >= 0 else { return }
            guard let slot = Int32(exactly: number), let place = open(slot) else { throw .invalid(field: "slot") }
            for column in 0..<width { counts[place * width + column] = UInt32(clamping: try reader.integer()) }
        }
    }
}
