import API
import Base
import Cleaning
import Console
import Decide
import Domain
import Foundation
import HTTPServer
import Identities
import Journal
import Measure
import Orders
import Store
import Timeline

/// `quanyu serve`: runs everything on one data folder until it is told to stop.
struct ServeCommand {
    private static let watchInterval = Duration.milliseconds(50)

    let data: String
    let configuration: Configuration

    /// - Returns: The exit code.
    func run() async throws -> Int32 {
        let log = Log(levelMin: try logLevel, now: WallClock.now)
        OpenFileLimit.raise()
        let folder = try DataFolder(creating: data)
        let journal = try Journal(directory: folder.journal, options: configuration.journalOptions)
        report(journal.recovery, log)
        do {
            try await run(folder, journal, log)
            await journal.close()
            return 0
        } catch {
            await journal.close()
            throw error
        }
    }

    private var logLevel: Log.Level {
        get throws(ConfigurationError) {
            guard let level = Log.Level(name: configuration.text(.logLevel)) else {
                let known = Log.Level.allCases.map { "\($0)" }.joined(separator: ", ")
                throw ConfigurationError(description: "setting log_level must be one of \(known)")
            }
            return level
        }
    }

    private func report(_ recovery: JournalRecovery, _ log: Log) {
        log.info(
            "journal opened", ("records", .int(Int64(clamping: recovery.recordCount))),
            ("bytes", .int(recovery.byteCount)))
        if recovery.byteCountCut > 0 {
            log.warning(
                "a torn end of the journal was cut and kept in a file .cut; nothing shows that it was acknowledged",
                ("bytes", .int(recovery.byteCountCut)))
        }
        for loss in recovery.keyRunsLost {
            log.warning(
                "a file of keys is not what the journal says; its keys were taken from the journal",
                ("file", .string(loss.file)), ("reason", .string(loss.reason)))
        }
        for damage in recovery.damages {
            log.error(
                "the disk has damaged the journal; all before and behind is read: bring the file back from a backup",
                ("file", .string(damage.file)), ("byte_offset", .int(damage.byteOffset)),
                ("bytes", .int(damage.byteCount)), ("records_lost", .int(Int64(damage.sequences.count))),
                ("first_record", .int(Int64(clamping: damage.sequences.lowerBound))))
        }
    }

    private func run(_ folder: DataFolder, _ journal: Journal, _ log: Log) async throws {
        let signals = Interruption()
        let sources = InterruptionSignals(signals)
        defer { withExtendedLifetime(sources) {} }
        let store = try ControlStore(path: folder.control, options: ControlStoreOptions(now: WallClock.now))
        let plan = PlanSlot(EnforcedPlan(try await store.plan.inForce()))
        let erasures = try await Erasures(
            journal: journal, key: store.settings.dedupKey(), done: store.erasures.doneSequences())
        let state = try DerivedState(
            folder: folder, journal: journal, options: decideOptions, identityRules: identityRules,
            orderRules: try configuration.orderRules, catalogue: try await catalogue(of: store), plan: plan,
            erasures: erasures,
            history: try CleaningHistory(await store.cleaning.record()),
            timelineOptions: try configuration.timelineOptions(folder), log: log)
        let projector = Projector(
            journal: journal, state: state, snapshotInterval: .seconds(Int64(configuration.whole(.snapshotSeconds))),
            log: log)
        let cleaning = CleaningControl(
            journal: journal, store: store, view: state.view, erasures: erasures, projector: projector, log: log)
        let persons = journal.persons(state.identity)
        let erasing = ErasureControl(
            journal: journal, store: store, state: state, persons: persons, projector: projector, folder: folder,
            log: log)
        let services = try await Services(
            folder: folder, configuration: configuration, journal: journal, store: store, state: state, plan: plan,
            persons: persons, projector: projector, cleaning: cleaning, erasing: erasing, log: log)
        let setupLink = try await store.users.makeSetupLink()
        let server = HTTPServer(
            options: serverOptions, router: services.router, log: log, metrics: services.metrics)
        projector.start()
        await services.follower.start()
        await services.imports.clean()
        await services.imports.goOn()
        let watch = QualityWatch(
            desk: services.quality, period: .seconds(Int64(configuration.whole(.qualitySeconds))), log: log)
        let watching = Task { await watch.run() }
        defer { watching.cancel() }
        let keeping = Task { await services.audiences.run() }
        defer { keeping.cancel() }
        do {
            try await cleaning.resume()
            try await erasing.resume()
            announce(port: try server.start(), setupLink: setupLink)
            while !signals.isRequested { try await Task.sleep(for: Self.watchInterval) }
        } catch {
            await stop(server, services, cleaning, erasing, projector, log)
            throw error
        }
        await stop(server, services, cleaning, erasing, projector, log)
    }

    private func stop(
        _ server: HTTPServer, _ services: Services, _ cleaning: CleaningControl, _ erasing: ErasureControl,
        _ projector: Projector, _ log: Log
    ) async {
        log.info("stopping")
        await services.follower.stop()
        await services.imports.stop()
        let left = await server.stop()
        if left > 0 { log.warning("requests were cut off by the stop", ("count", .int(Int64(left)))) }
        await cleaning.stop()
        await erasing.stop()
        await projector.stop()
    }

    /// - Parameter setupLink: Nil where there is an administrator.
    private func announce(port: UInt16, setupLink: String?) {
        let url = "http://\(configuration.text(.host)):\(port)"
        if let setupLink { Terminal.say("First start: create the administrator at \(url)/setup?link=\(setupLink)") }
        Terminal.say("quanyu \(Version.text) serves \(url)  (Ctrl-C stops)")
    }

    private func catalogue(of store: ControlStore) async throws -> [Subject: CatalogItem] {
        var items: [Subject: CatalogItem] = [:]
        for try await page in store.catalogue.pages() {
            for item in page { items[item.subject] = item }
        }
        return items
    }

    private var decideOptions: DecideOptions {
        var options = DecideOptions()
        options.floor = configuration.number(.explorationFloor)
        options.outcomeWindow = .seconds(Int64(configuration.whole(.outcomeWindowSeconds)))
        options.popularityHalfLife = Milliseconds(Int64(configuration.number(.popularityHalfLifeDays) * 86_400_000))
        return options
    }

    private var identityRules: IdentityRules {
        var rules = IdentityRules()
        for (kind, key) in ConfigurationKey.identityBudgets { rules.budgets[kind] = configuration.whole(key) }
        return rules
    }

    private var serverOptions: HTTPServerOptions {
        var options = HTTPServerOptions()
        options.host = configuration.text(.host)
        options.port = UInt16(clamping: configuration.whole(.port))
        options.connectionCountMax = configuration.whole(.connectionsMax)
        options.bodyBytesMax = configuration.whole(.bodyBytesMax)
        options.idleMax = .seconds(Int64(configuration.whole(.idleTimeoutSeconds)))
        options.shutdownGrace = .seconds(Int64(configuration.whole(.shutdownTimeoutSeconds)))
        options.corsOrigins = configuration.list(.corsOrigins)
        return options
    }
}
