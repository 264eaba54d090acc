import Domain
import Synchronization

/// Whose events came since it was last asked, where anyone asks.
final class NewEventPeople: Sendable {
    private let people = Mutex<Set<PersonID>?>(nil)  // Nil while nobody asks.

    /// From now on they are noted.
    func begin() { people.withLock { $0 = $0 ?? [] } }

    func end() { people.withLock { $0 = nil } }

    func note(_ new: @autoclosure () -> [PersonID]) {
        guard people.withLock({ $0 != nil }) else { return }
        let new = new()
        people.withLock { $0?.formUnion(new) }
    }

    func forget(_ isErased: (PersonID) -> Bool) {
        people.withLock { people in people = people?.filter { !isErased($0) } }
    }

    func take() -> Set<PersonID> {
        people.withLock { people in
            guard let taken = people else { return [] }
            people = []
            return taken
        }
    }
}
