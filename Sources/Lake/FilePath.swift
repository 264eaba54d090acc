import Glibc

/// Paths as the engine compares them: absolute, and without symbolic links.
enum FilePath {
    /// - Throws: `LakeError.file` where there is no such file or folder.
    static func absolute(_ path: String) throws(LakeError) -> String {
        guard let resolved = unsafe realpath(path, nil) else { throw failure(path) }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// Of a file that need not be there yet; its folder must.
    static func absoluteTarget(_ path: String) throws(LakeError) -> String {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        return try absolute(folder) + "/" + name
    }

    /// For its owner alone.
    static func makeFolder(_ path: String) throws(LakeError) {
        guard unsafe mkdir(path, 0o700) == 0 else { throw failure(path) }
    }

    static func move(_ path: String, to target: String) throws(LakeError) {
        guard unsafe rename(path, target) == 0 else { throw failure(target) }
    }

    /// A file or an empty folder. False where it is not there or stays.
    @discardableResult
    static func remove(_ path: String) -> Bool { unsafe Glibc.remove(path) == 0 }

    /// The reason that the last call of the system gave.
    static func failure(_ path: String) -> LakeError {
        .file(path: path, reason: unsafe String(cString: strerror(errno)))
    }
}
