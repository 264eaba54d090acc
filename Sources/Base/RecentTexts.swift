/// Texts that came lately, each found again by its bytes: neighbours in a stream share names, and their texts are made
/// once instead of once each.
///
/// Holds at most `slotCount` texts; one takes the place of another. Not for concurrent use.
public struct RecentTexts: Sendable {
    private static let slotCount = 256  // A power of two.
    private static let utf8CountMax = 64  // Longer ones are seldom the same.

    private var texts = [String](repeating: "", count: slotCount)

    public init() {}

    /// The text of these bytes; nil where they are no UTF-8.
    public mutating func text(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.count <= Self.utf8CountMax else { return String(validating: bytes, as: UTF8.self) }
        let slot = Self.slot(of: bytes.span)
        if texts[slot].utf8Span.span.isSame(as: bytes.span) { return texts[slot] }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        texts[slot] = text
        return text
    }

    /// By the ends: names begin alike.
    private static func slot(of bytes: Span<UInt8>) -> Int {
        var mixed = bytes.count
        for i in max(0, bytes.count - 8)..<bytes.count { mixed = mixed &* 31 &+ Int(bytes[i]) }
        return mixed & (slotCount - 1)
    }
}
