private import Glibc

/// A file that is answered as it is on disk.
public struct StaticFile: Sendable, Equatable {
    public let path: String
    public let mediaType: String
    public let byteCount: UInt64
    public let entityTag: String  // Strong: size and time of change.

    /// Nil where there is no readable regular file.
    ///
    /// - Parameter path: Trusted. What comes from a request goes through `Router.mount`.
    public init?(path: String) {
        var about = stat()
        guard unsafe stat(path, &about) == 0, about.st_mode & S_IFMT == S_IFREG, unsafe access(path, R_OK) == 0 else {
            return nil
        }
        self.path = path
        mediaType = Self.mediaType(ofName: path)
        byteCount = UInt64(about.st_size)
        entityTag = "\"\(about.st_size)-\(about.st_mtim.tv_sec)-\(about.st_mtim.tv_nsec)\""
    }

    private static func mediaType(ofName name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
        return mediaTypes[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
    }

    private static let mediaTypes = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "json": "application/json", "svg": "image/svg+xml",
        "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "ico": "image/x-icon",
        "woff2": "font/woff2", "txt": "text/plain; charset=utf-8", "map": "application/json",
    ]
}

extension HTTPResponse {
    /// The file, or 304 where the client has it already (RFC 9110, 13.1.2); a client asks each time, unless `headers`
    /// have a `Cache-Control` of their own.
    public static func file(_ file: StaticFile, for request: HTTPRequest, headers: HTTPHeaders = [:]) -> Self {
        var headers = headers
        headers["ETag"] = file.entityTag
        if headers["Cache-Control"] == nil { headers["Cache-Control"] = "no-cache" }
        if request.knows(entityTag: file.entityTag) { return Self(status: 304, headers: headers) }
        headers["Content-Type"] = file.mediaType
        return Self(status: 200, headers: headers, body: .file(file))
    }
}
