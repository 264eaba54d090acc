public import Base
public import Domain
import Learning
import Synchronization

/// All that deciding knows, as a projection of the journal: apply the same events in the same order and the state is
/// the same, whenever and wherever that happens. The catalogue alone comes from beside: an item's category is looked
/// up once and then kept.
///
/// One thread applies; any number read. A reader holds the lock while candidates are gathered (a fraction of a
/// millisecond); it scores them outside, with the weights published last.
public final class DecideState: Sendable {
    struct Published: Sendable {
        let model: LogisticModel
        let version: String  // The learner, and the first sequence that it had not yet seen.
    }

    private let core: Mutex<DecideCore>
    private let learner: Mutex<FTRL>  // Locked before `core` by whoever needs both.
    private let published: Mutex<Published>
    private let catalog: @Sendable (Subject) -> CatalogItem?

    /// - Parameter catalog: Quick, since the lock is held; asked for a subject whose category is not known yet.
    public convenience init(
        options: DecideOptions = DecideOptions(), catalog: @escaping @Sendable (Subject) -> CatalogItem? = { _ in nil }
    ) {
        self.init(core: DecideCore(options: options), learner: FTRL(options: options.learner), catalog: catalog)
    }

    init(core: DecideCore, learner: FTRL, catalog: @escaping @Sendable (Subject) -> CatalogItem?) {
        published = Mutex(Self.publication(of: learner, at: core.sequenceEnd))
        self.core = Mutex(core)
        self.learner = Mutex(learner)
        self.catalog = catalog
    }

    /// The next sequence that is expected; those before it were applied.
    public var sequenceEnd: UInt64 { core.withLock { $0.sequenceEnd } }
    public var watermark: EventTime { core.withLock { $0.watermark } }
    public var counts: LearningCounts { core.withLock { $0.counts } }
    public var itemCount: Int { core.withLock { $0.items.count } }
    public var personCount: Int { core.withLock { $0.people.count } }
    public var pendingCount: Int { core.withLock { $0.pending.decisions.count } }

    /// Applies one event; a sequence that was applied before changes nothing.
    public func apply(sequence: UInt64, event: Event) {
        learner.withLock { learner in
            let examples = core.withLock { $0.apply(sequence: sequence, event: event, catalog: catalog) }
            guard !examples.isEmpty else { return }
            for example in examples { learner.learn(example) }
            publish(learner, at: sequence + 1)
        }
    }

    /// Forgets what some people did; at the place `sequence` of the journal. What was learned from all together stays.
    public func erase(at sequence: UInt64, _ isErased: (PersonID) -> Bool) {
        learner.withLock { _ in
            core.withLock { core in
                guard sequence >= core.sequenceEnd else { return }
                core.people = core.people.without(isErased)
                core.sequenceEnd = sequence + 1
            }
        }
    }

    /// How many of the people that are remembered are among some.
    public func count(ofPeople isOne: (PersonID) -> Bool) -> Int { core.withLock { $0.people.ids.count(where: isOne) } }

    func withCore<Result: Sendable>(_ body: (borrowing DecideCore) -> Result) -> Result {
        core.withLock { body($0) }
    }

    /// Both parts at one point of the journal. Events wait while they are copied; decisions do not.
    var image: (core: DecideImage, learner: FTRL) {
        learner.withLock { learner in (DecideImage(of: self), learner) }
    }

    var model: Published { published.withLock { $0 } }

    /// Publishing reads every weight, so it waits for a twentieth more examples: often at first, then every thousand.
    private func publish(_ learner: borrowing FTRL, at sequence: UInt64) {
        let old = model.model.exampleCount
        guard learner.exampleCount - old >= min(max(old / 20, 16), 1000) else { return }
        let next = Self.publication(of: learner, at: sequence)
        published.withLock { $0 = next }
    }

    private static func publication(of learner: borrowing FTRL, at sequence: UInt64) -> Published {
        Published(model: learner.published(), version: "\(Decide.policyLearned)@\(sequence)")
    }
}

extension FTRL {
    mutating func learn(_ example: Example) {
        let row = FeatureRows(example.features.map { FeatureHash(bits: UInt64($0)) })
        learn(row, label: example.label, offset: Double(example.prior))
    }
}
