public import Base
public import Domain

/// The tracking plan: the draft that people work on, the versions that were frozen, and the one in force.
public final class PlanStore: Sendable {
    private let connections: Connections

    init(_ connections: Connections) { self.connections = connections }

    public func draft() async throws(DatabaseError) -> PlanDraft {
        try await connections.reader.run { database throws(DatabaseError) in try Self.draft(database) }
    }

    /// Nil where no plan is in force.
    public func inForce() async throws(DatabaseError) -> PlanVersion? {
        try await connections.reader.run { database throws(DatabaseError) in
            let row = try database.prepare(Self.select + "WHERE version = (SELECT in_force FROM plan_state)")
            return try row.step() ? try Self.version(row) : nil
        }
    }

    public func version(_ version: Int64) async throws(DatabaseError) -> PlanVersion? {
        try await connections.reader.run { database throws(DatabaseError) in
            let row = try database.prepare(Self.select + "WHERE version = ?1")
            try row.bind(version, at: 1)
            return try row.step() ? try Self.version(row) : nil
        }
    }

    /// The newest first.
    ///
    /// - Parameter before: The last version of the page before; nil for the first page.
    public func versions(before: Int64?, countMax: Int) async throws(DatabaseError) -> [PlanVersion] {
        try await connections.reader.run { database throws(DatabaseError) in
            let rows = try database.prepare(Self.select + "WHERE version < ?1 ORDER BY version DESC LIMIT ?2")
            try rows.bind(before ?? .max, at: 1)
            try rows.bind(Int64(countMax), at: 2)
            var versions: [PlanVersion] = []
            while try rows.step() { versions.append(try Self.version(rows)) }
            return versions
        }
    }

    /// - Parameter revision: Of the draft that the change was made to.
    /// - Returns: The draft as it is then; nil where another change came between, and this one was not made.
    public func setDraft(
        _ plan: TrackingPlan, from revision: Int64, by actor: String, at time: EventTime
    ) async throws(DatabaseError) -> PlanDraft? {
        try await connections.writer.transact { database throws(DatabaseError) in
            guard try Self.draft(database).revision == revision else { return nil }
            let upsert = try database.prepare(
                """
                INSERT INTO plan_state (id, draft, revision, changed_ms, changed_by) VALUES (1, ?1, ?2, ?3, ?4)
                ON CONFLICT (id) DO UPDATE SET draft = excluded.draft, revision = excluded.revision,
                    changed_ms = excluded.changed_ms, changed_by = excluded.changed_by
                """)
            try upsert.bind(plan.json.text, at: 1)
            try upsert.bind(revision + 1, at: 2)
            try upsert.bind(time.unixMs, at: 3)
            try upsert.bind(actor, at: 4)
            try upsert.run()
            return PlanDraft(plan: plan, revision: revision + 1, changedAt: time, changedBy: actor)
        }
    }

    /// Makes a version of the draft and puts it in force.
    ///
    /// - Parameter revision: Of the draft that is meant.
    /// - Returns: Nil where the draft is another by now; nothing was frozen then.
    public func freeze(
        revision: Int64, note: String, by actor: String, at time: EventTime
    ) async throws(DatabaseError) -> PlanVersion? {
        try await connections.writer.transact { database throws(DatabaseError) in
            let draft = try Self.draft(database)
            guard draft.revision == revision else { return nil }
            let insert = try database.prepare(
                "INSERT INTO plan_version (plan, frozen_ms, frozen_by, note) VALUES (?1, ?2, ?3, ?4) RETURNING version")
            try insert.bind(draft.plan.json.text, at: 1)
            try insert.bind(time.unixMs, at: 2)
            try insert.bind(actor, at: 3)
            try insert.bind(note, at: 4)
            guard try insert.step() else { throw .unreadable("plan_version") }
            let version = insert.int64(at: 0)
            insert.reset()
            try Self.putInForce(version, database)
            return PlanVersion(version: version, plan: draft.plan, frozenAt: time, frozenBy: actor, note: note)
        }
    }

    /// - Parameter version: Nil for none: nothing is enforced then.
    /// - Returns: False where there is no such version; the one in force stays.
    public func setInForce(_ version: Int64?) async throws(DatabaseError) -> Bool {
        try await connections.writer.transact { database throws(DatabaseError) in
            if let version {
                let row = try database.prepare("SELECT 1 FROM plan_version WHERE version = ?1")
                try row.bind(version, at: 1)
                guard try row.step() else { return false }
            }
            try Self.putInForce(version, database)
            return true
        }
    }

    private static func putInForce(_ version: Int64?, _ database: borrowing Database) throws(DatabaseError) {
        let upsert = try database.prepare(
            """
            INSERT INTO plan_state (id, draft, revision, changed_by, in_force) VALUES (1, ?1, 0, '', ?2)
            ON CONFLICT (id) DO UPDATE SET in_force = excluded.in_force
            """)
        try upsert.bind(TrackingPlan.empty.json.text, at: 1)
        try upsert.bind(version, at: 2)
        try upsert.run()
    }

    private static func draft(_ database: borrowing Database) throws(DatabaseError) -> PlanDraft {
        let row = try database.prepare("SELECT draft, revision, changed_ms, changed_by FROM plan_state")
        guard try row.step() else { return PlanDraft(plan: .empty, revision: 0, changedAt: nil, changedBy: "") }
        return PlanDraft(
            plan: try plan(row.text(at: 0)), revision: row.int64(at: 1), changedAt: row.optionalTime(at: 2),
            changedBy: row.text(at: 3))
    }

    private static let select = "SELECT version, plan, frozen_ms, frozen_by, note FROM plan_version "

    private static func version(_ row: borrowing Statement) throws(DatabaseError) -> PlanVersion {
        PlanVersion(
            version: row.int64(at: 0), plan: try plan(row.text(at: 1)), frozenAt: row.time(at: 2),
            frozenBy: row.text(at: 3), note: row.text(at: 4))
    }

    private static func plan(_ text: String) throws(DatabaseError) -> TrackingPlan {
        guard let json = try? JSON.parse(text), let plan = try? TrackingPlan(json: json) else {
            throw .unreadable("plan")
        }
        return plan
    }
}
