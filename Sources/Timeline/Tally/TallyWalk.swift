import Base
import Domain
import Kernels

/// An event that counts for a leaf.
struct TallyMatch {
    let leaf: Int
    let event: Int  // In the piece.
    let source: Int  // The event by whose time and group it counts; itself, or what it came after.
    let amount: Double
}

/// A relation in bits of filters.
private struct CodedRelation: Sendable {
    let of: UInt32
    let unless: UInt32
    let withinMs: Int64
    let gapMs: Int64
    let isOfSameSubject: Bool
    let keepsFirst: Bool

    init(_ relation: TallyQuery.Relation, _ bits: ([EventFilter]) -> UInt32) {
        of = bits(relation.of)
        unless = bits(relation.unless)
        withinMs = relation.within?.count ?? .max
        gapMs = relation.gap.count
        isOfSameSubject = relation.isOfSameSubject
        keepsFirst = relation.choice == .first
    }

    func isMet(after earlierMs: Int64, at timeMs: Int64) -> Bool {
        let distance = timeMs &- earlierMs
        return distance >= gapMs && distance <= withinMs
    }
}

/// The event that a relation holds on to while a person's events pass.
private struct Held: Sendable {
    private var last = -1
    private var bySubject = SubjectEvents()

    mutating func forget() {
        last = -1
        bySubject.removeAll()
    }

    mutating func take(_ event: Int, _ piece: TallyPiece, _ relation: CodedRelation) {
        guard relation.isOfSameSubject else {
            if last < 0 || !relation.keepsFirst { last = event }
            return
        }
        let subject = piece.subject(event)
        guard subject != 0 else { return }
        if !relation.keepsFirst || bySubject.event(of: subject) == nil { bySubject.set(event, of: subject) }
    }

    func event(for event: Int, _ piece: TallyPiece, _ relation: CodedRelation) -> Int {
        relation.isOfSameSubject ? bySubject.event(of: piece.subject(event)) ?? -1 : last
    }
}

/// A leaf in bits of filters, and what it remembers of the person whose events pass.
struct TallyWalk: Sendable {
    /// Whether it says no more than that all of its events count for 1, whatever they are about.
    let isCount: Bool
    let leaf: Int
    private let of: UInt32
    private let starts: UInt32
    private let gapMaxMs: Int64?  // Of seconds.
    private let isOncePerSubject: Bool
    private let isFirst: Bool
    private let countsWithAfter: Bool
    private let isPlain: Bool  // Every event counts by itself.
    private let after: CodedRelation?
    private let without: CodedRelation?
    private let unlessFollowed: CodedRelation?
    private var held = Held()
    private var barring = Held()
    private var seen = SubjectEvents()
    private var hasSeenAny = false
    private var eventLast = -1

    init(_ leaf: TallyQuery.Leaf, number: Int, filters: [EventFilter]) {
        let bits = { (wanted: [EventFilter]) in
            wanted.reduce(UInt32(0)) { bits, filter in
                filters.firstIndex(of: filter).map { bits | 1 << UInt32($0) } ?? bits
            }
        }
        self.leaf = number
        of = bits(leaf.of)
        if case .seconds(let gapMax, let starts) = leaf.measure {
            gapMaxMs = gapMax.count
            self.starts = bits(starts)
        } else {
            gapMaxMs = nil
            starts = 0
        }
        isOncePerSubject = leaf.isOncePerSubject
        isFirst = leaf.isFirst
        countsWithAfter = leaf.countsWithAfter
        after = leaf.after.map { CodedRelation($0, bits) }
        without = leaf.without.map { CodedRelation($0, bits) }
        unlessFollowed = leaf.unlessFollowed.map { CodedRelation($0, bits) }
        isPlain =
            leaf.after == nil && leaf.without == nil && leaf.unlessFollowed == nil && !leaf.isFirst
            && !leaf.isOncePerSubject && gapMaxMs == nil
        switch leaf.measure {
        case .events, .people: isCount = isPlain
        case .sum, .seconds, .subjects: isCount = false
        }
    }

    /// The filters of events that say whether anything counts.
    var bits: UInt32 {
        let relations = [after, without, unlessFollowed].compactMap(\.self)
        return relations.reduce(of) { $0 | $1.of | $1.unless }
    }

