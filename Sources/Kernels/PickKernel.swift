/// Which events meet any of some filters: a bit for each, as `findNames` writes them.
///
/// - Parameters:
///   - bits: Of the filters.
///   - masks: Shape `[events]`: the filters that each event meets.
///   - found: Shape `[events / 8 + 1]`; bit i of byte g stands for event 8 · g + i. Written.
/// - Complexity: O(events / 8).
public func findMasks(meeting bits: UInt32, in masks: Span<UInt32>, into found: inout MutableSpan<UInt8>) {
    precondition(found.count == masks.count >> 3 + 1, "a bit for each event")
    let wanted = SIMD8<UInt32>(repeating: bits)
    let whole = masks.count >> 3
    for group in 0..<whole {
        let eight = unsafe masks.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: group &* 32, as: SIMD8<UInt32>.self)
        let isMet = unsafe unsafeBitCast(eight & wanted .!= .zero, to: SIMD8<Int32>.self)
        unsafe found[unchecked: group] = firstBits(
            unsafeBitCast(SIMD8<Int8>(truncatingIfNeeded: isMet), to: UInt64.self))
    }
    var last: UInt8 = 0
    for i in whole &* 8..<masks.count where masks[i] & bits != 0 { last |= 1 << UInt8(i & 7) }
    found[whole] = last
}
