import Base
public import Domain
import Kernels

extension TimelineSnapshot {
    /// An event and whose it is.
    public struct OwnedEntry: Sendable, Equatable {
        public let person: PersonID
        public let entry: TimelineEntry
    }

    /// All events of these names, in the order of the journal.
    ///
    /// - Complexity: O(events) to find them, O(found) memory: meant for names that are rare.
    public func entries(named names: Set<EventName>) -> [OwnedEntry] {
        let codes = Set(names.compactMap { code(of: $0) })
        return codes.isEmpty ? [] : entries { codes.contains($0.columns.names[$1]) }
    }

    /// All events that are a decision or name one, in the order of the journal.
    ///
    /// - Complexity: O(events), and O(found) memory.
    public func entriesWithDecision() -> [OwnedEntry] {
        entries { $0.extras.rows[$1] != 0 }.filter { $0.entry.decision != nil }
    }

    private func entries(
        where isWanted: @Sendable (_ people: PersonRows, _ position: Int) -> Bool
    ) -> [OwnedEntry] {
        let found = scan(
            start: { [(person: UInt32, event: CodedEvent)]() },
            visit: { [generation] found, people in
                for row in people.rows where !isSet(row, in: people.skipped.span) {
                    let positions = Int(people.offsets[row])..<Int(people.offsets[row + 1])
                    for position in positions where isWanted(people, position) {
                        let event = people.event(at: position, base: generation.sequenceBase)
                        found.append((people.firstCode(row), event))
                    }
                }
            }
        ).joined().sorted { $0.event.sequence < $1.event.sequence }
        return dictionaries.withTables { tables in
            found.map { code, event in
                OwnedEntry(person: person(of: code, tables), entry: tables.entry(event))
            }
        }
    }
}
