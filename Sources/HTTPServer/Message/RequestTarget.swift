import Base

/// The target of a request line in origin form (RFC 9112, 3.2.1), taken apart before it is decoded, so that an escaped
/// slash stays inside its segment.
struct RequestTarget: Equatable, Sendable {
    let path: String  // As sent.
    let segments: [String]  // Decoded; `/a/b/` has a last empty one.
    let query: HTTPQuery

    /// Nil where it is not an absolute path, an escape is broken, or a segment tries to leave its place.
    init?(_ raw: String) {
        let parts = raw.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, path.first == UInt8(ascii: "/"),
            let query = parts.count == 2 ? HTTPQuery(parts[1]) : HTTPQuery()
        else { return nil }
        var segments: [String] = []
        for part in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let segment = PercentEncoding.decode(part), segment != "..", segment != ".", !segment.utf8.contains(0)
            else { return nil }
            segments.append(segment)
        }
        self.path = String(Substring(path))
        self.segments = segments
        self.query = query
    }
}
