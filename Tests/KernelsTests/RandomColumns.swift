import Base
import Kernels

/// A small random timeline in columns: short and long people, equal times, names that are no step.
struct RandomColumns {
    var offsets: [UInt32] = [0]
    var times: [Int64] = []
    var names: [UInt16] = []
    var channels: [UInt8] = []
    var subjects: [UInt32] = []
    var extras: [UInt32] = []
    let kinds: [UInt8] = [255, 0, 1, 2]
    let minors: [Int64] = [0, 250, -30, 0, 1_000_000_000_000_000]
    let currencies: [UInt8] = [0, 1, 2, 0, 1]

    /// - Parameter momentCount: Times are drawn from `0..<momentCount`: few moments make many equal times.
    init(seed: UInt64, personCount: Int = 40, eventCountMax: Int = 120, momentCount: Int64) {
        var random = SeededGenerator(seed: seed)
        for person in 0..<personCount {
            let count = person % 7 == 0 ? 0 : Int.random(in: 0...(person % 3 == 0 ? eventCountMax : 9), using: &random)
            times += (0..<count).map { _ in Int64.random(in: 0..<momentCount, using: &random) }.sorted()
            for _ in 0..<count {
                names.append(UInt16.random(in: 0..<7, using: &random) * 300)
                channels.append(UInt8.random(in: 0..<3, using: &random) * 127)
                subjects.append(UInt32.random(in: 0..<4, using: &random))
                extras.append(UInt32.random(in: 0..<5, using: &random))
            }
            offsets.append(UInt32(times.count))
        }
    }

    /// The same people, each with so many further events of a name that is no step, at and after the last time.
    func padded(by count: Int) -> RandomColumns {
        var padded = RandomColumns(seed: 0, personCount: 0, momentCount: 1)
        for person in people {
            let events = events(of: person)
            let lastMs = events.last.map { times[$0] } ?? 0
            padded.times += times[events] + (0..<count).map { lastMs + Int64($0 / 2) }
            padded.names += names[events] + [UInt16](repeating: 7, count: count)
            padded.channels += channels[events] + [UInt8](repeating: 0, count: count)
            padded.subjects += subjects[events] + [UInt32](repeating: 0, count: count)
            padded.offsets.append(UInt32(padded.times.count))
        }
        return padded
    }

    /// Whether an event is what a filter means, as it is said in words.
    func meets(_ event: Int, _ filter: CodedFilter) -> Bool {
        filter.name ?? names[event] == names[event] && filter.channel ?? channels[event] == channels[event]
            && (filter.kind == nil || filter.kind == kinds[Int(subjects[event])])
            && (filter.subject == nil || filter.subject == subjects[event])
    }

    /// For each event, a bit for each filter that it meets.
    func masks(_ filters: [CodedFilter?]) -> [UInt32] {
        times.indices.map { event in
            filters.enumerated().reduce(0) { mask, filter in
                filter.element.map { meets(event, $0) } ?? false ? mask | 1 << UInt32(filter.offset) : mask
            }
        }
    }

    var people: Range<Int> { 0..<offsets.count - 1 }

    func events(of person: Int) -> Range<Int> { Int(offsets[person])..<Int(offsets[person + 1]) }
}
