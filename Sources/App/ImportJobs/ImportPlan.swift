import Base
import Collect
import Domain
import Store

/// What becomes of the rows of an uploaded table, by its mapping.
struct ImportPlan {
    let mapping: ImportMapping
    let source: SourceName
    let records: RecordMaker
    let target: any ImportTarget

    /// - Throws: Where the mapping is none, or needs what only a command line can give.
    init(
        _ job: ImportJob, _ json: JSON, collect: CollectEvents, orders: ImportOrders.Ports, values: TableValues,
        key: HashKey, store: ControlStore
    ) throws {
        mapping = try ImportMapping(json: json)
        source = try ImportRequest.source(mapping.source)
        guard let format = TableFormat(rawValue: job.format) else { throw TableError(description: "no such format") }
        guard mapping.select == nil else {
            throw TableError(description: "a mapping with `select` runs SQL on this machine: use `quanyu import`")
        }
        if let name = ReservedColumns.missing(in: json, settings: []).first {
            throw TableError(description: "the mapping uses #\(name), which only `quanyu import --set` gives")
        }
        records = RecordMaker(mapping, json: json, source: source, format: format)
        switch mapping.target {
        case .catalog: target = CatalogueTarget(catalogue: store.catalogue, source: source, values: values)
        case .campaigns: target = CampaignTarget(campaigns: store.campaigns)
        case .orders:
            target = OrderTarget(
                importOrders: ImportOrders(
                    collect: collect, source: source, values: values, key: key, ports: orders))
        case .events:
            // The same file, uploaded again, has the same place for each row.
            target = EventTarget(
                source: source, file: "\(job.fileName) \(job.byteCount)", collect: collect, key: key)
        }
    }
}

/// The rows that an import refuses, one JSON object a line.
final class RefusedList {
    private let staged: StagedTable
    private let place: String
    private var lines: [UInt8] = []

    init(_ staged: StagedTable, place: String) {
        self.staged = staged
        self.place = place
    }

    func add(_ record: PlacedRecord, _ refusal: Refusal) throws {
        lines += RefusalReport.line(record, refusal, place: place)
        if lines.count > 1 << 20 { try flush() }
    }

    func flush() throws {
        guard !lines.isEmpty else { return }
        try OutputFile(path: staged.refusedPath, isAppending: true).write(lines)
        lines = []
    }
}
