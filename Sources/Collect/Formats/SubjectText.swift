import Base
import Domain

/// Subjects made of what senders name, cut to what a subject may hold.
enum SubjectText {
    /// Nil where the id is neither text nor a whole number, or empty.
    static func make(_ kind: Subject.Kind, _ id: JSON?) -> JSON? {
        guard let text = id?.stringValue ?? id?.intValue.map(String.init), !text.isEmpty else { return nil }
        return .string("\(kind.rawValue):\(cut(text))")
    }

    /// A page by the path of its address: neither its site nor its query tells pages apart for us.
    static func page(address: JSON?) -> JSON? {
        guard let address = address?.stringValue, !address.isEmpty else { return nil }
        let parts = address.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.count == 2 ? parts[1].drop { $0 != "/" && $0 != "?" && $0 != "#" } : parts[0]
        let bare = path.prefix { $0 != "?" && $0 != "#" }
        return make(.page, .string(bare.isEmpty ? "/" : String(bare)))
    }

    /// At a character's end.
    private static func cut(_ text: String) -> String {
        var byteCount = 0
        return String(
            text.prefix { character in
                byteCount += character.utf8.count
                return byteCount <= Subject.idUTF8CountMax
            })
    }
}
