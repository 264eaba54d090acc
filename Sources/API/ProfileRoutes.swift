import Base
import Domain
import HTTPServer
import Identities
import Measure
import Orders
import Profile
import Statistics
import Timeline

extension API {
    private static let factProperties = ["category", "brand", "host"].map { PropertyName(validated: $0) }
    private static let placeCountMax = 100  // Rooms and shows whose host is looked up.

    func registerProfile(on router: inout Router) {
        on(.get, "/api/v1/people/{id}/profile", .read, &router) { request, _ throws(Problem) in
            try await profile(request)
        }
    }

    private func profile(_ request: HTTPRequest) async throws(Problem) -> HTTPResponse {
        let parameters = try Parameters(request, known: ["at", "time_zone"])
        let asOf = try parameters.time("at")
        let asked = try parameters.value("time_zone", "must be a zone of the IANA database, such as Asia/Shanghai") {
            ports.zone($0)
        }
        let zone = asked ?? ports.orders.book.zone
        let person = try Self.person(request)
        let snapshot = ports.timeline()
        let cluster = ports.identity.members(of: person)
        let (observedUntil, entries) = try await query { () throws(Problem) in
            let observedUntil = ports.observedUntil
            let end = (asOf ?? observedUntil).advanced(by: Milliseconds(1))
            let entries = snapshot.entries(
                of: cluster, before: TimelineCursor(time: end, sequence: 0), countMax: TimelineSnapshot.entryCountMax)
            return (observedUntil, entries)
        }
        let time = asOf ?? observedUntil
        guard !entries.isEmpty else { throw .notFound("event of such a person by then") }
        let facts = await facts(of: entries)
        let currency = ports.orders.book.currency
        let (model, profile) = try await query { () throws(Problem) in
            let people = try ports.people(snapshot, .now)
            let model = spending.model(of: people, currency: currency, observedUntil: observedUntil)
            let own = snapshot.texts(of: cluster, in: Self.factProperties).mapValues { texts in
                SubjectFacts(category: texts[0] ?? "", brand: texts[1] ?? "", host: texts[2] ?? "")
            }
            return (model, PersonProfile(entries, at: time, zone: zone, facts: facts, own: own, model: model))
        }
        var answer = JSONObject()
        answer.append("person", .string(ports.identity.person(of: person).text))
        answer.append("at", .time(time))
        answer.append("time_zone", .string(zone.name))
        answer.append("events", .count(entries.count))
        answer.append("rules", ProfileRules().json)
        for member in profile.members(model) { answer.append(member.name, member.value) }
        return .json(marked("people.profile", .object(answer)))
    }

    /// What the catalogue knows of the subjects; nothing where it cannot be read.
    private func facts(of entries: [TimelineEntry]) async -> [Subject: SubjectFacts] {
        let subjects = Set(entries.compactMap(\.subject))
        var facts = await ports.titles(Array(subjects)).mapValues {
            SubjectFacts(category: $0.category, brand: $0.brand)
        }
        for place in subjects.filter({ $0.kind == .room || $0.kind == .show }).sorted().prefix(Self.placeCountMax) {
            guard let host = try? await ports.catalogue.entry(place)?.offer.host else { continue }
            facts[place, default: SubjectFacts()].host = host
        }
        return facts
    }
}

extension ProfileRules {
    fileprivate var json: JSON {
        let days = { (length: Milliseconds) in JSON.int(length.count / Milliseconds.days(1).count) }
        return [
            "interest_half_life_days": days(interestHalfLife), "response_window_days": days(responseWindow),
            "new_within_days": days(newWithin), "active_within_days": days(activeWithin),
            "dormant_after_days": days(dormantAfter), "habits_within_days": days(habitsWithin),
            "spending_days": .count(spendingDays),
        ]
    }
}

