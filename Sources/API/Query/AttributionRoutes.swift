import Base
import Domain
import HTTPServer
import Measure
import Timeline

extension API {
    private static let known = [
        "conversion", "touches", "refund", "by", "look_back_ms", "half_life_ms", "markov_order", "shapley", "direct",
        "leads_to", "repeats", "from", "to",
    ]
    private static let refundUsual = EventFilter(name: EventName(validated: "order_refunded"))
    private static let directUsual: Set = [Channel(validated: "direct")]
    private static let directCountMax = 16
    private static let lookBackUsual = Milliseconds.days(28)
    private static let period = Milliseconds.days(28)

    func registerAttribution(on router: inout Router) {
        let kind = QueryKind(
            name: "attribution", fields: Self.known, takesAudience: true,
            read: { fields throws(Problem) in try attribution(fields) },
            answer: { question, snapshot throws(Problem) in
                let journeys = snapshot.journeys(question.journeys, observedUntil: question.observedUntil)
                return Attribution(journeys, settings: question.settings, within: snapshot.budget).answer(question)
            },
            scope: { question in
                let asked = question.journeys
                let start = asked.range.lowerBound.advanced(by: Milliseconds(-asked.lookBack.count))
                return QueryScope(
                    [asked.conversion] + asked.touches + [asked.refund].compactMap(\.self),
                    start..<asked.range.upperBound)
            }, list: "rows")
        onQuery(kind, on: &router)
    }

    private func attribution(_ fields: Fields) throws(Problem) -> AttributionQuestion {
        let observedUntil = ports.observedUntil
        guard let conversion = try fields.filter("conversion") else {
            throw .missing("conversion", "must name the event that touches lead to")
        }
        let touchCounts = 1...JourneyQuery.touchFilterCountMax
        var touches: [EventFilter] = []
        for touch in try fields.objects("touches", count: touchCounts, known: EventFilter.fields) {
            touches.append(try EventFilter(touch))
        }
        let lookBackMs = try fields.integer(
            "look_back_ms", in: 0...Int(Milliseconds.days(JourneyQuery.lookBackDaysMax).count))
        let range = try fields.range(endingAt: ports.arrivingUntil, length: Self.period)
        let isEach = try fields.choice("leads_to", LeadsTo.self) == .each
        let isMerged = try fields.choice("repeats", Repeats.self) == .merge
        let refund = try fields.filter("refund") ?? Self.refundUsual
        let direct = try directChannels(fields) ?? Self.directUsual
        let dimension = try dimension(fields)
        let settings = try settings(fields)
        do throws(TimelineQueryError) {
            return AttributionQuestion(
                journeys: try JourneyQuery(
                    conversion: conversion, refund: refund, touches: touches, dimension: dimension, range: range,
                    lookBack: lookBackMs.map { Milliseconds(Int64($0)) } ?? Self.lookBackUsual,
                    isSinceConversion: !isEach, isCollapsed: isMerged, direct: direct),
                settings: settings, observedUntil: observedUntil)
        } catch {
            throw Problem(error)
        }
    }

    private func settings(_ fields: Fields) throws(Problem) -> AttributionSettings {
        var settings = AttributionSettings()
        if let halfLifeMs = try fields.integer("half_life_ms", in: 1...Int(Milliseconds.days(365).count)) {
            settings.halfLife = Milliseconds(Int64(halfLifeMs))
        }
        if let order = try fields.integer("markov_order", in: AttributionSettings.markovOrderRange) {
            settings.markovOrder = order
        }
        if let worth = try fields.choice("shapley", AttributionSettings.Worth.self) { settings.worth = worth }
        return settings
    }

    /// `channel`, a kind of subject, or else a property.
    private func dimension(_ fields: Fields) throws(Problem) -> JourneyQuery.Dimension {
        guard let name: PropertyName = try fields.name("by") else { return .channel }
        if name.text == JourneyQuery.Dimension.channel.text { return .channel }
        return Subject.Kind(rawValue: name.text).map { .subject($0) } ?? .property(name)
    }

    private func directChannels(_ fields: Fields) throws(Problem) -> Set<Channel>? {
        try fields.optional("direct", "must hold at most \(Self.directCountMax) names of channels") { json in
            guard let elements = json.arrayValue, elements.count <= Self.directCountMax else { return nil }
            let channels = elements.compactMap { $0.stringValue.flatMap { Channel($0) } }
            return channels.count == elements.count ? Set(channels) : nil
        }
    }
}

/// To which conversions a touch leads.
enum LeadsTo: String, CaseIterable {
    case next  // To the next one alone.
    case each  // To each within the look-back.
}

/// What touches of one key in a row are.
enum Repeats: String, CaseIterable {
    case keep  // As many touches.
    case merge  // One, the last of them.
}

struct AttributionQuestion: Sendable {
    let journeys: JourneyQuery
    let settings: AttributionSettings
    let observedUntil: EventTime
}

extension JourneyQuery.Dimension {
    var text: String {
        switch self {
        case .channel: "channel"
        case .subject(let kind): kind.rawValue
        case .property(let name): name.text
        }
    }
}
