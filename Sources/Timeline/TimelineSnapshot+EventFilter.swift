import Domain
import Kernels

extension TimelineSnapshot {
    /// In codes, but for conditions; nil where no event of the timeline can be meant.
    func coded(_ filter: EventFilter) -> CodedFilter? {
        let name = filter.name.map { code(of: $0) }
        let channel = filter.channel.map { code(of: $0) }
        let subject = filter.subject.map { code(of: $0) }
        if name == .some(nil) || channel == .some(nil) || subject == .some(nil) { return nil }
        let kind = filter.subjectKind.map { Dictionaries.Tables.position(of: $0) }
        return CodedFilter(name: name ?? nil, channel: channel ?? nil, kind: kind, subject: subject ?? nil)
    }

    /// Kinds are read where any filter asks for more than a name: by channel too, since one look serves both.
    func kinds(for filters: [EventFilter]) -> [UInt8] {
        guard filters.contains(where: \.isNarrow) else { return [] }
        return dictionaries.withTables { [counts] in $0.subjectKinds(count: counts.subjects) }
    }

    /// What a set of filters asks, in codes.
    func matcher(_ filters: [EventFilter]) -> EventMatcher {
        let coded = filters.map { self.coded($0) }
        var tests: [EventMatcher.Test] = []
        for (number, filter) in filters.enumerated() where coded[number] != nil {
            for condition in filter.conditions {
                tests += self.tests(condition).map { EventMatcher.Test(bit: 1 << UInt32(number), $0) }
            }
        }
        return EventMatcher(tables: FilterTables(coded), kinds: kinds(for: filters), tests: tests)
    }

    /// All of which must hold. A property that is not indexed has no values.
    private func tests(_ condition: PropertyCondition) -> [EventMatcher.Condition] {
        let number = properties.properties.firstIndex { $0.name == condition.property }
        let column = { (kind: PropertyKind) in number.map { PropertyIndex.column(property: $0, kind: kind) } }
        let texts = { (isWanted: (String) -> Bool) in
            EventMatcher.Condition.texts(column(.text), passing: self.textCodes(isWanted), absentPasses: false)
        }
        switch condition.test {
        case .isOneOf(let values):
            return [.texts(column(.text), passing: textCodes(values, isPassing: true), absentPasses: false)]
        case .isNoneOf(let values):
            return [.texts(column(.text), passing: textCodes(values, isPassing: false), absentPasses: true)]
        case .contains(let part): return [texts { $0.contains(part) }]
        case .startsWith(let start): return [texts { $0.hasPrefix(start) }]
        case .isWithin(let range): return [.numbers(column(.number), range, absentPasses: false)]
        case .isFlag(let flag): return [.texts(column(.flag), passing: [flag ? 2 : 1], absentPasses: false)]
        case .isPresent: return [.present(PropertyKind.allCases.compactMap { column($0) })]
        case .isAbsent:
            return [
                .texts(column(.text), passing: [], absentPasses: true),
                .texts(column(.flag), passing: [], absentPasses: true),
                .numbers(column(.number), nil, absentPasses: true),
            ]
        }
    }

    /// A bit for each text of properties.
    private func textCodes(_ isPassing: (String) -> Bool) -> [UInt64] {
        dictionaries.withTables { [counts] tables in
            var bits = [UInt64](repeating: 0, count: counts.texts / 64 + 1)
            for code in 0..<counts.texts where isPassing(tables.texts.text(of: UInt32(code))) {
                bits[code / 64] |= 1 << UInt64(code % 64)
            }
            return bits
        }
    }

    private func textCodes(_ values: Set<String>, isPassing: Bool) -> [UInt64] {
        dictionaries.withTables { [counts] tables in
            var bits = [UInt64](repeating: isPassing ? 0 : .max, count: counts.texts / 64 + 1)
            for code in values.compactMap({ tables.texts.code(of: $0) }) where code < counts.texts {
                bits[Int(code) / 64] ^= 1 << UInt64(code % 64)
            }
            return bits
        }
    }

    func code(of subject: Subject) -> UInt32? {
        dictionaries.withTables { $0.code(of: subject) }.flatMap { $0 < counts.subjects ? $0 : nil }
    }
}
