import Base

/// The shape of a path, and what a path of this shape is: `/product/{id}` is `product:{id}`.
struct PathPattern: Sendable, Equatable {
    private let parts: [String]  // `{name}` stands for any one part, `*` at the end for all that follow.
    private let template: String

    /// In the order written; the first that fits counts.
    static func all(_ patterns: JSONObject, _ place: String) throws(MappingError) -> [PathPattern] {
        var all: [PathPattern] = []
        for member in patterns.members {
            guard member.name.hasPrefix("/"), let template = member.value.stringValue else {
                throw MappingError(
                    place: place + ".patterns",
                    expected: "paths and texts, such as {\"/product/{id}\": \"product:{id}\"}")
            }
            all.append(PathPattern(parts: split(member.name), template: template))
        }
        return all
    }

    /// The template with the parts of the path in it; nil where the path has another shape.
    func text(of path: String) -> String? {
        let given = Self.split(path)
        let isOpen = parts.last == "*"
        let fixed = isOpen ? parts.dropLast() : parts[...]
        guard given.count == fixed.count || (isOpen && given.count > fixed.count) else { return nil }
        var text = template
        for (part, value) in zip(fixed, given) {
            if part.hasPrefix("{"), part.hasSuffix("}") {
                guard !value.isEmpty else { return nil }
                text = text.split(separator: part, omittingEmptySubsequences: false).joined(separator: value)
            } else if part != value {
                return nil
            }
        }
        return text
    }

    private static func split(_ path: String) -> [String] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        return parts.last == "" ? Array(parts.dropLast()) : Array(parts)
    }
}
