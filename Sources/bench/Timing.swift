import Foundation

/// Times of repeated runs, in seconds.
struct Timing {
    let seconds: [Double]

    var best: Double { seconds.min() ?? .nan }
    var median: Double { quantile(0.5) }

    /// The smallest time that at least this share of the runs did not exceed.
    func quantile(_ share: Double) -> Double {
        let sorted = seconds.sorted()
        guard !sorted.isEmpty else { return .nan }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}

/// Runs `body` once to warm up and then `repeats` times.
func time<Result>(repeats: Int, _ body: () throws -> Result) rethrows -> (timing: Timing, result: Result) {
    var result = try body()
    var seconds: [Double] = []
    for _ in 0..<repeats {
        let (elapsed, again) = try stopwatch(body)
        seconds.append(elapsed)
        result = again
    }
    return (Timing(seconds: seconds), result)
}

/// How long one call takes, in seconds.
func stopwatch<Result>(_ body: () throws -> Result) rethrows -> (seconds: Double, result: Result) {
    let start = ContinuousClock.now
    let result = try body()
    return ((ContinuousClock.now - start).seconds, result)
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// The process's largest size in memory since the last call of `restart`.
enum PeakMemory {
    static func restart() { try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs")) }

    /// Nil where the system does not tell.
    static var megabytes: Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = Double(line.split(separator: " ").dropFirst().first ?? "")
        else { return nil }
        return kibibytes * 1024 / 1e6
    }
}
