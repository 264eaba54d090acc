/// Different codes: as a hash table while they are few, as bits once these take no more memory.
struct CodeSet: Sendable {
    private static let bytesPerCode = 8  // Of a table, at least: four for the code, half of the table empty.

    private var few: Set<UInt32> = []
    private var words: [UInt64] = []  // Empty while there are few.
    private let codeEnd: Int

    /// - Parameter codeEnd: Codes are below it.
    init(codeEnd: Int) { self.codeEnd = codeEnd }

    var count: Int { words.isEmpty ? few.count : words.reduce(0) { $0 + $1.nonzeroBitCount } }

    mutating func insert(_ code: UInt32) {
        guard words.isEmpty else {
            words[Int(code >> 6)] |= 1 << UInt64(code & 63)
            return
        }
        few.insert(code)
        if few.count * Self.bytesPerCode * 8 > codeEnd { spread() }
    }

    private mutating func spread() {
        words = [UInt64](repeating: 0, count: codeEnd / 64 + 1)
        for code in few { words[Int(code >> 6)] |= 1 << UInt64(code & 63) }
        few = []
    }

    mutating func formUnion(_ other: CodeSet) {
        guard !other.words.isEmpty else {
            for code in other.few { insert(code) }
            return
        }
        if words.isEmpty { spread() }
        for word in words.indices { words[word] |= other.words[word] }
    }
}
