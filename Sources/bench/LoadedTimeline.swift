import Base
import Domain
import Timeline

/// A timeline filled with traffic as the program fills it, and what that took.
struct LoadedTimeline {
    let timeline: Timeline
    let appendSeconds: Double
    let mergeSeconds: Double

    private static let batchCount = 4096

    /// Appends the first `count` events, merges whenever that is due, and once at the end so that everything is sealed.
    ///
    /// - Parameter headCountMin: Nil for what the program takes; more of it spares merges.
    init(_ traffic: ShopTraffic, count: Int, headCountMin: Int? = nil) {
        var options = TimelineOptions(threadCount: 2)
        options.headCountMin = headCountMin ?? options.headCountMin
        let timeline = Timeline(options: options)
        var (appendSeconds, mergeSeconds) = (0.0, 0.0)
        for begin in stride(from: 0, to: count, by: Self.batchCount) {
            let batch = (begin..<min(begin + Self.batchCount, count)).map { (UInt64($0), traffic.event(at: $0)) }
            appendSeconds += stopwatch { timeline.append(batch) }.seconds
            if timeline.isMergeDue { mergeSeconds += stopwatch { timeline.merge() }.seconds }
        }
        mergeSeconds += stopwatch { timeline.merge() }.seconds
        (self.timeline, self.appendSeconds, self.mergeSeconds) = (timeline, appendSeconds, mergeSeconds)
    }
}

/// The traffic and the timeline that several sections look at, made when first asked for.
final class SharedTimeline {
    private let eventCount: Int
    private let personCount: Int
    private let headCountMin: Int?  // Where there is more traffic than usual, so that it is made in minutes.
    private(set) lazy var traffic = ShopTraffic(count: eventCount, personCount: personCount)
    private(set) lazy var loaded = LoadedTimeline(traffic, count: eventCount, headCountMin: headCountMin)

    init(options: BenchOptions) {
        eventCount = options.pick(full: 20_000_000, smoke: 20_000) * options.times
        personCount = options.pick(full: 1_000_000, smoke: 1000)
        headCountMin = options.times > 1 ? eventCount / 32 : nil
    }
}
