import Domain
import Timeline

extension EventFilter {
    static let fields = ["name", "channel"]

    /// An event by name, and where given by channel.
    init(_ fields: Fields) throws(Problem) {
        self.init(name: try fields.requiredName("name"), channel: try fields.name("channel"))
    }
}

extension Fields {
    /// Nil where absent.
    func filter(_ name: String) throws(Problem) -> EventFilter? {
        guard let filter = try object(name, known: EventFilter.fields) else { return nil }
        return try EventFilter(filter)
    }
}
