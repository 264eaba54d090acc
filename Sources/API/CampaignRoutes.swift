import Base
import Domain
import HTTPServer
import Measure

extension API {
    func registerCampaigns(on router: inout Router) {
        on(.get, "/api/v1/campaigns", .read, &router) { request, _ throws(Problem) in
            try Parameters.none(in: request)
            var known: [Subject: Campaign] = [:]
            do throws(ReadFailure) {
                for campaign in try await ports.campaigns() {
                    if let subject = Subject(kind: .campaign, id: campaign.id) { known[subject] = campaign }
                }
            } catch {
                throw Problem(error)
            }
            let snapshot = ports.timeline()
            let dates = known.compactMapValues(\.range)
            let rows = try await query { () throws(Problem) in
                CampaignReport(try ports.people(snapshot, .now), dates: dates).rows
            }
            let reported = Set(rows.map(\.campaign))
            let silent = known.keys.filter { !reported.contains($0) }.sorted()
            let answer: JSON = [
                "campaigns": .array(
                    rows.map { Self.row($0.campaign, known[$0.campaign], $0) }
                        + silent.map { Self.row($0, known[$0], nil) })
            ]
            return .json(marked("campaigns.report", answer))
        }
    }

    /// - Parameter numbers: Nil for a campaign that has no dates and that no event is about.
    private static func row(_ campaign: Subject, _ info: Campaign?, _ numbers: CampaignReport.Row?) -> JSON {
        [
            "campaign": .string(campaign.description), "title": .string(info?.title ?? ""),
            "kind": .string(info?.kind ?? ""), "start": .time(info?.startAt), "end": .time(info?.endAt),
            "targeted": .count(numbers?.targeted ?? 0), "redeemed": .count(numbers?.redeemed ?? 0),
            "redeemers": .count(numbers?.redeemers ?? 0),
            "redemption_rate": .rate(numbers?.redeemers ?? 0, of: numbers?.targeted ?? 0),
            "orders": .count(numbers?.orders ?? 0), "buyers": .count(numbers?.buyers ?? 0),
            "gmv": .money(numbers?.gmv ?? []),
        ]
    }
}

extension Campaign {
    /// When it ran; without an end it still does. Nil where its beginning is not known.
    fileprivate var range: Range<EventTime>? {
        let endAt = endAt ?? EventTime(clampingUnixMs: EventTime.unixMsEnd)
        guard let startAt, startAt < endAt else { return nil }
        return startAt..<endAt
    }
}
