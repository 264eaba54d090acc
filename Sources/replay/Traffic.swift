import Base
import Foundation

/// One recorded event as the native API takes it, and what the replay must know of it.
struct RecordedEvent {
    let json: JSONObject
    let person: String
    let name: String
    let timeMs: Int64
    let subject: String?

    init?(_ json: JSON) {
        guard let object = json.objectValue, let person = object["person"]?.stringValue,
            let name = object["name"]?.stringValue, let timeMs = object["time"]?.intValue
        else { return nil }
        self.json = object
        self.person = person
        self.name = name
        self.timeMs = timeMs
        subject = object["subject"]?.stringValue
    }
}

/// What happened at one moment: a basket (an order and its products), or anything else.
enum Moment {
    case basket(order: RecordedEvent, lines: [RecordedEvent])
    case other(RecordedEvent)

    var timeMs: Int64 {
        switch self {
        case .basket(let order, _): order.timeMs
        case .other(let event): event.timeMs
        }
    }
}

enum TrafficError: Error, CustomStringConvertible {
    case unreadable(path: String)
    case notAnEvent(path: String, line: Int)

    var description: String {
        switch self {
        case .unreadable(let path): "cannot read \(path): write it with `quanyu import --dry-run --out \(path)`"
        case .notAnEvent(let path, let line): "\(path):\(line) is not an event with person, name and time"
        }
    }
}

/// The recorded traffic of all files in order of time; the lines of a basket follow their order.
func recordedMoments(paths: [String]) throws(TrafficError) -> [Moment] {
    var moments: [Moment] = []
    for path in paths { moments += try recordedMoments(path: path) }
    return moments.enumerated().sorted { ($0.element.timeMs, $0.offset) < ($1.element.timeMs, $1.offset) }
        .map(\.element)
}

private func recordedMoments(path: String) throws(TrafficError) -> [Moment] {
    guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
    let parser = JSONParser()
    var moments: [Moment] = []
    for (index, line) in Array(data).split(separator: 0x0A).enumerated() {
        guard let json = try? parser.parse(line), let event = RecordedEvent(json) else {
            throw .notAnEvent(path: path, line: index + 1)
        }
        if event.name == "product_purchased", case .basket(let order, var lines)? = moments.last,
            order.person == event.person, order.timeMs == event.timeMs
        {
            lines.append(event)
            moments[moments.count - 1] = .basket(order: order, lines: lines)
        } else {
            moments.append(event.name == "order_paid" ? .basket(order: event, lines: []) : .other(event))
        }
    }
    return moments
}
