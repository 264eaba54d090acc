public import Base

/// A model of stages under its name: one that comes with the program, or one that people saved.
public struct KeptStageModel: Sendable, Equatable {
    public enum Origin: String, Sendable {
        case preset
        case saved
    }

    public let id: PlainName
    public let origin: Origin
    public let version: Int64  // Of a preset, as its file says; of a saved one, counted from 1.
    public let document: JSONObject  // Title, source and stages.
    public let author: String  // Empty for a preset.
    public let savedAt: EventTime?  // Nil for a preset.

    public init(
        id: PlainName, origin: Origin, version: Int64, document: JSONObject, author: String = "",
        savedAt: EventTime? = nil
    ) {
        self.id = id
        self.origin = origin
        self.version = version
        self.document = document
        self.author = author
        self.savedAt = savedAt
    }
}

extension KeptStageModel {
    /// A file of the program: a document that also says its `id` and `version`. Nil where it does not.
    public init?(preset: JSON) {
        guard let document = preset.objectValue, let id = preset["id"]?.stringValue.flatMap({ PlainName(plain: $0) }),
            let version = preset["version"]?.intValue
        else { return nil }
        let members = document.members.filter { !["id", "version"].contains($0.name) }
        self.init(id: id, origin: .preset, version: version, document: JSONObject(members))
    }
}
