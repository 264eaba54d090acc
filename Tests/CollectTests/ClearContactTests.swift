import Base
import Collect
import Domain
import Testing

/// Addresses in clear serve as ids by their hashes; what is kept of their text.
@Suite struct ClearContactTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let format: WireFormat, route: String, body: String, properties: JSON
        var testDescription: String { "\(format) \(body)" }
    }

    private static let both = #""email":"Ana@Shop.cn ","city":"杭州","phone":"+86 138-0013-8000""#
    private static let masked: JSON = ["email": "A***@Shop.cn", "city": "杭州", "phone": "+86138****8000"]

    static let cases = [
        Case(
            format: .segment, route: "identify", body: #"{"userId":"u","traits":{\#(both)}}"#, properties: masked),
        Case(
            format: .segment, route: "identify",
            body: #"{"userId":"u","traits":{"mobile":13800138000,"email":"none","phone":"138****8000"}}"#,
            properties: ["mobile": "138****8000", "email": "none", "phone": "138****8000"]),
        Case(
            format: .segment, route: "track", body: #"{"event":"share","userId":"u","properties":{"email":"a@b.cn"}}"#,
            properties: ["email": "a@b.cn"]),
        Case(
            format: .rudder, route: "merge",
            body: #"{"userId":"u","mergeProperties":[{"type":"email","value":"ana@shop.cn"},{"type":"phone"},7]}"#,
            properties: ["mergeProperties": [["type": "email", "value": "a***@shop.cn"], ["type": "phone"], 7]]),
        Case(
            format: .postHog, route: "capture",
            body: #"{"event":"$set","distinct_id":"u","$set":{\#(both)},"$set_once":{"email":"a@b.cn"}}"#,
            properties: [
                "$set_once": ["email": "a***@b.cn"], "email": "A***@Shop.cn", "city": "杭州", "phone": "+86138****8000",
            ]),
        Case(
            format: .postHog, route: "capture",
            body:
                #"{"event":"shared","distinct_id":"u","properties":{"email":"a@b.cn","$set":{"phone":"13800138000"}}}"#,
            properties: ["email": "a@b.cn", "$set": ["phone": "138****8000"]]),
        Case(
            format: .braze, route: "", body: #"{"attributes":[{"external_id":"u",\#(both)}]}"#, properties: masked),
        Case(
            format: .braze, route: "",
            body: #"{"events":[{"external_id":"u","name":"shared","email":"c@d.cn","properties":{"email":"a@b.cn"}}]}"#,
            properties: ["email": "a@b.cn"]),
        Case(
            format: .sensors, route: "sa",
            body: #"""
                {"type":"profile_set","distinct_id":"u","login_id":"u","time":1790000000000,"properties":{\#(both)},
                "identities":{"$identity_mobile":"13800138000"}}
                """#,
            properties: [
                "email": "A***@Shop.cn", "city": "杭州", "phone": "+86138****8000",
                "identities": ["$identity_mobile": "138****8000"],
            ]),
    ]

    private static func items(_ c: Case) throws -> WireEnvelope {
        let request = WireRequest(c.route, c.body)
        return switch c.format {
        case .postHog: try PostHogFormat.envelope(request)
        case .braze: try BrazeFormat.envelope(request)
        case .sensors: try SensorsFormat.envelope(request)
        default: try SegmentFormat.envelope(request)
        }
    }

    @Test(arguments: cases)
    func thePersonsOwnAddressIsKeptMaskedAndNoOther(_ c: Case) async throws {
        let event = try #require(try await FormatWorld(try Self.items(c), c.format).events.first)
        #expect(JSON.object(event.properties) == c.properties)
    }

    private static func plan(_ governance: [(String, JSON)]) throws -> EnforcedPlan {
        var field = JSONObject([.init(name: "path", value: "properties.email"), .init(name: "type", value: "string")])
        for (name, value) in governance { field.append(name, value) }
        let json: JSON = [
            "events": [["name": "identify", "allow_unplanned": true, "fields": [.object(field)]]]
        ]
        return EnforcedPlan(
            PlanVersion(
                version: 1, plan: try TrackingPlan(json: json), frozenAt: EventTime(clampingUnixMs: 0), frozenBy: "a",
                note: ""))
    }

    private static func collect(_ plan: EnforcedPlan) async throws -> Event {
        let body = #"{"userId":"u","timestamp":"2026-11-23T00:00:00Z","traits":{\#(both)}}"#
        let world = try CollectWorld()
        let items = try SegmentFormat.envelope(WireRequest("identify", body)).items
        _ = try await world.collect(plan: plan)(items, format: .segment, source: testSource)
        return try #require(world.collected.first)
    }

    @Test func aPlanThatSaysOnWhatLegalBasisKeepsAFieldInClearAndNoOther() async throws {
        let classed = try await Self.collect(try Self.plan([("personal_data", "personal")]))
        #expect(JSON.object(classed.properties) == Self.masked, "a class alone is no leave")
        let based = try await Self.collect(try Self.plan([("legal_basis", "consent")]))
        #expect(JSON.object(based.properties) == Self.masked)
        let allowed = try await Self.collect(
            try Self.plan([("personal_data", "personal"), ("legal_basis", "consent")]))
        #expect(allowed.properties["email"] == "Ana@Shop.cn ")
        #expect(allowed.properties["phone"] == "+86138****8000")
        #expect(allowed.id == classed.id, "an event without an id is known whatever the plan says")
        #expect(allowed.ids == classed.ids)
    }
}
