public import Base
public import Domain
import Kernels

/// Somebody came into an audience, or left it.
public struct AudienceChange: Sendable, Equatable {
    public let person: PersonID
    public let hasEntered: Bool
    public let time: EventTime  // When it was noticed.

    public init(person: PersonID, hasEntered: Bool, time: EventTime) {
        self.person = person
        self.hasEntered = hasEntered
        self.time = time
    }
}

/// Who is in an audience, kept while events come in, days pass, and ids turn out to be one person.
///
/// Only those are looked at again who have new events, whose ids were joined or parted, or for whom one of the last
/// days that the audience asks for has gone by. At each moment that it is brought up to, it holds whom the query finds.
public struct AudienceRoster: Sendable {
    private static let slotMs: Int64 = 256  // Of the times at which time alone may change a membership.
    private static let lookedAtMax = 50_000  // Above it everybody is looked at: one pass over columns is cheaper.

    public private(set) var expression: AudienceExpression
    private var isOther = false  // Whether the expression is another than at the last call.
    private var codes: Set<UInt32> = []  // Of members: of a person's ids, the first that came.
    private var dictionaries: Dictionaries?  // Of the codes.
    private var merges = PersonMerges.none
    private var dueBySlot: [Int64: [UInt32]] = [:]
    private var dueSlot: [UInt32: Int64] = [:]  // The slot that counts, of each person.
    private var slotEnd: Int64 = 0  // Slots before it are done with.

    private var told: Set<PersonID>  // Who was in it before the first call.

    /// One that holds nobody until it is first brought up to a moment.
    ///
    /// - Parameter told: Who was in it before, as far as anybody was told.
    public init(_ expression: AudienceExpression, told: Set<PersonID> = []) {
        self.expression = expression
        self.told = told
    }

    /// Who is in it, by when the first of their ids came.
    ///
    /// - Parameter snapshot: That of the last call.
    public func people(in snapshot: TimelineSnapshot) -> [PersonID] {
        codes.sorted().map { snapshot.person(of: $0) }
    }

    public var count: Int { codes.count }

    /// Whom it holds is another matter from the next call on, which tells who came and who left by that.
    public mutating func change(to expression: AudienceExpression) {
        isOther = isOther || expression != self.expression
        self.expression = expression
    }

    /// Brings it up to a moment.
    ///
    /// - Parameters:
    ///   - snapshot: With the ids of a person as one. It holds the events of `people`.
    ///   - people: Those who have new events since the last call.
    ///   - moment: Not before that of the last call.
    /// - Returns: Who came and who left, by when the first of their ids came.
    /// - Complexity: O(events of those who are looked at); O(all events) where it is another timeline than before.
    public mutating func update(
        to snapshot: TimelineSnapshot, newEventsOf people: some Swift.Sequence<PersonID>, at moment: EventTime
    ) throws(AudienceExpressionError) -> [AudienceChange] {
        let query = try AudienceQuery(expression, now: moment)
        if let dictionaries, dictionaries === snapshot.dictionaries, !isOther {
            var touched = Set(people.compactMap { snapshot.code(of: $0) })
            touched.formUnion(dueCodes(at: moment))
            touched.formUnion(merges.codes(groupedOtherwiseIn: snapshot.merges))
            merges = snapshot.merges
            if touched.isEmpty { return [] }
            return look(at: touched.filter { $0 < snapshot.counts.people }, in: snapshot, query, moment)
        }
        let before =
            dictionaries.map { known in known.withTables { tables in self.people(tables, merges) } }
            ?? Set(told.map { snapshot.person(standingFor: $0) })
        told = []
        startAnew(in: snapshot, at: moment)
        isOther = false
        let found = look(at: nil, in: snapshot, query, moment)
        let after = Set(found.map(\.person))
        return before.subtracting(after).sorted().map { AudienceChange(person: $0, hasEntered: false, time: moment) }
            + found.filter { !before.contains($0.person) }
    }

    private func people(_ tables: Dictionaries.Tables, _ merges: PersonMerges) -> Set<PersonID> {
        Set(codes.map { merges.group(of: $0)?.person ?? PersonID(validated: tables.people.text(of: $0)) })
    }

    private mutating func startAnew(in snapshot: TimelineSnapshot, at moment: EventTime) {
        dictionaries = snapshot.dictionaries
        merges = snapshot.merges
        codes = []
        dueBySlot = [:]
        dueSlot = [:]
        slotEnd = moment.unixMs / Self.slotMs + 1
    }

