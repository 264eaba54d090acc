/// One place that breaks a house rule, and how to mend it.
public struct Finding: Sendable, Equatable, CustomStringConvertible {
    public let path: String  // From the package's folder.
    public let line: Int  // 1-based.
    public let what: String
    public let mend: String

    init(_ file: SourceFile, line: Int, _ what: String, mend: String) {
        self.path = file.path
        self.line = line
        self.what = what
        self.mend = mend
    }

    public var description: String { "\(path):\(line): \(what) — \(mend)" }
}
