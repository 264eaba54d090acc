import Kernels

/// The journeys of some people, in codes.
struct FoundJourneys: Sendable {
    struct Touch: Sendable {
        var code: UInt32
        var isDirect: Bool
        var ageMs: Int64
    }

    let place: Int  // Of the first person among all.
    var personCount = 0
    var journeys: [JourneySet.Journey] = []  // People are numbered from 0, currencies as in the dictionary.
    var touches: [Touch] = []
    var clippedCount = 0
    var openCount = 0
}

/// Reads journeys, and what they were touched by, out of columns.
struct JourneyReader: Sendable {
    /// Where the code that a touch is counted under is read.
    enum Codes: Sendable {
        case channels
        /// The subject where it is of the kind, else the text of the property in this column.
        case names(kinds: [UInt8], kind: UInt8?, property: Int?)
    }

    static let noCode = UInt32.max
    static let textBit: UInt32 = 1 << 31  // Set in codes of texts of properties, to tell them from subjects.

    let plan: JourneyPlan
    let refundBit: UInt32  // 0 where nothing is taken back.
    let isCollapsed: Bool
    let codes: Codes
    let isDirect: [Bool]  // Shape [256], by code of the channel.
    let observedUntilMs: Int64

    func read(_ people: MatchedRows) -> FoundJourneys {
        var found = FoundJourneys(place: people.mark(0))
        let journeys = self.journeys(of: people)
        let positions = touches(of: journeys, people)
        var next = 0
        var begin = 0
        for (number, journey) in journeys.enumerated() {
            let end = next + Int(journey.touchCount)
            add(journey, positions[next..<end], people, to: &found)
            next = end
            let isLastOfPerson = number + 1 == journeys.count || journeys[number + 1].person != journey.person
            if isLastOfPerson {
                takeBack(journeys[begin...number], people, from: &found, at: begin)
                found.personCount += 1
                begin = number + 1
            }
        }
        return found
    }

    private func journeys(of people: MatchedRows) -> [Journey] {
        let eventCount = people.masks.count { plan.isOfJourneys($0) }
        guard eventCount > 0 else { return [] }
        var journeys = [Journey](repeating: .none, count: 2 * eventCount)
        var span = journeys.mutableSpan
        let count = findJourneys(
            plan, people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
            times: people.columns.times.span.extracting(people.events), masks: people.masks.span, into: &span)
        journeys.removeSubrange(count...)
        return journeys
    }

    private func touches(of journeys: [Journey], _ people: MatchedRows) -> [UInt32] {
        var positions = [UInt32](repeating: 0, count: journeys.reduce(0) { $0 + Int($1.touchCount) })
        var span = positions.mutableSpan
        findTouches(plan, of: journeys.span, masks: people.masks.span, into: &span)
        return positions
    }

    private func add(
        _ journey: Journey, _ positions: ArraySlice<UInt32>, _ people: MatchedRows, to found: inout FoundJourneys
    ) {
        let columns = people.columns
        let begin = people.events.lowerBound
        let endMs = journey.isConverted ? columns.times[begin + Int(journey.end)] : 0
        let first = found.touches.count
        for position in positions {
            let i = begin + Int(position)
            let touch = FoundJourneys.Touch(
                code: code(at: i, columns), isDirect: isDirect[Int(columns.channels[i])],
                ageMs: journey.isConverted ? endMs - columns.times[i] : 0)
            if isCollapsed, found.touches.count > first, found.touches[found.touches.count - 1].code == touch.code {
                found.touches[found.touches.count - 1] = touch
            } else {
                found.touches.append(touch)
            }
        }
        found.journeys.append(
            JourneySet.Journey(
                person: found.personCount, touchCount: found.touches.count - first,
                conversion: journey.isConverted ? conversion(at: begin + Int(journey.end), people.rows) : nil))
        if journey.droppedCount > 0 { found.clippedCount += 1 }
        if !journey.isConverted, columns.times[begin + Int(journey.begin)] > observedUntilMs - plan.lookBackMs {
            found.openCount += 1
        }
    }

    private func code(at position: Int, _ columns: EventColumns) -> UInt32 {
        switch codes {
        case .channels: return UInt32(columns.channels[position])
        case .names(let kinds, let kind, let property):
            let subject = columns.subjects[position]
            if let kind, kinds[Int(subject)] == kind { return subject }
            guard let property, let code = columns.properties[property].code(position) else { return Self.noCode }
            return code | Self.textBit
        }
    }

    /// An amount below zero counts as none.
    private func conversion(at position: Int, _ people: PersonRows) -> JourneySet.Conversion {
        let (currency, minor) = value(at: position, people)
        return JourneySet.Conversion(currency: currency, minor: max(0, minor))
    }

    private func value(at position: Int, _ people: PersonRows) -> (currency: Int?, minor: Int64) {
        let extra = Int(people.columns.extras[position])
        let currency = Int(people.extras.currencies[extra])
        return currency == 0 ? (nil, 0) : (currency - 1, people.extras.minors[extra])
    }

    /// Takes back the last conversion before each refund about the same subject.
    ///
    /// - Parameters:
    ///   - journeys: All of one person.
    ///   - first: Where they begin in `found`.
    private func takeBack(
        _ journeys: ArraySlice<Journey>, _ people: MatchedRows, from found: inout FoundJourneys, at first: Int
    ) {
        guard refundBit != 0, let earliest = journeys.first(where: \.isConverted) else { return }
        let events = Int(earliest.end)..<Int(people.offsets[Int(earliest.person) + 1])
        let isRefunded = people.masks[events].contains { $0 & refundBit != 0 }
        guard isRefunded else { return }
        var numbers: [Int: Int] = [:]  // In `found`, by position of the conversion.
        for (offset, journey) in journeys.enumerated() where journey.isConverted {
            numbers[Int(journey.end)] = first + offset
        }
        var last: [UInt32: Int] = [:]  // Position of the last conversion about each subject.
        for i in events {
            let position = people.events.lowerBound + i
            let (mask, subject) = (people.masks[i], people.columns.subjects[position])
            guard subject != 0 else { continue }
            if mask & refundBit != 0, let number = last[subject].flatMap({ numbers[$0] }) {
                takeBack(value(at: position, people.rows), of: &found.journeys[number].conversion)
            }
            if mask & 1 != 0 { last[subject] = i }
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
