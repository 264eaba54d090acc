public import Base
public import Measure

/// How the routes use their machine.
public struct APIOptions: Sendable {
    public var openAPIPath: String  // Of `openapi.json`, which is served as it is.
    public var version = ""  // Of this program, for clients that ask.
    public var queriesAtOnceMax = 2  // Heavy queries that run; each may use several threads of its own.
    public var queryTimeMax = Duration.seconds(30)  // A query that takes longer is ended.
    public var queriesWaitingMax = 32  // More are answered with 503.
    public var livePeriod = Duration.seconds(1)  // Between two looks at the totals.
    public var liveSpan = Duration.seconds(300)  // After which a live stream ends, so that its caller is checked anew.
    public var policies = EvaluatePolicies.Options()
    public var policyDecisionCountMax = 100_000  // The newest decisions of a log, on which policies are judged.

    public var receiptLife = Milliseconds.days(30)  // Older receipts are not shown any more.
    public var douyinSecret = ""  // Signs what Douyin pushes; empty: its pushes are refused.

    public init(openAPIPath: String) { self.openAPIPath = openAPIPath }
}
