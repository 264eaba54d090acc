import Base
import Domain

/// Which properties a timeline keeps, and how they are found in an event.
struct PropertyIndex: Sendable {
    private struct Path: Sendable {
        let property: Int
        let rank: Int  // Among the paths of its property: the first that holds a value counts.
        let rest: ArraySlice<String>  // Below the member at the top.
    }

    let properties: [IndexedProperty]
    private let pathsByMember: [String: [Path]]

    /// Those past `IndexedProperty.countMax`, and others of a name that is there, are left out.
    init(_ wanted: [IndexedProperty]) {
        var properties: [IndexedProperty] = []
        for property in wanted where !properties.contains(where: { $0.name == property.name }) {
            if properties.count < IndexedProperty.countMax { properties.append(property) }
        }
        self.properties = properties
        var paths: [String: [Path]] = [:]
        for (number, property) in properties.enumerated() {
            for (rank, path) in property.paths.enumerated() {
                guard let first = path.first else { continue }
                paths[first, default: []].append(Path(property: number, rank: rank, rest: path.dropFirst()))
            }
        }
        pathsByMember = paths
    }

    /// One for each property and kind.
    var columns: [PropertyColumn] {
        properties.flatMap { _ in PropertyKind.allCases.map { PropertyColumn(kind: $0) } }
    }

    static func column(property: Int, kind: PropertyKind) -> Int {
        property * PropertyKind.allCases.count + kind.rawValue
    }

    static func kind(ofColumn column: Int) -> PropertyKind {
        PropertyKind(rawValue: column % PropertyKind.allCases.count) ?? .text
    }

    /// What names and places say of these properties: another index of the same text finds the same.
    var fingerprint: String {
        properties.map { property in
            property.name.text + (property.isIdentifier ? "#" : "=")
                + property.paths.map { $0.joined(separator: "\u{1}") }.joined(separator: "\u{2}")
        }.joined(separator: "\u{3}")
    }

    /// Adds what an event has of the properties, by column.
    func cells(of event: Event, texts: inout TextTable, into cells: inout [PropertyCell]) {
        guard !pathsByMember.isEmpty else { return }
        let first = cells.count
        var ranks: [Int] = []  // Of the paths by which the cells were found.
        for member in event.properties.members {
            guard let paths = pathsByMember[member.name] else { continue }
            for path in paths {
                guard let value = Self.value(member.value, at: path.rest),
                    let cell = cell(path.property, value, &texts)
                else { continue }
                let known = cells[first...].firstIndex { Self.property(of: $0) == path.property }
                if let known {
                    guard path.rank <= ranks[known - first] else { continue }
                    (cells[known], ranks[known - first]) = (cell, path.rank)
                } else {
                    cells.append(cell)
                    ranks.append(path.rank)
                }
            }
        }
    }

    private static func property(of cell: PropertyCell) -> Int { cell.column / PropertyKind.allCases.count }

    private static func value(_ json: JSON, at rest: ArraySlice<String>) -> JSON? {
        rest.reduce(Optional(json)) { $0?.objectValue?[$1] }
    }

    /// Nil for what is no text, number or flag, and for texts that are empty or too long.
    private func cell(_ property: Int, _ value: JSON, _ texts: inout TextTable) -> PropertyCell? {
        let whole = properties[property].isIdentifier ? value.intValue.map { String($0) } : nil
        if let text = value.stringValue ?? whole {
            guard (1...IndexedProperty.textUTF8CountMax).contains(text.utf8.count),
                let code = texts.code(of: text) ?? (texts.count < Self.textCountMax ? texts.intern(text) : nil)
            else { return nil }
            return PropertyCell(column: Self.column(property: property, kind: .text), code: code, number: 0)
        }
        if let flag = value.boolValue {
            return PropertyCell(column: Self.column(property: property, kind: .flag), code: flag ? 1 : 0, number: 0)
        }
        guard let number = value.doubleValue, number.isFinite else { return nil }
        return PropertyCell(column: Self.column(property: property, kind: .number), code: 0, number: number)
    }

    /// Bounds memory: texts that come later are not kept.
    private static let textCountMax = 1 << 22
}
