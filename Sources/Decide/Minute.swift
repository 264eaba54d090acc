import Base

/// Times in the state's tables: whole minutes since 1970 fit 32 bits for every `EventTime`.
enum Minute {
    static let perDay: Int32 = 1440

    static func of(_ time: EventTime) -> Int32 { Int32(time.unixMs / 60_000) }
    static func count(_ span: Milliseconds) -> Int32 { Int32(clamping: span.count / 60_000) }

    static func days(from earlier: Int32, to later: Int32) -> Double {
        max(0, Double(later - earlier)) / Double(perDay)
    }
}
