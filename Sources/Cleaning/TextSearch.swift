/// Finds whether any of some texts occurs in another, upper and lower case of ASCII being the same.
///
/// Source: Aho, Corasick, "Efficient String Matching: An Aid to Bibliographic Search", CACM 18(6), 1975; the automaton
/// with all its transitions made beforehand. One step for each byte, however many texts are looked for.
struct TextSearch: Sendable {
    private static let width = 256

    private var next: [Int32] = .init(repeating: 0, count: TextSearch.width)  // Row by state, column by byte.
    private var isEnd: [Bool] = [false]

    init(_ patterns: [String]) {
        for pattern in patterns where !pattern.isEmpty { add(pattern) }
        link()
    }

    func finds(in text: String) -> Bool {
        guard isEnd.count > 1 else { return false }
        var state = 0
        for byte in text.utf8 {
            state = Int(next[state * Self.width + Int(Self.folded(byte))])
            if isEnd[state] { return true }
        }
        return false
    }

    private mutating func add(_ pattern: String) {
        var state = 0
        for byte in pattern.utf8 {
            let place = state * Self.width + Int(Self.folded(byte))
            if next[place] == 0 {
                next[place] = Int32(isEnd.count)
                next += [Int32](repeating: 0, count: Self.width)
                isEnd.append(false)
            }
            state = Int(next[place])
        }
        isEnd[state] = true
    }

    /// Where no text goes on, the longest end of what was read that begins one does.
    private mutating func link() {
        var fallback = [Int](repeating: 0, count: isEnd.count)
        var queue: [Int] = []
        for byte in 0..<Self.width where next[byte] != 0 { queue.append(Int(next[byte])) }
        var read = 0
        while read < queue.count {
            let state = queue[read]
            read += 1
            isEnd[state] = isEnd[state] || isEnd[fallback[state]]
            for byte in 0..<Self.width {
                let place = state * Self.width + byte
                let other = next[fallback[state] * Self.width + byte]
                if next[place] == 0 {
                    next[place] = other
                } else {
                    fallback[Int(next[place])] = Int(other)
                    queue.append(Int(next[place]))
                }
            }
        }
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
