import Base
import Foundation

/// Plays recorded traffic against a server: before each basket it asks for a decision, then the basket is the outcome.
struct Replay {
    let client: QuanyuClient
    let moments: [Moment]
    let countPerDecision: Int
    let speed: Double  // Recorded seconds per second; 0: as fast as the server answers.
    let surface: String

    private(set) var scoreboard: Scoreboard
    private(set) var sent = (accepted: 0 as Int64, duplicate: 0 as Int64, quarantined: 0 as Int64)

    init(client: QuanyuClient, moments: [Moment], countPerDecision: Int, speed: Double, surface: String) {
        self.client = client
        self.moments = moments
        self.countPerDecision = countPerDecision
        self.speed = speed
        self.surface = surface
        scoreboard = Scoreboard(k: countPerDecision)
    }

    /// - Returns: The index of the first moment that was not played.
    mutating func run(from start: Int, until deadline: ContinuousClock.Instant?) async throws -> Int {
        let clock = ContinuousClock()
        let began = clock.now
        let firstMs = start < moments.count ? moments[start].timeMs : 0
        var printed = began
        for index in start..<moments.count {
            if let deadline, clock.now >= deadline { return index }
            if speed > 0 {
                let due = began + .milliseconds(Int64(Double(moments[index].timeMs - firstMs) / speed))
                try await clock.sleep(until: min(due, deadline ?? due))
            }
            try await play(moments[index])
            if clock.now - printed > .seconds(2) {
                printed = clock.now
                progress(index + 1)
            }
        }
        progress(moments.count)
        return moments.count
    }

    private mutating func play(_ moment: Moment) async throws {
        switch moment {
        case .other(let event): try await send([.object(event.json)])
        case .basket(let order, let lines): try await play(order, lines)
        }
    }

    private mutating func play(_ order: RecordedEvent, _ lines: [RecordedEvent]) async throws {
        let learned = try await answer(order, shadow: nil)
        var lists = ["learned": learned.subjects]
        for baseline in Scoreboard.policies.dropFirst() {
            lists[baseline] = try await answer(order, shadow: baseline).subjects
        }
        scoreboard.add(lists: lists, bought: Set(lines.compactMap(\.subject)), person: order.person)
        try await send(exposures(of: learned, order) + [.object(order.json)] + outcomes(of: learned, lines))
    }

    private func answer(_ order: RecordedEvent, shadow: String?) async throws -> QuanyuClient.Answer {
        try await client.decide(
            person: order.person, timeMs: order.timeMs, count: countPerDecision, surface: surface, shadow: shadow)
    }

    private func exposures(of answer: QuanyuClient.Answer, _ order: RecordedEvent) -> [JSON] {
        guard let decision = answer.decision else { return [] }
        return answer.subjects.map { subject in
            [
                "id": .string("exposure-\(decision)-\(subject)"), "person": .string(order.person),
                "name": "product_exposure", "channel": "store", "time": .int(order.timeMs),
                "subject": .string(subject), "decision": .string(decision),
            ]
        }
    }

    /// A purchase is the outcome of the decision where the product was among those shown.
    private func outcomes(of answer: QuanyuClient.Answer, _ lines: [RecordedEvent]) -> [JSON] {
        let shown = Set(answer.subjects)
        return lines.map { line in
            var json = line.json
            if let decision = answer.decision, let subject = line.subject, shown.contains(subject) {
                json["decision"] = .string(decision)
            }
            return .object(json)
        }
    }

    private mutating func send(_ events: [JSON]) async throws {
        let result = try await client.send(events)
        sent.accepted += result.accepted
        sent.duplicate += result.duplicate
        sent.quarantined += result.quarantined
    }

    private func progress(_ done: Int) {
        let day = moments.isEmpty ? "" : String(EventTime(clampingUnixMs: moments[done - 1].timeMs).iso8601.prefix(10))
        print("  \(day)  \(done) of \(moments.count) moments, \(sent.accepted) events", terminator: "\r\n")
        fflush(nil)
    }
}
