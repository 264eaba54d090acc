import Base
public import Domain

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
        return codes.isEmpty ? [] : entries { codes.contains($0.names[$1]) }
    }

    /// All events that are a decision or name one, in the order of the journal.
    ///
    /// - Complexity: O(events), and O(found) memory.
    public func entriesWithDecision() -> [OwnedEntry] {
        entries { columns, position in columns.extras[position] != 0 }.filter { $0.entry.decision != nil }
    }

    private func entries(
        where isWanted: @Sendable (_ columns: EventColumns, _ position: Int) -> Bool
    ) -> [OwnedEntry] {
        let found = scan(
            start: { [(person: UInt32, event: CodedEvent)]() },
            visit: { [generation] found, _, run, overlay in
                let columns = run.isOverlay ? overlay.columns : generation.columns
                let extras = run.isOverlay ? overlay.extras : generation.extras
                let offsets = run.isOverlay ? overlay.offsets : generation.offsets
                for row in run.rows {
                    let person = run.isOverlay ? overlay.people[row] : UInt32(row)
                    for position in Int(offsets[row])..<Int(offsets[row + 1]) where isWanted(columns, position) {
                        let event = columns.event(at: position, extras: extras, base: generation.sequenceBase)
                        found.append((person, event))
                    }
                }
            }
        ).joined().sorted { $0.event.sequence < $1.event.sequence }
        return dictionaries.withTables { tables in
            found.map { person, event in
                OwnedEntry(
                    person: PersonID(validated: tables.people.text(of: person)), entry: tables.entry(event))
            }
        }
    }
}
