import Base
import Collect
import Store

/// Takes a table in, batch by batch; after each batch it is on disk how far the import is.
struct ImportRun {
    /// How an import ended.
    enum End { case whole, interrupted }

    static let batchRecordCount = 10_000

    let rows: any RowSource
    let records: RecordMaker
    let target: any ImportTarget
    let interruption: Interruption
    /// Keeps how far the import is.
    let save: (ImportCheckpoint) async throws -> Void
    let refused: (PlacedRecord, Refusal) throws -> Void
    /// - Parameter count: Rows so far.
    let progress: (_ done: Int64?, _ count: Int64) -> Void

    /// - Parameter checkpoint: Where to begin; afterwards, how far the import is.
    func callAsFunction(_ checkpoint: inout ImportCheckpoint) async throws -> End {
        var toSkip = checkpoint.position
        var batch: [PlacedRecord] = []
        var rowCount: Int64 = 0
        while !interruption.isRequested, let piece = try rows.next() {
            let skipped = min(toSkip, Int64(piece.count))
            toSkip -= skipped
            for row in piece.dropFirst(Int(skipped)) {
                batch += records(row)
                rowCount += 1
                if batch.count >= Self.batchRecordCount {
                    try await take(&batch, &rowCount, &checkpoint)
                    if interruption.isRequested { return .interrupted }
                }
            }
            progress(rows.progress?.done, checkpoint.position + rowCount)
        }
        if interruption.isRequested { return .interrupted }
        try await take(&batch, &rowCount, &checkpoint)
        return .whole
    }

    private func take(
        _ batch: inout [PlacedRecord], _ rowCount: inout Int64, _ checkpoint: inout ImportCheckpoint
    ) async throws {
        for (record, outcome) in zip(batch, try await target.take(batch)) {
            switch outcome {
            case .accepted: checkpoint.accepted += 1
            case .duplicate: checkpoint.duplicate += 1
            case .refused(let refusal):
                checkpoint.refused += 1
                try refused(record, refusal)
            }
        }
        checkpoint.position += rowCount
        try await save(checkpoint)
        batch.removeAll(keepingCapacity: true)
        rowCount = 0
    }
}

extension ImportCheckpoint {
    private static let wholePosition = Int64.max

    /// Whether nothing is left to do: then the position says no more.
    var isWhole: Bool { position == Self.wholePosition }

    mutating func finish() { position = Self.wholePosition }
}
