import Base
import Domain
import Kernels

/// What a segmentation reads of each event, as arrays beside the events of one piece.
struct SegmentColumns: Sendable {
    /// Where the codes of a dimension come from.
    enum Source: Sendable {
        case name, channel, subject
        case property(Int)  // A column of texts.
        case nothing  // Of a property that is not indexed.
    }

    enum ValueSource: Sendable {
        case money(UInt8)
        case property(Int)  // A column of numbers.
        case zero  // For every event.
        case nothing
    }

    private(set) var codes: [[UInt32]]  // One for each dimension; 0 for none where a source has that.
    private(set) var values: [Double] = []
    private let sources: [Source]
    private let valueSource: ValueSource?

    init(_ sources: [Source], value: ValueSource?) {
        self.sources = sources
        valueSource = value
        codes = sources.map { _ in [] }
    }

    func codes(of dimension: Int) -> [UInt32] { dimension < codes.count ? codes[dimension] : [] }

    mutating func fill(_ piece: MatchedRows) {
        for dimension in sources.indices {
            var found = codes[dimension]
            codes[dimension] = []
            resize(&found, piece.count, 0)
            Self.fill(&found, from: sources[dimension], piece)
            codes[dimension] = found
        }
        if let valueSource {
            resize(&values, piece.count, .nan)
            Self.fill(&values, from: valueSource, piece)
        }
    }

    private static func fill(_ found: inout [UInt32], from source: Source, _ piece: MatchedRows) {
        let (columns, positions) = (piece.columns, piece.positions.span.extracting(0..<piece.count))
        var span = found.mutableSpan
        switch source {
        case .name: gatherCodes(columns.names.span, at: positions, into: &span)
        case .channel: gatherCodes(columns.channels.span, at: positions, into: &span)
        case .subject: gatherCodes(columns.subjects.span, at: positions, into: &span)
        case .property(let number):
            let column = piece.rows.property(number)
            gatherCodes(
                at: positions, words: column.words.span, ranks: column.ranks.span, codes: column.codes.span,
                masks: piece.masks.span, into: &span)
        case .nothing: for i in span.indices { span[i] = 0 }
        }
    }

    private static func fill(_ found: inout [Double], from source: ValueSource, _ piece: MatchedRows) {
        let positions = piece.positions.span.extracting(0..<piece.count)
        var span = found.mutableSpan
        switch source {
        case .money(let currency):
            let extras = piece.rows.extras
            gatherAmounts(
                at: positions, extras: extras.rows.span, minors: extras.table.minors.span,
                currencies: extras.table.currencies.span, currency: currency, masks: piece.masks.span, into: &span)
        case .property(let number):
            let column = piece.rows.property(number)
            gatherNumbers(
                at: positions, words: column.words.span, ranks: column.ranks.span, numbers: column.numbers.span,
                masks: piece.masks.span, into: &span)
        case .zero: for i in span.indices { span[i] = 0 }
        case .nothing: for i in span.indices { span[i] = .nan }
        }
    }
}

extension TimelineSnapshot {
    func source(_ dimension: SegmentationQuery.Dimension) -> SegmentColumns.Source {
        switch dimension {
        case .name: .name
        case .channel: .channel
        case .subject: .subject
        case .property(let name): column(name, .text).map { .property($0) } ?? .nothing
        }
    }

    func source(_ value: SegmentationQuery.Value) -> SegmentColumns.ValueSource {
        switch value {
        case .money(let currency): code(of: currency).map { .money($0) } ?? .nothing
        case .property(let name): column(name, .number).map { .property($0) } ?? .nothing
        }
    }

    /// How many codes a dimension has.
    func codeCount(_ source: SegmentColumns.Source) -> Int {
        switch source {
        case .name: counts.names
        case .channel: counts.channels
        case .subject: counts.subjects
        case .property: counts.texts + 1
        case .nothing: 1
        }
    }

    func key(_ code: UInt32, _ source: SegmentColumns.Source) -> SegmentationResult.Key {
        dictionaries.withTables { tables in
            switch source {
            case .name: .text(tables.names.text(of: code))
            case .channel: .text(tables.channels.text(of: code))
            case .subject: tables.subject(of: code).map { .text($0.description) } ?? .none
            case .property: code == 0 ? .none : .text(tables.texts.text(of: code - 1))
            case .nothing: .none
            }
        }
    }

    func column(_ name: PropertyName, _ kind: PropertyKind) -> Int? {
        properties.properties.firstIndex { $0.name == name }.map { PropertyIndex.column(property: $0, kind: kind) }
    }

    private func code(of currency: Currency) -> UInt8? {
        dictionaries.withTables { $0.currencies.code(of: currency.code) }.flatMap {
            $0 < counts.currencies ? UInt8($0) : nil
        }
    }
}
