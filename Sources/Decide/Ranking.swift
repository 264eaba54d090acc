import Base
import Domain
import Learning

/// Candidates before they are scored; columns of one length. All that scoring needs, so that it needs no lock.
struct Gathered: Sendable {
    let view: PersonView
    private(set) var subjects: [Subject] = []
    private(set) var facts: [Facts] = []
    private(set) var sources: [RecallSources] = []

    init(view: PersonView, countMax: Int) {
        self.view = view
        subjects.reserveCapacity(countMax)
        facts.reserveCapacity(countMax)
        sources.reserveCapacity(countMax)
    }

    mutating func append(_ subject: Subject, _ facts: Facts, _ sources: RecallSources) {
        subjects.append(subject)
        self.facts.append(facts)
        self.sources.append(sources)
    }
}

/// Candidates with their scores, as one request sees them at one point of the journal.
struct Ranking: Sendable {
    struct Candidate: Sendable {
        let subject: Subject
        let facts: Facts
        let sources: RecallSources
        let logOdds: Double
    }

    let candidates: [Candidate]

    init(_ gathered: Gathered, place: FeaturePlace, model: LogisticModel) {
        candidates = gathered.subjects.indices.map { index in
            let facts = gathered.facts[index]
            let row = FeatureRows(FeatureRow(facts, view: gathered.view, place: place).features)
            return Candidate(
                subject: gathered.subjects[index], facts: facts, sources: gathered.sources[index],
                logOdds: Prior.logOdds(facts) + model.logOdds(of: row, row: 0))
        }
    }

    /// Positions of the best `count`, best first; ties go to the earlier candidate.
    func best(_ count: Int) -> [Int] {
        let order = candidates.indices.sorted {
            (candidates[$0].logOdds, $1) > (candidates[$1].logOdds, $0)
        }
        return Array(order.prefix(count))
    }

    /// How many candidates each source brought; one may come from several.
    var recallCounts: JSONObject {
        var object = JSONObject()
        for (name, source) in RecallSources.named {
            let count = candidates.count { $0.sources.contains(source) }
            if count > 0 { object.append(name, .int(Int64(count))) }
        }
        return object
    }
}

extension DecideCore {
    /// Finds candidates where the request names none, with what is known of each.
    func gather(_ request: DecideRequest, at time: EventTime) -> Gathered {
        let view = PersonView(core: self, person: request.person, time: time)
        guard let subjects = request.candidates else {
            let recall = Recall(core: self, view: view, countMax: options.recallCountMax)
            var gathered = Gathered(view: view, countMax: recall.items.count)
            for (item, sources) in zip(recall.items, recall.sources) {
                gathered.append(items[item].subject, Facts(core: self, view: view, item: item), sources)
            }
            return gathered
        }
        var gathered = Gathered(view: view, countMax: subjects.count)
        for subject in subjects { gathered.append(subject, facts(of: subject, view: view), .requested) }
        return gathered
    }
}
