import Base

/// What is kept in memory of a run: its filter, and where in the file the keys of each bucket are.
///
/// A bucket has the keys that begin with the same bits. Keys are hashes, so that the buckets are about equally large:
/// 128 to 256 keys, a page of the disk. Memory: 1.5 bytes a key for the filter, at most 0.07 for the buckets.
struct KeyRunTable: Sendable {
    static let keyCountMax = Int(UInt32.max)
    private static let bucketKeyCount = 256

    let filter: KeyFilter
    private(set) var keyCount = 0
    private var starts: [UInt32]  // One more than there are buckets.
    private var checksums: [UInt32]  // Of the keys of each bucket.
    private let shift: UInt64
    private var bucket = 0  // The one that is being filled.
    private var bytes: [UInt8] = []  // Of its keys.

    /// - Parameter keyCountMax: How many will be added at most.
    init(keyCountMax: Int) {
        filter = KeyFilter(keyCountMax: keyCountMax)
        var bits = 0
        while keyCountMax >> bits > Self.bucketKeyCount { bits += 1 }
        starts = .init(repeating: 0, count: (1 << bits) + 1)
        checksums = .init(repeating: 0, count: 1 << bits)
        shift = 64 - UInt64(bits)
    }

    var byteCount: Int { filter.byteCount + 4 * (starts.count + checksums.count) }

    /// Adds a key behind all that were added before.
    ///
    /// - Returns: The bytes of the bucket that it closes, or none.
    mutating func add(_ key: Hash128) -> [UInt8] {
        let place = bucket(of: key)
        let closed = place > bucket ? close(upTo: place) : []
        filter.insert(key)
        KeyRunFormat.append(key, to: &bytes)
        keyCount += 1
        return closed
    }

    /// Closes all buckets; nothing may be added any more.
    ///
    /// - Returns: The bytes of the last one that has keys.
    mutating func finish() -> [UInt8] { close(upTo: checksums.count) }

    private mutating func close(upTo end: Int) -> [UInt8] {
        checksums[bucket] = CRC32C.checksum(bytes)
        for next in bucket + 1...end { starts[next] = UInt32(keyCount) }
        bucket = end
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// Where a key would be among the keys of the file, and the checksum of all that stand there.
    func place(of key: Hash128) -> (keys: Range<Int>, checksum: UInt32) {
        let bucket = bucket(of: key)
        return (Int(starts[bucket])..<Int(starts[bucket + 1]), checksums[bucket])
    }

    private func bucket(of key: Hash128) -> Int { Int(key.high >> shift) }  // A shift by all 64 bits gives 0.
}
