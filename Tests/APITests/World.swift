import Base
import Collect
import Decide
import Domain
import Foundation
import HTTPServer
import Identities
import Measure
import Orders
import Quality
import Synchronization
import TestSupport
import Testing
import Timeline

@testable import API

/// The use cases over a journal in memory, asked through the router, each answer held against the document.
final class World: Sendable {
    private struct Journal {
        var events: [Event] = []
        var keys: Set<Hash128> = []
        var receipts: [CollectReceipt] = []
        var isBroken = false
    }

    private struct Cellar {
        var items: [QuarantineItem] = []
    }

    private let identity = IdentityState()
    private let clock = ManualClock()
    let orders = OrderBook(
        rules: OrderRules(zone: DayZone(name: "Asia/Shanghai") { _ in .hours(8) }, currency: .cny))
    let shelf = Shelf()
    private let sourceShelf = SourceShelf()
    let timeline = Timeline()
    let marked = Timeline()
    let cleaning = CleaningDesk()
    let decisions = DecisionIndex()
    let state = DecideState()
    private let audited = Mutex<[AuditEntry]>([])
    private let campaigns = Mutex<[Campaign]>([])
    private let health = Mutex(Health(trouble: nil, journalSequence: 0, timelineSequence: 0))
    let ledger = SourceLedger()
    let gate = SourceGate()
    let savedLimits = Mutex<[SourceName: SourceLimits]>([:])
    let douyinSecrets = Mutex<[SourceName: String]>([:])
    private let journal = Mutex(Journal())
    private let cellar = Mutex(Cellar())
    private let plan = PlanRecord()
    private let quality = QualityState()
    let qualityRecord = QualityRecord()
    private let audiences = AudienceShelf()
    private let erasures = Mutex<[Erasure]>([])
    private let router = Mutex(Router())
    private let contract: Contract
    private let stages: StageShelf

    init(change: (inout APIOptions) -> Void = { _ in }) throws {
        contract = try Contract()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        stages = try StageShelf(folder: root.appendingPathComponent("web/rules/stages"))
        var options = APIOptions(openAPIPath: root.appendingPathComponent("web/openapi.json").path)
        change(&options)
        var ports = ports
        ports.metricLibrary = try MetricLibrary(
            Array(Data(contentsOf: root.appendingPathComponent("web/rules/metrics/library.json"))))
        let api = API(ports: ports, options: options)
        router.withLock { api.register(on: &$0) }
    }

    var eventCount: Int { timeline.snapshot().eventCount }
    var audit: [AuditEntry] { audited.withLock { $0 } }

    var time: EventTime { clock.now }

    func pass(_ span: Milliseconds) { clock.advance(by: span) }

    /// An event that is shown, and that no number counts.
    func apart(_ event: Event, sequence: UInt64) { marked.append([(sequence: sequence, event: event)]) }

    func breakJournal() { journal.withLock { $0.isBroken = true } }

    /// An event that was set aside by mistake, such as one that a stricter release refused.
    func setAside(_ event: JSON, from source: String = "shop") {
        cellar.withLock { cellar in
            cellar.items.append(
                QuarantineItem(
                    id: Int64(cellar.items.count + 1), receivedAt: clock.now, source: SourceName(validated: source),
                    format: "native", reason: "invalid_name", detail: "", body: event.bytes, isTruncated: false,
                    replayedAt: nil))
        }
    }

    func cutQuarantined() {
        cellar.withLock { cellar in cellar.items = cellar.items.map { Self.changed($0, isTruncated: true) } }
    }

    func add(_ campaign: Campaign) { campaigns.withLock { $0.append(campaign) } }

    func become(_ health: Health) { self.health.withLock { $0 = health } }

    // MARK: Asking

    /// - Parameter query: `name=value&…`, encoded.
    func ask(
        _ method: HTTPMethod, _ path: String, query: String = "", as key: String? = "admin", type: String? = nil,
        headers: HTTPHeaders = [:], body: [UInt8] = [], allowance: BodyAllowance = BodyAllowance()
    ) async throws -> HTTPResponse {
        var headers = headers
        headers["Authorization"] = key.map { "Bearer \($0)" }
        headers["Content-Type"] = type
        let request = HTTPRequest(
            method: method, path: path, query: try #require(HTTPQuery(Array(query.utf8))), headers: headers, body: body,
            allowance: allowance)
        let response = await router.withLock { $0 }.answer(request)
        #expect(contract.complaints(about: response, method, path) == [])
        return response
    }

    /// Without a look at the document.
    func answer(
        _ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders = ["Authorization": "Bearer admin"]
    ) async -> HTTPResponse {
        await router.withLock { $0 }.answer(HTTPRequest(method: method, path: path, headers: headers))
    }

    func get(_ path: String, _ query: String = "", status: Int = 200) async throws -> JSON {
        let response = try await ask(.get, path, query: query)
        #expect(response.status == status)
        return try response.json
    }

    func post(_ path: String, _ body: JSON, as key: String? = "admin", status: Int = 200) async throws -> JSON {
        let response = try await ask(.post, path, as: key, type: "application/json", body: body.bytes)
        #expect(response.status == status)
        return try response.json
    }

