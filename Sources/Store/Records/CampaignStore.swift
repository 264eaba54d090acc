import Base
public import Domain

/// The campaigns.
public final class CampaignStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    /// Adds the campaigns; one that is there already is replaced. All of them or none.
    public func upsert(_ campaigns: [Campaign]) async throws(DatabaseError) {
        try await connections.writer.transact { database throws(DatabaseError) in
            let insert = try database.prepare(
                "INSERT OR REPLACE INTO campaign (id, title, kind, start_ms, end_ms) VALUES (?1, ?2, ?3, ?4, ?5)")
            for campaign in campaigns {
                try insert.bind(campaign.id, at: 1)
                try insert.bind(campaign.title, at: 2)
                try insert.bind(campaign.kind, at: 3)
                try insert.bind(campaign.startAt?.unixMs, at: 4)
                try insert.bind(campaign.endAt?.unixMs, at: 5)
                try insert.run()
            }
        }
    }

    /// The latest first.
    public func list() async throws(DatabaseError) -> [Campaign] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(
                "SELECT id, title, kind, start_ms, end_ms FROM campaign ORDER BY start_ms DESC NULLS LAST, id")
            var campaigns: [Campaign] = []
            while try rows.step() {
                campaigns.append(
                    Campaign(
                        id: rows.text(at: 0), title: rows.text(at: 1), kind: rows.text(at: 2),
                        startAt: rows.optionalTime(at: 3), endAt: rows.optionalTime(at: 4)))
            }
            return campaigns
        }
    }
}
