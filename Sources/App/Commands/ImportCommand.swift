import Base
import Collect
import Domain
import Journal
import Store

extension ProgramCommand {
    static let `import` = ProgramCommand(
        name: "import", summary: "takes a table in: events, orders, the catalogue or campaigns",
        help: """
            usage: quanyu import --data DIR --file TABLE --map MAPPING [--format csv|ndjson|parquet] [--source NAME]
                                 [--set name=value …] [--out FILE] [--again] [--dry-run]

              --map MAPPING     A JSON file: which columns become what; docs/import.md says how to write one.
              --format FORMAT   Where the name of the file does not tell it.
              --source NAME     The source of the events or orders, instead of the mapping's.
              --set name=value  {name} in the mapping's SQL, and the column #name.
              --out FILE        Also writes the refused records there, one a line; of a dry run: all records.
              --again           Reads a file again that was imported whole. Ids keep events from being taken twice.
              --dry-run         Shows the first records that the mapping makes, and takes nothing.

            Interrupted by Ctrl-C or killed, the same command goes on where it was. No server may run on the folder
            meanwhile; to a running one, send events.
            """
    ) { input in
        let request = try ImportRequest(input.words)
        let configuration = try DataFolder.configuration(of: request.data, environment: input.environment)
        if request.isDryRun {
            try ImportDryRun(request, configuration).run()
            return 0
        }
        let interruption = Interruption()
        let signals = InterruptionSignals(interruption)
        defer { withExtendedLifetime(signals) {} }
        return try await ImportCommand(request: request, configuration: configuration, interruption: interruption).run()
    }
}

/// `quanyu import`: one table into one data folder.
struct ImportCommand {
    static let interrupted: Int32 = 130  // As a shell says of a command that SIGINT ended.

    let request: ImportRequest
    let configuration: Configuration
    let interruption: Interruption

    /// - Returns: The exit code.
    func run() async throws -> Int32 {
        OpenFileLimit.raise()
        let folder = try DataFolder(creating: request.data)
        let journal = try Journal(directory: folder.journal, options: configuration.journalOptions)
        do {
            let exitCode = try await run(folder, journal)
            await journal.close()
            return exitCode
        } catch {
            await journal.close()
            throw error
        }
    }

    private func run(_ folder: DataFolder, _ journal: Journal) async throws -> Int32 {
        let options = ControlStoreOptions(now: WallClock.now)
        let store = try ControlStore(path: folder.control, options: options)
        let key = try await store.settings.dedupKey()
        var checkpoint = try ImportCheckpoint(request, key: key)
        var stoppedAt: EventTime?  // The run before this one, at its last note.
        if let (found, savedAt) = try await store.importCheckpoints.find(
            file: checkpoint.file, mappingHash: checkpoint.mappingHash), !request.isAgain
        {
            guard !found.isWhole else {
                Terminal.say("\(request.file) was imported before; --again reads it again")
                return 0
            }
            (checkpoint, stoppedAt) = (found, savedAt)
            Terminal.complain("going on after row \(found.position), where the last run stopped")
        } else {
            try await store.importCheckpoints.save(checkpoint, at: WallClock.now())
        }
        let quarantine = ImportQuarantine(
            store.quarantine, bodyBytesMax: options.quarantineBodyBytesMax, goingOnFrom: stoppedAt, key: key)
        let rows = try request.rows(configuration)
        let out = try request.out.map { try OutputFile(path: $0, isAppending: checkpoint.position > 0) }
        let report = RefusalReport(place: rows.place, file: out)
        var progress = ProgressLine(unit: rows.place + "s", whole: rows.progress?.whole)
        let run = ImportRun(
            rows: rows, records: RecordMaker(request),
            target: try await target(folder, store, journal, key, quarantine),
            interruption: interruption, save: { try await store.importCheckpoints.save($0, at: WallClock.now()) },
            refused: { try report.add($0, $1) }, progress: { progress.show(done: $0, count: $1) })
        defer { progress.end() }
        let end = try await run(&checkpoint)
        progress.end()
        report.end()
        return try await conclude(end, &checkpoint, run)
    }

    private func conclude(
        _ end: ImportRun.End, _ checkpoint: inout ImportCheckpoint, _ run: ImportRun
    ) async throws -> Int32 {
        let counts =
            "\(checkpoint.accepted) accepted, \(checkpoint.duplicate) duplicate, "
            + "\(checkpoint.refused) \(run.target.refusedWord)"
        switch end {
        case .interrupted:
            Terminal.complain("stopped after row \(checkpoint.position); the same command goes on there")
            Terminal.say(counts)
            return Self.interrupted
        case .whole:
            checkpoint.finish()
            try await run.save(checkpoint)
            Terminal.say(counts)
            return 0
        }
    }

    /// Straight into the journal.
    static func collect(
        _ configuration: Configuration, _ journal: Journal, _ key: HashKey, plan: EnforcedPlan,
        _ quarantine: ImportQuarantine
    ) -> CollectEvents {
        CollectEvents(
            limits: EventTarget.limits(configuration), key: key,
            ports: CollectPorts(
                append: { events, receipt throws(CollectError) in try await journal.append(events, receipt) },
                quarantine: { entries throws(CollectError) in try await quarantine.keep(entries) },
                now: WallClock.now, plan: { plan }))
    }

    private func target(
        _ folder: DataFolder, _ store: ControlStore, _ journal: Journal, _ key: HashKey, _ quarantine: ImportQuarantine
    ) async throws -> any ImportTarget {
        let values = TableValues(zone: try configuration.dayZone, currency: configuration.currency(.currency))
        let plan = EnforcedPlan(try await store.plan.inForce())
        let collect = Self.collect(configuration, journal, key, plan: plan, quarantine)
        switch request.mapping.target {
        case .catalog: return CatalogueTarget(catalogue: store.catalogue, source: request.source, values: values)
        case .campaigns: return CampaignTarget(campaigns: store.campaigns)
        case .events:
            return EventTarget(
                source: request.source, file: request.file, collect: collect, key: key)
        case .orders:
            let erasures = try await Erasures(journal: journal, key: key, done: store.erasures.doneSequences())
            let orders = try FollowedOrders(folder, journal, erasures, rules: try configuration.orderRules)
            return OrderTarget(
                importOrders: ImportOrders(
                    collect: collect, source: request.source, values: values, key: key, ports: orders.ports))
        }
    }
}

extension ImportRequest {
    /// The table, opened.
    func rows(_ configuration: Configuration) throws -> any RowSource {
        let select = try mapping.select.map { try QueryText(self)($0) }
        return try TableFile(path: file, format: format, select: select, isPreview: isPreview).rows(configuration)
    }
}
