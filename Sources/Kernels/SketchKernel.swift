/// As `segmentCounts`, but people are not counted: each leaves its hash in the sketch of each cell, of which those of
/// any cells merge register by register by taking the greater.
///
/// Source: Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog", AofA 2007, with hashes of 64 bits.
/// - Parameters:
///   - hashes: Shape `[people]`, of bits that are as good as independent.
///   - precision: How many bits of a hash choose the register, from 1 to 63.
///   - events: Shape `[cells]`: by group and stretch, or by group where there is one stretch; added to.
///   - registers: Shape `[cells × 2^precision]`; raised.
/// - Complexity: O(events) time, no allocation.
public func segmentSketches(
    _ plan: SegmentPlan, offsets: Span<UInt32>, skipped: Span<UInt64>, times: Span<Int64>, masks: Span<UInt32>,
    firstCodes: Span<UInt32>, secondCodes: Span<UInt32>, hashes: Span<UInt64>, precision: Int,
    events: inout MutableSpan<Int>, registers: inout MutableSpan<UInt8>
) {
    precondition((1...63).contains(precision) && hashes.count == max(0, offsets.count - 1), "a hash for each person")
    precondition(events.count == plan.sketchCount && registers.count == events.count << precision, "the shapes agree")
    let (shift, length) = (UInt64(64 &- precision), UInt64(precision))
    let guardBit: UInt64 = 1 << (length &- 1)
    plan.visit(offsets, skipped, times, masks, firstCodes, secondCodes, 0) { _, mark, group, cell in
        let place = cell >= 0 ? cell : group
        unsafe events[unchecked: place] &+= 1
        let hash = unsafe hashes[unchecked: Int(mark) &- 1]
        let register = place << precision | Int(hash >> shift)
        let rank = UInt8(truncatingIfNeeded: (hash << length | guardBit).leadingZeroBitCount &+ 1)
        if unsafe registers[unchecked: register] < rank { unsafe registers[unchecked: register] = rank }
    } endPerson: {
    }
}

extension SegmentPlan {
    /// Cells that no others add up to.
    public var sketchCount: Int { max(groupCount, seriesCount) }
}
