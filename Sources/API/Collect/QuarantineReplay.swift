import Base
import Collect
import Domain
import HTTPServer

extension API {
    private static let pageCount = 200  // Of up to 64 KiB each, by default.

    // MARK: Those of some ids

    func replay(_ ids: [Int64], by identity: Identity) async throws(Problem) -> HTTPResponse {
        var items: [Int64: QuarantineItem] = [:]
        do throws(ReadFailure) {
            for item in try await ports.quarantine.items(Array(Set(ids))) { items[item.id] = item }
        } catch {
            throw Problem(error)
        }
        if let unknown = ids.first(where: { items[$0] == nil }) {
            throw .notFound("event \(unknown) in quarantine; nothing was tried")
        }
        var taken: Set<Int64> = []
        var rows: [ReceiptsAnswer.Row] = []
        var failure: Problem?
        for item in ids.compactMap({ items[$0] }) {
            do throws(Problem) {
                let isKnown = item.replayedAt != nil || taken.contains(item.id)
                let row = isKnown ? ReceiptsAnswer.Row(id: nil, status: .duplicate) : try await retry([item])[0]
                rows.append(row)
                if row.isTaken { taken.insert(item.id) }
            } catch {
                failure = error
                break
            }
        }
        let answer = ReceiptsAnswer(rows)
        var detail = answer.counts
        detail.append("ids", .count(ids.count))
        await note(detail, by: identity)
        try await mark(Array(taken))  // Also after a failure: what was taken must not be taken again.
        if let failure { throw failure }
        return .json(bytes: answer.bytes)
    }

    // MARK: All that match

    /// Those that are not taken yet, oldest first, page by page; what is set aside meanwhile is left alone.
    func replay(matching filter: QuarantineFilter, by identity: Identity) async throws(Problem) -> HTTPResponse {
        var tally = ReplayTally()
        var failure: Problem?
        do throws(Problem) { try await replay(matching: filter, into: &tally) } catch { failure = error }
        var detail = tally.counts
        detail.append("match", filter.json)
        await note(detail, by: identity)
        if let failure { throw failure }
        return .json(tally.json)
    }

    private func replay(matching filter: QuarantineFilter, into tally: inout ReplayTally) async throws(Problem) {
        guard let last = try await newest(filter) else { return }
        var after: Int64 = 0
        while after < last {
            let page: [QuarantineItem]
            do throws(ReadFailure) {
                page = try await ports.quarantine.waiting(filter, after, last, Self.pageCount)
            } catch {
                throw Problem(error)
            }
            guard let end = page.last?.id else { return }
            try await replay(page, into: &tally)
            after = end
            await Task.yield()
        }
    }

    private func newest(_ filter: QuarantineFilter) async throws(Problem) -> Int64? {
        do throws(ReadFailure) { return try await ports.quarantine.page(filter, nil, 1).first?.id } catch {
            throw Problem(error)
        }
    }

    /// What was taken is marked before the next page, also where another of the page failed.
    private func replay(_ page: [QuarantineItem], into tally: inout ReplayTally) async throws(Problem) {
        var taken: [Int64] = []
        var failure: Problem?
        for group in Dictionary(grouping: page, by: { Origin($0) }).values.sorted(by: { $0[0].id < $1[0].id }) {
            do throws(Problem) {
                for (item, row) in zip(group, try await retry(group)) {
                    tally.add(row.status)
                    if row.isTaken { taken.append(item.id) }
                }
            } catch {
                failure = error
                break
            }
        }
        try await mark(taken)
        if let failure { throw failure }
    }

    // MARK: Both

    private func note(_ detail: JSONObject, by identity: Identity) async {
        await ports.audit(
            AuditEntry(actor: identity.actor, action: .quarantineReplayed, target: "quarantine", detail: detail))
    }

    private func mark(_ taken: [Int64]) async throws(Problem) {
        guard !taken.isEmpty else { return }
        do throws(ReadFailure) { try await ports.quarantine.markReplayed(taken.sorted(), ports.now()) } catch {
            throw Problem(error)
        }
    }

    /// Elements of one origin, in one receipt.
    ///
    /// - Returns: A row for each, in order.
    private func retry(_ items: [QuarantineItem]) async throws(Problem) -> [ReceiptsAnswer.Row] {
        var rows = items.map(\.refusedRow)
        var (places, elements): ([Int], [QuarantinedElement]) = ([], [])
        for (place, item) in items.enumerated() {
            guard let element = try await element(item) else { continue }
            places.append(place)
            elements.append(element)
        }
        guard !elements.isEmpty else { return rows }
        do throws(CollectError) {
            let receipts = try await ports.collect(retrying: elements).receipts
            for (place, receipt) in zip(places, receipts) {
                rows[place] = ReceiptsAnswer.Row(id: receipt.id, status: receipt.status)
            }
            return rows
        } catch {
            throw Problem(error)
        }
    }

    /// Nil for one that cannot be tried: only its beginning was kept. What only a mapping reads is read by the newest
    /// one of its source: people mend it, and then try again.
    private func element(_ item: QuarantineItem) async throws(Problem) -> QuarantinedElement? {
        guard let format = WireFormat(rawValue: item.format), !item.isTruncated else { return nil }
        let entry = QuarantineEntry(
            receivedAt: item.receivedAt, source: item.source, format: format,
            refusal: Refusal(item.knownReason, item.detail), body: item.body)
        return QuarantinedElement(
            id: item.id, entry: entry, read: try await mappedItem(format, item.source, item.body))
    }
}

/// What became of many elements that were tried again.
private struct ReplayTally {
    private var accepted = 0
    private var duplicate = 0
    private var quarantined: [String: Int] = [:]  // By reason.

    mutating func add(_ status: Receipt.Status) {
        switch status {
        case .accepted: accepted += 1
        case .duplicate: duplicate += 1
        case .quarantined(let refusal, _), .rejected(let refusal):
            quarantined[refusal.reason.rawValue, default: 0] += 1
        }
    }

    private var stillAside: Int { quarantined.values.reduce(0, +) }

    var counts: JSONObject {
        var object = JSONObject()
        object.append("tried", .count(accepted + duplicate + stillAside))
        object.append("accepted", .count(accepted))
        object.append("duplicate", .count(duplicate))
        object.append("quarantined", .count(stillAside))
        return object
    }

    var json: JSON {
        var object = counts
        object.append("by_reason", .counts(quarantined))
        return .object(object)
    }
}

/// Elements that agree in it can stand in one receipt.
private struct Origin: Hashable {
    let source: SourceName
    let format: String

    init(_ item: QuarantineItem) {
        source = item.source
        format = item.format
    }
}

extension QuarantineFilter {
    /// What it asks for; an empty object for all.
    fileprivate var json: JSON {
        var object = JSONObject()
        if let reason { object.append("reason", .string(reason)) }
        if let source { object.append("source", .string(source.text)) }
        if let received {
            object.append("from", .time(received.lowerBound))
            object.append("to", .time(received.upperBound))
        }
        return .object(object)
    }
}

extension QuarantineItem {
    fileprivate var knownReason: QuarantineReason { QuarantineReason(rawValue: reason) ?? .malformedJSON }

    fileprivate var refusedRow: ReceiptsAnswer.Row {
        let why = "only the first \(body.count) bytes were kept: send the event anew"
        return ReceiptsAnswer.Row(
            id: nil, status: .quarantined(Refusal(knownReason, why), quarantineID: id))
    }
}

extension ReceiptsAnswer.Row {
    fileprivate var isTaken: Bool {
        switch status {
        case .accepted, .duplicate: true
        case .quarantined, .rejected: false
        }
    }
}
