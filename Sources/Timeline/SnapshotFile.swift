import Base
import Glibc

/// The parts of a snapshot file, in the order in which they are written.
///
/// The file: two words (magic, version), then for each section four words (number, bytes, XXH64 of the payload, XXH64
/// of the three words before) and the payload: an array as it lies in memory, little-endian.
enum SnapshotSection: UInt64, CaseIterable {
    case summary = 1
    case offsets, times, names, channels, subjects, sequences, extras
    case minors, currencies, decisions
    case peopleBytes, peopleEnds, nameBytes, nameEnds, channelBytes, channelEnds
    case subjectBytes, subjectEnds, decisionBytes, decisionEnds, currencyBytes, currencyEnds
    case propertyIndex, textBytes, textEnds
    case propertyBits, propertyCodes, propertyNumbers  // For each column of a property.

    static let magic: UInt64 = 0x4C54_5559_4E41_5551  // "QUANYUTL".
    static let version: UInt64 = 3  // 1: amounts had 32 bits; 2: without properties.
}

/// An open file; closed once, at the end of its life.
@safe
struct SnapshotFile: ~Copyable {
    private let descriptor: Int32

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    static func create(_ path: String) throws(TimelineError) -> SnapshotFile {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .io(operation: "create", errno: errno) }
        return SnapshotFile(descriptor: descriptor)
    }

    static func open(reading path: String) throws(TimelineError) -> SnapshotFile {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .io(operation: "open", errno: errno) }
        return SnapshotFile(descriptor: descriptor)
    }

    borrowing func synchronize() throws(TimelineError) {
        guard fsync(descriptor) == 0 else { throw .io(operation: "fsync", errno: errno) }
    }

    // MARK: Writing

    borrowing func begin() throws(TimelineError) { try put([SnapshotSection.magic, SnapshotSection.version]) }

    borrowing func write<Element: BitwiseCopyable>(
        _ section: SnapshotSection, _ payload: [Element]
    ) throws(TimelineError) {
        let byteCount = UInt64(payload.count * MemoryLayout<Element>.stride)
        let head = [section.rawValue, byteCount, checksum64(of: payload)]
        try put(head + [checksum64(of: head)])
        try put(payload)
    }

    private borrowing func put<Element: BitwiseCopyable>(_ array: [Element]) throws(TimelineError) {
        let failure = unsafe array.withUnsafeBytes { buffer -> Int32 in
            var done = 0
            while done < buffer.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
                let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return errno }
                done += count
            }
            return 0
        }
        guard failure == 0 else { throw .io(operation: "write", errno: failure) }
    }

    // MARK: Reading

    borrowing func checkBeginning() throws(TimelineError) {
        let words = try get(2, of: UInt64.self, section: "beginning")
        guard words[0] == SnapshotSection.magic else { throw .notASnapshot }
        guard words[1] == SnapshotSection.version else { throw .unknownVersion(words[1]) }
    }

    borrowing func read<Element: BitwiseCopyable>(
        _ section: SnapshotSection, of _: Element.Type
    ) throws(TimelineError) -> [Element] {
        let name = "\(section)"
        let head = try get(4, of: UInt64.self, section: name)
        guard checksum64(of: Array(head[..<3])) == head[3] else { throw .checksumMismatch(section: name) }
        let stride = UInt64(MemoryLayout<Element>.stride)
        guard head[0] == section.rawValue, head[1] % stride == 0 else { throw .inconsistent(section: name) }
        let payload = try get(Int(head[1] / stride), of: Element.self, section: name)
        guard checksum64(of: payload) == head[2] else { throw .checksumMismatch(section: name) }
        return payload
    }

    private borrowing func get<Element: BitwiseCopyable>(
        _ count: Int, of _: Element.Type, section: String
    ) throws(TimelineError) -> [Element] {
        var failure: TimelineError?
        let array = unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            var done = 0
            let byteCount = count * MemoryLayout<Element>.stride
            while done < byteCount {
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: raw[done..<byteCount])
                let got = unsafe Glibc.read(descriptor, rest.baseAddress, rest.count)
                if got < 0 && errno == EINTR { continue }
                if got <= 0 {
                    failure = got == 0 ? .truncated(section: section) : .io(operation: "read", errno: errno)
                    break
                }
                done += got
            }
            initialized = failure == nil ? count : 0
        }
        if let failure { throw failure }
        return array
    }
}
