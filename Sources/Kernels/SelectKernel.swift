/// Which of the events of some people a query looks at: a bit for each of them, eight to a byte.
///
/// Most questions are about few names, and most events have others. They are passed over here, eight at a time, and
/// what comes later reads and writes only what is left: `listPositions` says where that lies, `cutOffsets` whose it is.
///
/// - Parameters:
///   - wanted: The names that are looked for, at most `FilterTables.listedNameCountMax`.
///   - names: Those of the events.
///   - found: Shape `[names.count / 8 + 1]`; bit i of byte g stands for event 8 · g + i. Written.
/// - Complexity: O(names · wanted / 8).
public func findNames(_ wanted: Span<UInt16>, in names: Span<UInt16>, into found: inout MutableSpan<UInt8>) {
    precondition(found.count == names.count >> 3 + 1, "a bit for each event")
    precondition(wanted.count <= FilterTables.listedNameCountMax, "few names are searched for")
    let lanes = NameLanes(wanted)
    let whole = names.count >> 3
    for group in 0..<whole {
        let bytes = unsafe lanes.matchBytes(names, group &* 8)
        unsafe found[unchecked: group] = firstBits(bytes)
    }
    var last: UInt8 = 0
    for i in whole &* 8..<names.count {
        for name in wanted.indices where unsafe names[unchecked: i] == wanted[name] { last |= 1 << UInt8(i & 7) }
    }
    found[whole] = last
}

/// As `findNames`, for names that a table knows: those with any bit in it.
///
/// - Parameter table: 2¹⁶ entries.
func findNames(with table: Span<UInt32>, in names: Span<UInt16>, into found: inout MutableSpan<UInt8>) {
    precondition(found.count == names.count >> 3 + 1 && table.count == 1 << 16, "a bit for each event")
    for group in found.indices {
        var bits: UInt8 = 0
        for i in group &* 8..<min(group &* 8 &+ 8, names.count) {
            let isWanted = unsafe table[unchecked: Int(names[unchecked: i])] != 0
            bits |= (isWanted ? 1 : 0) << UInt8(i & 7)
        }
        unsafe found[unchecked: group] = bits
    }
}

/// Writes how many bits are set before each byte.
///
/// - Parameters:
///   - found: As `findNames` wrote it.
///   - ranks: Shape `[found.count]`; written.
/// - Returns: How many bits are set in all.
public func rankEvents(_ found: Span<UInt8>, into ranks: inout MutableSpan<UInt32>) -> Int {
    precondition(ranks.count == found.count, "one for each byte")
    var bytes = unsafe ranks.mutableBytes
    var count: UInt32 = 0
    var group = 0
    while group &+ 8 <= found.count {
        let counts = bitCounts(unsafe found.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: group, as: UInt64.self))
        // Byte i of the product sums up the bytes up to i: none of the sums reaches 256.
        let sums = counts &* 0x0101_0101_0101_0101
        let before = unsafe unsafeBitCast(sums << 8, to: SIMD8<UInt8>.self)
        let ranks = SIMD8<UInt32>(truncatingIfNeeded: before) &+ SIMD8(repeating: count)
        unsafe bytes.storeBytes(of: ranks, toUncheckedByteOffset: group &* 4, as: SIMD8<UInt32>.self)
        count &+= UInt32(truncatingIfNeeded: sums >> 56)
        group &+= 8
    }
    while group < found.count {
        unsafe bytes.storeBytes(of: count, toUncheckedByteOffset: group &* 4, as: UInt32.self)
        count &+= UInt32(truncatingIfNeeded: bitCounts(UInt64(found[group])))
        group &+= 1
    }
    return Int(count)
}

/// Writes where the events lie whose bits are set.
///
/// - Parameters:
///   - found, ranks: As `findNames` and `rankEvents` wrote them.
///   - first: The position of the event of the first bit.
///   - positions: Shape `[8 · found.count]` at least; where n bits are set, the first n are written, ascending, and
///     what lies behind may be anything.
public func listPositions(
    _ found: Span<UInt8>, ranks: Span<UInt32>, from first: Int, into positions: inout MutableSpan<UInt32>
) {
    precondition(positions.count >= found.count &* 8 && ranks.count == found.count, "room for every event")
    precondition(first >= 0 && first &+ found.count &* 8 <= Int(UInt32.max), "positions have 32 bits")
    var bytes = unsafe positions.mutableBytes
    let lists = BitLists.shared
    let table = lists.positions.span
    for group in found.indices {
        // A byte without bits is not asked for: it would be a branch that nobody can foresee.
        let bits = unsafe Int(found[unchecked: group])
        let begin = SIMD8<UInt32>(repeating: UInt32(truncatingIfNeeded: first &+ group &* 8))
        let listed = unsafe SIMD8<UInt32>(truncatingIfNeeded: table[unchecked: bits]) &+ begin
        let rank = unsafe Int(ranks[unchecked: group])
        precondition(rank <= group &* 8, "at most eight events come to a byte")
        unsafe bytes.storeBytes(of: listed, toUncheckedByteOffset: rank &* 4, as: SIMD8<UInt32>.self)
    }
}

