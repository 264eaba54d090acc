import Base
import Domain
import Learning

/// Candidates before they are scored; columns of one length.
struct Gathered: Sendable {
    private(set) var subjects: [Subject] = []
    private(set) var facts: [Facts] = []
    private(set) var sources: [RecallSources] = []
    private(set) var rows = FeatureRows()

    mutating func append(_ subject: Subject, _ facts: Facts, _ sources: RecallSources, _ row: FeatureRow) {
        subjects.append(subject)
        self.facts.append(facts)
        self.sources.append(sources)
        rows.beginRow()
        for feature in row.features { rows.add(feature) }
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

    init(_ gathered: Gathered, model: LogisticModel) {
        candidates = gathered.subjects.indices.map { index in
            let facts = gathered.facts[index]
            let logOdds = Prior.logOdds(facts) + model.logOdds(of: gathered.rows, row: index)
            return Candidate(
                subject: gathered.subjects[index], facts: facts, sources: gathered.sources[index], logOdds: logOdds)
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
    /// Finds candidates where the request names none, with all that scoring needs.
    func gather(_ request: DecideRequest, at time: EventTime) -> Gathered {
        let view = PersonView(core: self, person: request.person, time: time)
        let place = FeaturePlace(surface: request.surface, channel: request.channel, context: request.context)
        var gathered = Gathered()
        if let subjects = request.candidates {
            for subject in subjects {
                let facts = facts(of: subject, view: view)
                gathered.append(subject, facts, .requested, FeatureRow(facts, view: view, place: place))
            }
        } else {
            let recall = Recall(core: self, view: view, countMax: options.recallCountMax)
            for (item, sources) in zip(recall.items, recall.sources) {
                let facts = Facts(core: self, view: view, item: item)
                gathered.append(items[item].subject, facts, sources, FeatureRow(facts, view: view, place: place))
            }
        }
        return gathered
    }
}
