import Base
import Domain

/// Marks what programs and our own people did.
struct TrafficRules: ReadyStep {
    static let step = CleaningStep.traffic

    private let userAgentProperties: Set<String>
    private let addressProperties: Set<String>
    private let bots: TextSearch
    private let ownAgents: TextSearch
    private let ownPeople: Set<PersonID>
    private let ownAddresses: [String]

    init(_ settings: TrafficSettings) {
        userAgentProperties = Set(settings.userAgentProperties)
        addressProperties = Set(settings.addressProperties)
        bots = TextSearch(settings.bots.patterns)
        ownAgents = TextSearch(settings.ownUserAgents)
        ownPeople = Set(settings.ownPeople)
        ownAddresses = settings.ownAddressPrefixes
    }

    /// What Quanyu itself records, such as a decision, stays: what came of it is what counts.
    func callAsFunction(_ event: inout Event) -> StepOutcome {
        guard event.source != .quanyu, let mark = mark(event) else { return .untouched }
        let word = JSON.string(mark.rawValue)
        if event.properties[TrafficMark.propertyName] != word { event.properties[TrafficMark.propertyName] = word }
        return .marked(mark)
    }

    private func mark(_ event: Event) -> TrafficMark? {
        if !ownPeople.isEmpty, ownPeople.contains(event.person) || event.identifiers.contains(where: isOwn) {
            return .own
        }
        var found: TrafficMark?
        for member in event.properties.members {
            guard case .string(let text) = member.value else { continue }
            if userAgentProperties.contains(member.name) {
                if ownAgents.finds(in: text) { return .own }
                if bots.finds(in: text) { found = .bot }
            } else if !ownAddresses.isEmpty, addressProperties.contains(member.name), isOwn(address: text) {
                return .own
            }
        }
        return found
    }

    private func isOwn(_ identifier: PersonIdentifier) -> Bool { ownPeople.contains(identifier.id) }

    /// A rule that ends in a separator names a net, any other a whole address.
    private func isOwn(address: String) -> Bool {
        ownAddresses.contains { rule in
            rule.hasSuffix(".") || rule.hasSuffix(":") ? address.hasPrefix(rule) : address == rule
        }
    }
}
