import Base
import Domain
import Testing

@testable import Quality

@Suite struct QualityReportTests {
    private static let end = Arrivals.start.advanced(by: .days(8))

    /// Hours of the last eight days, and whether they belong to the last one.
    private static let hours = (0..<192).map { hour in
        (time: Arrivals.start.advanced(by: .hours(Int64(hour) + 1)), isToday: hour >= 168)
    }

    private func report(
        _ arrivals: Arrivals, rule: JSON = [:], duplicates: (Int, Int) = (0, 100)
    ) throws -> [QualityPart: PartScore] {
        let rule = try QualityRule(json: rule)
        let report = arrivals.state.report(
            at: Self.end, rules: [EventName(validated: "paid"): rule],
            sources: { _ in SourceDays(days: Array(repeating: duplicates, count: 8)) }, plan: arrivals.plan)
        return Dictionary(uniqueKeysWithValues: (report.first?.parts ?? []).map { ($0.part, $0) })
    }

    private func arrivals(
        perHour: Int = 10, plan: EnforcedPlan = .none,
        _ properties: (_ isToday: Bool, _ number: Int) -> JSON = { _, _ in [:] }
    ) -> Arrivals {
        var arrivals = Arrivals()
        arrivals.plan = plan
        for hour in Self.hours {
            for number in 0..<perHour {
                arrivals.take(
                    Arrivals.event("paid", properties(hour.isToday, number), at: hour.time, late: .seconds(3)))
            }
        }
        return arrivals
    }

    @Test func withoutAPlanThereIsNoValidityAndTheScoreIsOfTheOthers() throws {
        let parts = try report(arrivals())
        #expect(parts[.validity]?.missing == .noPlan && parts[.completeness]?.missing == .noPlan)
        #expect(parts[.freshness]?.value == 1 && parts[.duplicates]?.value == 0 && parts[.drift]?.value == 0)
    }

    @Test func validityAndCompletenessAreSharesOfTheLastDay() throws {
        let plan = try Arrivals.plan([
            "name": "paid",
            "fields": [
                ["path": "properties.size", "type": "string", "required": true],
                ["path": "properties.count", "type": "integer"],
            ],
        ])
        let parts = try report(
            arrivals(plan: plan) { isToday, number in
                guard isToday else { return ["size": "m"] }
                return number < 2 ? [:] : number < 5 ? ["size": "m", "count": "3"] : ["size": "m"]
            })
        #expect(parts[.validity]?.value == 0.5 && parts[.completeness]?.value == 0.8)
        #expect(parts[.validity]?.sampleCount == 240 && parts[.validity]?.isBeyond == true)
        #expect(parts[.validity]?.days == [1, 1, 1, 1, 1, 1, 1, 0.5])
    }

    @Test func latenessHasItsQuantilesFromTheClasses() throws {
        let arrivals = Arrivals()
        for number in 0..<100 {
            let late: Milliseconds = number < 80 ? .seconds(3) : .hours(3)
            arrivals.take(Arrivals.event("paid", at: Self.end, late: late, id: "\(number)"))
        }
        let freshness = try #require(try report(arrivals)[.freshness])
        #expect(freshness.value == 0.8 && freshness.isBeyond)
        guard case .lateness(let median, let p95) = freshness.detail else { return }
        #expect((1.0...5.0).contains(median) && (7200.0...21_600.0).contains(p95))
        #expect(try report(arrivals, rule: ["freshness_bound_seconds": 21_600])[.freshness]?.value == 1)
    }

    @Test func tooFewEventsSayNothingAndHowManyAreNeeded() throws {
        let arrivals = Arrivals()
        for _ in 0..<49 { arrivals.take(Arrivals.event("paid", at: Self.end)) }
        let freshness = try report(arrivals)[.freshness]
        #expect(freshness?.missing == .tooFew && freshness?.sampleNeeded == 50 && freshness?.points == nil)
    }

    @Test func valuesThatChangeAreDriftAndTheirPlaceIsNamed() throws {
        let drift = try #require(
            try report(arrivals { isToday, number in ["size": isToday ? "xl" : ["s", "m"][number % 2], "n": 1] })[
                .drift])
        guard case .drift(let place, let index, let chance) = drift.detail else { return }
        #expect(place == "properties.size" && index > 1 && chance < 0.5 && drift.isBeyond)
    }

    @Test func aFieldThatGoesMissingIsDrift() throws {
        let drift = try report(arrivals { isToday, number in isToday && number < 8 ? [:] : ["size": "m"] })[.drift]
        guard case .drift("properties.size", _, _)? = drift?.detail else {
            Issue.record("\(String(describing: drift))")
            return
        }
        #expect(drift?.isBeyond == true)
    }

    @Test func idsThatNeverRepeatAreNoDrift() throws {
        var number = 0
        let drift = try report(
            arrivals { _, _ in
                number += 1
                return ["order": .string("o\(number)")]
            })[.drift]
        #expect(try #require(drift?.value) < 0.05)
    }

    @Test func aVolumeThatFallsIsDrift() throws {
        let arrivals = Arrivals()
        for hour in Self.hours {
            for _ in 0..<(hour.isToday ? 2 : 10) { arrivals.take(Arrivals.event("paid", at: hour.time)) }
        }
        let drift = try report(arrivals)[.drift]
        guard case .drift("volume", _, _)? = drift?.detail else {
            Issue.record("\(String(describing: drift))")
            return
        }
        #expect(drift?.isBeyond == true)
    }

    @Test func duplicatesAreThoseOfTheSource() throws {
        let parts = try report(arrivals(), duplicates: (30, 100))
        #expect(parts[.duplicates]?.value == 0.3 && parts[.duplicates]?.isBeyond == true)
    }
}

@Suite struct AlarmWatchTests {
    private let key = AlarmKey(
        event: EventName(validated: "paid"), source: SourceName(validated: "shop"), part: .freshness)

    private func report(_ hits: Int, of count: Int = 1000) -> [EventQuality] {
        let part = PartScore(.freshness, day: (hits, count), days: [], bound: 0.9, sampleLeast: 50)
        let series = SeriesKey(event: key.event, source: key.source)
        return [EventQuality(key: series, accepted: count, volumes: [], parts: [part])]
    }

    @Test func oneBadLookRaisesNothingAndTwoInARowDo() {
        var watch = AlarmWatch()
        #expect(watch.look(report(800), open: []).isEmpty)
        #expect(watch.look(report(950), open: []).isEmpty)
        #expect(watch.look(report(800), open: []).isEmpty)
        #expect(watch.look(report(800), open: []) == [.raise(key, value: 0.8, bound: 0.9)])
    }

    @Test func aValueThatMayBeChanceRaisesNothing() {
        var watch = AlarmWatch()
        for _ in 0..<5 { #expect(watch.look(report(52, of: 60), open: []).isEmpty) }
    }

    @Test func anAlarmIsClearedByThreeLooksBehindTheMarginAndNotBetween() {
        var watch = AlarmWatch()
        for _ in 0..<9 { #expect(watch.look(report(910), open: [key]).isEmpty) }
        #expect(watch.look(report(930), open: [key]).isEmpty)
        #expect(watch.look(report(930), open: [key]).isEmpty)
        #expect(watch.look(report(930), open: [key]) == [.clear(key)])
    }

    @Test func whatDoesNotComeAnyMoreIsCleared() {
        var watch = AlarmWatch()
        let changes = (0..<3).map { _ in watch.look(report(0, of: 0), open: [key]) }
        #expect(changes == [[], [], [.clear(key)]])
    }
}
