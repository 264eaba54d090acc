import Base
import Domain
import Kernels

extension TimelineSnapshot {
    public func audience(_ query: AudienceQuery) -> AudienceResult {
        guard let conditions = conditions(query) else {
            return AudienceResult(count: 0, people: [], peopleTotal: peopleCount)
        }
        let partials = scan(
            start: { [UInt32]() },
            visit: { found, people in
                let columns = people.columns
                var rows = [UInt32](repeating: 0, count: people.rows.count)
                var span = rows.mutableSpan
                let count = findAudience(
                    conditions.span, people: people.rows, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: columns.times.span, names: columns.names.span, channels: columns.channels.span, into: &span)
                for row in rows[..<count] { found.append(people.firstCode(Int(row))) }
            })
        let people = partials.joined().sorted()
        let named = people.prefix(query.limit).map { person(of: $0) }
        return AudienceResult(count: people.count, people: named, peopleTotal: peopleCount)
    }

    /// The clauses in codes; nil where nobody can meet them. What never happened, nobody did.
    private func conditions(_ query: AudienceQuery) -> [AudienceCondition]? {
        var conditions: [AudienceCondition] = []
        for (clauses, isMet) in [(query.did, true), (query.didNot, false)] {
            for clause in clauses {
                let channel = clause.channel.map { code(of: $0) }
                guard let name = code(of: clause.name), channel != .some(nil) else {
                    if isMet { return nil }
                    continue
                }
                let range = clause.range.map { $0.lowerBound.unixMs..<$0.upperBound.unixMs }
                conditions.append(
                    AudienceCondition(
                        name: name, channel: channel ?? nil, timesMs: range ?? 0..<EventTime.unixMsEnd,
                        countMin: clause.countMin, isMet: isMet))
            }
        }
        return conditions
    }
}
