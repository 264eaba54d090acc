import Base
import Domain
import Kernels

extension TimelineSnapshot {
    /// - Parameter after: `next` of the page before.
    /// - Complexity: One pass over the events, and one more over those in the cache for each leaf; over the names alone
    ///   where it asks for counts of names.
    public func audience(_ query: AudienceQuery, after: Int? = nil, countMax: Int) -> AudienceResult {
        let members = members(query)
        let left = members.codes.drop { Int($0) <= after ?? -1 }
        let page = left.prefix(max(0, countMax))
        return AudienceResult(
            count: members.codes.count, people: page.map { person(of: $0) },
            next: left.count > page.count ? page.last.map { Int($0) } : nil, peopleTotal: members.peopleTotal)
    }

    /// - Parameter queries: Up to `AudienceOverlap.audienceCountMax`, as of one moment.
    public func overlap(_ queries: [AudienceQuery]) -> AudienceOverlap {
        var sets = [UInt8](repeating: 0, count: counts.people)
        var peopleTotal = peopleCount
        for (number, query) in queries.prefix(AudienceOverlap.audienceCountMax).enumerated() {
            let members = members(query)
            peopleTotal = members.peopleTotal
            for code in members.codes { sets[Int(code)] |= 1 << UInt8(number) }
        }
        var regions = [Int](repeating: 0, count: 1 << min(queries.count, AudienceOverlap.audienceCountMax))
        for set in sets where set != 0 { regions[Int(set)] += 1 }
        regions[0] = peopleTotal - regions.reduce(0, +)
        return AudienceOverlap(regions: regions, peopleTotal: peopleTotal)
    }

    /// - Parameters:
    ///   - first, last: The same audience as of two moments.
    ///   - countMax: Of the people named on either side.
    public func difference(_ first: AudienceQuery, _ last: AudienceQuery, countMax: Int) -> AudienceDifference {
        let (before, after) = (members(first), members(last))
        let (old, new) = (Set(before.codes), Set(after.codes))
        let entered = after.codes.filter { !old.contains($0) }
        let left = before.codes.filter { !new.contains($0) }
        return AudienceDifference(
            stayedCount: after.codes.count - entered.count, enteredCount: entered.count, leftCount: left.count,
            entered: entered.prefix(countMax).map { person(of: $0) },
            left: left.prefix(countMax).map { person(of: $0) },
            peopleTotal: [before.peopleTotal, after.peopleTotal])
    }

    /// Members in codes, ascending, and everybody who was there.
    func members(_ query: AudienceQuery) -> (codes: [UInt32], peopleTotal: Int) {
        let plan = AudiencePlan(query, self)
        if let conditions = plan.conditions { return (members(conditions), peopleCount) }
        let parts = scan(
            matching: plan.filters, start: { AudienceFinder(plan) }, visit: { finder, piece in finder.visit(piece) })
        let codes = parts.flatMap(\.found).sorted()
        return (codes, query.asOf == nil ? peopleCount : parts.reduce(0) { $0 + $1.presentCount })
    }

    private func members(_ conditions: [AudienceCondition]) -> [UInt32] {
        scan(
            start: { CountedAudience(conditions) },
            visit: { audience, people in
                var first = people.rows.lowerBound
                while first < people.rows.upperBound {
                    let end = people.end(from: first, eventCount: Self.matchedCount)
                    audience.visit(first..<end, of: people)
                    first = end
                }
            }
        ).flatMap(\.found).sorted()
    }
}
