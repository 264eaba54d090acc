/// Which events are meant, in codes: where given, those of this name, channel, kind of subject, and subject.
public struct CodedFilter: Sendable {
    public let name: UInt16?
    public let channel: UInt8?
    public let kind: UInt8?
    public let subject: UInt32?

    public init(name: UInt16?, channel: UInt8? = nil, kind: UInt8? = nil, subject: UInt32? = nil) {
        self.name = name
        self.channel = channel
        self.kind = kind
        self.subject = subject
    }
}

/// Tables that turn an event's codes into the set of filters that it meets: bit k for filter k.
public struct FilterTables: Sendable {
    public static let countMax = 32
    /// Names that are looked for side by side; where more are asked for, each event's name is looked up.
    public static let listedNameCountMax = 8

    let isNarrow: Bool  // Whether channel and kind matter at all.
    let subjects: [(bit: UInt32, code: UInt32)]  // Filters for one subject, by their bits.
    let byName: [UInt32]  // One entry for each of the 2¹⁶ codes: no bounds to check.
    let byChannel: [UInt32]  // 2⁸ entries.
    let byKind: [UInt32]  // 2⁸ entries.
    private let wanted: Wanted

    /// What every event meets that `findNames` finds, where that is known: one name is asked for and nothing else.
    public var meetingAll: UInt32? {
        guard case .listed(let names) = wanted, names.count == 1, !isNarrow, subjects.isEmpty else { return nil }
        return byName[Int(names[0])]
    }

    private enum Wanted: Sendable {
        case every  // Some filter asks for no name.
        case listed([UInt16])
        case tabled
    }

    /// - Parameter filters: At most `countMax`; nil for one that no event meets.
    public init(_ filters: [CodedFilter?]) {
        precondition(filters.count <= Self.countMax, "a set of filters has 32 bits")
        isNarrow = filters.contains { $0?.channel != nil || $0?.kind != nil }
        var everyName: UInt32 = 0
        for (k, filter) in filters.enumerated() where filter.map({ $0.name == nil }) ?? false { everyName |= 1 << k }
        var byName = [UInt32](repeating: everyName, count: 1 << 16)
        var byChannel = [UInt32](repeating: 0, count: 1 << 8)
        var byKind = byChannel
        var subjects: [(bit: UInt32, code: UInt32)] = []
        for (k, filter) in filters.enumerated() {
            guard let filter else { continue }
            let bit: UInt32 = 1 << UInt32(k)
            if let name = filter.name { byName[Int(name)] |= bit }
            for code in 0..<256 where filter.channel.map({ Int($0) == code }) ?? true { byChannel[code] |= bit }
            for code in 0..<256 where filter.kind.map({ Int($0) == code }) ?? true { byKind[code] |= bit }
            if let subject = filter.subject { subjects.append((bit, subject)) }
        }
        self.subjects = subjects
        let names = Set(filters.compactMap { $0?.name }).sorted()
        wanted = everyName != 0 ? .every : names.count <= Self.listedNameCountMax ? .listed(names) : .tabled
        self.byName = byName
        self.byChannel = byChannel
        self.byKind = byKind
    }

    /// The filters that the event at `position` meets but for their subjects, as a bit set.
    ///
    /// - Precondition: `position` lies within the columns.
    @unsafe @inline(__always)
    func met(
        at position: Int, names: Span<UInt16>, channels: Span<UInt8>, subjects: Span<UInt32>, kinds: Span<UInt8>
    ) -> UInt32 {
        let table = byName.span
        var met = unsafe table[unchecked: Int(names[unchecked: position])]
        if isNarrow && met != 0 {
            let (channelTable, kindTable) = (byChannel.span, byKind.span)
            unsafe met &= channelTable[unchecked: Int(channels[unchecked: position])]
            met &= kindTable[Int(kinds[unsafe Int(subjects[unchecked: position])])]
        }
        return met
    }

    /// Sets a bit for each event whose name any filter asks for: the others meet none.
    ///
    /// - Parameters: As of the function `findNames`.
    public func findNames(in names: Span<UInt16>, into found: inout MutableSpan<UInt8>) {
        switch wanted {
        case .every: setBits(names.count, in: &found)
        case .listed(let wanted): Kernels.findNames(wanted.span, in: names, into: &found)
        case .tabled: Kernels.findNames(with: byName.span, in: names, into: &found)
        }
    }
}

/// Sets the bits of the first `count` events and no other.
public func setBits(_ count: Int, in found: inout MutableSpan<UInt8>) {
    precondition(found.count == count >> 3 + 1, "a bit for each event")
    for group in found.indices { found[group] = .max }
    found[count >> 3] = 1 << UInt8(count & 7) &- 1
}
