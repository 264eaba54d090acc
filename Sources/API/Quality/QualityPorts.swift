public import Base
public import Domain
public import Quality

/// How good events are, by which rules, and which alarms that raised.
public struct QualityPorts: Sendable {
    public var report: @Sendable (EventTime) async throws(ReadFailure) -> [EventQuality]
    public var rules: @Sendable () async throws(ReadFailure) -> [EventName: QualityRule]
    /// Nil: the default holds again.
    public var setRule: @Sendable (QualityRule?, EventName) async throws(ReadFailure) -> Void
    /// The newest first: those below `before`, at most `countMax`.
    public var alarms:
        @Sendable (_ isOpen: Bool, _ before: Int64?, _ countMax: Int) async throws(ReadFailure) -> [QualityAlarm]
    /// Nil where there is none of this id.
    public var acknowledge: @Sendable (Int64, _ actor: String) async throws(ReadFailure) -> QualityAlarm?

    public init(
        report: @escaping @Sendable (EventTime) async throws(ReadFailure) -> [EventQuality],
        rules: @escaping @Sendable () async throws(ReadFailure) -> [EventName: QualityRule],
        setRule: @escaping @Sendable (QualityRule?, EventName) async throws(ReadFailure) -> Void,
        alarms:
            @escaping @Sendable (_ isOpen: Bool, _ before: Int64?, _ countMax: Int) async throws(ReadFailure) ->
            [QualityAlarm],
        acknowledge: @escaping @Sendable (Int64, _ actor: String) async throws(ReadFailure) -> QualityAlarm?
    ) {
        self.report = report
        self.rules = rules
        self.setRule = setRule
        self.alarms = alarms
        self.acknowledge = acknowledge
    }
}
