/// Rules that hold for every text: sizes, markers of unfinished work, names of machines.
enum TextRules {
    static let columnMax = 120
    static let fileLineMax = 400

    private static let markers = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    private static let registryHosts = ["pypi" + ".org", "files.python" + "hosted.org", "deb.debian" + ".org"]
    private static let machineFolders = ["work", "root", "tmp"]

    static func check(_ file: SourceFile) -> [Finding] {
        var findings = sizes(file)
        for (index, line) in file.lines.enumerated() {
            let number = index + 1
            if file.isProgram, let marker = markers.first(where: { line.contains($0, asWord: true) }) {
                findings.append(
                    Finding(
                        file, line: number, "\(marker) marks unfinished work",
                        mend: "finish it or say what is not there"))
            }
            if let host = registryHosts.first(where: { line.contains($0) }) {
                findings.append(
                    Finding(
                        file, line: number, "\(host) is a registry's host",
                        mend: "leave the host to pip's and apt's settings"))
            }
            if let folder = machineFolder(in: line, of: file) {
                findings.append(
                    Finding(
                        file, line: number, "\(folder) is a folder of one machine",
                        mend: "take the path from the caller"))
            }
            if file.isProgram, line.last?.isSpace == true {
                findings.append(Finding(file, line: number, "white space at the end", mend: "remove it"))
            }
        }
        return findings
    }

    private static func sizes(_ file: SourceFile) -> [Finding] {
        var findings: [Finding] = []
        let isBounded = file.kind == .swift || file.kind == .javaScript
        if isBounded, file.lines.count > fileLineMax {
            findings.append(
                Finding(
                    file, line: fileLineMax + 1, "\(file.lines.count) lines, at most \(fileLineMax)",
                    mend: "move one idea into a file of its own"))
        }
        guard file.isProgram, file.kind != .page else { return findings }
        for (index, line) in file.lines.enumerated() where line.count > columnMax {
            let columns = String(decoding: line, as: UTF8.self).count
            if columns > columnMax {
                findings.append(
                    Finding(file, line: index + 1, "\(columns) columns, at most \(columnMax)", mend: "break the line"))
            }
        }
        return findings
    }

    /// Tests may name such a folder, to show that it is refused; documents may show the temporary one.
    private static func machineFolder(in line: ArraySlice<UInt8>, of file: SourceFile) -> String? {
        guard !file.isTest else { return nil }
        for name in machineFolders where file.isProgram || name != "tmp" {
            let path = "/" + name
            let isThere = line.ranges(of: path).contains { range in
                let before = range.lowerBound > line.startIndex ? line[range.lowerBound - 1] : UInt8(ascii: " ")
                let isRootedHere = !before.isWordByte && !".)}]*$".utf8.contains(before)
                return isRootedHere && !line.isWordByte(at: range.upperBound)
            }
            if isThere { return path }
        }
        return nil
    }
}
