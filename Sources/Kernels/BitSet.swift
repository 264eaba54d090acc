/// Whether the bit at `position` is one; bits past the words are not.
///
/// - Precondition: `position >= 0`.
@inlinable @inline(__always)
public func isSet(_ position: Int, in words: Span<UInt64>) -> Bool {
    let word = position >> 6
    return word < words.count && words[word] >> UInt64(position & 63) & 1 != 0
}
