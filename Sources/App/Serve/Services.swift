import API
import Base
import Collect
import Console
import Decide
import Domain
import HTTPServer
import Identities
import Journal
import Measure
import Orders
import Store
import Timeline

/// The API and the console over the parts of one data folder.
struct Services {
    let router: Router
    let metrics: Metrics
    let follower: LogFollower
    let imports: ImportJobs
    let quality: QualityDesk
    let audiences: AudienceKeeper

    init(
        folder: DataFolder, configuration: Configuration, journal: Journal, store: ControlStore, state: DerivedState,
        plan: PlanSlot,
        persons: @escaping @Sendable (TimelineSnapshot, PersonBasis) throws(ReadFailure) -> TimelineSnapshot,
        projector: Projector, cleaning: CleaningControl, erasing: ErasureControl, log: Log
    ) async throws {
        let metrics = Metrics()
        Self.watch(metrics, journal, state, projector)
        let wiring = PortWiring(
            journal: journal, store: store, key: try await store.settings.dedupKey(),
            limits: CollectLimits(configuration), plan: plan,
            gate: SourceGate(configuration, limits: try await store.sourceLimits.all(), ledger: state.ledger),
            history: { state.view.history })
        let folders = FollowFolders(configuration.list(.followFolders))
        follower = LogFollower(store: store.logs, collect: wiring.collectBatches, folders: folders, log: log)
        imports = ImportJobs(
            folder: folder.imports, configuration: configuration, store: store, collect: wiring.collectBatches,
            orders: wiring.importOrders(into: state.orders, appliedEnd: { projector.sequenceEnd }), key: wiring.key,
            log: log)
        let installation = Installation(configuration: configuration)
        let console = Console(
            ports: ConsolePorts(store),
            options: ConsoleOptions(
                webFolder: installation.webFolder, vendorFolder: installation.vendorFolder,
                trustForwardedProto: configuration.flag(.trustForwardedProto),
                trustForwardedFor: configuration.flag(.trustForwardedFor), version: Version.text,
                currency: configuration.currency(.currency).code),
            metrics: metrics, log: log)
        var options = APIOptions(openAPIPath: (installation.webFolder ?? "web") + "/openapi.json")
        options.version = Version.text
        options.queryTimeMax = .seconds(Int64(configuration.whole(.querySecondsMax)))
        options.receiptLife = .days(Int64(configuration.whole(.receiptDays)))
        options.douyinSecret = configuration.text(.douyinSecret)
        quality = QualityDesk(quality: state.quality, ledger: state.ledger, store: store.quality, plan: plan)
        let models = try await StageModels(
            folder: installation.webFolder.map { $0 + "/rules/stages" }, store: store.stageModels)
        let startEnd = journal.sequenceEnd
        let memberships = try await MembershipRecord(
            store: store.audiences, append: wiring.appendMemberships,
            marked: { state.view.timelines.marked.snapshot() }, log: log)
        audiences = try await AudienceKeeper(
            store: store.audiences, currency: state.orders.currency, zone: state.orders.zone,
            stageModels: models.ports.models, memberships: memberships,
            isReady: { projector.sequenceEnd >= startEnd }, newPeople: state.newPeople,
            snapshot: { () throws(ReadFailure) in try persons(state.view.timelines.counted.snapshot(), .now) },
            isErased: { state.erasures.isErased($0) }, now: WallClock.now, log: log)
        var ports = Self.ports(
            wiring, wiring.logs(follower, folders), wiring.imports(imports), console.guardian, state, projector,
            quality, audiences,
            CleaningWiring(
                journal: journal, store: store, view: state.view, control: cleaning,
                botRulesPath: installation.webFolder.map { $0 + "/rules/bots.json" }
            ).ports, models.ports, persons, wiring.erasures(erasing, state.erasures), metrics, log)
        ports.metricLibrary = Self.metricLibrary(installation, log)
        let api = API(ports: ports, options: options)
        var router = Router()
        api.register(on: &router)
        console.register(on: &router)
        self.router = router
        self.metrics = metrics
    }

    /// None where the file cannot be read: the log says why.
    private static func metricLibrary(_ installation: Installation, _ log: Log) -> MetricLibrary {
        let path = (installation.webFolder ?? "web") + "/rules/metrics/library.json"
        do {
            return try MetricLibrary(try WholeFile.read(path))
        } catch {
            log.error("the metrics cannot be read", ("path", .string(path)), ("reason", .string("\(error)")))
            return .empty
        }
    }

