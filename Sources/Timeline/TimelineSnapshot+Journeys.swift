public import Base
import Domain
import Kernels

extension TimelineSnapshot {
    /// The journeys of everybody, in order of where people lie in memory.
    ///
    /// - Parameter observedUntil: Touches less than a look-back before it may still lead to something.
    /// - Complexity: One pass over the events, and memory for the touches found.
    public func journeys(_ query: JourneyQuery, observedUntil: EventTime) -> JourneySet {
        let filters = [query.conversion] + query.touches + (query.refund.map { [$0] } ?? [])
        let touchBits: UInt32 = (1 << UInt32(query.touches.count) - 1) << 1
        let refundBit: UInt32 = query.refund == nil ? 0 : 1 << UInt32(query.touches.count + 1)
        let plan = JourneyPlan(
            conversion: 0, touches: touchBits,
            timesMs: query.range.lowerBound.unixMs..<query.range.upperBound.unixMs,
            lookBackMs: query.lookBack.count, isSinceConversion: query.isSinceConversion)
        let reader = JourneyReader(
            plan: plan, refundBit: refundBit, isCollapsed: query.isCollapsed, codes: dimensionCodes(query.dimension),
            isDirect: directChannels(query.direct), observedUntilMs: observedUntil.unixMs)
        let found = scan(
            matching: filters, start: { [FoundJourneys]() },
            visit: { found, people in found.append(reader.read(people)) })
        return journeySet(found.joined().sorted { $0.place < $1.place }, query.dimension)
    }

    private func directChannels(_ channels: Set<Channel>) -> [Bool] {
        var isDirect = [Bool](repeating: false, count: 256)
        for channel in channels {
            if let code = code(of: channel) { isDirect[Int(code)] = true }
        }
        return isDirect
    }

    private func dimensionCodes(_ dimension: JourneyQuery.Dimension) -> JourneyReader.Codes {
        switch dimension {
        case .channel: return .channels
        case .subject(let kind):
            return .names(
                kinds: dictionaries.withTables { [counts] in $0.subjectKinds(count: counts.subjects) },
                kind: Dictionaries.Tables.position(of: kind),
                property: column(PropertyName(validated: kind.rawValue), .text))
        case .property(let name): return .names(kinds: [], kind: nil, property: column(name, .text))
        }
    }

    /// One set of all that was found, under the keys with the most touches.
    private func journeySet(_ found: [FoundJourneys], _ dimension: JourneyQuery.Dimension) -> JourneySet {
        let (keys, keyOfCode, rest) = keys(found, dimension)
        var journeys: [JourneySet.Journey] = []
        var touches: [JourneySet.Touch] = []
        journeys.reserveCapacity(found.reduce(0) { $0 + $1.journeys.count })
        touches.reserveCapacity(found.reduce(0) { $0 + $1.touches.count })
        var people = 0
        for part in found {
            for journey in part.journeys {
                var journey = journey
                journey.person += people
                journeys.append(journey)
            }
            people += part.personCount
            for touch in part.touches {
                let key = keyOfCode[touch.code] ?? rest
                touches.append(JourneySet.Touch(key: key, isDirect: touch.isDirect, ageMs: touch.ageMs))
            }
        }
        let currencies = dictionaries.withTables { [counts] tables in
            (1..<max(1, counts.currencies)).map { tables.currency(of: UInt8($0)) ?? .cny }
        }
        return JourneySet(
            keys: keys, currencies: currencies, journeys: journeys, touches: touches,
            clippedCount: found.reduce(0) { $0 + $1.clippedCount },
            openCount: found.reduce(0) { $0 + $1.openCount })
    }

    /// The keys, those with the most touches first, the key of each of their codes, and that of all others.
    private func keys(
        _ found: [FoundJourneys], _ dimension: JourneyQuery.Dimension
    ) -> (keys: [JourneySet.Key], keyOfCode: [UInt32: UInt8], rest: UInt8) {
        var counts: [UInt32: Int] = [:]
        for touch in found.lazy.flatMap(\.touches) { counts[touch.code, default: 0] += 1 }
        let none = counts.removeValue(forKey: JourneyReader.noCode)
        var byName: [String: (count: Int, codes: [UInt32])] = [:]  // A subject and a text may name the same.
        dictionaries.withTables { tables in
            for (code, count) in counts {
                let name = dimension.name(of: code, tables)
                byName[name, default: (0, [])].count += count
                byName[name, default: (0, [])].codes.append(code)
            }
        }
        let named = byName.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        var keys: [JourneySet.Key] = []
        var keyOfCode: [UInt32: UInt8] = [:]
        for (name, one) in named.prefix(JourneySet.namedKeyCountMax) {
            for code in one.codes { keyOfCode[code] = UInt8(keys.count) }
            keys.append(.named(name))
        }
        if none != nil {
            keyOfCode[JourneyReader.noCode] = UInt8(keys.count)
            keys.append(.none)
        }
        let rest = UInt8(keys.count)
        if named.count > JourneySet.namedKeyCountMax { keys.append(.rest) }
        return (keys, keyOfCode, rest)
    }
}

extension JourneyQuery.Dimension {
    fileprivate func name(of code: UInt32, _ tables: Dictionaries.Tables) -> String {
        if self == .channel { return tables.channels.text(of: code) }
        guard code & JourneyReader.textBit == 0 else { return tables.texts.text(of: code ^ JourneyReader.textBit) }
        return tables.subject(of: code)?.id ?? ""
    }
}
