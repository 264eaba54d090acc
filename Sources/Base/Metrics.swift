private import Synchronization

/// The counters, gauges and histograms of one process, in the Prometheus text format.
///
/// Source: prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4.
public final class Metrics: Sendable {
    public typealias Labels = [(name: String, value: String)]

    private enum Kind: String { case counter, gauge, histogram }

    private struct Family {
        let kind: Kind
        let help: String
        var series: [String: Series] = [:]  // By the label text, `{a="b"}` or empty.
    }

    private enum Series {
        case value(Double)
        case buckets(bounds: [Double], counts: [UInt64], sum: Double)
    }

    private let families = Mutex<[String: Family]>([:])
    private let collectors = Mutex<[@Sendable (Metrics) -> Void]>([])

    public init() {}

    /// Bounds in seconds that suit a request on one machine: 0.1 ms to 10 s.
    public static let secondsBounds: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// - Parameter name: Ends in `_total`, by the naming rules of Prometheus.
    public func add(_ amount: Double = 1, to name: String, help: String, labels: Labels = []) {
        update(name, .counter, help, labels) { series in
            guard case .value(let value) = series else { return .value(amount) }
            return .value(value + amount)
        }
    }

    public func set(_ name: String, to value: Double, help: String, labels: Labels = []) {
        update(name, .gauge, help, labels) { _ in .value(value) }
    }

    public func observe(
        _ value: Double, in name: String, help: String, labels: Labels = [], bounds: [Double] = Metrics.secondsBounds
    ) {
        update(name, .histogram, help, labels) { series in
            guard case .buckets(let bounds, var counts, let sum) = series else {
                return .buckets(bounds: bounds, counts: bounds.map { value <= $0 ? 1 : 0 } + [1], sum: value)
            }
            for index in bounds.indices where value <= bounds[index] { counts[index] += 1 }
            counts[bounds.count] += 1
            return .buckets(bounds: bounds, counts: counts, sum: sum + value)
        }
    }

    /// Runs `collector` before each exposition: the place to set gauges that are read rather than counted.
    public func onCollect(_ collector: @escaping @Sendable (Metrics) -> Void) {
        collectors.withLock { $0.append(collector) }
    }

    /// The whole registry, families and series in the order of their names.
    public func exposition() -> String {
        for collector in collectors.withLock({ $0 }) { collector(self) }
        return families.withLock { families in
            families.sorted { $0.key < $1.key }.map { Self.text(name: $0.key, family: $0.value) }.joined()
        }
    }

    private func update(_ name: String, _ kind: Kind, _ help: String, _ labels: Labels, _ change: (Series?) -> Series) {
        let key = Self.text(labels)
        families.withLock { families in
            var family = families.removeValue(forKey: name) ?? Family(kind: kind, help: help)
            family.series[key] = change(family.series[key])
            families[name] = family
        }
    }

    private static func text(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { label in
            let value = label.value.map { character -> String in
                switch character {
                case "\\": #"\\"#
                case "\"": #"\""#
                case "\n": #"\n"#
                default: String(character)
                }
            }
            return "\(label.name)=\"\(value.joined())\""
        }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    private static func text(name: String, family: Family) -> String {
        var lines = ["# HELP \(name) \(family.help)", "# TYPE \(name) \(family.kind.rawValue)"]
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case .value(let value): lines.append("\(name)\(labels) \(value)")
            case .buckets(let bounds, let counts, let sum):
                let inner = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
                for (bound, count) in zip(bounds, counts) {
                    lines.append("\(name)_bucket{\(inner)le=\"\(bound)\"} \(count)")
                }
                lines.append("\(name)_bucket{\(inner)le=\"+Inf\"} \(counts[bounds.count])")
                lines.append("\(name)_sum\(labels) \(sum)")
                lines.append("\(name)_count\(labels) \(counts[bounds.count])")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