    private static func ports(
        _ wiring: PortWiring, _ logs: LogPorts, _ imports: ImportPorts, _ guardian: Guard, _ state: DerivedState,
        _ projector: Projector, _ quality: QualityDesk, _ audiences: AudienceKeeper, _ cleaning: CleaningPorts,
        _ stageModels: StageModelPorts,
        _ persons: @escaping @Sendable (TimelineSnapshot, PersonBasis) throws(ReadFailure) -> TimelineSnapshot,
        _ erasures: ErasurePorts, _ metrics: Metrics, _ log: Log
    ) -> APIPorts {
        let (journal, store) = (wiring.journal, wiring.store)
        let startEnd = journal.sequenceEnd
        return APIPorts(
            access: Access(
                check: { request, permission in Access.Verdict(await guardian.admit(request, for: permission)) },
                checkKey: { key, permission in Access.Verdict(await guardian.admit(key: key, for: permission)) }),
            collect: wiring.collect,
            decide: Decide(state: state.decide, ports: wiring.decidePorts),
            timeline: { state.view.timelines.counted.snapshot() }, persons: persons,
            newestTime: { projector.newestTime },
            marked: { state.view.timelines.marked.snapshot() }, decisions: state.view.timelines.decisions,
            cleaning: cleaning, identity: state.identity, sources: wiring.sources(state.ledger),
            record: { event throws(CollectError) in try await wiring.record(event) },
            events: { sequences throws(ReadFailure) in try await wiring.events(sequences) },
            receipt: { id throws(ReadFailure) in try await wiring.receipt(id) },
            titles: { subjects in (try? await store.catalogue.items(subjects)) ?? [:] },
            campaigns: { () throws(ReadFailure) in try await wiring.campaigns() },
            quarantine: wiring.quarantine, orders: wiring.orders(state.orders), catalogue: wiring.catalogue,
            webhooks: wiring.webhooks, logs: logs, imports: imports,
            plan: PlanPorts(store.plan, wiring.plan, state.quality),
            quality: QualityPorts(quality), stageModels: stageModels, audiences: audiences.ports, erasures: erasures,
            health: {
                Health(of: journal, appliedEnd: projector.sequenceEnd, startEnd: startEnd)
            },
            audit: { entry in
                do { try await store.audit.append(entry, at: WallClock.now()) } catch {
                    log.error("an audit entry was not kept", ("reason", .string("\(error)")))
                }
            },
            metrics: metrics, now: WallClock.now, zone: { DayZone(iana: $0) })
    }

    private static func watch(_ metrics: Metrics, _ journal: Journal, _ state: DerivedState, _ projector: Projector) {
        metrics.onCollect { metrics in
            let timelines = state.view.timelines
            let (memory, apart) = (timelines.counted.memory, timelines.marked.memory)
            let counts = state.decide.counts
            let keys = journal.keyFigures
            let gauges: [(name: String, value: Double, help: String)] = [
                ("quanyu_journal_records", Double(journal.sequenceEnd), "Records on disk."),
                ("quanyu_journal_bytes", Double(journal.bytesOnDisk), "Bytes of the journal on disk."),
                ("quanyu_journal_writable", journal.appendFailure == nil ? 1 : 0, "1 where events can be taken."),
                (
                    "quanyu_journal_records_lost", Double(journal.recovery.recordCountLost),
                    "Records that the disk has damaged, as the last start found."
                ),
                ("quanyu_journal_key_index_bytes", Double(keys.byteCountInMemory), "Memory that knows duplicates."),
                ("quanyu_journal_key_runs", Double(keys.runCount), "Files of keys of older events."),
                ("quanyu_journal_key_run_bytes", Double(keys.runByteCount), "Bytes of the files of keys on disk."),
                ("quanyu_projector_records", Double(projector.sequenceEnd), "Records that queries see."),
                ("quanyu_timeline_bytes", Double(memory.bytesInMemory), "Memory of the timeline."),
                ("quanyu_timeline_mapped_bytes", Double(memory.mappedBytes), "Bytes of its mapped files."),
                ("quanyu_timeline_marked_bytes", Double(apart.bytesInMemory), "Memory of what no number counts."),
                ("quanyu_timeline_marked_mapped_bytes", Double(apart.mappedBytes), "Bytes of its mapped files."),
                ("quanyu_timeline_mergeable", timelines.mergeFailure == nil ? 1 : 0, "0 where the last merge failed."),
                ("quanyu_timeline_bytes_per_event", memory.bytesPerEvent, "Bytes of columns per sealed event."),
                ("quanyu_decide_items", Double(state.decide.itemCount), "Subjects that can be chosen."),
                ("quanyu_decide_people", Double(state.decide.personCount), "People with a remembered history."),
                ("quanyu_decide_pending", Double(state.decide.pendingCount), "Decisions that await outcomes."),
                ("quanyu_decisions", Double(timelines.decisions.count), "Decisions in the index."),
                ("quanyu_identity_ids", Double(state.identity.idCount), "Ids that were seen beside others."),
                ("quanyu_identity_links", Double(state.identity.linkCount), "Links between ids."),
                ("quanyu_orders", Double(state.orders.orderCount), "Orders that were told of."),
                ("quanyu_restatements", Double(state.orders.restatementCount), "Changes of past days' numbers."),
            ]
            for gauge in gauges { metrics.set(gauge.name, to: gauge.value, help: gauge.help) }
            metrics.set(
                "quanyu_decide_examples", to: Double(counts.positives + counts.negatives),
                help: "Examples that the model has learned from.")
        }
    }
}

extension Health {
    /// - Parameters:
    ///   - appliedEnd: Records before it are in everything that is derived.
    ///   - startEnd: Where that is as far as the journal was at the start.
    init(of journal: Journal, appliedEnd: UInt64, startEnd: UInt64) {
        let catchingUp = "record \(appliedEnd) of \(startEnd) is applied: the start is not over"
        self.init(
            trouble: journal.appendFailure?.explanation ?? (appliedEnd < startEnd ? catchingUp : nil),
            journalSequence: journal.sequenceEnd, timelineSequence: appliedEnd)
    }
}

extension Access.Verdict {
    fileprivate init(_ admission: Guard.Admission) {
        switch admission {
        case .admitted(let identity): self = .admitted(identity)
        case .refused(let response): self = .refused(response)
        }
    }
}
