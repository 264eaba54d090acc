import Kernels

extension TimelineSnapshot {
    /// In codes; nil where no event of the timeline can be meant.
    func coded(_ filter: EventFilter) -> CodedFilter? {
        guard let name = code(of: filter.name) else { return nil }
        let channel = filter.channel.map { code(of: $0) }
        if case .some(.none) = channel { return nil }
        let kind = filter.subjectKind.map { Dictionaries.Tables.position(of: $0) }
        return CodedFilter(name: name, channel: channel ?? nil, kind: kind)
    }

    /// Kinds are read where any filter asks for more than a name: by channel too, since one look serves both.
    func kinds(for filters: [EventFilter]) -> [UInt8] {
        guard filters.contains(where: \.isNarrow) else { return [] }
        return dictionaries.withTables { [counts] in $0.subjectKinds(count: counts.subjects) }
    }
}
