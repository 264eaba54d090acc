import Base
import Domain
import TestSupport
import Testing

@testable import Quality

/// Events of a source, one after another in a journal.
struct Arrivals {
    static let start = EventTime(clampingUnixMs: 1_780_272_000_000)  // 2026-06-01.
    let state = QualityState()
    var plan = EnforcedPlan.none

    static func event(
        _ name: String, _ properties: JSON = [:], at time: EventTime = start, late: Milliseconds = Milliseconds(0),
        id: String = "1", source: String = "shop"
    ) -> Event {
        Event(
            id: EventID(validated: id), source: SourceName(validated: source), person: PersonID(validated: "ana"),
            name: EventName(validated: name), channel: .unknown, time: time.advanced(by: Milliseconds(-late.count)),
            receivedAt: time, properties: properties.objectValue ?? JSONObject())
    }

    func take(_ event: Event) {
        state.apply(sequence: state.sequenceEnd, entry: .event(event), plan: plan)
    }

    func take(_ receipt: CollectReceipt) {
        state.apply(sequence: state.sequenceEnd, entry: .receipt(receipt), plan: plan)
    }

    static func plan(_ event: JSON) throws -> EnforcedPlan {
        let planned = try PlannedEvent(json: event)
        let plan = try #require(TrackingPlan(events: [planned]))
        return EnforcedPlan(PlanVersion(version: 1, plan: plan, frozenAt: start, frozenBy: "a", note: ""))
    }
}

@Suite struct QualityStateTests {
    private let paid = EventName(validated: "paid")

    @Test func whatArrivesIsCountedByEventSourceAndDay() {
        let arrivals = Arrivals()
        for day in 0..<3 { arrivals.take(Arrivals.event("paid", at: Arrivals.start.advanced(by: .days(Int64(day))))) }
        arrivals.take(Arrivals.event("paid", source: "app"))
        arrivals.take(Arrivals.event("paid", source: SourceName.quanyu.text))
        let seen = arrivals.state.series(at: Arrivals.start.advanced(by: .days(2)))
        #expect(seen.map(\.key.source.text) == ["app", "shop"])
        #expect(seen[1].days.map(\.accepted) == [0, 0, 0, 0, 0, 1, 1, 1])
    }

    @Test func whatIsOlderThanEightDaysIsForgottenByTheHourAndKeptInTheSum() {
        let arrivals = Arrivals()
        arrivals.take(Arrivals.event("paid"))
        arrivals.take(Arrivals.event("paid", at: Arrivals.start.advanced(by: .days(9))))
        arrivals.take(Arrivals.event("paid"))
        let seen = arrivals.state.series(at: Arrivals.start.advanced(by: .days(9)))
        #expect(seen[0].count == 3 && seen[0].days.map(\.accepted).reduce(0, +) == 1)
    }

    @Test func aRecordThatWasAppliedChangesNothing() {
        let state = QualityState()
        for _ in 0..<2 { state.apply(sequence: 4, entry: .event(Arrivals.event("paid")), plan: .none) }
        #expect(state.series(at: Arrivals.start)[0].count == 1 && state.sequenceEnd == 5)
    }

    @Test func aSnapshotComesBackAsItWas() throws {
        let folder = try TemporaryDirectory()
        var arrivals = Arrivals()
        arrivals.plan = try Arrivals.plan(["name": "paid", "fields": [["path": "properties.n", "type": "string"]]])
        for number in 0..<40 {
            let properties: JSON = [
                "n": .int(Int64(number)), "items": [["sku": .string("s\(number % 3)")]], "phone": "13812345678",
                "x": .null,
            ]
            let time = Arrivals.start.advanced(by: .hours(Int64(number)))
            arrivals.take(Arrivals.event("paid", properties, at: time, late: .seconds(Int64(number * number))))
        }
        try arrivals.state.save(to: folder.path("quality"))
        #expect(try QualityState.load(from: folder.path("quality")).copy == arrivals.state.copy)
    }

