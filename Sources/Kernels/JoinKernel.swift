/// Events that lie side by side, among the sealed ones or among the newer ones.
public struct JoinedPart: Sendable, Equatable, BitwiseCopyable {
    public let isNewer: Bool
    public let begin: UInt32
    public private(set) var count: UInt32

    public init(isNewer: Bool, _ positions: Range<Int>) {
        self.isNewer = isNewer
        begin = UInt32(positions.lowerBound)
        count = UInt32(positions.count)
    }

    public var positions: Range<Int> { Int(begin)..<Int(begin) + Int(count) }

    /// Whether the other one lies right behind this one, and has become part of it.
    public mutating func take(_ other: JoinedPart) -> Bool {
        guard other.isNewer == isNewer, other.begin == begin &+ count else { return false }
        count &+= other.count
        return true
    }
}

extension [JoinedPart] {
    /// Adds one person's events in order of time; what comes at one time is sealed before it is newer.
    ///
    /// - Parameters:
    ///   - sealedTimes, newerTimes: Ascending within the ranges.
    /// - Complexity: O(1) where everything newer is later, else O(newer · log sealed).
    public mutating func append(
        sealed: Range<Int>, newer: Range<Int>, sealedTimes: Span<Int64>, newerTimes: Span<Int64>
    ) {
        var next = sealed.lowerBound
        var begin = newer.lowerBound
        while next < sealed.upperBound, begin < newer.upperBound,
            newerTimes[begin] < sealedTimes[sealed.upperBound - 1]
        {
            let stop = firstPosition(after: newerTimes[begin], in: next..<sealed.upperBound, of: sealedTimes)
            var end = begin + 1
            while end < newer.upperBound, newerTimes[end] < sealedTimes[stop] { end += 1 }
            if next < stop { append(JoinedPart(isNewer: false, next..<stop)) }
            append(JoinedPart(isNewer: true, begin..<end))
            (next, begin) = (stop, end)
        }
        if next < sealed.upperBound { append(JoinedPart(isNewer: false, next..<sealed.upperBound)) }
        if begin < newer.upperBound { append(JoinedPart(isNewer: true, begin..<newer.upperBound)) }
    }
}

/// The first position in a range of ascending times whose time comes after `timeMs`, else the range's end.
/// - Complexity: O(log n).
public func firstPosition(after timeMs: Int64, in range: Range<Int>, of times: Span<Int64>) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
        let middle = (low + high) / 2
        if times[middle] <= timeMs { low = middle + 1 } else { high = middle }
    }
    return low
}

/// Writes what a column has of each part, one after another.
///
/// - Parameters:
///   - sealed, newer: The column of either kind of events.
///   - joined: As long as all parts together.
/// - Complexity: O(events), at the speed of copying memory.
@specialized(where Element == Int64)
@specialized(where Element == UInt32)
@specialized(where Element == UInt16)
@specialized(where Element == UInt8)
public func joinParts<Element: BitwiseCopyable>(
    _ parts: Span<JoinedPart>, sealed: Span<Element>, newer: Span<Element>, into joined: inout MutableSpan<Element>
) {
    var next = 0
    for number in parts.indices {
        let part = unsafe parts[unchecked: number]
        let (begin, count) = (Int(part.begin), Int(part.count))
        let source = part.isNewer ? newer : sealed
        precondition(begin &+ count <= source.count && next &+ count <= joined.count, "the parts are in the columns")
        for i in 0..<count { unsafe joined[unchecked: next &+ i] = source[unchecked: begin &+ i] }
        next &+= count
    }
    precondition(next == joined.count, "as long as all parts")
}
