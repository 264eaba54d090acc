import Base
import Domain
import Statistics
import Timeline

// How values that several routes answer with are written.

extension JSON {
    static func count(_ count: Int) -> JSON { .int(Int64(count)) }

    static func time(_ time: EventTime?) -> JSON { time.map { .string($0.iso8601) } ?? .null }

    static func number(_ value: Double?) -> JSON { value.map { .double($0) } ?? .null }

    static func text(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

    /// By name, in the order of names.
    static func counts(_ counts: [String: Int]) -> JSON {
        .object(
            JSONObject(
                counts.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: .count($0.value)) }))
    }

    static func money(_ sums: [ValueSum]) -> JSON {
        .array(sums.map { ["minor": .int($0.minor), "currency": .string($0.currency.code)] })
    }

    /// With Wilson's interval at 95%; rate and interval are null where nothing was tried.
    static func rate(_ positives: Int, of total: Int) -> JSON {
        let proportion = Proportion(positives: positives, total: total)
        let rate = proportion?.rate
        let interval = rate == nil ? nil : proportion?.interval()
        return [
            "numerator": .count(positives), "denominator": .count(total), "rate": .number(rate),
            "low": .number(interval?.low), "high": .number(interval?.high),
        ]
    }
}

/// Where a page ends: what is shown of it, and whether there is more.
struct Page<Element> {
    let elements: [Element]
    let hasMore: Bool

    /// - Parameter found: One more than `countMax` where there is more.
    init(_ found: [Element], countMax: Int) {
        elements = Array(found.prefix(countMax))
        hasMore = found.count > countMax
    }
}
