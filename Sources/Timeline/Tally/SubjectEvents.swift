/// One event for each subject of a person: side by side while they are few, as with nearly everybody, else in a table.
struct SubjectEvents: Sendable {
    private static let fewMax = 12

    private var subjects: [UInt32] = []
    private var events: [Int] = []  // Of each of `subjects`.
    private var table: [UInt32: Int] = [:]  // All of them, once they are more.

    mutating func removeAll() {
        guard !subjects.isEmpty else { return }
        subjects.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        if !table.isEmpty { table.removeAll(keepingCapacity: true) }
    }

    /// Nil for a subject without one.
    func event(of subject: UInt32) -> Int? {
        guard table.isEmpty else { return table[subject] }
        return subjects.firstIndex(of: subject).map { events[$0] }
    }

    mutating func set(_ event: Int, of subject: UInt32) {
        guard table.isEmpty else {
            table[subject] = event
            return
        }
        if let known = subjects.firstIndex(of: subject) {
            events[known] = event
            return
        }
        subjects.append(subject)
        events.append(event)
        if subjects.count > Self.fewMax {
            for (subject, event) in zip(subjects, events) { table[subject] = event }
        }
    }
}
