import Foundation
import TidyRules

/// `tidy [FOLDER]`: checks the house rules of docs/ARCHITECTURE.md over a package; exit code 1 where one is broken.
let root = URL(filePath: CommandLine.arguments.dropFirst().first ?? ".", directoryHint: .isDirectory)

func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path(percentEncoded: false))
}

/// Paths of all files below `folder`, sorted; what is built or belongs to git is left out.
func paths(in folder: String = "") -> [String] {
    let path = root.appending(path: folder).path(percentEncoded: false)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.sorted().flatMap { name -> [String] in
        let child = folder.isEmpty ? name : folder + "/" + name
        guard ![".git", ".build", "build", "__pycache__", ".swiftpm"].contains(name) else { return [] }
        var isFolder: ObjCBool = false
        let full = root.appending(path: child).path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) else { return [] }
        return isFolder.boolValue ? paths(in: child) : [child]
    }
}

/// Nil for a file that is not text.
func load(_ path: String) -> SourceFile? {
    guard let data = FileManager.default.contents(atPath: root.appending(path: path).path(percentEncoded: false)),
        !data.prefix(4096).contains(0)
    else { return nil }
    return SourceFile(path: path, bytes: Array(data))
}

guard let package = load("Package.swift") else {
    print("tidy: no Package.swift in \(root.path(percentEncoded: false)) — run it in the package's folder")
    exit(2)
}
let rules = HouseRules(package: package)
let files = paths().compactMap(load)
let findings = files.flatMap { rules.check($0, exists: exists) }
findings.forEach { print($0) }
print("tidy: \(files.count) files, \(findings.isEmpty ? "nothing to mend" : "\(findings.count) places to mend")")
exit(findings.isEmpty ? 0 : 1)
