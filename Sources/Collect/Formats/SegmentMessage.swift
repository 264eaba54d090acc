import Base

/// A message of a batch beside the context that all of its batch share, which is not copied into each.
struct SegmentMessage: Sendable {
    private var own: JSONObject
    private let shared: JSONObject

    /// - Parameter shared: What stands in the context where the message itself does not say otherwise.
    init(_ own: JSONObject, shared: JSONObject = JSONObject()) {
        self.own = own
        self.shared = shared
    }

    /// A member other than `context`.
    subscript(name: String) -> JSON? { own[name] }

    func context(_ name: String) -> JSON? { own["context"]?[name] ?? shared[name] }

    mutating func setContext(_ name: String, to value: JSON) {
        var context = own["context"]?.objectValue ?? JSONObject()
        context[name] = value
        own["context"] = .object(context)
    }

    /// The message as it stands without its batch, so that quarantine can replay it alone.
    var json: JSON {
        guard !shared.isEmpty else { return .object(own) }
        var context = shared
        for member in own["context"]?.objectValue?.members ?? [] { context[member.name] = member.value }
        var whole = own
        whole["context"] = .object(context)
        return .object(whole)
    }
}