    /// - Parameter touched: Nil for everybody.
    private mutating func look(
        at touched: Set<UInt32>?, in snapshot: TimelineSnapshot, _ query: AudienceQuery, _ moment: EventTime
    ) -> [AudienceChange] {
        let isNarrow = touched.map { $0.count <= Self.lookedAtMax } ?? false
        let parts = snapshot.look(query, among: isNarrow ? touched?.sorted() : nil)
        let members = Set(parts.flatMap(\.finder.found))
        var looked = touched ?? []  // Ids that count no more by themselves are among them.
        for part in parts { looked.formUnion(part.visited) }
        var changes: [AudienceChange] = []
        for code in looked.sorted() {
            let ids = snapshot.merges.group(of: code)?.codes ?? [code]
            guard code == ids[0] else { continue }
            let wasMember = ids.contains { codes.contains($0) }
            let isMember = members.contains(code)
            for id in ids { codes.remove(id) }
            if isMember { codes.insert(code) }
            if wasMember != isMember {
                changes.append(
                    AudienceChange(person: snapshot.person(of: code), hasEntered: isMember, time: moment))
            }
        }
        for code in looked { dueSlot[code] = nil }
        for (code, dueMs) in parts.flatMap(\.dues) {
            let slot = (dueMs + Self.slotMs - 1) / Self.slotMs
            dueSlot[code] = slot
            dueBySlot[slot, default: []].append(code)
        }
        return changes
    }

    /// Those whose membership time alone may have changed.
    private mutating func dueCodes(at moment: EventTime) -> [UInt32] {
        let end = moment.unixMs / Self.slotMs + 1
        guard !dueBySlot.isEmpty, slotEnd < end else { return [] }
        let slots =
            end - slotEnd <= Int64(dueBySlot.count)
            ? Array(slotEnd..<end) : dueBySlot.keys.filter { $0 < end }
        slotEnd = end
        var due: [UInt32] = []
        for slot in slots {
            guard let codes = dueBySlot.removeValue(forKey: slot) else { continue }
            for code in codes where dueSlot[code] == slot { due.append(code) }
        }
        return due
    }
}

extension PersonMerges {
    /// The ids that are in a group here or there that is not in both.
    fileprivate func codes(groupedOtherwiseIn other: PersonMerges) -> Set<UInt32> {
        if groups == other.groups { return [] }
        let (mine, theirs) = (Set(groups.map(\.codes)), Set(other.groups.map(\.codes)))
        return Set(mine.symmetricDifference(theirs).joined())
    }
}

/// What is found of the people that are looked at.
private struct AudienceLook: Sendable {
    private(set) var finder: AudienceFinder
    private(set) var visited: [UInt32] = []
    private(set) var dues: [(code: UInt32, dueMs: Int64)] = []
    private let plan: AudiencePlan
    private var dueMs: [Int64] = []
    private var stageMatching = Matching(partial: 0, looked: .matching)

    init(_ plan: AudiencePlan) {
        self.plan = plan
        finder = AudienceFinder(plan)
    }

    mutating func visit(_ piece: MatchedRows) {
        finder.visit(piece)
        var dueMs: [Int64] = []
        swap(&dueMs, &self.dueMs)
        defer { swap(&dueMs, &self.dueMs) }
        dueMs.removeAll(keepingCapacity: true)
        dueMs.append(contentsOf: repeatElement(.max, count: piece.people.count))
        var span = dueMs.mutableSpan
        for leaf in plan.leaves {
            if leaf.isLast {
                lowerDueTimes(
                    bits: leaf.bits, lengthMs: Int64(leaf.timesMs.count), momentMs: leaf.timesMs.upperBound,
                    offsets: piece.offsets.span, times: piece.times.span, masks: piece.masks.span, dueMs: &span)
            } else if let stage = leaf.stage, stage.isOfNow {
                stage.lowerDue(stage.matched(piece, with: &stageMatching), dueMs: &span)
            }
        }
        for person in piece.people where !isSet(person, in: piece.skipped.span) {
            let code = piece.firstCode(person)
            visited.append(code)
            if dueMs[person] < EventTime.unixMsEnd { dues.append((code, dueMs[person])) }
        }
    }
}

extension TimelineSnapshot {
    fileprivate func look(_ query: AudienceQuery, among codes: [UInt32]?) -> [AudienceLook] {
        let plan = AudiencePlan(query, self)
        return scan(
            matching: plan.filters, among: codes, start: { AudienceLook(plan) },
            visit: { look, piece in look.visit(piece) })
    }
}
