import Base
import Domain
import Synchronization

@testable import Decide

/// A state with a journal in memory, and a clock that the test turns: the loop in small.
final class Shop: Sendable {
    static let start = EventTime(clampingUnixMs: 1_700_000_000_000)
    static let source = SourceName(validated: "shop")

    let options: DecideOptions
    let state: DecideState
    private let journal = Mutex<[Event]>([])
    private let clock = Mutex(Shop.start)
    private let random: Mutex<SeededGenerator>
    private let isJournalFull = Mutex(false)

    init(
        options: DecideOptions = Shop.smallOptions, seed: UInt64 = 1,
        catalog: @escaping @Sendable (Subject) -> CatalogItem? = { _ in nil }
    ) {
        self.options = options
        state = DecideState(options: options, catalog: catalog)
        random = Mutex(SeededGenerator(seed: seed))
    }

    static var smallOptions: DecideOptions {
        var options = DecideOptions()
        options.modelBits = 12
        return options
    }

    var events: [Event] { journal.withLock { $0 } }
    var now: EventTime { clock.withLock { $0 } }

    func advance(_ span: Milliseconds) { clock.withLock { $0 = $0.advanced(by: span) } }
    func fillJournal() { isJournalFull.withLock { $0 = true } }

    var decide: Decide {
        Decide(
            state: state,
            ports: DecidePorts(
                record: { decision async throws(DecideError) in
                    if self.isJournalFull.withLock({ $0 }) { throw .notRecorded(reason: "disk full") }
                    self.append(decision.event(source: .quanyu, receivedAt: self.now))
                }, now: { self.now }, seed: { self.random.withLock { $0.next() } }))
    }

    func append(_ event: Event) {
        let sequence = journal.withLock { events in
            events.append(event)
            return UInt64(events.count - 1)
        }
        state.apply(sequence: sequence, event: event)
    }

    func send(
        _ name: EventName, _ person: String, _ subject: String?, decision: DecisionID? = nil,
        source: SourceName = Shop.source
    ) {
        append(
            Event(
                id: EventID(validated: "e"), source: source, person: PersonID(validated: person), name: name,
                channel: .unknown, time: now, receivedAt: now, subject: subject.flatMap { Subject($0) },
                decision: decision))
    }

    func ask(
        _ person: String, count: Int = 1, candidates: [String]? = nil, context: JSONObject = JSONObject(),
        policy: DecidePolicy = .learned, isShadow: Bool = false
    ) async throws -> Decision {
        try await decide(
            DecideRequest(
                person: PersonID(validated: person), surface: "home", count: count, context: context,
                candidates: candidates?.compactMap { Subject($0) }, policy: policy, isShadow: isShadow))
    }

    /// A few people buy a few things on several days.
    func fillWithPurchases(days: Int = 6, people: Int = 8, items: Int = 20, seed: UInt64 = 3) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<days {
            for person in 0..<people {
                for _ in 0..<3 {
                    let item = min(Int.random(in: 0..<items, using: &random), Int.random(in: 0..<items, using: &random))
                    send(.productPurchased, "p\(person)", "product:\(item)")
                }
                advance(.minutes(10))
            }
            advance(.days(1))
        }
    }
}