    @Test func memoryIsBoundedAndWhatDoesNotFitIsCounted() {
        let arrivals = Arrivals()
        for number in 0..<600 { arrivals.take(Arrivals.event("e\(number)", ["a": 1])) }
        #expect(arrivals.state.series(at: Arrivals.start).count == QualityLimits.seriesCountMax)
        #expect(arrivals.state.leftOut.events == 600 - QualityLimits.seriesCountMax)
        let wide = Arrivals()
        let members = (0..<300).map { JSONObject.Member(name: "p\($0)", value: 1) }
        wide.take(Arrivals.event("wide", .object(JSONObject(members))))
        #expect(wide.state.fields(of: EventName(validated: "wide")).count < QualityLimits.fieldCountMaxPerSeries)
        #expect(wide.state.series(at: Arrivals.start)[0].leftOutCount > 150)
    }

    @Test func refusalsComeFromReceiptsAndLeadToTheQuarantine() throws {
        let arrivals = Arrivals()
        let violation = { (element: Int) in
            CollectReceipt.Violation(element: element, event: self.paid, field: "properties.total", kind: .missing)
        }
        let receipt = { (isReplay: Bool) in
            CollectReceipt(
                receivedAt: Arrivals.start, source: SourceName(validated: "shop"), format: "native", byteCount: 1,
                isReplay: isReplay,
                runs: [
                    .accepted(elementCount: 2, newEventCount: 1), .quarantined(id: 41, reason: "too_large"),
                    .quarantined(id: 42, reason: "plan_violation"),
                    .rejected(elementCount: 1, reason: "plan_violation"),
                ], violations: [violation(3), violation(4)])
        }
        arrivals.take(receipt(false))
        arrivals.take(receipt(true))
        let found = arrivals.state.violations(of: nil, since: Hour(of: Arrivals.start))
        #expect(found.map(\.quarantined) == [1] && found.map(\.rejected) == [1])
        #expect(found[0].samples.map(\.quarantineID) == [nil, 42])
        #expect(arrivals.state.series(at: Arrivals.start)[0].days.last?.refused == 2)
    }

    @Test func aProposalIsWhatWasSeen() throws {
        let arrivals = Arrivals()
        for number in 0..<400 {
            var properties: JSONObject = JSONObject()
            properties.append("size", .string(["s", "m"][number % 2]))
            properties.append("count", .int(Int64(number)))
            properties.append("price", number % 2 == 0 ? 1 : 2.5)
            properties.append("mixed", number % 2 == 0 ? 1 : "1")
            properties.append("note", .string("n\(number)"))
            properties.append("mail", .string("a\(number)@shop.example"))
            properties.append("masked", .string(number % 2 == 0 ? "138****8000" : "139****8001"))
            properties.append("items", [["sku": "a"], ["sku": "b", "gift": true]])
            if number % 2 == 0 { properties.append("coupon", .null) }
            arrivals.take(Arrivals.event("paid", .object(properties)))
        }
        let proposal = try #require(PlanProposal(arrivals.state).event(paid))
        let rules = Dictionary(uniqueKeysWithValues: proposal.fields.map { ($0.path.text, $0) })
        #expect(rules["properties.size"]?.rule.allowed.map(\.text).sorted() == [#""m""#, #""s""#])
        #expect(rules["properties.size"]?.rule.isRequired == true)
        #expect(rules["properties.count"]?.rule.type == .integer && rules["properties.count"]?.rule.allowed == [])
        #expect(rules["properties.price"]?.rule.type == .number && rules["properties.mixed"]?.rule.type == .any)
        #expect(rules["properties.note"]?.rule.allowed == [])
        #expect(rules["properties.mail"]?.governance.personalData == .personal)
        #expect(rules["properties.masked"]?.governance.personalData == .personal)
        #expect(rules["properties.masked"]?.rule.allowed == [])
        #expect(rules["properties.items[].sku"]?.rule.isRequired == true)
        #expect(rules["properties.items[].gift"]?.rule.isRequired == false)
        #expect(rules["properties.coupon"]?.rule.isRequired == false)
        let plan = try Arrivals.plan(proposal.json)
        #expect(arrivals.state.fields(of: paid).allSatisfy { $0.path.text != "properties" })
        arrivals.take(Arrivals.event("paid"))
        #expect(!plan.check(Arrivals.event("paid")).isEmpty)
    }

    @Test func aFewEventsMakeNothingRequired() throws {
        let arrivals = Arrivals()
        for _ in 0..<(PlanProposal.sampleCountLeast - 1) { arrivals.take(Arrivals.event("paid", ["size": "m"])) }
        let field = try #require(PlanProposal(arrivals.state).event(paid)?.fields.last)
        #expect(!field.rule.isRequired && field.rule.allowed.isEmpty)
    }
}
