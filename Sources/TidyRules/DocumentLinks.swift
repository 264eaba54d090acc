/// Links of Markdown documents to files of the package.
enum DocumentLinks {
    /// `exists` answers for paths from the package's folder.
    static func check(_ file: SourceFile, exists: (String) -> Bool) -> [Finding] {
        guard file.kind == .document else { return [] }
        var findings: [Finding] = []
        var isInFence = false
        for (index, bytes) in file.lines.enumerated() {
            let line = String(decoding: bytes, as: UTF8.self)
            if line.drop(while: { $0 == " " }).hasPrefix("```") { isInFence.toggle() }
            guard !isInFence else { continue }
            for target in targets(in: line) {
                let path = resolve(target, from: file.path)
                guard !path.map(exists, default: false) else { continue }
                findings.append(
                    Finding(
                        file, line: index + 1, "link to \(target), which is not there",
                        mend: "correct or remove the link"))
            }
        }
        return findings
    }

    /// The relative targets of `[text](target)`, without fragment.
    private static func targets(in line: String) -> [String] {
        line.split(separator: "](", omittingEmptySubsequences: false).dropFirst().compactMap { rest in
            guard let end = rest.firstIndex(where: { $0 == ")" || $0 == " " }) else { return nil }
            let target = rest[..<end].prefix { $0 != "#" }
            let isElsewhere = target.contains("://") || target.hasPrefix("mailto:") || target.hasPrefix("/")
            return target.isEmpty || isElsewhere ? nil : String(target)
        }
    }

    /// Nil where the link leads out of the package.
    private static func resolve(_ target: String, from document: String) -> String? {
        var parts = document.split(separator: "/").dropLast()
        for part in target.split(separator: "/") where part != "." {
            if part != ".." {
                parts.append(part)
            } else if parts.popLast() == nil {
                return nil
            }
        }
        return parts.joined(separator: "/")
    }
}

extension Optional {
    fileprivate func map<T>(_ transform: (Wrapped) -> T, default fallback: T) -> T { self.map(transform) ?? fallback }
}
