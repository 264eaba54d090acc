/// Functions, initialisers, subscripts and computed properties that are too long to take in at once.
struct FunctionLength {
    static let lineMax = 70

    static func check(_ file: SourceFile) -> [Finding] {
        guard file.kind == .swift else { return [] }
        var scan = FunctionLength()
        for (index, line) in file.code.enumerated() { scan.read(line, number: index + 1) }
        return scan.done.filter { $0.lineCount > lineMax }.map { body in
            Finding(
                file, line: body.start, "function of \(body.lineCount) lines, at most \(lineMax)",
                mend: "give a part of it a name of its own")
        }
    }

    private struct Body {
        let start: Int  // Line of the keyword.
        var lineCount = 0  // Through the line of the closing brace.
    }

    /// A declaration whose brace has not come yet.
    private struct Pending {
        let line: Int
        let parenthesisDepth: Int
        let isVariable: Bool
    }

    private static let bodied: Set<String> = ["func", "init", "deinit", "subscript", "var"]
    private static let others: Set<String> = [
        "let", "case", "struct", "class", "enum", "actor", "extension", "protocol",
    ]

    private var parenthesisDepth = 0
    private var braces: [Body?] = []  // Nil for a brace that belongs to no declaration of this rule.
    private var pending: Pending?
    private var done: [Body] = []

    private mutating func read(_ line: ArraySlice<UInt8>, number: Int) {
        var index = line.startIndex
        while index < line.endIndex {
            let byte = line[index]
            if byte.isWordByte {
                let end = line[index...].firstIndex { !$0.isWordByte } ?? line.endIndex
                let isMember = index > line.startIndex && line[index - 1] == UInt8(ascii: ".")
                if !isMember { take(word: String(decoding: line[index..<end], as: UTF8.self), number: number) }
                index = end
            } else {
                take(mark: byte, number: number)
                index += 1
            }
        }
    }

    private mutating func take(word: String, number: Int) {
        if let pending, parenthesisDepth > pending.parenthesisDepth { return }
        if Self.bodied.contains(word) {
            pending = Pending(line: number, parenthesisDepth: parenthesisDepth, isVariable: word == "var")
        } else if Self.others.contains(word) {
            pending = nil
        }
    }

    private mutating func take(mark: UInt8, number: Int) {
        switch mark {
        case UInt8(ascii: "("), UInt8(ascii: "["): parenthesisDepth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"): parenthesisDepth -= 1
        case UInt8(ascii: "="):
            // `var x = run {` holds a closure; `func ==` and `where A == B` do not end a function's head.
            if pending?.isVariable == true, pending?.parenthesisDepth == parenthesisDepth { pending = nil }
        case UInt8(ascii: "{"):
            let isBody = pending?.parenthesisDepth == parenthesisDepth
            braces.append(isBody ? pending.map { Body(start: $0.line) } : nil)
            if isBody { pending = nil }
        case UInt8(ascii: "}"):
            if let last = braces.popLast(), var body = last {
                body.lineCount = number - body.start + 1
                done.append(body)
            }
            if let pending, parenthesisDepth <= pending.parenthesisDepth { self.pending = nil }
        default: break
        }
    }
}
