import Base

/// A place within JSON (RFC 6901).
struct JSONPointer: Sendable, Equatable {
    let parts: [String]

    init(parts: [String]) { self.parts = parts }

    /// `""` is the whole, `/a/0` the first element of `a`.
    init(_ text: String) {
        parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
            part.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
                .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
        }
    }

    func value(in json: JSON) -> JSON? {
        var value = json
        for part in parts {
            switch value {
            case .object(let object):
                guard let member = object[part] else { return nil }
                value = member
            case .array(let elements):
                guard let index = Int(part), elements.indices.contains(index) else { return nil }
                value = elements[index]
            case .null, .bool, .int, .double, .string: return nil
            }
        }
        return value
    }
}
