/// Constructs that stop the program or turn off a check of the compiler.
enum SwiftRules {
    private static let constructs: [(text: String, what: String, mend: String)] = [
        ("try!", "try! stops the program on an error", "use do/catch, or let the error pass on"),
        ("as!", "as! stops the program on another type", "use as? with guard"),
        ("fatalError(", "fatalError stops the program", "throw, or use precondition for our own mistakes"),
        ("@unchecked Sendable", "@unchecked Sendable turns off the race check", "use Mutex, an actor, or values"),
    ]

    static func check(_ file: SourceFile) -> [Finding] {
        guard file.kind == .swift else { return [] }
        var findings: [Finding] = []
        for (index, line) in file.code.enumerated() {
            for construct in constructs where isWord(construct.text, in: line) {
                findings.append(Finding(file, line: index + 1, construct.what, mend: construct.mend))
            }
            if hasForceUnwrap(line) {
                findings.append(
                    Finding(
                        file, line: index + 1, "force unwrap stops the program on nil",
                        mend: "use guard let or #require"))
            }
        }
        return findings
    }

    private static func isWord(_ text: String, in line: ArraySlice<UInt8>) -> Bool {
        line.ranges(of: text).contains { !line.isWordByte(before: $0.lowerBound) }
    }

    /// A `!` right behind a value: `a!`, `f()!`, `a[0]!`; not `!=`, and not `try!` and `as!`, which have their rules.
    private static func hasForceUnwrap(_ line: ArraySlice<UInt8>) -> Bool {
        line.ranges(of: "!").contains { range in
            let mark = range.lowerBound
            guard mark > line.startIndex else { return false }
            let before = line[mark - 1]
            guard before.isWordByte || ")]}?>".utf8.contains(before) else { return false }
            let isComparison = range.upperBound < line.endIndex && line[range.upperBound] == UInt8(ascii: "=")
            let word = line[..<mark].reversed().prefix { $0.isWordByte }.reversed()
            return !isComparison && !["try", "as"].contains { $0.utf8.elementsEqual(word) }
        }
    }
}
