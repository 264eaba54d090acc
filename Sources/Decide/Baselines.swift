import Base
import Domain

extension DecideCore {
    /// The most popular of `among`, or of all that recall may bring.
    func popular(count: Int, among candidates: [Subject]?) -> [Subject] {
        guard let candidates else { return items.top.entries.prefix(count).map { items[$0.item].subject } }
        func weight(_ subject: Subject) -> Double {
            items.index(of: subject).map { items[$0].popularity } ?? -.infinity
        }
        let order = candidates.map { ($0, weight($0)) }.enumerated().sorted {
            ($0.element.1, $1.offset) > ($1.element.1, $0.offset)
        }
        return order.prefix(count).map(\.element.0)
    }

    /// What the person bought most often, the recent first among equals; filled up with the popular.
    func buyAgain(person: PersonID, count: Int, among candidates: [Subject]?) -> [Subject] {
        let allowed = candidates.map(Set.init)
        let entries = people.index(of: person).map { people[$0].entries } ?? []
        let bought = entries.filter { entry in
            entry.bought > 0 && (allowed?.contains(items[entry.item].subject) ?? items.isRecalled(entry.item))
        }
        let order = bought.sorted {
            ($0.bought, $0.boughtLastMinute, $0.item) > ($1.bought, $1.boughtLastMinute, $1.item)
        }
        var chosen = order.prefix(count).map { items[$0.item].subject }
        for subject in popular(count: 2 * count, among: candidates) where chosen.count < count {
            if !chosen.contains(subject) { chosen.append(subject) }
        }
        return chosen
    }
}
