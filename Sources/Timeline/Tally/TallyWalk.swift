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
    private var bySubject: [UInt32: Int] = [:]

    mutating func forget() {
        last = -1
        if !bySubject.isEmpty { bySubject.removeAll(keepingCapacity: true) }
    }

    mutating func take(_ event: Int, _ subject: UInt32, _ relation: CodedRelation) {
        guard relation.isOfSameSubject else {
            if last < 0 || !relation.keepsFirst { last = event }
            return
        }
        guard subject != 0 else { return }
        if bySubject[subject] == nil || !relation.keepsFirst { bySubject[subject] = event }
    }

    func event(for subject: UInt32, _ relation: CodedRelation) -> Int {
        relation.isOfSameSubject ? bySubject[subject] ?? -1 : last
    }
}

/// A leaf in bits of filters, and what it remembers of the person whose events pass.
struct TallyWalk: Sendable {
    private let leaf: Int
    private let of: UInt32
    private let starts: UInt32
    private let gapMaxMs: Int64?  // Of seconds.
    private let isOncePerSubject: Bool
    private let isFirst: Bool
    private let countsWithAfter: Bool
    private let after: CodedRelation?
    private let without: CodedRelation?
    private let unlessFollowed: CodedRelation?
    private var held = Held()
    private var barring = Held()
    private var seen: Set<UInt32> = []
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
    }

    /// Whether anything can count of a person whose events together meet these filters.
    func concerns(_ masks: UInt32) -> Bool { masks & of != 0 }

    /// Calls `body` with each event of a person that counts, in order of time. Events of one time are of one moment:
    /// what an event has to come after may stand beside it.
    ///
    /// - Parameters:
    ///   - events: Of one person.
    ///   - times, masks, subjects: Shape `[events of the piece]`.
    ///   - values: Likewise, or empty where every event counts for 1.
    /// - Complexity: O(events); with `unlessFollowed`, and those that come within its time of each that counts.
    mutating func visit(
        _ events: Range<Int>, times: Span<Int64>, masks: Span<UInt32>, subjects: Span<UInt32>, values: Span<Double>,
        _ body: (TallyMatch) -> Void
    ) {
        forget()
        var begin = events.lowerBound
        while begin < events.upperBound {
            var end = begin + 1
            while end < events.upperBound, times[end] == times[begin] { end += 1 }
            if let after { Self.hold(begin..<end, after, masks, subjects, in: &held) }
            if let without { Self.hold(begin..<end, without, masks, subjects, in: &barring) }
            for event in begin..<end where masks[event] & of != 0 {
                let source = judge(event, times, subjects)
                let before = eventLast
                eventLast = event
                guard source >= 0, !isUndone(event, end..<events.upperBound, times, masks, subjects) else { continue }
                let amount = amount(event, before, times, masks, values)
                guard amount.isFinite, isNew(subjects[event]) else { continue }
                body(TallyMatch(leaf: leaf, event: event, source: source, amount: amount))
            }
            begin = end
        }
    }

    private mutating func forget() {
        held.forget()
        barring.forget()
        if !seen.isEmpty { seen.removeAll(keepingCapacity: true) }
        hasSeenAny = false
        eventLast = -1
    }

    private static func hold(
        _ events: Range<Int>, _ relation: CodedRelation, _ masks: Span<UInt32>, _ subjects: Span<UInt32>,
        in held: inout Held
    ) {
        if relation.unless != 0 {
            for event in events where masks[event] & relation.unless != 0 { held.forget() }
        }
        for event in events where masks[event] & relation.of != 0 { held.take(event, subjects[event], relation) }
    }

    /// - Returns: The event by which it counts; −1 where it does not.
    private mutating func judge(_ event: Int, _ times: Span<Int64>, _ subjects: Span<UInt32>) -> Int {
        if isFirst, hasSeenAny { return -1 }
        hasSeenAny = true
        if let without {
            let barred = barring.event(for: subjects[event], without)
            if barred >= 0, without.isMet(after: times[barred], at: times[event]) { return -1 }
        }
        guard let after else { return event }
        let source = held.event(for: subjects[event], after)
        guard source >= 0, after.isMet(after: times[source], at: times[event]) else { return -1 }
        return countsWithAfter ? source : event
    }

    private func isUndone(
        _ event: Int, _ later: Range<Int>, _ times: Span<Int64>, _ masks: Span<UInt32>, _ subjects: Span<UInt32>
    ) -> Bool {
        guard let unlessFollowed else { return false }
        for other in later {
            guard times[other] &- times[event] <= unlessFollowed.withinMs else { return false }
            guard masks[other] & unlessFollowed.of != 0 else { continue }
            if !unlessFollowed.isOfSameSubject || subjects[other] == subjects[event] { return true }
        }
        return false
    }

    private func amount(
        _ event: Int, _ before: Int, _ times: Span<Int64>, _ masks: Span<UInt32>, _ values: Span<Double>
    ) -> Double {
        guard let gapMaxMs else { return values.isEmpty ? 1 : values[event] }
        guard before >= 0, masks[event] & starts == 0 else { return 0 }
        let gapMs = times[event] &- times[before]
        return gapMs <= gapMaxMs ? Double(gapMs) / 1000 : 0
    }

    private mutating func isNew(_ subject: UInt32) -> Bool {
        !isOncePerSubject || subject == 0 || seen.insert(subject).inserted
    }
}
