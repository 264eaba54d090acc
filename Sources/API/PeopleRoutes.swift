import Base
import Domain
import HTTPServer
import Identities
import Measure
import Timeline

extension API {
    func registerPeople(on router: inout Router) {
        on(.get, "/api/v1/people", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["query", "limit", "cursor"])
            let prefix = try parameters.value("query", "must be at most \(PersonID.utf8CountMax) bytes") {
                $0.utf8.count <= PersonID.utf8CountMax ? $0 : nil
            }
            let limit = try parameters.limit(default: 50, max: 200)
            let after = try parameters.value("cursor", "must be `next` of the page before") { text in
                Int(text).flatMap { $0 >= 0 ? $0 : nil }
            }
            let snapshot = ports.timeline()
            let page = try await query { () throws(Problem) in
                try ports.people(snapshot, .now).people(prefix: prefix ?? "", after: after, countMax: limit)
            }
            return .json([
                "people": .array(page.people.map(\.row)), "next": .text(page.next.map(String.init)),
                "total": .count(page.total),
            ])
        }
        on(.get, "/api/v1/people/{id}", .read, &router) { request, _ throws(Problem) in
            try await person(request)
        }
    }

    private func person(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["limit", "before", "sequences"])
        let limit = try parameters.limit(default: 100, max: 500)
        let before = try parameters.value("before", "must be `next` of the page before") { TimelineCursor($0) }
        let sequences = try parameters.sequences()
        let person = try Self.person(request)
        let (snapshot, marked) = (ports.timeline(), ports.marked())
        let cluster = ports.identity.members(of: person)
        let canonical = ports.identity.person(of: person)
        let found = try await query {
            if let sequences {
                return snapshot.history(of: cluster, as: canonical, only: sequences, before: before)
            }
            let counted = snapshot.history(of: cluster, as: canonical, before: before, countMax: limit + 1)
            let apart = marked.summary(of: cluster, as: canonical)
            guard let apart else { return counted }
            let entries = marked.entries(of: cluster, before: before, countMax: limit + 1)
            return counted.with(entries, of: apart, countMax: limit + 1)
        }
        guard let found else { throw .notFound("such person in the timeline") }
        let page = Page(found.entries, countMax: limit)
        let events = try await events(page.elements.map(\.sequence) + found.traitSequences)
        let titles = await ports.titles(Array(Set(page.elements.compactMap(\.subject))))
        let shown = events.prefix(page.elements.count).compactMap { $0 }
        let traits = events.dropFirst(page.elements.count).compactMap { $0 }
        return .json([
            "person": .string(canonical.text), "ids": .array(cluster.map { .string($0.text) }),
            "traits": .object(Self.traits(traits)),
            "events": .array(shown.map { Self.row($0, titles) }),
            "next": .text(page.hasMore ? page.elements.last?.cursor.description : nil),
            "summary": found.summary.numbers,
            "metrics": marks([("events", "events"), ("orders", "orders"), ("gmv", "gmv")]),
            "left_out": .count(found.leftOutCount),
        ])
    }

    static func person(_ request: HTTPRequest) throws(Problem) -> PersonID {
        guard let person = PersonID(request.parameters["id"] ?? "") else {
            throw .parameter("id", "must be 1 to \(PersonID.utf8CountMax) bytes of plain text")
        }
        return person
    }

    func events(_ sequences: [UInt64]) async throws(Problem) -> [Event?] {
        do throws(ReadFailure) {
            return try await ports.events(sequences)
        } catch {
            throw Problem(error)
        }
    }

    private static func row(_ event: Event, _ titles: [Subject: CatalogItem]) -> JSON {
        var object = event.json
        if let title = event.subject.flatMap({ titles[$0]?.title }) { object.append("title", .string(title)) }
        return .object(object)
    }

    /// What the person's `identify` events said; of one trait the newest counts.
    ///
    /// - Parameter events: Newest first.
    private static func traits(_ events: [Event]) -> JSONObject {
        var traits = JSONObject()
        var seen: Set<String> = []
        for member in events.flatMap({ $0.properties.members.reversed() }) where seen.insert(member.name).inserted {
            traits.append(member.name, member.value)
        }
        return traits
    }
}

/// What one answer about a person needs of the timeline.
private struct PersonHistory: Sendable {
    let summary: PersonSummary
    let entries: [TimelineEntry]  // Newest first.
    let traitSequences: [UInt64]  // Of the `identify` events, newest first.
    var leftOutCount = 0  // Of the person's events that no number counts; the entries have them.
}

extension PersonHistory? {
    /// With events beside those that count, whose summary says how many there are.
    fileprivate func with(
        _ marked: [TimelineEntry], of summary: PersonSummary, countMax: Int
    ) -> PersonHistory {
        let entries = ((self?.entries ?? []) + marked).sorted { $1.cursor < $0.cursor }
        return PersonHistory(
            summary: self?.summary ?? PersonSummary(person: summary.person), entries: Array(entries.prefix(countMax)),
            traitSequences: self?.traitSequences ?? [], leftOutCount: summary.events)
    }
}

extension TimelineSnapshot {
    /// How many events of one person are looked at: bounds the work.
    static let entryCountMax = 20_000
    /// In how many of them traits are looked for.
    private static let traitCountMax = 50

    /// The history of one person's ids; nil where all are unknown.
    fileprivate func history(
        of ids: [PersonID], as person: PersonID, before: TimelineCursor?, countMax: Int
    ) -> PersonHistory? {
        guard let summary = summary(of: ids, as: person) else { return nil }
        let hasTraits = (summary.counts[.identify] ?? 0) > 0
        let identified = hasTraits ? entries(of: ids, countMax: Self.entryCountMax) : []
        return PersonHistory(
            summary: summary, entries: entries(of: ids, before: before, countMax: countMax),
            traitSequences: identified.lazy.filter { $0.name == .identify }.prefix(Self.traitCountMax).map(\.sequence))
    }
}

extension TimelineSnapshot {
    /// As `history(of:as:before:countMax:)`, with those events alone that have one of these places in the journal.
    fileprivate func history(
        of ids: [PersonID], as person: PersonID, only sequences: Set<UInt64>, before: TimelineCursor?
    ) -> PersonHistory? {
        let whole = history(of: ids, as: person, before: before, countMax: Self.entryCountMax)
        return whole.map { whole in
            PersonHistory(
                summary: whole.summary, entries: whole.entries.filter { sequences.contains($0.sequence) },
                traitSequences: whole.traitSequences)
        }
    }
}

extension Parameters {
    private static let sequenceCountMax = 100

    /// `sequences`: the events that a trait of a profile rests on; nil where absent.
    fileprivate func sequences() throws(Problem) -> Set<UInt64>? {
        try value("sequences", "must be 1 to \(Self.sequenceCountMax) places in the journal, with commas between") {
            let parts = $0.split(separator: ",", omittingEmptySubsequences: false)
            let places = parts.compactMap { UInt64($0) }
            return places.count == parts.count && places.count <= Self.sequenceCountMax ? Set(places) : nil
        }
    }
}

extension PersonSummary {
    fileprivate var members: JSONObject {
        var object = JSONObject()
        object.append("events", .count(events))
        object.append("orders", .count(counts[.orderPaid] ?? 0))
        object.append("gmv", .money(values[.orderPaid] ?? []))
        object.append("first_time", .time(times?.lowerBound))
        object.append("last_time", .time(times?.upperBound))
        return object
    }

    fileprivate var numbers: JSON { .object(members) }

    fileprivate var row: JSON {
        var object = members
        object.append("person", .string(person.text))
        return .object(object)
    }
}
