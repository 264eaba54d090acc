import Base
import Collect
import Domain
import HTTPServer

/// What a live tail shows of all that comes in.
struct TailFilter: Sendable {
    let source: SourceName?
    let name: EventName?
    let person: PersonID?
    let onlyRefused: Bool

    /// The rows that pass, in the order of the journal: an event each, or a refused element.
    func rows(_ row: SourcePorts.JournalRow) -> [JSONObject] {
        switch row.entry {
        case .event(let event):
            guard !onlyRefused, source.map({ $0 == event.source }) ?? true, name.map({ $0 == event.name }) ?? true,
                person.map({ $0 == event.person || event.identifiers.map(\.id).contains($0) }) ?? true
            else { return [] }
            var object = event.json
            object.append("sequence", .int(Int64(clamping: row.sequence)))
            return [object]
        case .erasure, .erased: return []
        case .receipt(let receipt):
            guard name == nil, person == nil, source.map({ $0 == receipt.source }) ?? true else { return [] }
            return receipt.runs.compactMap { run in
                let (id, reason): (Int64?, String)
                switch run {
                case .accepted, .duplicate: return nil
                case .quarantined(let quarantineID, let code): (id, reason) = (quarantineID, code)
                case .rejected(_, let code): (id, reason) = (nil, code)
                }
                var object = JSONObject()
                object.append("receipt", .string(ReceiptID(sequence: row.sequence).description))
                object.append("received_at", .time(receipt.receivedAt))
                object.append("source", .string(receipt.source.text))
                object.append("format", .string(receipt.format))
                object.append("reason", .string(reason))
                object.append("quarantine_id", id.map { .int($0) } ?? .null)
                return object
            }
        }
    }
}

extension API {
    private static let tailRecordsMax = 2000  // Looked at in one period; what comes faster is left out and counted.
    private static let tailRowsMax = 100  // Told in one period.

    func registerTail(on router: inout Router) {
        on(.get, "/api/v1/tail", .read, &router) { request, _ throws(Problem) in
            let parameters = try Parameters(request, known: ["source", "name", "person", "refused"])
            let filter = TailFilter(
                source: try parameters.name("source"), name: try parameters.name("name"),
                person: try parameters.name("person"),
                onlyRefused: try parameters.value("refused", "must be true or false") { Bool($0) } ?? false)
            return .events(tail(filter))
        }
    }

    /// The newest that is there, and then what comes in, until the span is over.
    private func tail(_ filter: TailFilter) -> AsyncStream<ServerSentEvent> {
        AsyncStream(bufferingPolicy: .bufferingNewest(8)) { continuation in
            let look = Task { [ports, period = options.livePeriod, span = options.liveSpan] in
                let end = ContinuousClock.now + span
                let journalEnd = ports.health().journalSequence
                var next = journalEnd - min(journalEnd, UInt64(Self.tailRecordsMax))
                var isFirst = true
                while !Task.isCancelled, ContinuousClock.now < end {
                    guard let rows = try? await ports.sources.newest(next, Self.tailRecordsMax) else { break }
                    if let last = rows.last {
                        continuation.yield(Self.message(rows, filter, from: isFirst ? nil : next))
                        isFirst = false
                        next = last.sequence + 1
                    }
                    do {
                        try await Task.sleep(for: period)
                    } catch {
                        break
                    }
                }
                if !Task.isCancelled { continuation.yield(ServerSentEvent(name: "end", data: "{}")) }
                continuation.finish()
            }
            continuation.onTermination = { _ in look.cancel() }
        }
    }

    /// - Parameter start: The sequence from which on nothing was told yet; nil where what is left out is no loss: it
    ///   came before somebody watched.
    private static func message(
        _ rows: [SourcePorts.JournalRow], _ filter: TailFilter, from start: UInt64?
    ) -> ServerSentEvent {
        let passing = rows.flatMap(filter.rows)
        let unread = start.flatMap { start in rows.first.map { $0.sequence - start } } ?? 0
        let leftOut = start == nil ? 0 : max(0, passing.count - tailRowsMax)
        let data: JSON = [
            "rows": .array(passing.suffix(tailRowsMax).map { .object($0) }),
            "left_out": .count(leftOut), "unread": .int(Int64(clamping: unread)),
        ]
        return ServerSentEvent(name: "rows", data: data.text)
    }
}
