import Base
import Foundation

/// Plays recorded traffic against a server: before each basket it asks for a decision, then the basket is the outcome.
struct Replay {
    private static let noteInterval = Duration.seconds(2)
    private static let sleepMax = Duration.milliseconds(200)

    let client: QuanyuClient
    let moments: [Moment]
    let log: ReplayLog
    let interruption: Interruption
    let countPerDecision: Int
    let speed: Double  // Recorded seconds per second; 0: as fast as the server answers.
    let surface: String

    private(set) var done: Int  // Moments, of this run and those before.
    private(set) var scoreboard: Scoreboard  // Of all moments that are done.
    private(set) var sent = (accepted: 0 as Int64, duplicate: 0 as Int64, quarantined: 0 as Int64)  // In this run.
    private var decided: BasketAnswer?  // For the next moment, by the run before.

    /// Goes on where `log` says.
    init(
        client: QuanyuClient, moments: [Moment], log: ReplayLog, interruption: Interruption, countPerDecision: Int,
        speed: Double, surface: String
    ) {
        self.client = client
        self.moments = moments
        self.log = log
        self.interruption = interruption
        self.countPerDecision = countPerDecision
        self.speed = speed
        self.surface = surface
        done = log.done
        scoreboard = Scoreboard(k: countPerDecision)
        for answer in log.answers where moments.indices.contains(answer.index) { score(answer) }
        if let last = log.answers.last, last.index == done { decided = last }
    }

    /// Plays until all is done, `deadline`, or an interruption. How far it came is noted also where this throws.
    mutating func run(until deadline: ContinuousClock.Instant?) async throws {
        do { try await play(until: deadline) } catch {
            try log.note(done: done)
            throw error
        }
        try log.note(done: done)
        progress()
    }

    private mutating func play(until deadline: ContinuousClock.Instant?) async throws {
        let clock = ContinuousClock()
        let began = clock.now
        let firstMs = done < moments.count ? moments[done].timeMs : 0
        var noted = began
        while done < moments.count {
            if speed > 0 {
                let due = began + .milliseconds(Int64(Double(moments[done].timeMs - firstMs) / speed))
                while clock.now < min(due, deadline ?? due), !interruption.isRequested {
                    try await clock.sleep(until: min(due, clock.now + Self.sleepMax))
                }
            }
            if interruption.isRequested { return }
            if let deadline, clock.now >= deadline { return }
            try await play(moments[done])
            done += 1
            if clock.now - noted > Self.noteInterval {
                noted = clock.now
                try log.note(done: done)
                progress()
            }
        }
    }

    private mutating func play(_ moment: Moment) async throws {
        switch moment {
        case .other(let event): try await send([.object(event.json)])
        case .basket(let order, let lines): try await play(order, lines)
        }
    }

    private mutating func play(_ order: RecordedEvent, _ lines: [RecordedEvent]) async throws {
        let answer = try await decided(before: order)
        try await send(exposures(of: answer, order) + [.object(order.json)] + outcomes(of: answer, lines))
        decided = nil
    }

    /// By the run before, where that one decided and was cut off before it could tell the outcome.
    private mutating func decided(before order: RecordedEvent) async throws -> BasketAnswer {
        if let decided { return decided }
        let learned = try await answer(order, shadow: nil)
        var lists = [Scoreboard.learned: learned.subjects]
        for baseline in Scoreboard.policies.dropFirst() {
            lists[baseline] = try await answer(order, shadow: baseline).subjects
        }
        let answer = BasketAnswer(index: done, decision: learned.decision, lists: lists)
        try log.note(answer)
        score(answer)
        return answer
    }

    private mutating func score(_ answer: BasketAnswer) {
        guard case .basket(let order, let lines) = moments[answer.index] else { return }
        scoreboard.add(lists: answer.lists, bought: Set(lines.compactMap(\.subject)), person: order.person)
    }

    private func answer(_ order: RecordedEvent, shadow: String?) async throws -> QuanyuClient.Answer {
        try await client.decide(
            person: order.person, timeMs: order.timeMs, count: countPerDecision, surface: surface, shadow: shadow)
    }

    private func exposures(of answer: BasketAnswer, _ order: RecordedEvent) -> [JSON] {
        guard let decision = answer.decision else { return [] }
        return answer.shown.map { subject in
            [
                "id": .string("exposure-\(decision)-\(subject)"), "person": .string(order.person),
                "name": "product_exposure", "channel": "store", "time": .int(order.timeMs),
                "subject": .string(subject), "decision": .string(decision),
            ]
        }
    }

    /// A purchase is the outcome of the decision where the product was among those shown.
    private func outcomes(of answer: BasketAnswer, _ lines: [RecordedEvent]) -> [JSON] {
        let shown = Set(answer.shown)
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

    private func progress() {
        guard done > 0 else { return }
        print("  \(day(done - 1))  \(done) of \(moments.count) moments, \(sent.accepted) events", terminator: "\r\n")
        fflush(nil)
    }

    private func day(_ index: Int) -> String {
        String(EventTime(clampingUnixMs: moments[index].timeMs).iso8601.prefix(10))
    }

    /// How the policies did, and over what.
    var summary: String {
        guard done > 0 else { return "Nothing was replayed yet." }
        return "Moments 1 to \(done) of \(moments.count), from \(day(0)) to \(day(done - 1)), in all runs so far.\n"
            + scoreboard.summary
    }
}

extension BasketAnswer {
    /// The products that the person was shown.
    fileprivate var shown: [String] { lists[Scoreboard.learned] ?? [] }
}
