import Base

/// Unix times as clients write them: whole numbers or texts of them.
enum WireTime {
    /// In milliseconds; a number of ten digits is in seconds. What is no whole number stays as it is.
    static func milliseconds(_ json: JSON?) -> JSON? {
        guard let time = json?.intValue ?? json?.stringValue.flatMap({ Int64($0) }) else { return json }
        return .int((1_000_000_000..<10_000_000_000).contains(time) ? time * 1000 : time)
    }
}
