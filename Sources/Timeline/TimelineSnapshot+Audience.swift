import Base
import Domain
import Kernels

extension TimelineSnapshot {
    public func audience(_ query: AudienceQuery) -> AudienceResult {
        guard let conditions = conditions(query) else {
            return AudienceResult(count: 0, people: [], peopleTotal: peopleCount)
        }
        let partials = scan(
            start: { [(number: Int, people: [UInt32])]() },
            visit: { [generation] found, number, run, overlay in
                let columns = run.isOverlay ? overlay.columns : generation.columns
                let offsets = run.isOverlay ? overlay.offsets : generation.offsets
                var rows = [UInt32](repeating: 0, count: run.rows.count)
                var span = rows.mutableSpan
                let count = findAudience(
                    conditions.span, people: run.rows, offsets: offsets.span, times: columns.times.span,
                    names: columns.names.span, channels: columns.channels.span, into: &span)
                guard count > 0 else { return }
                let people = run.isOverlay ? rows[..<count].map { overlay.people[Int($0)] } : Array(rows[..<count])
                found.append((number, people))
            })
        var people = partials.joined().sorted { $0.number < $1.number }.flatMap(\.people)
        people.sort()
        let named = dictionaries.withTables { [people] tables in
            people.prefix(query.limit).map { PersonID(validated: tables.people.text(of: $0)) }
        }
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
