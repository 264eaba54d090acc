import Base
import Domain
import Timeline

@testable import Measure

/// Small sets of journeys: some convert, some are taken back, some have no touch.
enum RandomJourneys {
    struct Plain {
        let person: Int
        let keys: [UInt8]
        let conversion: JourneySet.Conversion?
    }

    static func settings(_ seed: UInt64) -> AttributionSettings {
        AttributionSettings(
            halfLife: Milliseconds(Int64(1 + seed % 9) * 100), markovOrder: 1 + Int(seed % 3),
            worth: seed % 2 == 0 ? .conversions : .rate)
    }

    /// - Parameter keyCount: Nil for few or many, by the seed.
    static func make(seed: UInt64, keyCount: Int? = nil, journeyCount: Int = 300) -> JourneySet {
        var random = SeededGenerator(seed: seed)
        let keyCount = keyCount ?? [1, 3, 9, 14][Int(seed % 4)]
        var journeys: [JourneySet.Journey] = []
        var touches: [JourneySet.Touch] = []
        var person = 0
        for _ in 0..<journeyCount {
            person += Int.random(in: 0...2, using: &random)
            let count = Int.random(in: 0...[2, 6, 15][Int(seed % 3)], using: &random)
            let converts = count == 0 || Bool.random(using: &random)
            var ageMs = Int64.random(in: 0...3000, using: &random)
            for _ in 0..<count {
                touches.append(
                    JourneySet.Touch(
                        key: UInt8.random(in: 0..<UInt8(keyCount), using: &random),
                        isDirect: Int.random(in: 0..<3, using: &random) == 0, ageMs: converts ? ageMs : 0))
                ageMs = Int64.random(in: 0...ageMs, using: &random)
            }
            journeys.append(
                JourneySet.Journey(
                    person: person, touchCount: count, conversion: converts ? conversion(using: &random) : nil))
        }
        return JourneySet(
            keys: (0..<keyCount).map { .named("key \($0)") }, currencies: [.cny, .usd], journeys: journeys,
            touches: touches)
    }

    private static func conversion(using random: inout SeededGenerator) -> JourneySet.Conversion {
        let minor = Int64.random(in: 0...100_000, using: &random)
        let refunded = [0, 0, Int64.random(in: 0...minor, using: &random), minor].randomElement(using: &random) ?? 0
        let isRefunded = refunded == minor
        guard Int.random(in: 0..<5, using: &random) > 0 else {
            return JourneySet.Conversion(isRefunded: isRefunded)
        }
        return JourneySet.Conversion(
            currency: Int.random(in: 0...1, using: &random), minor: minor, refundedMinor: refunded,
            isRefunded: isRefunded)
    }

    /// Of one person each.
    static func set(_ journeys: [(keys: [UInt8], conversion: JourneySet.Conversion?)]) -> JourneySet {
        set(journeys.enumerated().map { Plain(person: $0, keys: $1.keys, conversion: $1.conversion) })
    }

    static func set(_ journeys: [Plain]) -> JourneySet {
        let keyCount = journeys.flatMap(\.keys).max().map { Int($0) + 1 } ?? 0
        return JourneySet(
            keys: (0..<keyCount).map { .named("key \($0)") }, currencies: [.cny],
            journeys: journeys.map {
                JourneySet.Journey(person: $0.person, touchCount: $0.keys.count, conversion: $0.conversion)
            }, touches: journeys.flatMap(\.keys).map { JourneySet.Touch(key: $0) })
    }

    /// So many journeys of each path.
    static func table(_ paths: [(path: [UInt8], converted: Int, unconverted: Int)]) -> JourneyTable {
        let journeys = paths.flatMap { path, converted, unconverted in
            (0..<converted + unconverted).map { ($0 < converted ? JourneySet.Conversion() : nil, path) }
        }
        return JourneyTable(set(journeys.map { (keys: $0.1, conversion: $0.0) }))
    }
}
