import Base
import Collect
import Domain
import Testing

@Suite struct ContactIdentifierTests {
    /// SHA-256 of `ana@shop.cn` and of `+8613800138000`, as `hashlib` makes them.
    static let email = "1d2b2cb9686214d6782c55ad5b8c58ee2844dbc649ae5af18416ab6f96b88b31"
    static let phone = "ec61f3c620a98bdead8c1f1f0ae747abd1b62a0c2dba4fd4bc22cf0d1d8653e5"

    struct Case: Sendable, CustomTestStringConvertible {
        let format: WireFormat, route: String, body: String, ids: [String]
        var testDescription: String { "\(format) \(body)" }
    }

    private static let both = #""email":"Ana@Shop.cn","phone":"+86 138-0013-8000""#

    static let cases = [
        Case(
            format: .segment, route: "identify", body: #"{"userId":"u","traits":{\#(both)}}"#,
            ids: ["login:u", "phone_hash:\(phone)", "email_hash:\(email)"]),
        Case(
            format: .segment, route: "identify", body: #"{"userId":"u","context":{"traits":{\#(both)}}}"#,
            ids: ["login:u", "phone_hash:\(phone)", "email_hash:\(email)"]),
        Case(
            format: .segment, route: "track", body: #"{"event":"share","userId":"u","properties":{\#(both)}}"#,
            ids: ["login:u"]),
        Case(
            format: .segment, route: "identify",
            body: #"{"userId":"u","traits":{"email":"none","phone":"138****8000","mobile":13800138000}}"#,
            ids: ["login:u", "phone_hash:\(phone)"]),
        Case(
            format: .rudder, route: "merge",
            body: #"{"userId":"u","mergeProperties":[{"type":"email","value":"ana@shop.cn"},{"type":"phone"},7]}"#,
            ids: ["login:u", "email_hash:\(email)"]),
        Case(
            format: .postHog, route: "capture",
            body: #"{"event":"$set","distinct_id":"u","properties":{"$set":{\#(both)}}}"#,
            ids: ["login:u", "phone_hash:\(phone)", "email_hash:\(email)"]),
        Case(
            format: .postHog, route: "capture",
            body: #"{"event":"share","distinct_id":"u","properties":{\#(both)}}"#, ids: ["login:u"]),
        Case(
            format: .postHog, route: "capture",
            body: #"{"event":"share","distinct_id":"u","$set":{"email":"ana@shop.cn"}}"#,
            ids: ["login:u", "email_hash:\(email)"]),
        Case(
            format: .segment, route: "identify", body: #"{"userId":"u","traits":{"email":"a***@shop.cn"}}"#,
            ids: ["login:u"]),
        Case(
            format: .braze, route: "", body: #"{"attributes":[{"external_id":"u",\#(both)}]}"#,
            ids: ["login:u", "phone_hash:\(phone)", "email_hash:\(email)"]),
        Case(
            format: .sensors, route: "sa",
            body: #"""
                {"type":"track","event":"go","distinct_id":"u","login_id":"u","time":1790000000000,"properties":{},
                "identities":{"$identity_mobile":"13800138000","$identity_email":"ana@shop.cn"}}
                """#,
            ids: ["login:u", "phone_hash:\(phone)", "email_hash:\(email)"]),
        Case(
            format: .sensors, route: "sa",
            body: #"""
                {"type":"profile_set","distinct_id":"u","login_id":"u","time":1790000000000,
                "properties":{"$email":"ana@shop.cn"}}
                """#,
            ids: ["login:u", "email_hash:\(email)"]),
    ]

    private func collected(_ c: Case) async throws -> FormatWorld {
        let request = WireRequest(c.route, c.body)
        let envelope =
            switch c.format {
            case .postHog: try PostHogFormat.envelope(request)
            case .braze: try BrazeFormat.envelope(request)
            case .sensors: try SensorsFormat.envelope(request)
            default: try SegmentFormat.envelope(request)
            }
        return try await FormatWorld(envelope, c.format)
    }

    @Test(arguments: cases)
    func aPersonIsKnownByTheHashOfTheirOwnAddressAlone(_ c: Case) async throws {
        let event = try #require(try await collected(c).events.first)
        #expect(event.ids == c.ids)
    }
}
