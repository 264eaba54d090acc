private import Glibc
private import Synchronization

/// Structured logs: one JSON object a line, on standard error. Never give it secrets or personal data.
public final class Log: Sendable {
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error
        public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

        public init?(name: String) {
            guard let level = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
            self = level
        }
    }

    public typealias Sink = @Sendable ([UInt8]) -> Void

    private let levelMin: Level
    private let now: @Sendable () -> EventTime
    private let sink: Sink

    /// - Parameter sink: Takes one line, its line break included; lines of concurrent calls may come in any order.
    public init(levelMin: Level, now: @escaping @Sendable () -> EventTime, sink: @escaping Sink = Log.standardError) {
        self.levelMin = levelMin
        self.now = now
        self.sink = sink
    }

    public static let silent = Log(levelMin: .error, now: { EventTime(clampingUnixMs: 0) }, sink: { _ in })

    public static let standardError: Sink = { line in
        _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
    }

    /// Whether lines of this level are written: for callers whose fields cost something.
    public func takes(_ level: Level) -> Bool { level >= levelMin }

    public func callAsFunction(_ level: Level, _ message: String, _ fields: [(String, JSON)] = []) {
        guard takes(level) else { return }
        var object = JSONObject()
        object.append("time", .string(now().iso8601))
        object.append("level", .string("\(level)"))
        object.append("message", .string(message))
        for (name, value) in fields { object.append(name, value) }
        var line: [UInt8] = []
        object.write(to: &line)
        line.append(0x0A)
        sink(line)
    }

    public func debug(_ message: String, _ fields: (String, JSON)...) { self(.debug, message, fields) }
    public func info(_ message: String, _ fields: (String, JSON)...) { self(.info, message, fields) }
    public func warning(_ message: String, _ fields: (String, JSON)...) { self(.warning, message, fields) }
    public func error(_ message: String, _ fields: (String, JSON)...) { self(.error, message, fields) }
}
