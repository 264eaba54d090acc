import Base

/// The parts of a snapshot file, in the order in which they are written.
///
/// The file: two words (magic, version), then for each section four words (number, bytes, XXH64 of the payload, XXH64
/// of the three words before) and the payload: an array as it lies in memory, little-endian. Zeros before the four
/// words make payloads begin at multiples of 64, so that they can be mapped.
enum SnapshotSection: UInt64, CaseIterable {
    case summary = 1
    case offsets, times, names, channels, subjects, sequences, extras
    case minors, currencies, decisions
    case peopleBytes, peopleEnds, nameBytes, nameEnds, channelBytes, channelEnds
    case subjectBytes, subjectEnds, decisionBytes, decisionEnds, currencyBytes, currencyEnds
    case propertyIndex, textBytes, textEnds
    case propertyBits, propertyRanks, propertyCodes, propertyNumbers  // For each column of a property.

    static let magic: UInt64 = 0x4C54_5559_4E41_5551  // "QUANYUTL".
    static let version: UInt64 = 4  // 1: amounts had 32 bits; 2: without properties; 3: payloads side by side.
    static let headByteCount = 32
    static let alignment = 64

    /// Those that are mapped where they are large.
    static let ofGenerations = Set(
        [
            offsets, times, names, channels, subjects, sequences, extras, minors, currencies, decisions, propertyBits,
            propertyRanks, propertyCodes, propertyNumbers,
        ].map(\.rawValue))

    /// How many zeros stand at a place of the file before the next section.
    static func paddingCount(at place: Int) -> Int { (2 * alignment - headByteCount - place % alignment) % alignment }
}

/// Writes the sections of a snapshot.
struct SnapshotWriter: ~Copyable {
    private let file: OpenFile
    private var place = 0

    init(creating path: String) throws(TimelineError) {
        file = try OpenFile.create(path)
    }

    mutating func begin() throws(TimelineError) {
        try put([SnapshotSection.magic, SnapshotSection.version].span)
    }

    mutating func write<Element>(_ section: SnapshotSection, _ column: Column<Element>) throws(TimelineError) {
        let head = [section.rawValue, UInt64(column.byteCount), checksum64(of: unsafe column.span.bytes)]
        try put([UInt8](repeating: 0, count: SnapshotSection.paddingCount(at: place)).span)
        try put((head + [checksum64(of: head)]).span)
        try put(column.span)
    }

    borrowing func synchronize() throws(TimelineError) { try file.synchronize() }

    private mutating func put<Element: BitwiseCopyable>(_ values: Span<Element>) throws(TimelineError) {
        try file.write(values)
        place += values.count * MemoryLayout<Element>.stride
    }
}
