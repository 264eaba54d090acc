import Base
import Foundation

/// The columns that do not come from the table: `#row`, `#source`, and one for each `--set name=value`.
enum ReservedColumns {
    /// Names that a mapping's rules use and that neither the import nor `settings` gives, as `--set` would name them.
    static func missing(in mapping: JSON, settings: Set<String>) -> [String] {
        let given = settings.union(["row", "source"])
        return used(mapping["records"] ?? .null).filter { !given.contains($0) }.sorted()
    }

    private static func used(_ json: JSON) -> Set<String> {
        switch json {
        case .string(let text): names(text)
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(used($1)) }
        case .object(let object):
            object.members.reduce(into: []) { $0.formUnion($1.name == "const" ? [] : used($1.value)) }
        case .null, .bool, .int, .double: []
        }
    }

    /// Of a rule `#name` or of `{#name}` within a template.
    private static func names(_ text: String) -> Set<String> {
        if text.hasPrefix("#"), !text.contains("{") { return [String(text.dropFirst())] }
        let parts = text.components(separatedBy: "{#").dropFirst()
        return Set(parts.compactMap { part in part.firstIndex(of: "}").map { String(part[..<$0]) } })
    }
}