extension PersonProfile {
    fileprivate func members(_ model: SpendingModel) -> [JSONObject.Member] {
        let stage: JSON = [
            "stage": .string(lifecycle.stage.rawValue), "orders": .count(lifecycle.orders),
            "evidence": lifecycle.evidence.json,
        ]
        let interests: JSON = [
            "categories": .array(categories.map(\.json)), "brands": .array(brands.map(\.json)),
            "hosts": .array(hosts.map(\.json)),
        ]
        return [
            ("lifecycle", stage), ("interests", interests), ("prices", .array(prices.map(\.json))),
            ("active_times", times.json), ("channels", .array(channels.map(\.json))),
            ("spending", spending?.json ?? .null), ("spending_model", model.json),
        ].map { JSONObject.Member(name: $0, value: $1) }
    }
}

extension Evidence {
    fileprivate var json: JSON {
        ["count": .count(count), "sequences": .array(sequences.map { .int(Int64(clamping: $0)) })]
    }
}

extension Interest {
    fileprivate var json: JSON {
        [
            "name": .string(name), "weight": .double(weight), "share": .double(share), "low": .double(interval.low),
            "high": .double(interval.high), "evidence": evidence.json,
        ]
    }
}

extension PriceBand {
    fileprivate var json: JSON {
        [
            "event": .string(name.text), "currency": .string(currency.code), "lower": .int(quartiles[0]),
            "median": .int(quartiles[1]), "upper": .int(quartiles[2]),
            "median_low": medianRange.map { .int($0.lowerBound) } ?? .null,
            "median_high": medianRange.map { .int($0.upperBound) } ?? .null,
            "evidence": evidence.json,
        ]
    }
}

extension ActiveTimes {
    fileprivate var json: JSON {
        [
            "hours": .array(hours.map { .count($0) }), "weekdays": .array(weekdays.map { .count($0) }),
            "peak_hour": peakHour.map { .count($0) } ?? .null,
            "peak": .rate(peakHour.map { hours[$0] } ?? 0, of: total), "evidence": evidence.json,
        ]
    }
}

extension ChannelResponse {
    fileprivate var json: JSON {
        [
            "channel": .string(channel.text), "answered": .rate(answered.positives, of: answered.total),
            "evidence": evidence.json,
        ]
    }
}

extension SpendingPower {
    fileprivate var json: JSON {
        [
            "repeats": .count(history.repeats), "recency_days": .double(history.recency),
            "age_days": .double(history.age), "alive": Self.json(alive), "purchases": Self.json(purchases),
            "value": Self.json(value), "total": Self.json(spending), "evidence": evidence.json,
        ]
    }

    private static func json(_ prediction: Prediction?) -> JSON {
        prediction.map {
            ["value": .double($0.value), "low": .double($0.interval.low), "high": .double($0.interval.high)]
        } ?? .null
    }
}

extension SpendingModel {
    fileprivate var json: JSON {
        [
            "currency": .string(currency.code), "customers": .count(customerCount),
            "history_days": .count(historyDays),
            "observed_until": .time(observedUntil),
            "purchases": Self.json(purchases.map(\.parameters), ["r", "alpha", "a", "b"]),
            "spend": Self.json(spend.map(\.parameters), ["p", "q", "gamma"]),
        ]
    }

    /// Each parameter with its interval, or why there are none.
    private static func json(_ estimate: Result<PositiveEstimate, EstimateError>, _ names: [String]) -> JSON {
        switch estimate {
        case .failure(.tooFew(let count, let needed)):
            return ["missing": "too_few", "repeat_customers": .count(count), "needed": .count(needed)]
        case .failure(.unsettled): return ["missing": "unsettled"]
        case .success(let estimate):
            var members = names.enumerated().map { index, name in
                let interval = estimate.interval(index)
                return JSONObject.Member(
                    name: name,
                    value: [
                        "value": .double(estimate.values[index]), "low": .double(interval.low),
                        "high": .double(interval.high),
                    ])
            }
            members.append(JSONObject.Member(name: "leans_on_prior", value: .bool(estimate.leansOnPrior)))
            return .object(JSONObject(members))
        }
    }
}
