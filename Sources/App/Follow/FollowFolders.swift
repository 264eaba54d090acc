import Foundation

/// The folders whose files may be followed; without any, no file of the machine can be read.
struct FollowFolders: Sendable {
    private static let fileCountMax = 1000

    private let folders: [String]  // Without symbolic links in them.

    /// - Parameter folders: As configured; those that are not there allow nothing.
    init(_ folders: [String]) { self.folders = folders.compactMap(Self.resolved) }

    /// Why files of this pattern cannot be followed; nil where they can.
    func complaint(about pattern: String) -> String? {
        guard pattern.hasPrefix("/"), !pattern.utf8.contains(0) else { return "must be an absolute path" }
        let (folder, name) = Self.parts(pattern)
        guard !folder.contains("*"), !folder.contains("?") else {
            return "may have `*` and `?` in its last part alone"
        }
        guard !name.isEmpty else { return "must end in the name of a file" }
        guard let real = Self.resolved(folder) else { return "names a folder that is not there" }
        guard isAllowed(real) else {
            return "lies in no folder that may be followed: the setting `follow_folders` names them"
        }
        return nil
    }

    /// The files of the pattern, by name, links resolved; only those that may be followed.
    func files(_ pattern: String) -> [String] {
        guard complaint(about: pattern) == nil else { return [] }
        let (folder, name) = Self.parts(pattern)
        let names =
            name.contains(where: { "*?[".contains($0) })
            ? entries(of: folder).filter { unsafe fnmatch(name, $0, FNM_PERIOD) == 0 && !$0.hasSuffix(".gz") } : [name]
        return names.prefix(Self.fileCountMax).compactMap { Self.resolved(folder + "/" + $0) }.filter(isAllowed)
    }

    /// All files beside those of the pattern: one of them may be what a file of it is called now.
    func siblings(_ pattern: String) -> [String] {
        guard complaint(about: pattern) == nil else { return [] }
        let (folder, _) = Self.parts(pattern)
        return entries(of: folder).prefix(Self.fileCountMax).compactMap { Self.resolved(folder + "/" + $0) }
            .filter(isAllowed)
    }

    /// Files that are named as rotation names those of the pattern, such as `access.log.1` or `access.log-20260131`;
    /// none that are compressed.
    func rotated(_ pattern: String) -> [String] {
        guard complaint(about: pattern) == nil else { return [] }
        let (folder, name) = Self.parts(pattern)
        let names = entries(of: folder).filter { !$0.hasSuffix(".gz") && Self.isRotated($0, of: name) }
        return names.prefix(Self.fileCountMax).compactMap { Self.resolved(folder + "/" + $0) }.filter(isAllowed)
    }

    /// Compressed files that are named as rotation names those of the pattern, such as `access.log.2.gz`; none that
    /// still lies beside what it was made of.
    func compressed(_ pattern: String) -> [String] {
        guard complaint(about: pattern) == nil else { return [] }
        let (folder, name) = Self.parts(pattern)
        let entries = Set(entries(of: folder))
        let names = entries.filter {
            $0.hasSuffix(".gz") && !entries.contains(String($0.dropLast(3))) && Self.isRotated($0, of: name)
        }
        return names.sorted().prefix(Self.fileCountMax).compactMap { Self.resolved(folder + "/" + $0) }
            .filter(isAllowed)
    }

    /// Whether a name goes on with a dot or a dash where one of the pattern ends.
    private static func isRotated(_ entry: String, of pattern: String) -> Bool {
        entry.indices.dropFirst().contains { index in
            guard entry[index] == "." || entry[index] == "-" else { return false }
            return unsafe fnmatch(pattern, String(entry[..<index]), FNM_PERIOD) == 0
        }
    }

    private func entries(of folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private func isAllowed(_ path: String) -> Bool {
        folders.contains { path == $0 || path.hasPrefix($0 == "/" ? "/" : $0 + "/") }
    }

    private static func parts(_ pattern: String) -> (folder: String, name: String) {
        let slash = pattern.lastIndex(of: "/") ?? pattern.startIndex
        let folder = String(pattern[..<slash])
        return (folder.isEmpty ? "/" : folder, String(pattern[slash...].dropFirst()))
    }

    /// Nil where nothing is there.
    private static func resolved(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
