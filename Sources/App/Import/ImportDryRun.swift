import Base
import Collect

/// Shows what a mapping makes of a table: the first records, or all of them into a file.
struct ImportDryRun {
    static let shownMax = 10

    private let request: ImportRequest
    private let rows: any RowSource
    private let file: OutputFile?

    init(_ request: ImportRequest, _ configuration: Configuration) throws {
        self.request = request
        rows = try request.rows(configuration)
        file = try request.out.map { try OutputFile(path: $0) }
    }

    func run() throws {
        let records = RecordMaker(request)
        let report = RefusalReport(place: rows.place, file: nil)
        let output = ByteOutput { bytes in if let file { try file.write(bytes) } else { try Terminal.write(bytes) } }
        var progress = ProgressLine(unit: rows.place + "s", whole: rows.progress?.whole)
        var count = 0
        reading: while let piece = try rows.next() {
            for record in piece.lazy.flatMap(records.callAsFunction) {
                guard !request.isPreview || count < Self.shownMax else { break reading }
                switch record.content {
                case .success(let json):
                    try output.append { $0 += json.bytes + [0x0A] }
                    count += 1
                case .failure(let refusal): try report.add(record, refusal)
                }
            }
            progress.show(done: rows.progress?.done, count: Int64(count))
        }
        try output.flush()
        progress.end()
        report.end()
        Terminal.complain("\(count) records\(request.out.map { " in \($0)" } ?? " shown"); nothing was taken")
    }
}