    /// Calls `body` with each event of a person that counts, in order of time. Events of one time are of one moment:
    /// what an event has to come after may stand beside it.
    ///
    /// - Parameters:
    ///   - events: Those of one person that meet any of `bits`, and no others.
    ///   - values: What an event counts for.
    /// - Complexity: O(events); with `unlessFollowed`, and those that come within its time of each that counts.
    mutating func visit(
        _ events: Span<UInt32>, of piece: TallyPiece, _ values: TallyValues, _ body: (TallyMatch) -> Void
    ) {
        if isPlain { return visitAll(events, of: piece, values, body) }
        forget()
        var begin = 0
        while begin < events.count {
            let timeMs = piece.time(Int(events[begin]))
            var end = begin + 1
            while end < events.count, piece.time(Int(events[end])) == timeMs { end += 1 }
            let moment = events.extracting(begin..<end)
            if let after { Self.hold(moment, after, piece, in: &held) }
            if let without { Self.hold(moment, without, piece, in: &barring) }
            for i in moment.indices where piece.mask(Int(moment[i])) & of != 0 {
                let event = Int(moment[i])
                let source = judge(event, piece)
                let before = eventLast
                eventLast = event
                guard source >= 0, !isUndone(event, events.extracting(end..<events.count), piece) else { continue }
                let amount = amount(event, before, piece, values)
                guard amount.isFinite, isNew(piece, event) else { continue }
                body(TallyMatch(leaf: leaf, event: event, source: source, amount: amount))
            }
            begin = end
        }
    }

    private func visitAll(
        _ events: Span<UInt32>, of piece: TallyPiece, _ values: TallyValues, _ body: (TallyMatch) -> Void
    ) {
        for i in events.indices {
            let event = Int(events[i])
            let amount = values.amount(at: piece.position(event))
            if amount.isFinite { body(TallyMatch(leaf: leaf, event: event, source: event, amount: amount)) }
        }
    }

    private mutating func forget() {
        held.forget()
        barring.forget()
        seen.removeAll()
        hasSeenAny = false
        eventLast = -1
    }

    private static func hold(
        _ events: Span<UInt32>, _ relation: CodedRelation, _ piece: TallyPiece, in held: inout Held
    ) {
        if relation.unless != 0 {
            for i in events.indices where piece.mask(Int(events[i])) & relation.unless != 0 { held.forget() }
        }
        for i in events.indices where piece.mask(Int(events[i])) & relation.of != 0 {
            held.take(Int(events[i]), piece, relation)
        }
    }

    /// - Returns: The event by which it counts; −1 where it does not.
    private mutating func judge(_ event: Int, _ piece: TallyPiece) -> Int {
        if isFirst, hasSeenAny { return -1 }
        hasSeenAny = true
        if let without {
            let barred = barring.event(for: event, piece, without)
            if barred >= 0, without.isMet(after: piece.time(barred), at: piece.time(event)) { return -1 }
        }
        guard let after else { return event }
        let source = held.event(for: event, piece, after)
        guard source >= 0, after.isMet(after: piece.time(source), at: piece.time(event)) else { return -1 }
        return countsWithAfter ? source : event
    }

    private func isUndone(_ event: Int, _ later: Span<UInt32>, _ piece: TallyPiece) -> Bool {
        guard let unlessFollowed else { return false }
        for i in later.indices {
            let other = Int(later[i])
            guard piece.time(other) &- piece.time(event) <= unlessFollowed.withinMs else { return false }
            guard piece.mask(other) & unlessFollowed.of != 0 else { continue }
            if !unlessFollowed.isOfSameSubject || piece.subject(other) == piece.subject(event) { return true }
        }
        return false
    }

    private func amount(_ event: Int, _ before: Int, _ piece: TallyPiece, _ values: TallyValues) -> Double {
        guard let gapMaxMs else { return values.amount(at: piece.position(event)) }
        guard before >= 0, piece.mask(event) & starts == 0 else { return 0 }
        let gapMs = piece.time(event) &- piece.time(before)
        return gapMs <= gapMaxMs ? Double(gapMs) / 1000 : 0
    }

    private mutating func isNew(_ piece: TallyPiece, _ event: Int) -> Bool {
        guard isOncePerSubject else { return true }
        let subject = piece.subject(event)
        guard subject != 0 else { return true }
        guard seen.event(of: subject) == nil else { return false }
        seen.set(event, of: subject)
        return true
    }
}
