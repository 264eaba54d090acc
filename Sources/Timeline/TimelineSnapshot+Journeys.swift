public import Base
import Dispatch
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
        let reading = JourneyReading(
            plan: plan, refundBit: refundBit, isCollapsed: query.isCollapsed, codes: touchCodes(query.dimension),
            isDirect: directChannels(query.direct), observedUntilMs: observedUntil.unixMs)
        let readers = scan(
            matching: filters, start: { JourneyReader(reading) }, visit: { reader, people in reader.read(people) })
        var counts = [Int](repeating: 0, count: reading.codes.count)
        for reader in readers { for code in counts.indices { counts[code] += reader.counts[code] } }
        return journeySet(
            readers.flatMap(\.found).sorted { $0.place < $1.place }, keys(reading.codes, counts))
    }

    private func directChannels(_ channels: Set<Channel>) -> [Bool] {
        var isDirect = [Bool](repeating: false, count: 256)
        for channel in channels {
            if let code = code(of: channel) { isDirect[Int(code)] = true }
        }
        return isDirect
    }

    private func touchCodes(_ dimension: JourneyQuery.Dimension) -> TouchCodes {
        let source: TouchCodes.Source =
            switch dimension {
            case .channel: .channels
            case .subject(let kind):
                .names(
                    kinds: dictionaries.withTables { [counts] in $0.subjectKinds(count: counts.subjects) },
                    kind: Dictionaries.Tables.position(of: kind),
                    property: column(PropertyName(validated: kind.rawValue), .text))
            case .property(let name): .names(kinds: [], kind: nil, property: column(name, .text))
            }
        return TouchCodes(source, subjectCount: counts.subjects, textCount: counts.texts)
    }

    /// One set of all that was found.
    private func journeySet(_ found: [FoundJourneys], _ keys: TouchKeys) -> JourneySet {
        var (people, journeyCount, touchCount) = (0, 0, 0)
        let places = found.map { part in
            defer {
                people += part.personCount
                journeyCount += part.journeys.count
                touchCount += part.touches.count
            }
            return (part: part, people: people, journeys: journeyCount, touches: touchCount)
        }
        let journeys = options.inParallel(places, count: journeyCount) { place, write in
            for (i, journey) in place.part.journeys.enumerated() {
                var journey = journey
                journey.person += place.people
                write(place.journeys + i, journey)
            }
        }
        let touches = options.inParallel(places, count: touchCount) { place, write in
            for (i, touch) in place.part.touches.enumerated() {
                write(place.touches + i, touch.keyed(keys.keyOfCode[Int(place.part.codes[i])]))
            }
        }
        let currencies = dictionaries.withTables { [counts] tables in
            (1..<max(1, counts.currencies)).map { tables.currency(of: UInt8($0)) ?? .cny }
        }
        return JourneySet(
            keys: keys.keys, currencies: currencies, journeys: journeys, touches: touches,
            clippedCount: found.reduce(0) { $0 + $1.clippedCount },
            openCount: found.reduce(0) { $0 + $1.openCount })
    }

    /// The keys, those with the most touches first: a subject and a text may name the same.
    private func keys(_ codes: TouchCodes, _ counts: [Int]) -> TouchKeys {
        var byName: [String: (count: Int, codes: [Int])] = [:]
        var none: Int?
        dictionaries.withTables { tables in
            for code in counts.indices where counts[code] > 0 {
                guard !codes.isNone(code) else {
                    none = code
                    continue
                }
                let name = codes.name(of: code, tables)
                byName[name, default: (0, [])].count += counts[code]
                byName[name, default: (0, [])].codes.append(code)
            }
        }
        let named = byName.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        let first = named.prefix(JourneySet.namedKeyCountMax)
        var keys = first.map { JourneySet.Key.named($0.key) }
        if none != nil { keys.append(.none) }
        var keyOfCode = [UInt8](repeating: UInt8(keys.count), count: counts.count)
        for (key, one) in first.enumerated() { for code in one.value.codes { keyOfCode[code] = UInt8(key) } }
        if let none { keyOfCode[none] = UInt8(first.count) }
        if named.count > JourneySet.namedKeyCountMax { keys.append(.rest) }
        return TouchKeys(keys: keys, keyOfCode: keyOfCode)
    }
}

/// The keys of a set of journeys, and which of them each code is counted under.
private struct TouchKeys: Sendable {
    let keys: [JourneySet.Key]
    let keyOfCode: [UInt8]
}

extension TimelineOptions {
    /// An array whose elements are written by parts, each of them on some thread.
    ///
    /// - Parameters:
    ///   - count: Of the elements; each of them is written once.
    ///   - fill: Writes one part's elements at their places.
    fileprivate func inParallel<Part: Sendable, Element: BitwiseCopyable & Sendable>(
        _ parts: [Part], count: Int, fill: @Sendable (Part, _ write: (Int, Element) -> Void) -> Void
    ) -> [Element] {
        let isLarge = count >= parallelCountMin
        return unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            nonisolated(unsafe) let buffer = unsafe buffer
            DispatchQueue.concurrentPerform(iterations: isLarge ? threadCount : 1) { thread in
                let share = isLarge ? threadCount : 1
                for part in parts[parts.count * thread / share..<parts.count * (thread + 1) / share] {
                    fill(part) { place, element in
                        precondition(place < count, "parts have places of their own")
                        unsafe buffer[place] = element
                    }
                }
            }
            initialized = count
        }
    }
}
