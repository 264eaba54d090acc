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
        case buckets(Buckets)
    }

    private struct Buckets {
        let bounds: [Double]
        var counts: [UInt64]  // Up to each bound, and of all.
        var sum = 0.0

        var countAll: UInt64 { counts[bounds.count] }

        mutating func count(_ value: Double) {
            for index in bounds.indices where value <= bounds[index] { counts[index] += 1 }
            counts[bounds.count] += 1
            sum += value
        }
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
        update(name, .counter, help, labels, initial: .value(0)) { series in
            if case .value(let value) = series { series = .value(value + amount) }
        }
    }

    public func set(_ name: String, to value: Double, help: String, labels: Labels = []) {
        update(name, .gauge, help, labels, initial: .value(value)) { $0 = .value(value) }
    }

    public func observe(
        _ value: Double, in name: String, help: String, labels: Labels = [], bounds: [Double] = Metrics.secondsBounds
    ) {
        let empty = Series.buckets(Buckets(bounds: bounds, counts: Array(repeating: 0, count: bounds.count + 1)))
        update(name, .histogram, help, labels, initial: empty) { series in
            guard case .buckets(var buckets) = series else { return }
            series = .value(0)  // Lets go of the counts, so that they are changed in place.
            buckets.count(value)
            series = .buckets(buckets)
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

    private func update(
        _ name: String, _ kind: Kind, _ help: String, _ labels: Labels, initial: @autoclosure () -> Series,
        _ change: (inout Series) -> Void
    ) {
        let key = Self.text(labels)
        families.withLock { families in
            change(&families[name, default: Family(kind: kind, help: help)].series[key, default: initial()])
        }
    }

    private static func text(_ labels: Labels) -> String {
        guard !labels.isEmpty else { return "" }
        var text: [UInt8] = []
        text.reserveCapacity(64 * labels.count)
        for label in labels {
            text.append(UInt8(ascii: text.isEmpty ? "{" : ","))
            text += label.name.utf8
            text += #"=""#.utf8
            for byte in label.value.utf8 {
                switch byte {
                case UInt8(ascii: "\\"): text += #"\\"#.utf8
                case UInt8(ascii: "\""): text += #"\""#.utf8
                case UInt8(ascii: "\n"): text += #"\n"#.utf8
                default: text.append(byte)
                }
            }
            text.append(UInt8(ascii: "\""))
        }
        text.append(UInt8(ascii: "}"))
        return String(decoding: text, as: UTF8.self)
    }

    private static func text(name: String, family: Family) -> String {
        var lines = ["# HELP \(name) \(family.help)", "# TYPE \(name) \(family.kind.rawValue)"]
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case .value(let value): lines.append("\(name)\(labels) \(value)")
            case .buckets(let buckets):
                let inner = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
                for (bound, count) in zip(buckets.bounds, buckets.counts) {
                    lines.append("\(name)_bucket{\(inner)le=\"\(bound)\"} \(count)")
                }
                lines.append("\(name)_bucket{\(inner)le=\"+Inf\"} \(buckets.countAll)")
                lines.append("\(name)_sum\(labels) \(buckets.sum)")
                lines.append("\(name)_count\(labels) \(buckets.countAll)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
