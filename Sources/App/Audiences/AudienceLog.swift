import API
import Domain
import Timeline

/// The last changes of one audience, in their order.
struct AudienceLog: Sendable {
    private static let changeCountMax = 10_000

    private let id: UInt64
    private var changes: [AudienceChange] = []
    private var begin = 0  // Number of the first change that is kept.

    init() { id = UInt64.random(in: .min ... .max) }

    mutating func append(_ new: [AudienceChange]) {
        changes += new
        guard changes.count > 2 * Self.changeCountMax else { return }
        let surplus = changes.count - Self.changeCountMax
        changes.removeFirst(surplus)
        begin += surplus
    }

    /// Begins anew where it tells of someone who is to be forgotten.
    mutating func forget(_ isErased: (PersonID) -> Bool) {
        if changes.contains(where: { isErased($0.person) }) { self = AudienceLog() }
    }

    private var end: Int { begin + changes.count }

    /// - Parameter cursor: Nil for what happens from now on.
    func changes(after cursor: AudienceCursor?, countMax: Int) -> AudienceChanges {
        guard let cursor else {
            return AudienceChanges(changes: [], next: AudienceCursor(log: id, number: end), isBroken: false)
        }
        let isKnown = cursor.log == id && (begin...end).contains(cursor.number)
        let from = isKnown ? cursor.number : begin
        let found = changes[(from - begin)...].prefix(countMax)
        return AudienceChanges(
            changes: Array(found), next: AudienceCursor(log: id, number: from + found.count), isBroken: !isKnown)
    }
}
