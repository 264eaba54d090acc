import Base
import Domain
import Foundation

/// Made-up traffic of a live shop over 30 days, the same for the same seed: sessions of people of whom few are very
/// active, in five channels, in the order in which it arrives.
struct ShopTraffic {
    static let names: [EventName] = [
        "room_enter", "product_exposure", "product_click", "product_view", "add_to_cart",
        "order_paid",
    ].map(EventName.init(validated:))
    static let channels = ["live", "feed", "shop", "push", "search"].map(Channel.init(validated:))
    static let start = EventTime(clampingUnixMs: 1_767_225_600_000)  // 2026-01-01.
    static let dayCount: Int64 = 30
    private static let orderPaid = UInt8(5)

    /// For each name, the chance of each next name; what is missing to 1 ends the session.
    private static let nextName: [[Double]] = [
        [0, 0.85, 0, 0, 0, 0],
        [0, 0.56, 0.17, 0, 0.01, 0],
        [0, 0.22, 0, 0.58, 0.04, 0],
        [0, 0.44, 0.06, 0, 0.20, 0.01],
        [0.02, 0.33, 0, 0, 0, 0.35],
        [0.02, 0.30, 0, 0, 0, 0],
    ]

    private(set) var times: [Int64] = []  // Milliseconds since 1970.
    private(set) var people: [UInt32] = []
    private(set) var nameCodes: [UInt8] = []
    private(set) var channelCodes: [UInt8] = []
    private(set) var subjects: [UInt32] = []
    let personIDs: [PersonID]

    var count: Int { times.count }

    init(count: Int, personCount: Int, seed: UInt64 = 42) {
        personIDs = (0..<personCount).map {
            PersonID(validated: "oQy-" + String(SeededGenerator.mix(UInt64($0) &+ 1), radix: 16))
        }
        var random = SeededGenerator(seed: seed)
        while times.count < count { appendSession(countMax: count - times.count, using: &random) }
        sortByArrival(using: &random)
    }

    private mutating func appendSession(countMax: Int, using random: inout SeededGenerator) {
        let share = Double.random(in: 0..<1, using: &random)
        let person = UInt32(Double(personIDs.count) * share * share * share)
        let favourite = UInt8(SeededGenerator.mix(UInt64(person)) % UInt64(Self.channels.count))
        let isFavourite = Double.random(in: 0..<1, using: &random) < 0.7
        let channel = isFavourite ? favourite : UInt8.random(in: 0..<UInt8(Self.channels.count), using: &random)
        let hourMs: Int64 = 3_600_000
        let isEvening = Double.random(in: 0..<1, using: &random) < 0.5
        var timeMs = Self.start.unixMs + Int64.random(in: 0..<Self.dayCount, using: &random) * 24 * hourMs
        timeMs += Int64.random(in: isEvening ? 19 * hourMs..<23 * hourMs : 0..<23 * hourMs, using: &random)
        var name: UInt8? = channel == 0 ? 0 : 1
        var left = countMax
        while let current = name, left > 0 {
            times.append(timeMs)
            people.append(person)
            nameCodes.append(current)
            channelCodes.append(channel)
            let rank = Double.random(in: 0..<1, using: &random)
            subjects.append(UInt32((current == 0 ? 200 : 20_000) * rank * rank))
            // Clients send in batches, and give one time to what one tap set off.
            timeMs += Double.random(in: 0..<1, using: &random) < 0.15 ? 0 : .random(in: 300..<60_000, using: &random)
            name = Self.next(after: current, using: &random)
            left -= 1
        }
    }

    private static func next(after name: UInt8, using random: inout SeededGenerator) -> UInt8? {
        var rest = Double.random(in: 0..<1, using: &random)
        for (next, chance) in nextName[Int(name)].enumerated() {
            rest -= chance
            if rest < 0 { return UInt8(next) }
        }
        return nil
    }

    /// Most events arrive within two seconds, some after up to an hour without a network.
    private mutating func sortByArrival(using random: inout SeededGenerator) {
        var keys = times.indices.map { index in
            let isLate = Double.random(in: 0..<1, using: &random) < 0.01
            let lagMs = Int64.random(in: 0..<(isLate ? 3_600_000 : 2000), using: &random)
            return UInt64(times[index] + lagMs - Self.start.unixMs) << 32 | UInt64(index)
        }
        keys.sort()
        let order = keys.map { Int(UInt32(truncatingIfNeeded: $0)) }
        times = order.map { times[$0] }
        people = order.map { people[$0] }
        nameCodes = order.map { nameCodes[$0] }
        channelCodes = order.map { channelCodes[$0] }
        subjects = order.map { subjects[$0] }
    }

    func event(at index: Int) -> Event {
        let time = EventTime(clampingUnixMs: times[index])
        let name = nameCodes[index]
        let kind: Subject.Kind = name == 0 ? .room : .product
        return Event(
            id: EventID(validated: "e\(index)"), source: SourceName(validated: "bench"),
            person: personIDs[Int(people[index])], name: Self.names[Int(name)],
            channel: Self.channels[Int(channelCodes[index])], time: time, receivedAt: time,
            subject: Subject(kind: kind, id: String(subjects[index])),
            value: amount(at: index).flatMap { Money(minor: $0, currency: .cny) })
    }

    private func amount(at index: Int) -> Int64? {
        nameCodes[index] == Self.orderPaid ? Int64(subjects[index]) + 990 : nil
    }

    /// Writes the columns as plain little-endian files, for peers to read.
    func dump(to folder: URL) throws {
        try Self.bytes(times).write(to: folder.appending(path: "time.i64"))
        try Self.bytes(people).write(to: folder.appending(path: "person.u32"))
        try Self.bytes(nameCodes).write(to: folder.appending(path: "name.u8"))
        try Self.bytes(channelCodes).write(to: folder.appending(path: "channel.u8"))
        try Self.bytes(times.indices.map { amount(at: $0) ?? -1 }).write(to: folder.appending(path: "value.i64"))
    }

    private static func bytes<Number: BitwiseCopyable>(_ column: [Number]) -> Data {
        column.withUnsafeBytes { Data($0) }
    }
}
