import Base
import Domain
import HTTPServer
import Measure
import Orders
import Statistics
import Timeline

extension API {
    private static let known = ["order", "refund", "net", "currency", "from", "to", "bounds", "list"]

    func registerRFM(on router: inout Router) {
        let kind = QueryKind(
            name: "rfm", fields: Self.known, takesAudience: true,
            read: { fields throws(Problem) in try rfm(fields) },
            answer: { question, snapshot throws(Problem) in question.answer(snapshot) },
            scope: { QueryScope([$0.query.order] + [$0.query.refund].compactMap(\.self), $0.query.range) })
        onQuery(kind, on: &router)
    }

    private func rfm(_ fields: Fields) throws(Problem) -> RFMQuestion {
        let end = ports.observedUntil.advanced(by: Milliseconds(1))
        let isNet = try fields.flag("net") ?? true
        let refund = try fields.filter("refund") ?? EventFilter(name: .orderRefunded)
        let currency = try fields.optional("currency", "must be three letters such as CNY") { json in
            json.stringValue.flatMap { Currency(code: $0) }
        }
        let query = BuyerQuery(
            order: try fields.filter("order") ?? EventFilter(name: .orderPaid), refund: isNet ? refund : nil,
            currency: currency ?? ports.orders.book.currency, range: try fields.range(endingAt: end, length: .days(365))
        )
        let bounds = try fields.object("bounds", known: ["days", "orders", "minor"])
        return RFMQuestion(
            query: query,
            scoring: try bounds.map { bounds throws(Problem) in .bounds(try Self.bounds(bounds)) } ?? .fifths,
            end: min(query.range.upperBound, end),
            list: try fields.object("list", known: RFMList.fields).map { list throws(Problem) in try RFMList(list) })
    }

    private static func bounds(_ fields: Fields) throws(Problem) -> RFMBounds {
        let rule = "must hold \(RFM.scoreMax - 1) whole numbers"
        let numbers = { (name: String) throws(Problem) -> [Int64] in
            try fields.required(name, rule) { json in json.arrayValue.map { $0.compactMap(\.intValue) } }
        }
        let bounds = RFMBounds(
            days: try numbers("days").map { Int($0) }, orders: try numbers("orders").map { Int($0) },
            minors: try numbers("minor"))
        guard let bounds else {
            throw .field(
                "bounds",
                "must hold \(RFM.scoreMax - 1) whole numbers each: `days` descending, `orders` and `minor` ascending")
        }
        return bounds
    }
}

/// Whose names are asked for.
private struct RFMList: Sendable {
    static let fields = ["segment", "limit", "cursor"]

    let segment: RFMSegment?  // Nil for everybody.
    let page: ListPage

    init(_ fields: Fields) throws(Problem) {
        segment = try fields.choice("segment", RFMSegment.self)
        page = try ListPage(fields)
    }
}

private struct RFMQuestion: Sendable {
    let query: BuyerQuery
    let scoring: RFM.Scoring
    let end: EventTime
    let list: RFMList?

    func answer(_ snapshot: TimelineSnapshot) -> QueryAnswer {
        let found = snapshot.buyers(query)
        let rfm = RFM(found.buyers, scoring: scoring, until: end)
        let summary = rfm.summary(until: end)
        let json: JSON = [
            "from": .time(query.range.lowerBound), "until": .time(end), "currency": .string(query.currency.code),
            "scoring": scoring == .fifths ? "fifths" : "bounds", "buyers": .count(rfm.buyers.count),
            "orders": .count(summary.total.orders), "value": money(summary.total.minor),
            "orders_left_out": .count(found.ordersLeftOut),
            "key": .rate(summary.keyCount, of: rfm.buyers.count),
            "segments": .array(summary.segments.map { segment($0, of: rfm.buyers.count) }),
            "cells": .array(summary.cells.map(\.json)), "scores": .array(summary.scores.map(\.json)),
            "list": list.map { page($0, rfm, snapshot) } ?? .null,
        ]
        let rows = summary.segments.map { one -> [JSON] in
            let (rate, mean) = (JSON.rate(one.people, of: rfm.buyers.count), one.mean)
            return [
                .string(one.segment.rawValue), .count(one.people), rate["rate"] ?? .null, rate["low"] ?? .null,
                rate["high"] ?? .null, .count(one.orders), .int(one.minor), .number(one.people > 0 ? mean.mean : nil),
                .number(mean.interval()?.low), .number(mean.interval()?.high),
            ]
        }
        let columns = [
            "segment", "people", "share", "low", "high", "orders", "minor", "mean_minor", "mean_low", "mean_high",
        ]
        return QueryAnswer(json.objectValue ?? JSONObject(), table: QueryTable(columns, rows))
    }

    private func money(_ minor: Int64) -> JSON {
        ["minor": .int(minor), "currency": .string(query.currency.code)]
    }

    private func segment(_ one: RFMSummary.Segment, of total: Int) -> JSON {
        let interval = one.mean.interval()
        return [
            "segment": .string(one.segment.rawValue), "people": .rate(one.people, of: total),
            "orders": .count(one.orders), "value": money(one.minor),
            "mean_value": [
                "mean": .number(one.people > 0 ? one.mean.mean : nil), "low": .number(interval?.low),
                "high": .number(interval?.high),
            ],
        ]
    }

    private func page(_ list: RFMList, _ rfm: RFM, _ snapshot: TimelineSnapshot) -> JSON {
        let wanted = rfm.buyers.indices.filter { list.segment == nil || rfm.segments[$0] == list.segment }
        let left = wanted.drop { Int(rfm.buyers[$0].code) <= list.page.after ?? -1 }
        let shown = left.prefix(list.page.countMax)
        let rows = shown.map { index -> JSON in
            let (buyer, scores) = (rfm.buyers[index], rfm.scores[index])
            return [
                "person": .string(snapshot.person(buyer).text), "last_order": .time(buyer.lastOrder),
                "orders": .count(buyer.orders), "minor": .int(buyer.minor), "recency": .count(scores.recency),
                "frequency": .count(scores.frequency), "monetary": .count(scores.monetary),
                "segment": .string(rfm.segments[index].rawValue),
            ]
        }
        let next = left.count > shown.count ? shown.last.map { String(rfm.buyers[$0].code) } : nil
        return ["total": .count(wanted.count), "people": .array(rows), "next": .text(next)]
    }
}

extension RFMSummary.Cell {
    fileprivate var json: JSON {
        [
            "recency": .count(scores.recency), "frequency": .count(scores.frequency),
            "monetary": .count(scores.monetary), "people": .count(people), "minor": .int(minor),
        ]
    }
}

extension RFMSummary.Score {
    fileprivate var json: JSON {
        [
            "score": .count(score),
            "days": days.map { ["min": .double($0.lowerBound), "max": .double($0.upperBound)] } ?? .null,
            "orders": orders.map { ["min": .count($0.lowerBound), "max": .count($0.upperBound)] } ?? .null,
            "minor": minors.map { ["min": .int($0.lowerBound), "max": .int($0.upperBound)] } ?? .null,
        ]
    }
}
