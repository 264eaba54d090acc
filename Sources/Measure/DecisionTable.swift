internal import Base
internal import Domain

/// What `DecisionIndex` knows, as a value.
///
/// Memory: about 300 bytes a decision and 100 an outcome, with ids of 32 characters and four decisions a person.
struct DecisionTable: Sendable {
    private struct Row {
        let id: DecisionID
        let sequence: UInt64
        let time: EventTime
        let log: UInt32
        let person: UInt32
    }

    private struct LogRows {
        let log: DecisionIndex.Log
        var rows: [UInt32] = []
        var outcomeCount = 0
        var revision: UInt64 = 0  // Exposures and positive outcomes so far.
    }

    private struct PersonRows {
        let person: PersonID
        var rows: [UInt32] = []
    }

    private var rows: [Row] = []  // In journal order, so by sequence.
    private var rowOfID: [DecisionID: UInt32] = [:]
    private var logs: [LogRows] = []
    private var logNumbers: [DecisionIndex.Log: UInt32] = [:]
    private var logsOfSource: [SourceName: [UInt32]] = [:]
    private var logsOfSurface: [String: [UInt32]] = [:]
    private var people: [PersonRows] = []
    private var personNumbers: [PersonID: UInt32] = [:]
    private var outcomes: [UInt32: [DecisionIndex.Outcome]] = [:]  // By row.
    private var orphans: [DecisionID: [DecisionIndex.Outcome]] = [:]  // Outcomes whose decision has not come yet.
    private var orphanCount = 0

    var count: Int { rows.count }

    // MARK: Growing

    mutating func add(_ event: Event, _ id: DecisionID, sequence: UInt64) {
        guard rowOfID[id] == nil,  // The first record of an id is the decision.
            let surface = event.properties["surface"]?.stringValue, SurfaceName(surface) != nil
        else { return }
        add(
            id: id, sequence: sequence, time: event.time, DecisionIndex.Log(source: event.source, surface: surface),
            event.person)
    }

    private mutating func add(
        id: DecisionID, sequence: UInt64, time: EventTime, _ log: DecisionIndex.Log, _ person: PersonID
    ) {
        let row = UInt32(rows.count)
        let log = number(of: log)
        let person = number(of: person)
        rows.append(Row(id: id, sequence: sequence, time: time, log: log, person: person))
        rowOfID[id] = row
        logs[Int(log)].rows.append(row)
        people[Int(person)].rows.append(row)
        let waiting = orphans.removeValue(forKey: id) ?? []
        orphanCount -= waiting.count
        for outcome in waiting { add(outcome, toRow: row) }
    }

    mutating func add(_ outcome: DecisionIndex.Outcome, of id: DecisionID) {
        if let row = rowOfID[id] {
            add(outcome, toRow: row)
        } else if orphanCount < DecisionIndex.orphanCountMax {
            orphans[id, default: []].append(outcome)
            orphanCount += 1
        }
    }

    private mutating func add(_ outcome: DecisionIndex.Outcome, toRow row: UInt32) {
        let isPositive = outcome.isPositive
        guard outcomes[row]?.count ?? 0 < DecisionIndex.outcomeCountMax * (isPositive ? 2 : 1) else { return }
        let log = Int(rows[Int(row)].log)
        if isPositive || outcome.isExposure { logs[log].revision += 1 }
        if isPositive, outcomes[row]?.contains(where: \.isPositive) != true { logs[log].outcomeCount += 1 }
        outcomes[row, default: []].append(outcome)
    }

    private mutating func number(of log: DecisionIndex.Log) -> UInt32 {
        if let number = logNumbers[log] { return number }
        let number = UInt32(logs.count)
        logs.append(LogRows(log: log))
        logNumbers[log] = number
        logsOfSource[log.source, default: []].append(number)
        logsOfSurface[log.surface, default: []].append(number)
        return number
    }

    private mutating func number(of person: PersonID) -> UInt32 {
        if let number = personNumbers[person] { return number }
        let number = UInt32(people.count)
        people.append(PersonRows(person: person))
        personNumbers[person] = number
        return number
    }

    // MARK: Shrinking

    /// Without the decisions before `end` for some people, and what followed from them.
    func without(before end: UInt64, _ isErased: (PersonID) -> Bool) -> DecisionTable {
        let gone = people.map { isErased($0.person) }
        guard gone.contains(true) else { return self }
        var table = DecisionTable()
        (table.orphans, table.orphanCount) = (orphans, orphanCount)
        for (number, row) in rows.enumerated() where row.sequence >= end || !gone[Int(row.person)] {
            table.add(
                id: row.id, sequence: row.sequence, time: row.time, logs[Int(row.log)].log,
                people[Int(row.person)].person)
            for outcome in outcomes[UInt32(number)] ?? [] { table.add(outcome, of: row.id) }
        }
        return table
    }

