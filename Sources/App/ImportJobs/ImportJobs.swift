import API
import Base
import Collect
import Domain
import Foundation
import Store

/// The tables that are uploaded to the server: staged piece by piece, looked at, and taken in one after another. What
/// runs when the server stops goes on at its next start. On a thread of its own: it reads files.
actor ImportJobs {
    private static let openCountMax = 20
    private static let previewShownMax = 10
    private static let refusedLife: TimeInterval = 30 * 86_400

    private let executor = ThreadExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private let folder: String
    private let configuration: Configuration
    private let store: ControlStore
    private let collect: CollectEvents
    private let orders: ImportOrders.Ports
    private let key: HashKey
    private let log: Log
    private let worker = BlockingExecutor(name: "import")
    private var running: (id: Int64, interruption: Interruption, work: Task<Void, Never>)?
    private var wishes: [Int64: ImportJob.State] = [:]  // Of the one that runs: paused or cancelled.
    private var isStopping = false

    init(
        folder: String, configuration: Configuration, store: ControlStore, collect: CollectEvents,
        orders: ImportOrders.Ports, key: HashKey, log: Log
    ) {
        self.folder = folder
        self.configuration = configuration
        self.store = store
        self.collect = collect
        self.orders = orders
        self.key = key
        self.log = log
    }

    // MARK: Uploading

    func begin(
        _ fileName: String, _ format: String, _ byteCount: Int64, _ actor: String
    ) async throws(ImportRefusal) -> ImportJob {
        let byteCountMax = Int64(configuration.whole(.importBytesMax))
        guard byteCount <= byteCountMax else { throw .tooLarge(byteCountMax: byteCountMax) }
        return try await storing { () async throws -> ImportJob in
            guard try await self.store.importJobs.open().count < Self.openCountMax else {
                throw ImportRefusal.tooMany(countMax: Self.openCountMax)
            }
            try FileManager.default.createDirectory(
                atPath: self.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            return try await self.store.importJobs.add(
                fileName: fileName, format: format, byteCount: byteCount, actor: actor, at: WallClock.now())
        }
    }

    /// Pieces come in order; one that is sent again is passed over.
    func append(_ id: Int64, _ offset: Int64, _ piece: [UInt8]) async throws(ImportRefusal) -> ImportJob {
        var job = try await find(id)
        guard job.state == .uploading else {
            if job.state == .ready, offset + Int64(piece.count) <= job.byteCountStaged { return job }
            throw .wrongState(job.state)
        }
        guard offset <= job.byteCountStaged else { throw .wrongOffset(expected: job.byteCountStaged) }
        let end = offset + Int64(piece.count)
        guard end <= job.byteCount else { throw .tooLarge(byteCountMax: job.byteCount) }
        guard end > job.byteCountStaged else { return job }
        do throws(OutputError) { try staged(job).append(piece, at: offset) } catch {
            throw .unavailable(reason: error.description)
        }
        job.byteCountStaged = end
        if end == job.byteCount { job.state = .ready }
        return try await save(job)
    }

    // MARK: Looking

    func sample(_ id: Int64) async throws(ImportRefusal) -> ImportSample {
        let job = try await wholeJob(id)
        do {
            let sample = try TableSample(table(job, isPreview: true), configuration)
            return ImportSample(
                rows: sample.rows, refused: sample.refused.map { .init(number: $0.number, refusal: $0.refusal) },
                place: sample.place)
        } catch {
            throw .unreadable(reason: "\(error)")
        }
    }

    func preview(_ id: Int64, _ mapping: JSON) async throws(ImportRefusal) -> ImportPreview {
        let job = try await wholeJob(id)
        do {
            let plan = try plan(job, mapping)
            let rows = try table(job, isPreview: true, plan.mapping.select).rows(configuration)
            var records: [PlacedRecord] = []
            while records.count < TableGuess.sampleCount, let piece = try rows.next() {
                records += piece.prefix(TableGuess.sampleCount).flatMap { plan.records($0) }
            }
            records = Array(records.prefix(TableGuess.sampleCount))
            return Self.preview(records, try plan.target.trial(records), place: rows.place)
        } catch {
            throw .unreadable(reason: CommandFailure(error).message)
        }
    }

    private static func preview(
        _ records: [PlacedRecord], _ outcomes: [RecordOutcome], place: String
    ) -> ImportPreview {
        var (taken, refused): ([ImportPreview.Record], [ImportPreview.Record]) = ([], [])
        for (record, outcome) in zip(records, outcomes) {
            let content = (try? record.content.get()) ?? .string(String(decoding: record.text, as: UTF8.self))
            switch outcome {
            case .accepted, .duplicate: taken.append(.init(number: record.number, content: content, refusal: nil))
            case .refused(let refusal): refused.append(.init(number: record.number, content: content, refusal: refusal))
            }
        }
        return ImportPreview(
            records: Array(refused.prefix(previewShownMax) + taken.prefix(previewShownMax)), taken: taken.count,
            refused: refused.count, place: place)
    }

    func page(_ before: Int64?, _ countMax: Int) async throws(ImportRefusal) -> [ImportJob] {
        try await storing { try await self.store.importJobs.page(before: before, countMax: countMax) }
    }

    func find(_ id: Int64) async throws(ImportRefusal) -> ImportJob {
        guard let job = try await storing({ try await self.store.importJobs.find(id) }) else { throw .unknown }
        return job
    }

    func refusedPath(_ id: Int64) async throws(ImportRefusal) -> String? {
        let job = try await find(id)
        return job.refused > 0 ? staged(job).refusedPath : nil
    }

    // MARK: Running

    func start(_ id: Int64, _ mapping: JSON) async throws(ImportRefusal) -> ImportJob {
        var job = try await find(id)
        guard job.state == .ready else { throw .wrongState(job.state) }
        let plan: ImportPlan
        do { plan = try self.plan(job, mapping) } catch {
            throw .unreadable(reason: CommandFailure(error).message)
        }
        job.mapping = mapping
        job.source = plan.source.text
        job.state = .running
        job = try await save(job)
        await goOn()
        return job
    }

    /// - Parameter state: Running, paused or cancelled.
    func become(_ id: Int64, _ state: ImportJob.State) async throws(ImportRefusal) -> ImportJob {
        var job = try await find(id)
        guard job.state != state else { return job }
        let isPossible =
            switch state {
            case .running: job.state == .paused
            case .paused: job.state == .running
            case .cancelled: !job.state.isOver
            case .uploading, .ready, .done, .failed: false
            }
        guard isPossible else { throw .wrongState(job.state) }
        if let running, running.id == id {
            wishes[id] = state
            running.interruption.ask()
            await running.work.value
            return try await find(id)
        }
        job.state = state
        if state == .cancelled { staged(job).removeTable() }
        job = try await save(job)
        if state == .running { await goOn() }
        return job
    }

    /// At the start: lists of refused rows, which are personal data, do not stay for ever; nor do tables whose import
    /// ended in the moment of a crash.
    func clean() async {
        guard let open = try? await store.importJobs.open() else { return }
        let kept = Set(open.map { "\($0.id)" })
        let oldest = Date(timeIntervalSinceNow: -Self.refusedLife)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let path = folder + "/" + name
            guard !kept.contains(String(name.prefix { $0 != "." })) else { continue }
            let changedAt = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            if !name.hasSuffix(".refused.ndjson") || changedAt.map({ $0 < oldest }) == true {
                unsafe unlink(path)
            }
        }
    }

    /// Takes up the oldest that is to run, where none does.
    func goOn() async {
        guard running == nil, !isStopping else { return }
        do throws(DatabaseError) {
            guard let job = try await store.importJobs.open().first(where: { $0.state == .running }), running == nil,
                !isStopping
            else { return }
            let interruption = Interruption()
            let work = Task(executorPreference: worker) { await self.carryOut(job, interruption) }
            running = (job.id, interruption, work)
        } catch {
            log.error("the imports cannot be read", ("reason", .string(error.explanation)))
        }
    }

    /// Returns once the batch under way is on disk.
    func stop() async {
        isStopping = true
        running?.interruption.ask()
        await running?.work.value
    }

    private nonisolated func carryOut(_ job: ImportJob, _ interruption: Interruption) async {
        var job = job
        do {
            let end = try await take(&job, interruption)
            await conclude(job, end == .whole ? .done : nil, failure: "")
        } catch {
            await conclude(job, .failed, failure: CommandFailure(error).message)
        }
    }

    private nonisolated func take(_ job: inout ImportJob, _ interruption: Interruption) async throws -> ImportRun.End {
        let plan = try plan(job, job.mapping)
        let staged = staged(job)
        staged.cutRefused(to: job.refusedByteCount)
        let rows = try table(job, isPreview: false, plan.mapping.select).rows(configuration)
        let list = RefusedList(staged, place: rows.place)
        var checkpoint = ImportCheckpoint(file: "\(job.id)", mappingHash: "")
        (checkpoint.position, checkpoint.accepted) = (job.position, job.accepted)
        (checkpoint.duplicate, checkpoint.refused) = (job.duplicate, job.refused)
        var kept = job
        let run = ImportRun(
            rows: rows, records: plan.records, target: plan.target, interruption: interruption,
            save: { checkpoint in
                try list.flush()
                kept.position = checkpoint.position
                (kept.accepted, kept.duplicate) = (checkpoint.accepted, checkpoint.duplicate)
                (kept.refused, kept.refusedByteCount) = (checkpoint.refused, staged.refusedByteCount)
                kept.updatedAt = WallClock.now()
                try await self.store.importJobs.save(kept)
            }, refused: { try list.add($0, $1) }, progress: { _, _ in })
        defer { job = kept }
        return try await run(&checkpoint)
    }

    /// - Parameter state: Nil where it was interrupted: as was wished, or to go on at the next start.
    private func conclude(_ job: ImportJob, _ state: ImportJob.State?, failure: String) async {
        var job = job
        job.state = state ?? wishes[job.id] ?? .running
        job.failure = failure
        wishes[job.id] = nil
        if !failure.isEmpty {
            log.error("an import failed", ("import", .int(job.id)), ("reason", .string(failure)))
        }
        if job.state.isOver { staged(job).removeTable() }
        _ = try? await save(job)
        running = nil
        await goOn()
    }

    // MARK: Parts

    private nonisolated func staged(_ job: ImportJob) -> StagedTable {
        StagedTable(folder: folder, id: job.id, format: job.format)
    }

    private nonisolated func table(_ job: ImportJob, isPreview: Bool, _ select: String? = nil) throws -> TableFile {
        guard let format = TableFormat(rawValue: job.format) else { throw TableError(description: "no such format") }
        return TableFile(path: staged(job).path, format: format, select: select, isPreview: isPreview)
    }

    private nonisolated func plan(_ job: ImportJob, _ json: JSON) throws -> ImportPlan {
        try ImportPlan(
            job, json, collect: collect, orders: orders,
            values: TableValues(zone: try configuration.dayZone, currency: configuration.currency(.currency)), key: key,
            store: store)
    }

    private func wholeJob(_ id: Int64) async throws(ImportRefusal) -> ImportJob {
        let job = try await find(id)
        guard job.state == .ready || job.state == .running || job.state == .paused else { throw .wrongState(job.state) }
        return job
    }

    private func save(_ job: ImportJob) async throws(ImportRefusal) -> ImportJob {
        var job = job
        job.updatedAt = WallClock.now()
        let saved = job
        try await storing { try await self.store.importJobs.save(saved) }
        return saved
    }

    private func storing<Value: Sendable>(
        _ body: () async throws -> Value
    ) async throws(ImportRefusal) -> Value {
        do { return try await body() } catch let refusal as ImportRefusal { throw refusal } catch {
            throw .unavailable(reason: CommandFailure(error).message)
        }
    }
}
