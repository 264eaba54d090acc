/// A text file of the package.
public struct SourceFile: Sendable {
    public enum Kind: Sendable {
        case swift, c, javaScript, python, shell, style, page, makefile, document, other
    }

    public let path: String  // From the package's folder, `/` between parts.
    public let kind: Kind
    let lines: [ArraySlice<UInt8>]  // UTF-8, without the line ends.
    let code: [ArraySlice<UInt8>]  // As `lines`, in Swift files with comments and string literals blanked.

    public init(path: String, bytes: [UInt8]) {
        self.path = path
        kind = Kind(path: path, bytes: bytes)
        lines = Self.split(bytes)
        code = kind == .swift ? Self.split(SwiftCode.blanked(bytes)) : lines
    }

    public init(path: String, text: String) { self.init(path: path, bytes: Array(text.utf8)) }

    var isTest: Bool { path.hasPrefix("Tests/") }
    var isProgram: Bool { kind != .document && kind != .other }

    /// The target whose folder the file lies in; nil outside `Sources/`.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    /// A line end at the very end begins no further line.
    private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}

extension SourceFile.Kind {
    /// By the name's extension, or, for a program without one, by its first line.
    init(path: String, bytes: [UInt8]) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let dot = name.lastIndex(of: ".")
        switch dot.map({ String(name[name.index(after: $0)...]) }) {
        case "swift": self = .swift
        case "c", "h", "cpp": self = .c
        case "js", "mjs": self = .javaScript
        case "py": self = .python
        case "sh": self = .shell
        case "css": self = .style
        case "html": self = .page
        case "md": self = .document
        default:
            let first = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
            if name == "Makefile" {
                self = .makefile
            } else if first.hasPrefix("#!") {
                self = first.contains("python") ? .python : .shell
            } else {
                self = .other
            }
        }
    }
}
