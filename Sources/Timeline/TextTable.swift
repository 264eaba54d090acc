/// Numbers texts from 0 in the order they first came: all bytes in one array, found through a hash table of codes.
///
/// Costs the text, 8 bytes for where it ends and 12 to 24 for its slot. Hashes with the process's random seed, so that
/// nobody can choose texts that collide.
struct TextTable: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int] = []
    private var slots: [UInt64] = .init(repeating: 0, count: 16)  // Upper half of the hash, then code + 1; 0 is free.

    var count: Int { ends.count }
    var byteCount: Int { bytes.count + 8 * ends.count + 8 * slots.count }

    init() {}

    /// - Precondition: `ends` ascend to `bytes.count`; the texts differ.
    init(bytes: [UInt8], ends: [Int]) {
        self.bytes = bytes
        self.ends = ends
        var slotCount = 16
        while slotCount < ends.count * 2 { slotCount *= 2 }
        slots = .init(repeating: 0, count: slotCount)
        for code in ends.indices {
            place(Self.hash(bytes.span.extracting(range(of: UInt32(code)))), code: code)
        }
    }

    /// The same codes, without the texts that are not kept: in their places stand bytes that are no text.
    ///
    /// - Complexity: O(bytes).
    func keeping(_ isKept: (_ code: Int) -> Bool) -> TextTable {
        var (kept, keptEnds) = ([UInt8](), [Int]())
        kept.reserveCapacity(bytes.count)
        keptEnds.reserveCapacity(ends.count)
        for code in ends.indices {
            if isKept(code) {
                kept += bytes[range(of: UInt32(code))]
            } else {
                kept.append(Self.noText)
                for shift in 0..<4 { kept.append(UInt8(truncatingIfNeeded: code >> (8 * shift))) }
            }
            keptEnds.append(kept.count)
        }
        return TextTable(bytes: kept, ends: keptEnds)
    }

    /// False where the text was not kept.
    func isText(_ code: UInt32) -> Bool {
        let range = range(of: code)
        return range.isEmpty || bytes[range.lowerBound] != Self.noText
    }

    private static let noText: UInt8 = 0xFF  // In no UTF-8, and of no kind of subject.

    func range(of code: UInt32) -> Range<Int> { (code == 0 ? 0 : ends[Int(code) - 1])..<ends[Int(code)] }

    func text(of code: UInt32) -> String { String(decoding: bytes[range(of: code)], as: UTF8.self) }

    func code(of text: String) -> UInt32? { code(of: text.utf8Span.span) }

    func code(of text: Span<UInt8>) -> UInt32? { find(text, hash: Self.hash(text)) }

    mutating func intern(_ text: String) -> UInt32 { intern(text.utf8Span.span) }

    mutating func intern(_ text: Span<UInt8>) -> UInt32 {
        let hash = Self.hash(text)
        if let code = find(text, hash: hash) { return code }
        precondition(ends.count < Int(UInt32.max), "codes have 32 bits")
        for i in text.indices { bytes.append(text[i]) }
        ends.append(bytes.count)
        if ends.count * 2 > slots.count { grow() }
        place(hash, code: ends.count - 1)
        return UInt32(ends.count - 1)
    }

    private func find(_ text: Span<UInt8>, hash: UInt32) -> UInt32? {
        let mask = slots.count - 1
        var i = Int(hash) & mask
        while slots[i] != 0 {
            let code = UInt32(truncatingIfNeeded: slots[i]) &- 1
            if UInt32(truncatingIfNeeded: slots[i] >> 32) == hash && holds(text, at: code) { return code }
            i = (i + 1) & mask
        }
        return nil
    }

    private func holds(_ text: Span<UInt8>, at code: UInt32) -> Bool {
        let range = range(of: code)
        guard range.count == text.count else { return false }
        for i in text.indices where bytes[range.lowerBound + i] != text[i] { return false }
        return true
    }

    private mutating func place(_ hash: UInt32, code: Int) {
        let mask = slots.count - 1
        var i = Int(hash) & mask
        while slots[i] != 0 { i = (i + 1) & mask }
        slots[i] = UInt64(hash) << 32 | UInt64(code + 1)
    }

    private mutating func grow() {
        let old = slots
        slots = .init(repeating: 0, count: old.count * 2)
        for slot in old where slot != 0 {
            place(UInt32(truncatingIfNeeded: slot >> 32), code: Int(UInt32(truncatingIfNeeded: slot)) - 1)
        }
    }

    private static func hash(_ text: Span<UInt8>) -> UInt32 {
        var hasher = Hasher()
        unsafe text.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}
