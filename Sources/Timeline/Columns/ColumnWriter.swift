/// Makes a column from its first value to its last: in memory, or in a file through a buffer of a mebibyte.
struct ColumnWriter<Element: BitwiseCopyable & Equatable & Sendable>: ~Copyable {
    private let files: ColumnFiles?
    private let bufferCountMax: Int
    private var buffer: [Element] = []
    private var file: ColumnFile?
    private var countWritten = 0

    /// - Parameters:
    ///   - files: Nil for a column in memory.
    ///   - count: Of values that are expected, at most.
    init(_ files: ColumnFiles?, count: Int) {
        self.files = files
        bufferCountMax = files == nil ? .max : (1 << 20) / MemoryLayout<Element>.stride
        buffer.reserveCapacity(min(count, bufferCountMax))
    }

    var count: Int { countWritten + buffer.count }

    mutating func append(_ value: Element) {
        if buffer.count >= bufferCountMax { flush() }
        buffer.append(value)
    }

    mutating func append(_ column: Column<Element>, _ range: Range<Int>) {
        var rest = range
        while rest.count > bufferCountMax - buffer.count {
            let end = rest.lowerBound + bufferCountMax - buffer.count
            column.copy(rest.lowerBound..<end, to: &buffer)
            rest = end..<rest.upperBound
            flush()
        }
        column.copy(rest, to: &buffer)
    }

    /// The column; what is in it means nothing where `ColumnFiles` noted a failure.
    consuming func finish() -> Column<Element> {
        guard let files else { return Column(buffer) }
        flush()
        let byteCount = countWritten * MemoryLayout<Element>.stride
        guard let file, byteCount > 0 else { return [] }
        let mapped = files.attempt { () throws(TimelineError) in try file.mapped(byteCount) }
        return mapped.map { Column($0, at: 0, count: countWritten) } ?? []
    }

    private mutating func flush() {
        guard let files, !buffer.isEmpty else { return }
        if file == nil { file = files.file() }
        if let file {
            files.attempt { [buffer] () throws(TimelineError) in try file.write(buffer) }
        }
        countWritten += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}
