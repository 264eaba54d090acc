import Base
import Domain
import Kernels

/// The groups of a count query and how they are numbered: by name, then channel, then bucket.
private struct Grouping {
    var names: [UInt16: Int] = [:]  // Group of each code that is counted.
    var channels: [UInt8: Int] = [:]
    var timesMs: Range<Int64> = 0..<0
    var originMs: Int64 = 0
    var bucketMs: Int64?
    var bucketCount = 1
    var currencyCount = 0

    var nameCount: Int { (names.values.max() ?? -1) + 1 }
    var channelCount: Int { (channels.values.max() ?? -1) + 1 }
    var cellCount: Int { nameCount * channelCount * bucketCount }
}

extension TimelineSnapshot {
    /// The groups that have events, in order of time, then name, then channel.
    public func counts(_ query: CountQuery) throws(TimelineQueryError) -> [CountRow] {
        let grouping = try grouping(query)
        guard grouping.cellCount > 0, !grouping.timesMs.isEmpty else { return [] }
        let plan = CountPlan(
            groupOfName: { grouping.names[$0] }, groupOfChannel: { grouping.channels[$0] },
            timesMs: grouping.timesMs, originMs: grouping.originMs, bucketMs: grouping.bucketMs)
        let partials = count(plan, currencyCount: grouping.currencyCount)
        var cells = [CountCell](repeating: CountCell(), count: plan.cellCount)
        var sums = [Int64](repeating: 0, count: plan.cellCount * grouping.currencyCount)
        for partial in partials {
            for i in cells.indices { cells[i].add(partial.cells[i]) }
            for i in sums.indices { sums[i] = clampedSum(sums[i], partial.sums[i]) }
        }
        return rows(query, grouping, cells, sums)
    }

    private struct Partial: Sendable {
        var cells: [CountCell]
        var sums: [Int64]
    }

    private func count(_ plan: CountPlan, currencyCount: Int) -> [Partial] {
        scan(
            start: {
                Partial(
                    cells: .init(repeating: CountCell(), count: plan.cellCount),
                    sums: .init(repeating: 0, count: plan.cellCount * currencyCount))
            },
            visit: { partial, people in
                let (columns, extras) = (people.columns, people.extras)
                var sums: [Int64] = []  // Taken out for the call: two spans into one value would overlap.
                swap(&sums, &partial.sums)
                defer { swap(&sums, &partial.sums) }
                var sumSpan = sums.mutableSpan
                var cellSpan = partial.cells.mutableSpan
                countEvents(
                    plan, people: people.rows, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: columns.times.span, names: columns.names.span, channels: columns.channels.span,
                    extras: extras.rows.span, minors: extras.table.minors.span,
                    currencies: extras.table.currencies.span, markBase: people.markBase, into: &cellSpan,
                    sums: &sumSpan)
            })
    }

    private func grouping(_ query: CountQuery) throws(TimelineQueryError) -> Grouping {
        var grouping = Grouping()
        guard let times else { return grouping }
        let all = times.lowerBound.unixMs..<times.upperBound.unixMs + 1
        grouping.timesMs = query.range.map { ($0.lowerBound.unixMs..<$0.upperBound.unixMs).clamped(to: all) } ?? all
        grouping.originMs = grouping.timesMs.lowerBound
        if let bucket = query.bucket {
            let dayMsMax = Milliseconds.days(36_525).count
            guard (1...dayMsMax).contains(bucket.count) else { throw .bucketOutOfRange(ms: bucket.count) }
            let offsetMs = query.offset.count % bucket.count
            let local = grouping.timesMs.lowerBound + offsetMs
            let past = (local % bucket.count + bucket.count) % bucket.count
            grouping.originMs = grouping.timesMs.lowerBound - past
            grouping.bucketMs = bucket.count
            grouping.bucketCount = Int((grouping.timesMs.upperBound - 1 - grouping.originMs) / bucket.count) + 1
        }
        for code in codes(query.names) { grouping.names[code] = query.isByName ? grouping.names.count : 0 }
        for code in codes(query.channels) { grouping.channels[code] = query.isByChannel ? grouping.channels.count : 0 }
        grouping.currencyCount = query.sumsValues ? counts.currencies - 1 : 0
        let (count, isOver) = (grouping.nameCount * grouping.channelCount).multipliedReportingOverflow(
            by: grouping.bucketCount)
        guard !isOver, count * max(1, grouping.currencyCount) <= CountQuery.groupCountMax else {
            throw .tooManyGroups(count: isOver ? .max : count, max: CountQuery.groupCountMax)
        }
        return grouping
    }

    private func codes(_ names: Set<EventName>?) -> [UInt16] {
        names.map { $0.compactMap { code(of: $0) } } ?? (0..<counts.names).map { UInt16($0) }
    }

    private func codes(_ channels: Set<Channel>?) -> [UInt8] {
        channels.map { $0.compactMap { code(of: $0) } } ?? (0..<counts.channels).map { UInt8($0) }
    }

    private func rows(_ query: CountQuery, _ grouping: Grouping, _ cells: [CountCell], _ sums: [Int64]) -> [CountRow] {
        let texts = dictionaries.withTables { tables in
            (
                names: grouping.names.keys.map { ($0, EventName(validated: tables.names.text(of: UInt32($0)))) },
                channels: grouping.channels.keys.map { ($0, Channel(validated: tables.channels.text(of: UInt32($0)))) },
                currencies: (0..<grouping.currencyCount).map { tables.currency(of: UInt8($0 + 1)) }
            )
        }
        let names = query.isByName ? texts.names.map { (grouping.names[$0] ?? 0, Optional($1)) } : [(0, nil)]
        let channels =
            query.isByChannel ? texts.channels.map { (grouping.channels[$0] ?? 0, Optional($1)) } : [(0, nil)]
        let nameOrder = names.sorted { ($0.1?.text ?? "") < ($1.1?.text ?? "") }
        let channelOrder = channels.sorted { ($0.1?.text ?? "") < ($1.1?.text ?? "") }
        var rows: [CountRow] = []
        for bucket in 0..<grouping.bucketCount {
            let start = grouping.bucketMs.map {
                EventTime(clampingUnixMs: grouping.originMs + Int64(bucket) * $0)
            }
            for (nameGroup, name) in nameOrder {
                for (channelGroup, channel) in channelOrder {
                    let group = (nameGroup * grouping.channelCount + channelGroup) * grouping.bucketCount
                    let cell = group + bucket
                    guard cells[cell].events > 0 else { continue }
                    let values = texts.currencies.enumerated().compactMap { currency, known -> ValueSum? in
                        let minor = sums[cell * grouping.currencyCount + currency]
                        return known.flatMap { minor == 0 ? nil : ValueSum(minor: minor, currency: $0) }
                    }
                    rows.append(
                        CountRow(
                            start: start, name: name, channel: channel, events: Int(cells[cell].events),
                            people: Int(cells[cell].people),
                            values: values.sorted { $0.currency.code < $1.currency.code }))
                }
            }
        }
        return rows
    }
}
