/// Where one merge puts columns that would be too large for memory: nameless files in one folder.
final class ColumnFiles {
    private let folder: String
    private(set) var failure: TimelineError?  // The first: nothing is written behind it.

    init(in folder: String) { self.folder = folder }

    func file() -> ColumnFile? { attempt { () throws(TimelineError) in ColumnFile(try .nameless(in: folder)) } }

    /// Notes why it failed where it did.
    func attempt<Result>(_ body: () throws(TimelineError) -> Result) -> Result? {
        guard failure == nil else { return nil }
        do throws(TimelineError) { return try body() } catch {
            failure = error
            return nil
        }
    }
}

/// One column on its way to be mapped.
final class ColumnFile {
    private let file: OpenFile

    init(_ file: consuming OpenFile) { self.file = file }

    func write<Element: BitwiseCopyable>(_ values: [Element]) throws(TimelineError) { try file.write(values.span) }

    func mapped(_ byteCount: Int) throws(TimelineError) -> MappedFile { try MappedFile(file, byteCount: byteCount) }
}
