import Kernels

/// The journeys of the people of one piece, before it is known under which key a touch is counted.
struct FoundJourneys: Sendable {
    let place: Int  // Of the first person among all.
    var personCount = 0
    var journeys: [JourneySet.Journey] = []  // People are numbered from 0, currencies as in the dictionary.
    var touches: [JourneySet.Touch] = []  // Without a key.
    var codes: [UInt32] = []  // What each touch is counted under.
    var clippedCount = 0
    var openCount = 0
}

/// Which journeys are read, and how.
struct JourneyReading: Sendable {
    let plan: JourneyPlan
    let refundBit: UInt32  // 0 where nothing is taken back.
    let isCollapsed: Bool
    let codes: TouchCodes
    let isDirect: [Bool]  // Shape [256], by code of the channel.
    let observedUntilMs: Int64
}

/// Reads journeys, and what they were touched by, out of columns: one piece after another, in the same memory.
struct JourneyReader: Sendable {
    private(set) var found: [FoundJourneys] = []
    private(set) var counts: [Int]  // Touches by code.
    private let reading: JourneyReading
    private var journeys: [Journey] = []
    private var positions: [UInt32] = []  // Of touches, in the piece.
    private var channels: [UInt32] = []  // Of the piece's events.
    private var codes: [UInt32] = []  // Likewise.

    init(_ reading: JourneyReading) {
        self.reading = reading
        counts = [Int](repeating: 0, count: reading.codes.count)
    }

    mutating func read(_ people: MatchedRows) {
        let count = findJourneys(of: people)
        guard count > 0 else { return }
        findTouches(of: count, people)
        gather(people)
        var found = FoundJourneys(place: people.mark(0))
        found.journeys.reserveCapacity(count)
        found.touches.reserveCapacity(positions.count)
        found.codes.reserveCapacity(positions.count)
        let conversions = conversions(of: count, people)
        var (next, begin) = (0, 0)
        for number in 0..<count {
            let journey = journeys[number]
            let end = next + Int(journey.touchCount)
            let first = found.touches.count
            addTouches(of: journey, next..<end, people, to: &found)
            found.journeys.append(
                JourneySet.Journey(
                    person: found.personCount, touchCount: found.touches.count - first,
                    conversion: journey.isConverted ? conversions[number] : nil))
            next = end
            if number + 1 == count || journeys[number + 1].person != journey.person {
                takeBack(begin...number, people, from: &found)
                found.personCount += 1
                begin = number + 1
            }
        }
        for code in found.codes { counts[Int(code)] += 1 }
        self.found.append(found)
    }

    private mutating func findJourneys(of people: MatchedRows) -> Int {
        let plan = reading.plan
        if journeys.count < 2 * people.count { resize(&journeys, 2 * people.count, .none) }
        var span = journeys.mutableSpan
        return Kernels.findJourneys(
            plan, people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
            times: people.times.span, masks: people.masks.span, into: &span)
    }

    private mutating func findTouches(of count: Int, _ people: MatchedRows) {
        let (journeys, plan) = (journeys, reading.plan)
        resize(&positions, journeys[..<count].reduce(0) { $0 + Int($1.touchCount) }, 0)
        var span = positions.mutableSpan
        Kernels.findTouches(
            plan, of: journeys.span.extracting(0..<count), masks: people.masks.span, into: &span)
    }

    /// What is read of every event of the piece.
    private mutating func gather(_ people: MatchedRows) {
        let positions = people.positions.span.extracting(0..<people.count)
        resize(&channels, people.count, 0)
        var span = channels.mutableSpan
        gatherCodes(people.columns.channels.span, at: positions, into: &span)
        reading.codes.fill(&codes, people, channels: channels)
    }

    private func addTouches(
        of journey: Journey, _ range: Range<Int>, _ people: MatchedRows, to found: inout FoundJourneys
    ) {
        let times = people.times.span
        let endMs = journey.isConverted ? times[Int(journey.end)] : 0
        var last = UInt32.max
        for number in range {
            let event = Int(positions[number])
            let touch = JourneySet.Touch(
                key: 0, isDirect: reading.isDirect[Int(channels[event])],
                ageMs: journey.isConverted ? endMs - times[event] : 0)
            if reading.isCollapsed, codes[event] == last {
                found.touches[found.touches.count - 1] = touch
            } else {
                found.touches.append(touch)
                found.codes.append(codes[event])
            }
            last = codes[event]
        }
        if journey.droppedCount > 0 { found.clippedCount += 1 }
        let openFromMs = reading.observedUntilMs - reading.plan.lookBackMs
        if !journey.isConverted, times[Int(journey.begin)] > openFromMs { found.openCount += 1 }
    }

    /// What each journey led to, read in one go, so that the memory is waited for once for many of them. An amount
    /// below zero counts as none.
    private func conversions(of count: Int, _ people: MatchedRows) -> [JourneySet.Conversion] {
        let extras = people.rows.extras
        return journeys[..<count].map { journey in
            guard journey.isConverted else { return JourneySet.Conversion() }
            let (currency, minor) = value(of: Int(journey.end), people, extras)
            return JourneySet.Conversion(currency: currency, minor: max(0, minor))
        }
    }

    private func value(of event: Int, _ people: MatchedRows, _ extras: EventExtras) -> (currency: Int?, minor: Int64) {
        let row = Int(extras.rows[people.position(event)])
        let currency = Int(extras.table.currencies[row])
        return currency == 0 ? (nil, 0) : (currency - 1, extras.table.minors[row])
    }

    /// Takes back the last conversion before each refund about the same subject.
    ///
    /// - Parameter range: The numbers of all journeys of one person.
    private func takeBack(_ range: ClosedRange<Int>, _ people: MatchedRows, from found: inout FoundJourneys) {
        let refundBit = reading.refundBit
        guard refundBit != 0, let earliest = journeys[range].first(where: \.isConverted) else { return }
        let events = Int(earliest.end)..<Int(people.offsets[Int(earliest.person) + 1])
        guard people.masks[events].contains(where: { $0 & refundBit != 0 }) else { return }
        var numbers: [Int: Int] = [:]  // By the conversion's number in the piece.
        for number in range where journeys[number].isConverted { numbers[Int(journeys[number].end)] = number }
        var last: [UInt32: Int] = [:]  // The last conversion about each subject.
        for event in events {
            let (mask, subject) = (people.masks[event], people.columns.subjects[people.position(event)])
            guard subject != 0 else { continue }
            if mask & refundBit != 0, let number = last[subject].flatMap({ numbers[$0] }) {
                takeBack(value(of: event, people, people.rows.extras), of: &found.journeys[number].conversion)
            }
            if mask & 1 != 0 { last[subject] = event }
        }
    }

    /// A refund without an amount is of the whole; one in another currency is of nothing.
    private func takeBack(_ refund: (currency: Int?, minor: Int64), of conversion: inout JourneySet.Conversion?) {
        guard var taken = conversion else { return }
        guard let currency = refund.currency, taken.currency != nil else {
            taken.refundedMinor = taken.minor
            taken.isRefunded = true
            conversion = taken
            return
        }
        guard currency == taken.currency else { return }
        let magnitude = Int64(clamping: refund.minor.magnitude)
        taken.refundedMinor = min(taken.minor, taken.refundedMinor + min(taken.minor, magnitude))
        taken.isRefunded = taken.refundedMinor == taken.minor
        conversion = taken
    }
}
