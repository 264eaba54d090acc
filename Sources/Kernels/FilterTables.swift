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
    private static let searchedNameCountMax = 4

    let isNarrow: Bool  // Whether channel and kind matter at all.
    let subjects: [(bit: UInt32, code: UInt32)]  // Filters for one subject, by their bits.
    /// The names that are asked for, each with its filters, where nothing else is asked for; nil for too many of them.
    let namesAlone: [(code: UInt16, bits: UInt32)]?
    private let byName: [UInt32]  // One entry for each of the 2¹⁶ codes: no bounds to check.
    private let byChannel: [UInt32]  // 2⁸ entries.
    private let byKind: [UInt32]  // 2⁸ entries.

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
        let isPlain = !isNarrow && subjects.isEmpty && everyName == 0 && names.count <= Self.searchedNameCountMax
        namesAlone = isPlain ? names.map { ($0, byName[Int($0)]) } : nil
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
}