    @discardableResult
    func send(_ events: JSON..., status: Int = 200) async throws -> JSON {
        try await post("/api/v1/events", .array(events), status: status)
    }

    // MARK: Ports

    private var ports: APIPorts {
        APIPorts(
            access: Access(
                check: { request, permission in
                    Self.verdict(
                        request.headers["Authorization"]?.split(separator: " ").last.map(String.init)
                            ?? request.cookies["session"], permission)
                }, checkKey: { key, permission in Self.verdict(key, permission) }),
            collect: collect,
            decide: Decide(
                state: state,
                ports: DecidePorts(
                    record: { decision async throws(DecideError) in
                        guard self.append(decision.event(source: .quanyu, receivedAt: self.clock.now)) else {
                            throw .notRecorded(reason: "disk full")
                        }
                    }, now: { self.clock.now }, seed: { UInt64(self.decisions.count) })),
            timeline: { self.timeline.snapshot() }, persons: persons,
            newestTime: { self.timeline.snapshot().times?.upperBound }, marked: { self.marked.snapshot() },
            decisions: self.decisions, cleaning: cleaning.ports, identity: identity,
            sources: sources,
            record: { event async throws(CollectError) in
                guard self.append(event) else { throw .unavailable(reason: "disk full") }
            },
            events: { sequences async throws(ReadFailure) in
                let journal = self.journal.withLock { $0 }
                if journal.isBroken { throw ReadFailure(reason: "disk gone") }
                return sequences.map { $0 < UInt64(journal.events.count) ? journal.events[Int($0)] : nil }
            },
            receipt: { id in
                self.journal.withLock { journal in
                    journal.receipts.indices.contains(Int(id.sequence))
                        ? KeptReceipt(receipt: journal.receipts[Int(id.sequence)], newEventIDs: []) : nil
                }
            },
            titles: { subjects in
                Dictionary(
                    uniqueKeysWithValues: subjects.filter { $0.kind == .product }.map {
                        ($0, CatalogItem(subject: $0, title: "Tea \($0.id)", category: "", brand: ""))
                    })
            },
            campaigns: { self.campaigns.withLock { $0 } }, quarantine: quarantine,
            orders: shelf.orders(orders), catalogue: shelf.catalogue,
            webhooks: sourceShelf.ports, logs: sourceShelf.logPorts,
            imports: sourceShelf.importPorts,
            plan: plan.ports(quality, clock), quality: qualityRecord.ports(quality, plan),
            stageModels: stages.ports,
            audiences: audiences.ports({ self.timeline.snapshot() }, { self.clock.now }),
            erasures: ErasurePorts(
                erase: { person, actor in
                    self.erasures.withLock { erasures in
                        let record = ErasureRecord(
                            askedAt: self.clock.now, actor: actor,
                            hashes: [Hash128(high: 7, low: UInt64(erasures.count))])
                        let erasure = Erasure(sequence: UInt64(erasures.count), record: record, state: .waiting)
                        erasures.append(erasure)
                        return erasure
                    }
                },
                page: { before, _, countMax in
                    self.erasures.withLock { erasures in
                        Array(erasures.filter { $0.sequence < before ?? .max }.reversed().prefix(countMax))
                    }
                }),
            health: { self.health.withLock { $0 } },
            audit: { entry in self.audited.withLock { $0.append(entry) } }, metrics: Metrics(),
            now: { self.clock.now },
            zone: { name in name == "Asia/Shanghai" ? DayZone(name: name) { _ in .hours(8) } : nil })
    }

    private static func verdict(_ key: String?, _ permission: Permission) -> Access.Verdict {
        guard let kind = key.flatMap(TokenKind.init(rawValue:)) else {
            return .refused(.problem(401, code: "unauthenticated", detail: "no key"))
        }
        let authority = Authority.token(kind)
        guard authority.may(permission) else { return .refused(.problem(403, code: "forbidden", detail: "no")) }
        return .admitted(Identity(authority: authority, name: "shop"))
    }

    private var sources: SourcePorts {
        SourcePorts(
            ledger: ledger, gate: gate,
            save: { limits, source in self.savedLimits.withLock { $0[source] = limits } },
            newest: { start, countMax in
                let journal = self.journal.withLock { $0 }
                let events = journal.events.enumerated().map {
                    SourcePorts.JournalRow(sequence: UInt64($0.offset), entry: .event($0.element))
                }
                return Array(events.filter { $0.sequence >= start }.suffix(countMax))
            },
            douyin: DouyinPorts(
                sources: { self.douyinSecrets.withLock { $0.keys.sorted { $0.text < $1.text } } },
                secret: { source in self.douyinSecrets.withLock { $0[source] } },
                set: { secret, source in self.douyinSecrets.withLock { $0[source] = secret } },
                clear: { source in self.douyinSecrets.withLock { $0.removeValue(forKey: source) != nil } }))
    }

