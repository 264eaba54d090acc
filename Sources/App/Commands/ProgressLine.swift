/// How far a long command is: a line that renews itself where a person is watching, else a line now and then.
struct ProgressLine {
    private static let secondsWatched = 0.2
    private static let secondsUnwatched = 10.0

    private let unit: String
    private let whole: Int64?
    private let started = ContinuousClock.now
    private var shownSeconds = 0.0

    /// - Parameters:
    ///   - unit: What is counted.
    ///   - whole: What `done` reaches at the end; nil where that is not known.
    init(unit: String, whole: Int64?) {
        self.unit = unit
        self.whole = whole
    }

    /// - Parameter count: Of `unit`, so far.
    mutating func show(done: Int64?, count: Int64) {
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        guard seconds - shownSeconds >= (Terminal.isWatched ? Self.secondsWatched : Self.secondsUnwatched) else {
            return
        }
        shownSeconds = seconds
        let text = Self.text(unit: unit, count: count, seconds: seconds, share: share(done))
        if Terminal.isWatched { Terminal.progress(text) } else { Terminal.complain(text) }
    }

    func end() { Terminal.endProgress() }

    private func share(_ done: Int64?) -> Double? {
        guard let done, let whole, whole > 0 else { return nil }
        return min(1, Double(done) / Double(whole))
    }

    /// `[########            ] 40%  400000 rows  100000/s  6 s left`
    static func text(unit: String, count: Int64, seconds: Double, share: Double?) -> String {
        let rate = seconds > 0 ? Int64(Double(count) / seconds) : 0
        let counted = "\(count) \(unit)  \(rate)/s"
        guard let share else { return counted }
        let filled = Int(share * 20)
        let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: 20 - filled)
        let left = share > 0 ? "  \(Int((seconds / share - seconds).rounded(.up))) s left" : ""
        return "[\(bar)] \(Int(share * 100))%  \(counted)\(left)"
    }
}
