/// Values side by side: in an array of its own, or in a mapped file.
///
/// Loops read `span`; the subscript asks at each value where it lies.
@safe
struct Column<Element: BitwiseCopyable & Equatable & Sendable>: Sendable {
    private var own: [Element]
    // What it points at lies in `file`, which it keeps there, and nobody writes to it.
    nonisolated(unsafe) private let start: UnsafePointer<Element>?
    private let mappedCount: Int
    private let file: MappedFile?

    init(_ values: [Element]) {
        own = values
        unsafe start = nil
        mappedCount = 0
        file = nil
    }

    /// The `count` values at an offset of a file.
    ///
    /// - Precondition: They lie within it, and the offset is a multiple of their alignment.
    init(_ file: MappedFile, at offset: Int, count: Int) {
        own = []
        unsafe start = file.bytes(at: offset, count: count * MemoryLayout<Element>.stride)
            .assumingMemoryBound(to: Element.self)
        mappedCount = count
        self.file = file
    }

    var isMapped: Bool { file != nil }
    var count: Int { file == nil ? own.count : mappedCount }
    var byteCount: Int { count * MemoryLayout<Element>.stride }
    var mappedByteCount: Int { mappedCount * MemoryLayout<Element>.stride }

    var span: Span<Element> {
        @_lifetime(borrow self)
        borrowing get {
            guard let start = unsafe start else { return own.span }
            let span = unsafe Span(_unsafeStart: start, count: mappedCount)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The same values in memory.
    var inMemory: Column {
        guard isMapped else { return self }
        var copied: [Element] = []
        copied.reserveCapacity(count)
        copy(0..<count, to: &copied)
        return Column(copied)
    }

    /// Adds the values of a range to an array.
    func copy(_ range: Range<Int>, to array: inout [Element]) {
        unsafe withUnsafeBufferPointer { unsafe array.append(contentsOf: $0.extracting(range)) }
    }

    // MARK: Growing

    /// - Precondition: It is not mapped; nor do the others below work where it is.
    mutating func append(_ value: Element) { own.append(value) }

    mutating func append(_ other: Column, _ range: Range<Int>) { other.copy(range, to: &own) }

    /// Writes it anew, `count` long, in the memory that it has.
    mutating func refill(_ count: Int, _ empty: Element, _ body: (inout MutableSpan<Element>) -> Void) {
        resize(&own, count, empty)
        var span = own.mutableSpan
        body(&span)
    }

    /// Keeps the memory for what comes next.
    mutating func removeAll() { own.removeAll(keepingCapacity: true) }

    private func withUnsafeBufferPointer<Result>(_ body: (UnsafeBufferPointer<Element>) -> Result) -> Result {
        guard let start = unsafe start else { return unsafe own.withUnsafeBufferPointer(body) }
        return unsafe body(UnsafeBufferPointer(start: start, count: mappedCount))
    }
}

extension Column: RandomAccessCollection {
    typealias Indices = Range<Int>

    var startIndex: Int { 0 }
    var endIndex: Int { count }

    subscript(position: Int) -> Element {
        get {
            guard let start = unsafe start else { return own[position] }
            precondition(UInt(bitPattern: position) < UInt(bitPattern: mappedCount), "a position past the column")
            return unsafe start[position]
        }
        set { own[position] = newValue }
    }

    func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result? {
        guard let start = unsafe start else { return try unsafe own.withUnsafeBufferPointer(body) }
        return try unsafe body(UnsafeBufferPointer(start: start, count: mappedCount))
    }
}

extension Column: Equatable {
    /// Equal values, wherever they lie.
    static func == (one: Column, other: Column) -> Bool { one.elementsEqual(other) }
}

extension Column: ExpressibleByArrayLiteral {
    init(arrayLiteral values: Element...) { self.init(values) }
}
