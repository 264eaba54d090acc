/// Texts by small number, in order of first appearance; bounded.
struct CodeTable: Sendable, Equatable {
    private let countMax: Int
    private(set) var texts: [String] = []
    private var codes: [String: Int32] = [:]

    init(countMax: Int, texts: [String] = []) {
        self.countMax = countMax
        for text in texts { _ = code(text) }
    }

    /// −1 where the table is full and the text is new.
    mutating func code(_ text: String) -> Int32 {
        if let code = codes[text] { return code }
        guard texts.count < countMax else { return -1 }
        let code = Int32(texts.count)
        texts.append(text)
        codes[text] = code
        return code
    }
}