    private var persons: @Sendable (TimelineSnapshot, PersonBasis) throws(ReadFailure) -> TimelineSnapshot {
        let persons = PersonResolver(identity)
        return { snapshot, basis in
            switch basis {
            case .now: return persons.merged(snapshot)
            case .separate: return snapshot
            case .before(let time):
                let events = self.journal.withLock { $0.events }
                return persons.merged(snapshot, before: UInt64(events.count { $0.receivedAt < time }))
            }
        }
    }

    private var collect: CollectEvents {
        CollectEvents(
            limits: CollectLimits(), key: .random(),
            ports: CollectPorts(
                append: { keyed, receipt async throws(CollectError) in
                    let isBroken = self.journal.withLock { $0.isBroken }
                    if isBroken { throw .unavailable(reason: "disk full") }
                    let isNew = keyed.map { item in
                        let isNew = self.journal.withLock { $0.keys.insert(item.key).inserted }
                        return isNew && ((try? EventCodec.decode(item.payload)).map(self.append) ?? false)
                    }
                    let made = receipt(isNew)
                    let id = self.journal.withLock { journal in
                        journal.receipts.append(made)
                        return ReceiptID(sequence: UInt64(journal.receipts.count - 1))
                    }
                    self.ledger.apply(sequence: self.ledger.sequenceEnd, receipt: made)
                    return CollectPorts.Appended(isNew: isNew, receipt: id)
                },
                quarantine: { entries in
                    self.cellar.withLock { cellar in
                        entries.map { entry in
                            let id = Int64(cellar.items.count + 1)
                            cellar.items.append(
                                QuarantineItem(
                                    id: id, receivedAt: entry.receivedAt, source: entry.source,
                                    format: entry.format.rawValue, reason: entry.refusal.reason.rawValue,
                                    detail: entry.refusal.detail, body: entry.body, isTruncated: false,
                                    replayedAt: nil))
                            return id
                        }
                    }
                }, now: { self.clock.now }, plan: { self.plan.enforced }), gate: gate)
    }

    private var quarantine: QuarantinePorts {
        QuarantinePorts(
            page: { filter, before, countMax in
                let items = self.cellar.withLock { $0.items }.reversed()
                return Array(items.filter { $0.id < before ?? .max && Self.fits($0, filter) }.prefix(countMax))
            },
            waiting: { filter, after, last, countMax in
                let items = self.cellar.withLock { $0.items }
                return Array(
                    items.filter { $0.id > after && $0.id <= last && $0.replayedAt == nil && Self.fits($0, filter) }
                        .prefix(countMax))
            },
            counts: { filter in
                let items = self.cellar.withLock { $0.items }.filter { Self.fits($0, filter) }
                return Dictionary(grouping: items, by: \.reason).mapValues { items in
                    QuarantineCount(all: items.count, waiting: items.count { $0.replayedAt == nil })
                }
            },
            items: { ids in
                let items = self.cellar.withLock { $0.items }
                return ids.compactMap { id in items.first { $0.id == id } }
            },
            markReplayed: { ids, time in
                self.cellar.withLock { cellar in
                    cellar.items = cellar.items.map { ids.contains($0.id) ? Self.changed($0, replayedAt: time) : $0 }
                }
            })
    }

    private static func fits(_ item: QuarantineItem, _ filter: QuarantineFilter) -> Bool {
        (filter.reason == nil || item.reason == filter.reason)
            && (filter.source == nil || item.source == filter.source)
            && (filter.received?.contains(item.receivedAt) ?? true)
    }

    private static func changed(
        _ item: QuarantineItem, isTruncated: Bool? = nil, replayedAt: EventTime? = nil
    ) -> QuarantineItem {
        QuarantineItem(
            id: item.id, receivedAt: item.receivedAt, source: item.source, format: item.format, reason: item.reason,
            detail: item.detail, body: item.body, isTruncated: isTruncated ?? item.isTruncated,
            replayedAt: replayedAt ?? item.replayedAt)
    }

    /// False where the journal is broken.
    @discardableResult
    func append(_ event: Event) -> Bool {
        let sequence = journal.withLock { journal -> UInt64? in
            guard !journal.isBroken else { return nil }
            journal.events.append(event)
            return UInt64(journal.events.count - 1)
        }
        guard let sequence else { return false }
        timeline.append([(sequence: sequence, event: event)])
        decisions.apply(sequence: sequence, event: event)
        identity.apply(sequence: sequence, event: event)
        quality.apply(sequence: sequence, entry: .event(event), plan: plan.enforced)
        state.apply(sequence: sequence, event: event)
        orders.apply(sequence: sequence, event: event)
        return true
    }
}

extension HTTPResponse {
    var json: JSON {
        get throws {
            guard case .bytes(let bytes) = body else { return .null }
            return try JSON.parse(bytes)
        }
    }
}

extension JSON {
    subscript(index: Int) -> JSON? { arrayValue.flatMap { $0.indices.contains(index) ? $0[index] : nil } }

    /// The member of each element.
    func each(_ name: String) -> [JSON] { (arrayValue ?? []).map { $0[name] ?? .null } }
}
