public import Base
public import Domain
public import Timeline

/// A saved audience, and how many are in it now.
public struct KeptAudience: Sendable {
    public let saved: SavedAudience
    public let expression: AudienceExpression
    public let count: Int?  // Nil until it is counted for the first time.
    public let countedAt: EventTime?

    public init(saved: SavedAudience, expression: AudienceExpression, count: Int?, countedAt: EventTime?) {
        self.saved = saved
        self.expression = expression
        self.count = count
        self.countedAt = countedAt
    }

    var name: PlainName { saved.name }
}

/// Who came into a saved audience and who left, since a place in its log.
public struct AudienceChanges: Sendable {
    public let changes: [AudienceChange]
    public let next: AudienceCursor  // Where to go on.
    /// Whether changes lie between the place that was asked for and the first that is told: they are forgotten, or the
    /// audience was changed or the program started since. Ask for all members once more.
    public let isBroken: Bool

    public init(changes: [AudienceChange], next: AudienceCursor, isBroken: Bool) {
        self.changes = changes
        self.next = next
        self.isBroken = isBroken
    }
}

/// A place in the log of one audience's changes, written `log.number`.
public struct AudienceCursor: Sendable, Equatable, CustomStringConvertible {
    public let log: UInt64  // Tells it from other logs.
    public let number: Int  // Of the next change.

    public init(log: UInt64, number: Int) {
        self.log = log
        self.number = number
    }

    /// Nil for any text but what `description` writes.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let log = UInt64(parts[0], radix: 36), let number = Int(parts[1]), number >= 0 else {
            return nil
        }
        self.init(log: log, number: number)
    }

    public var description: String { "\(String(log, radix: 36)).\(number)" }
}

/// Audiences that are kept under names.
public struct AudiencePorts: Sendable {
    /// By name.
    public var kept: @Sendable () -> [KeptAudience]
    public var save:
        @Sendable (
            _ expression: AudienceExpression, _ document: JSON, _ title: String, PlainName, _ author: String, EventTime
        ) async throws(ReadFailure) -> KeptAudience
    /// False where there is none of this name.
    public var remove: @Sendable (PlainName) async throws(ReadFailure) -> Bool
    /// From a place on, or from now on where it is nil; nil where there is no audience of this name.
    public var changes: @Sendable (PlainName, _ after: AudienceCursor?, _ countMax: Int) -> AudienceChanges?

    public init(
        kept: @escaping @Sendable () -> [KeptAudience],
        save:
            @escaping @Sendable (
                _ expression: AudienceExpression, _ document: JSON, _ title: String, PlainName, _ author: String,
                EventTime
            ) async throws(ReadFailure) -> KeptAudience,
        remove: @escaping @Sendable (PlainName) async throws(ReadFailure) -> Bool,
        changes: @escaping @Sendable (PlainName, _ after: AudienceCursor?, _ countMax: Int) -> AudienceChanges?
    ) {
        self.kept = kept
        self.save = save
        self.remove = remove
        self.changes = changes
    }
}

extension AudienceExpression {
    /// As it was saved; nil where it cannot be read.
    ///
    /// - Parameters:
    ///   - currency: Of values that it asks for without one.
    ///   - zone: By whose clocks the days of stages are counted.
    public init?(
        saved document: JSON, currency: Currency, zone: DayZone,
        stageModels: @escaping @Sendable () -> [KeptStageModel]
    ) {
        do throws(Problem) {
            let fields = try Fields(document, place: "audience", known: AudienceReader.fields)
            self = try AudienceReader(currency: currency, zone: zone, stageModels: stageModels).expression(fields)
        } catch { return nil }
    }
}