/// Writes how many of the found events come before each person's first one.
///
/// - Parameters:
///   - offsets: Shape `[people + 1]`, ascending; person p has the events `offsets[p]..<offsets[p + 1]` of all, and the
///     first bit of `found` stands for event `offsets[0]`.
///   - found, ranks: As `findNames` and `rankEvents` wrote them.
///   - cut: Shape `[people + 1]`; person p has the found events `cut[p]..<cut[p + 1]`. Written.
public func cutOffsets(
    _ offsets: Span<UInt32>, found: Span<UInt8>, ranks: Span<UInt32>, into cut: inout MutableSpan<UInt32>
) {
    precondition(cut.count == offsets.count && ranks.count >= found.count, "the shapes agree")
    guard !offsets.isEmpty else { return }
    let first = offsets[0]
    for person in offsets.indices {
        let event = unsafe Int(offsets[unchecked: person] &- first)
        unsafe cut[unchecked: person] = eventCount(before: event, found, ranks)
    }
}

/// How many of the found events come before one.
///
/// - Precondition: The event is one that `found` has a bit for, or lies behind the last; `ranks` is as long as `found`.
@inline(__always)
func eventCount(before event: Int, _ found: Span<UInt8>, _ ranks: Span<UInt32>) -> UInt32 {
    precondition(event >> 3 < found.count, "offsets ascend and stay within the events")
    let before = unsafe found[unchecked: event >> 3] & (1 << UInt8(event & 7) &- 1)
    return unsafe ranks[unchecked: event >> 3] &+ UInt32(truncatingIfNeeded: bitCounts(UInt64(before)))
}

/// How many bits are set in each byte, by sums of neighbours: processors that count bits at once are not a must.
@inline(__always)
private func bitCounts(_ bytes: UInt64) -> UInt64 {
    let pairs = bytes &- (bytes >> 1 & 0x5555_5555_5555_5555)
    let fours = (pairs & 0x3333_3333_3333_3333) &+ (pairs >> 2 & 0x3333_3333_3333_3333)
    return (fours &+ fours >> 4) & 0x0F0F_0F0F_0F0F_0F0F
}

/// For each byte, where its bits lie.
private struct BitLists {
    static let shared = BitLists()

    let positions: [SIMD8<UInt8>]

    private init() {
        positions = (0..<256).map { byte in
            var list = SIMD8<UInt8>.zero
            for (place, bit) in (0..<8).filter({ byte >> $0 & 1 != 0 }).enumerated() { list[place] = UInt8(bit) }
            return list
        }
    }
}

/// A few names, each of them eight times side by side.
private struct NameLanes {
    private var lanes: InlineArray<8, SIMD8<UInt16>> = .init(repeating: .zero)
    private let count: Int

    init(_ names: Span<UInt16>) {
        count = names.count
        for i in names.indices { lanes[i] = SIMD8(repeating: names[i]) }
    }

    /// A byte of ones for each of the eight names from `i` on that is wanted, the first in the lowest byte.
    ///
    /// - Precondition: There are eight.
    @unsafe @inline(__always)
    func matchBytes(_ names: Span<UInt16>, _ i: Int) -> UInt64 {
        let eight = unsafe names.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: i &* 2, as: SIMD8<UInt16>.self)
        var isWanted = SIMDMask<SIMD8<Int16>>(repeating: false)
        for lane in 0..<count { isWanted .|= eight .== lanes[lane] }
        let bits = unsafe unsafeBitCast(isWanted, to: SIMD8<Int16>.self)
        return unsafe unsafeBitCast(SIMD8<Int8>(truncatingIfNeeded: bits), to: UInt64.self)
    }
}

/// Bit i is set where byte i is all ones; each byte is all ones or zero.
@inline(__always)
func firstBits(_ bytes: UInt64) -> UInt8 {
    // Byte i keeps its bit i; no two of these meet where all bytes are summed up in the highest.
    UInt8(truncatingIfNeeded: ((bytes & 0x8040_2010_0804_0201) &* 0x0101_0101_0101_0101) >> 56)
}
