public import Domain

/// What events have of an indexed property.
public struct SeenProperty: Sendable, Equatable {
    public let name: PropertyName
    public let hasTexts: Bool
    public let hasNumbers: Bool
    public let hasFlags: Bool
    public let texts: [String]  // Some of them, in order.
}

extension TimelineSnapshot {
    private static let sampledCount = 10_000

    /// The indexed properties that occur, in the order of the index.
    ///
    /// - Parameter textCountMax: Texts that are named of each.
    /// - Complexity: O(properties), whatever the size of the timeline.
    public func seenProperties(textCountMax: Int) -> [SeenProperty] {
        let tables = [newer.columns.properties, generation.columns.properties]
        return properties.properties.indices.compactMap { number in
            let columns = { (kind: PropertyKind) in
                tables.map { $0[PropertyIndex.column(property: number, kind: kind)] }.filter { $0.valueCount > 0 }
            }
            let texts = columns(.text)
            let (hasNumbers, hasFlags) = (!columns(.number).isEmpty, !columns(.flag).isEmpty)
            guard !texts.isEmpty || hasNumbers || hasFlags else { return nil }
            let codes = Set(texts.flatMap { $0.codes.prefix(Self.sampledCount) })
            let sample = dictionaries.withTables { tables in codes.map { tables.texts.text(of: $0) } }.sorted()
            return SeenProperty(
                name: properties.properties[number].name, hasTexts: !texts.isEmpty, hasNumbers: hasNumbers,
                hasFlags: hasFlags, texts: Array(sample.prefix(textCountMax)))
        }
    }
}
