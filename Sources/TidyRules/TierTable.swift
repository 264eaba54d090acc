/// Which room may import which: read from the `rooms` of Package.swift, whose comments `// Tier N` head the tiers.
public struct TierTable: Sendable {
    struct Room: Sendable, Equatable {
        let name: String
        let tier: Int
        let line: Int  // In Package.swift.
        let dependencies: [String]
    }

    let rooms: [Room]
    /// Rooms that stay free of Foundation: hot loops, and what every other room is built on.
    static let withoutFoundation: Set<String> = ["Base", "Kernels", "Domain"]

    public init(package: SourceFile) {
        var tier: Int?
        var rooms: [Room] = []
        var call: (line: Int, strings: [String])?
        for (index, line) in package.lines.enumerated() {
            let text = String(decoding: line, as: UTF8.self)
            if let number = Self.tier(in: text) { tier = number }
            if text.hasPrefix("let package") { break }
            if text.contains("room("), tier != nil { call = (index + 1, []) }
            guard let tier, call != nil else { continue }
            call?.strings += Self.strings(in: text)
            let trimmed = text.reversed().drop { $0 == " " }.prefix(2)
            guard trimmed.elementsEqual(",)"), let whole = call, let name = whole.strings.first else { continue }
            rooms.append(Room(name: name, tier: tier, line: whole.line, dependencies: Array(whole.strings.dropFirst())))
            call = nil
        }
        self.rooms = rooms
    }

    /// Rooms that depend on a sibling or on a tier above: the package itself is wrong there.
    func check(_ package: SourceFile) -> [Finding] {
        guard !rooms.isEmpty else {
            return [Finding(package, line: 1, "no tier table found", mend: "keep `// Tier N` and `room(…)` in `rooms`")]
        }
        return rooms.flatMap { room in
            room.dependencies.compactMap { dependency in
                guard let other = self[dependency], other.tier >= room.tier else { return nil }
                let relation =
                    other.tier == room.tier ? "a sibling in tier \(room.tier)" : "above it, in tier \(other.tier)"
                return Finding(
                    package, line: room.line, "\(room.name) depends on \(dependency), \(relation)",
                    mend: "declare what it needs as a port and wire it in App")
            }
        }
    }

    /// Imports of rooms that the importing room does not declare, and of Foundation where it must not be.
    func checkImports(_ file: SourceFile) -> [Finding] {
        guard file.kind == .swift, let room = file.target.flatMap({ self[$0] }) else { return [] }
        return file.code.enumerated().compactMap { index, line in
            guard let name = Self.importedModule(line) else { return nil }
            if name == "Foundation", Self.withoutFoundation.contains(room.name) {
                return Finding(
                    file, line: index + 1, "\(room.name) imports Foundation", mend: "use the standard library or Glibc")
            }
            guard self[name] != nil, name != room.name, !room.dependencies.contains(name) else { return nil }
            return Finding(
                file, line: index + 1, "\(room.name) may not import \(name)",
                mend: "declare a port, or, if the tiers allow it, the dependency in Package.swift")
        }
    }

    private subscript(name: String) -> Room? { rooms.first { $0.name == name } }

    private static func tier(in text: String) -> Int? {
        guard let mark = text.firstRange(of: "// Tier ") else { return nil }
        return text[mark.upperBound...].first?.wholeNumberValue
    }

    private static func strings(in text: String) -> [String] {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 && $0 < parts.count - 1 }.map { String(parts[$0]) }
    }

    /// `Base` of `public import Base` or `import struct Base.JSON`; nil where nothing is imported.
    static func importedModule(_ line: ArraySlice<UInt8>) -> String? {
        let words = line.split { $0.isSpace }.map { String(decoding: $0, as: UTF8.self) }
        let accessLevels = ["public", "private", "internal", "package", "fileprivate"]
        let kinds = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let", "actor"]
        guard let index = words.firstIndex(of: "import"),
            words[..<index].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains($0) }),
            let module = words[(index + 1)...].first(where: { !kinds.contains($0) })
        else { return nil }
        return module.split(separator: ".").first.map(String.init)
    }
}
