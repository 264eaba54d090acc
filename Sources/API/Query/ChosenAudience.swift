import Base
import Domain
import Timeline

/// The audience that a query is about.
struct ChosenAudience: Sendable {
    let name: String?  // Nil for one that came as it is.
    let query: AudienceQuery

    func json(_ count: Int, of total: Int) -> JSON {
        let note = "nobody is in this audience now, so that nothing is counted: see whether its conditions contradict"
        return [
            "name": .text(name), "people": .count(count), "of": .count(total), "note": .text(count == 0 ? note : nil),
        ]
    }
}

extension API {
    /// `audience`: as it is written, or by the name under which it was saved; nil where absent.
    func chosenAudience(_ fields: Fields) throws(Problem) -> ChosenAudience? {
        guard let json = try fields.optional("audience", Self.audienceRule, { $0 }) else { return nil }
        let expression = try expression(json, at: fields.path("audience"))
        return ChosenAudience(name: json.stringValue, query: try asked(expression, nil))
    }
}