    func count(ofPeople isOne: (PersonID) -> Bool, before end: UInt64) -> Int {
        people.reduce(0) { sum, person in
            isOne(person.person) ? sum + person.rows.count { rows[Int($0)].sequence < end } : sum
        }
    }

    // MARK: Decisions

    func item(_ id: DecisionID) -> DecisionIndex.Item? { rowOfID[id].map(item) }

    func outcomes(of id: DecisionID) -> [DecisionIndex.Outcome] { rowOfID[id].flatMap { outcomes[$0] } ?? [] }

    private func item(_ number: UInt32) -> DecisionIndex.Item {
        let row = rows[Int(number)]
        return DecisionIndex.Item(
            id: row.id, sequence: row.sequence, time: row.time, log: logs[Int(row.log)].log,
            person: people[Int(row.person)].person)
    }

    func page(before: UInt64?, surface: String?, person: PersonID?, countMax: Int) -> [DecisionIndex.Item] {
        let end = UInt32(before.map { end in rows.firstIndex(reaching: { $0.sequence >= end }) } ?? rows.count)
        let ofPerson = person.map { person in personNumbers[person].map { people[Int($0)].rows } ?? [] }
        let ofSurface = surface.map { surface in (logsOfSurface[surface] ?? []).map { logs[Int($0)].rows } }
        var found: [UInt32]
        switch (ofPerson, ofSurface) {
        case (nil, nil): found = (0..<end).suffix(countMax).reversed()
        case (let lists?, nil): found = Self.newest(countMax, in: [lists], before: end)
        case (nil, let lists?): found = Self.newest(countMax, in: lists, before: end)
        case (let own?, let lists?):
            let isPersonRarer = own.count < lists.reduce(0) { $0 + $1.count }
            found = Self.newest(countMax, in: isPersonRarer ? [own] : lists, before: end) { number in
                let row = rows[Int(number)]
                return isPersonRarer
                    ? logs[Int(row.log)].log.surface == surface : people[Int(row.person)].person == person
            }
        }
        return found.map(item)
    }

    /// The largest numbers below `end` of several ascending lists, largest first.
    private static func newest(
        _ countMax: Int, in lists: [[UInt32]], before end: UInt32, where isWanted: (UInt32) -> Bool = { _ in true }
    ) -> [UInt32] {
        var ends = lists.map { list in list.firstIndex(reaching: { $0 >= end }) }
        var found: [UInt32] = []
        while found.count < countMax {
            let open = lists.indices.filter { ends[$0] > 0 }
            guard let next = open.max(by: { lists[$0][ends[$0] - 1] < lists[$1][ends[$1] - 1] }) else { break }
            ends[next] -= 1
            let number = lists[next][ends[next]]
            if isWanted(number) { found.append(number) }
        }
        return found
    }

    // MARK: Logs

    func moments(
        of log: DecisionIndex.Log, from start: Int, countMax: Int
    ) -> [(time: EventTime, sequence: UInt64)] {
        guard let number = logNumbers[log] else { return [] }
        return logs[Int(number)].rows.dropFirst(start).prefix(countMax).map { row in
            (rows[Int(row)].time, rows[Int(row)].sequence)
        }
    }

    func sample(of log: DecisionIndex.Log, countMax: Int) -> [UInt64] {
        guard let number = logNumbers[log] else { return [] }
        let all = logs[Int(number)].rows
        let count = min(all.count, countMax)
        return (0..<count).map { rows[Int(all[$0 * all.count / count])].sequence }
    }

    func summaries() -> [DecisionIndex.LogSummary] { logs.indices.map(summary) }

    func log(named name: String) -> DecisionIndex.LogSummary? {
        let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let source = SourceName(
            validated: String(parts[0]).replacing("%2F", with: "/").replacing("%25", with: "%"))
        guard parts.count > 1 else {
            guard let numbers = logsOfSource[source], numbers.count == 1 else { return nil }
            return summary(Int(numbers[0]))
        }
        return logNumbers[DecisionIndex.Log(source: source, surface: String(parts[1]))].map { summary(Int($0)) }
    }

    private func summary(_ number: Int) -> DecisionIndex.LogSummary {
        let entry = logs[number]
        let isAlone = logsOfSource[entry.log.source]?.count == 1
        return DecisionIndex.LogSummary(
            log: entry.log, name: isAlone ? DecisionIndex.Log.escaped(entry.log.source) : entry.log.fullName,
            decisionCount: entry.rows.count, outcomeCount: entry.outcomeCount,
            revision: UInt64(entry.rows.count) + entry.revision)
    }
}

extension Array {
    /// Where the elements begin for which `isReached` holds, which it does for all after the first: binary search.
    fileprivate func firstIndex(reaching isReached: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isReached(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
