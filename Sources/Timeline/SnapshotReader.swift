import Base
import Dispatch
import Synchronization

/// Reads the sections of a snapshot, in their order. All of them are known to be as they were written.
struct SnapshotReader {
    private struct Part: Sendable {
        let section: UInt64
        let payload: Range<Int>
        let checksum: UInt64

        var name: String { SnapshotSection(rawValue: section).map { "\($0)" } ?? "\(section)" }
    }

    private let file: MappedFile
    private let isMapped: Bool  // Columns stay in the file; they are copied else.
    private var parts: ArraySlice<Part>

    /// - Complexity: O(bytes), on as many threads as the options say.
    init(_ path: String, options: TimelineOptions) throws(TimelineError) {
        let open = try OpenFile.open(reading: path)
        let byteCount = try open.byteCount
        guard byteCount >= 2 * MemoryLayout<UInt64>.stride else { throw .truncated(section: "beginning") }
        file = try MappedFile(open, byteCount: byteCount)
        let words = Column<UInt64>(file, at: 0, count: 2)
        guard words[0] == SnapshotSection.magic else { throw .notASnapshot }
        guard words[1] == SnapshotSection.version else { throw .unknownVersion(words[1]) }
        let parts = try Self.parts(of: file)
        self.parts = parts[...]
        isMapped = options.isMapped(
            parts.reduce(0) { $0 + (SnapshotSection.ofGenerations.contains($1.section) ? $1.payload.count : 0) })
        try Self.check(parts, of: file, options.threadCount)
    }

    private static func parts(of file: MappedFile) throws(TimelineError) -> [Part] {
        var parts: [Part] = []
        var place = 2 * MemoryLayout<UInt64>.stride
        while place < file.byteCount {
            let name = "head \(parts.count + 1)"
            let padding = SnapshotSection.paddingCount(at: place)
            guard place + padding + SnapshotSection.headByteCount <= file.byteCount else {
                throw .truncated(section: name)
            }
            guard Column<UInt8>(file, at: place, count: padding).allSatisfy({ $0 == 0 }) else {
                throw .inconsistent(section: name)
            }
            let head = Array(Column<UInt64>(file, at: place + padding, count: 4))
            guard checksum64(of: Array(head[..<3])) == head[3] else { throw .checksumMismatch(section: name) }
            place += padding + SnapshotSection.headByteCount
            guard head[1] <= UInt64(file.byteCount - place) else { throw .truncated(section: name) }
            parts.append(Part(section: head[0], payload: place..<place + Int(head[1]), checksum: head[2]))
            place += Int(head[1])
        }
        return parts
    }

    private static func check(_ parts: [Part], of file: MappedFile, _ threadCount: Int) throws(TimelineError) {
        let longestFirst = parts.sorted { $0.payload.count > $1.payload.count }
        let next = Atomic<Int>(0)
        let damaged = Mutex<Part?>(nil)
        DispatchQueue.concurrentPerform(iterations: threadCount) { _ in
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < longestFirst.count else { return }
                let part = longestFirst[number]
                if checksum64(of: file.span.extracting(part.payload)) != part.checksum {
                    damaged.withLock { $0 = part }
                }
            }
        }
        if let part = damaged.withLock({ $0 }) { throw .checksumMismatch(section: part.name) }
    }

    mutating func column<Element>(
        _ section: SnapshotSection, of _: Element.Type
    ) throws(TimelineError) -> Column<Element> {
        let column = try mapped(section, of: Element.self)
        return isMapped ? column : column.inMemory
    }

    mutating func array<Element: BitwiseCopyable & Equatable & Sendable>(
        _ section: SnapshotSection, of _: Element.Type
    ) throws(TimelineError) -> [Element] {
        let column = try mapped(section, of: Element.self)
        var array: [Element] = []
        column.copy(column.indices, to: &array)
        return array
    }

    private mutating func mapped<Element>(
        _ section: SnapshotSection, of _: Element.Type
    ) throws(TimelineError) -> Column<Element> {
        guard let part = parts.popFirst() else { throw .truncated(section: "\(section)") }
        let stride = MemoryLayout<Element>.stride
        guard part.section == section.rawValue, part.payload.count % stride == 0 else {
            throw .inconsistent(section: "\(section)")
        }
        guard !part.payload.isEmpty else { return [] }
        return Column(file, at: part.payload.lowerBound, count: part.payload.count / stride)
    }
}
