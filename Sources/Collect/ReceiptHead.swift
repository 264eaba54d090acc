import Base
import Domain

/// What is known of a receipt before the journal has answered.
struct ReceiptHead: Sendable {
    let receivedAt: EventTime
    let source: SourceName
    let format: WireFormat
    let byteCount: Int
    let isReplay: Bool

    /// - Parameters:
    ///   - elements: How many events each element of the request stands for, or why it is set aside.
    ///   - isNew: For the events of all elements, in order.
    ///   - quarantineIDs: Of the elements that are set aside, in order.
    func receipt(_ elements: [Result<Int, Refusal>], isNew: [Bool], quarantineIDs: [Int64]) -> CollectReceipt {
        var runs: [CollectReceipt.Run] = []
        var answers = isNew[...]
        var ids = quarantineIDs[...]
        for element in elements {
            switch element {
            case .success(let eventCount):
                let newEventCount = answers.prefix(eventCount).count(where: { $0 })
                answers = answers.dropFirst(eventCount)
                Self.add(newEventCount: newEventCount, to: &runs)
            case .failure(let refusal) where !refusal.isKept:
                Self.addRejected(reason: refusal.reason.rawValue, to: &runs)
            case .failure(let refusal):
                runs.append(.quarantined(id: ids.popFirst() ?? 0, reason: refusal.reason.rawValue))
            }
        }
        return CollectReceipt(
            receivedAt: receivedAt, source: source, format: format.rawValue, byteCount: byteCount, isReplay: isReplay,
            runs: runs, violations: elements.enumerated().flatMap { index, element in Self.violations(element, index) })
    }

    private static func violations(_ element: Result<Int, Refusal>, _ index: Int) -> [CollectReceipt.Violation] {
        guard case .failure(let refusal) = element else { return [] }
        return refusal.violations.map {
            CollectReceipt.Violation(element: index, event: $0.event, field: $0.field, kind: $0.kind)
        }
    }

    private static func addRejected(reason: String, to runs: inout [CollectReceipt.Run]) {
        if case .rejected(let elementCount, reason)? = runs.last {
            runs[runs.count - 1] = .rejected(elementCount: elementCount + 1, reason: reason)
        } else {
            runs.append(.rejected(elementCount: 1, reason: reason))
        }
    }

    /// Lengthens the last run where the element fared like it.
    private static func add(newEventCount: Int, to runs: inout [CollectReceipt.Run]) {
        switch runs.last {
        case .accepted(let elementCount, newEventCount)? where newEventCount > 0:
            runs[runs.count - 1] = .accepted(elementCount: elementCount + 1, newEventCount: newEventCount)
        case .duplicate(let elementCount)? where newEventCount == 0:
            runs[runs.count - 1] = .duplicate(elementCount: elementCount + 1)
        default:
            runs.append(
                newEventCount > 0
                    ? .accepted(elementCount: 1, newEventCount: newEventCount) : .duplicate(elementCount: 1))
        }
    }
}
