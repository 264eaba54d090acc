/// Every rule of the house, over a whole package.
public struct HouseRules: Sendable {
    private let table: TierTable

    /// - Parameter package: Package.swift, which holds the tier table.
    public init(package: SourceFile) { table = TierTable(package: package) }

    /// What breaks a rule, in the order of files and lines.
    ///
    /// - Parameter exists: Whether there is a file or folder at a path from the package's folder.
    public func check(_ file: SourceFile, exists: (String) -> Bool) -> [Finding] {
        var findings = TextRules.check(file) + SwiftRules.check(file) + FunctionLength.check(file)
        findings += table.checkImports(file)
        findings += DocumentLinks.check(file, exists: exists)
        if file.path == "Package.swift" { findings += table.check(file) }
        return findings.sorted { $0.line < $1.line }
    }
}
