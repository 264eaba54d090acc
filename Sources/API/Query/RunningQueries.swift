import Domain
import Synchronization
import Timeline

/// The queries that wait or run under a name that their callers chose, so that these can end them.
final class RunningQueries: Sendable {
    private struct Key: Hashable {
        let caller: Identity
        let name: String
    }

    private let budgets = Mutex<[Key: QueryBudget]>([:])

    /// - Returns: Whether the name was free.
    func begin(_ name: String, of caller: Identity, _ budget: QueryBudget) -> Bool {
        budgets.withLock { budgets in
            let key = Key(caller: caller, name: name)
            guard budgets[key] == nil else { return false }
            budgets[key] = budget
            return true
        }
    }

    func end(_ name: String, of caller: Identity) {
        budgets.withLock { $0[Key(caller: caller, name: name)] = nil }
    }

    /// - Returns: Whether the caller has a query of this name under way.
    func cancel(_ name: String, of caller: Identity) -> Bool {
        let budget = budgets.withLock { $0[Key(caller: caller, name: name)] }
        budget?.end()
        return budget != nil
    }
}
