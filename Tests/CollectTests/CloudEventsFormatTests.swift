import Base
import Collect
import Domain
import Testing

@Suite struct CloudEventsFormatTests {
    private func collected(
        _ body: String, type: String? = "application/cloudevents+json", fields: [(String, String)] = []
    ) async throws -> (events: [Event], reasons: [QuarantineReason]) {
        let request = wireRequest(body, type: type, fields: fields)
        return try await collect(CloudEventsFormat.envelope(request).items, .cloudevents)
    }

    /// A structured event with these members besides the required ones.
    private func event(_ members: String) -> String {
        #"{"specversion":"1.0","id":"A234","source":"/shop","type":"order_paid",\#(members)}"#
    }

    @Test func aStructuredEventIsRead() async throws {
        let body = event(
            """
            "time":"2026-11-23T17:31:00Z","subject":"order:o1","comexampleextension1":"value",
            "data":{"person":"ana","value":{"amount":12.5,"currency":"USD"},"decision":"d1","channel":"live","a":1}
            """)
        let (events, reasons) = try await collected(body)
        #expect(reasons == [])
        let read = try #require(events.first)
        #expect(read.id.text == "/shop A234")
        #expect(read.name == .orderPaid)
        #expect(read.person.text == "ana")
        #expect(read.time.iso8601 == "2026-11-23T17:31:00.000Z")
        #expect(read.subject?.description == "order:o1")
        #expect(read.value?.minor == 1250)
        #expect(read.decision?.text == "d1")
        #expect(read.channel.text == "live")
        #expect(read.properties["a"] == 1)
        #expect(read.properties["person"] == nil)
        #expect(read.properties["cloudevent"] == ["source": "/shop", "comexampleextension1": "value"])
    }

    @Test func sourceAndIdTogetherAreTheId() async throws {
        func body(_ source: String, _ id: String) -> String {
            #"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","type":"t","person":"p"}"#
        }
        let long = String(repeating: "x", count: 300)
        let bodies = [("/a", "1"), ("/a", "1"), ("/b", "1"), ("/a", "2"), (long, "1"), (long, "1"), (long, "2")]
        let batch = "[" + bodies.map { body($0.0, $0.1) }.joined(separator: ",") + "]"
        let events = try await collected(batch, type: "application/cloudevents-batch+json").events
        #expect(events.count == 5)
        #expect(events.prefix(3).map(\.id.text) == ["/a 1", "/b 1", "/a 2"])
        #expect(events.suffix(2).allSatisfy { $0.id.text.hasPrefix("cloudevent-") })
    }

    struct PersonCase: Sendable, CustomTestStringConvertible {
        let members: String, person: String?
        var testDescription: String { members }
    }

    static let personCases = [
        PersonCase(members: #""person":"ext","data":{"person":"data"}"#, person: "ext"),
        PersonCase(members: #""data":{"person":"data"},"authtype":"user","authid":"auth""#, person: "data"),
        PersonCase(members: #""authtype":"app_user","authid":"auth""#, person: "auth"),
        PersonCase(members: #""authtype":"service_account","authid":"robot""#, person: nil),
        PersonCase(members: #""data":{"ids":{"device":"d","login":"l"}},"authtype":"user","authid":"a""#, person: "l"),
        PersonCase(members: #""subject":"ana""#, person: nil),
        PersonCase(members: #""data":"text""#, person: nil),
    ]

    @Test(arguments: personCases)
    func aPersonIsNamedInOneOfThreePlaces(_ c: PersonCase) async throws {
        let (events, reasons) = try await collected(event(c.members))
        #expect(events.map(\.person.text) == (c.person.map { [$0] } ?? []))
        #expect(reasons == (c.person == nil ? [.missingPerson] : []))
    }

    @Test func aSubjectOfAnotherKindIsKept() async throws {
        let first = try await collected(event(#""person":"p","subject":"123/mug.png""#)).events.first
        #expect(first?.subject == nil)
        #expect(first?.properties["cloudevent"]?["subject"] == "123/mug.png")
        let second = try await collected(event(#""person":"p","data":{"subject":"product:7"}"#)).events.first
        #expect(second?.subject?.description == "product:7")
    }

    @Test func dataThatIsNoMoneyIsNoValue() async throws {
        let read = try await collected(event(#""person":"p","data":{"value":"high","decision":5,"channel":{}}"#))
        #expect(read.reasons == [])
        #expect(read.events.first?.value == nil)
        #expect(read.events.first?.properties["value"] == "high")
    }

    static let headers = [
        ("CE-SpecVersion", "1.0"), ("ce-type", "com.example.someevent"), ("ce-id", "1234-1234-1234"),
        ("ce-source", "/mycontext/subcontext"), ("ce-time", "2026-11-23T03%3A56%3A24Z"),
        ("ce-person", "\"Euro%20%E2%82%AC\""), ("Content-Type", "application/json; charset=utf-8"),
    ]

    @Test func inBinaryModeTheBodyIsTheData() async throws {
        let (events, reasons) = try await collected(#"{"a":1}"#, type: "application/json", fields: Self.headers)
        #expect(reasons == [])
        let read = try #require(events.first)
        #expect(read.name.text == "com.example.someevent")
        #expect(read.id.text == "/mycontext/subcontext 1234-1234-1234")
        #expect(read.person.text == "Euro €")
        #expect(read.time.iso8601 == "2026-11-23T03:56:24.000Z")
        #expect(read.properties["a"] == 1)
        #expect(read.properties["cloudevent"] == ["source": "/mycontext/subcontext"])
    }

    @Test(arguments: [
        ("text/plain", Array("hello".utf8), JSON.string("hello")),
        ("application/octet-stream", [0xFF, 0x00], JSON.string("/wA=")),
        ("application/vnd.shop+json", Array("[1]".utf8), JSON.array([1])),
        (nil, Array("{\"a\":1}".utf8), nil), (nil, [], nil),
    ])
    func anyDataIsKept(_ type: String?, _ body: [UInt8], _ want: JSON?) async throws {
        var request = wireRequest(type: type, fields: Self.headers)
        request.body = body
        let events = try await collect(CloudEventsFormat.envelope(request).items, .cloudevents).events
        #expect(events.count == 1)
        #expect(events.first?.properties["data"] == want)
    }

    @Test func dataInBase64IsReadWhereItIsJSON() async throws {
        let json = try await collected(event(#""data_base64":"eyJwZXJzb24iOiJwIiwiYSI6MX0=""#)).events.first
        #expect(json?.person.text == "p")
        #expect(json?.properties["a"] == 1)
        let other = try await collected(
            event(#""person":"p","datacontenttype":"image/png","data_base64":"/wA=""#)
        ).events.first
        #expect(other?.properties["data"] == "/wA=")
        #expect(try await collected(event(#""person":"p","data_base64":"%""#)).reasons == [.invalidEncoding])
        #expect(try await collected(event(#""person":"p","data_base64":"/wA=""#)).reasons == [.malformedJSON])
    }

    @Test(arguments: [
        (#"{"id":"1","source":"/s","type":"t","person":"p"}"#, QuarantineReason.unknownType),
        (#"{"specversion":"0.3","id":"1","source":"/s","type":"t","person":"p"}"#, .unknownType),
        (#"{"specversion":"1.0","source":"/s","type":"t","person":"p"}"#, .invalidID),
        (#"{"specversion":"1.0","id":"","source":"/s","type":"t","person":"p"}"#, .invalidID),
        (#"{"specversion":"1.0","id":"1","type":"t","person":"p"}"#, .invalidID),
        (#"{"specversion":"1.0","id":"1","source":"/s","person":"p"}"#, .missingName),
        (#"{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"ids":{"tribe":"x"}}}"#, .invalidPerson),
        (#"{"specversion":"1.0","id":"1","source":"/s","type":"t","person":"p","time":"noon"}"#, .invalidTime),
        ("[7]", .notAnObject),
    ])
    func anEventThatIsNotWholeIsSetAside(_ body: String, _ reason: QuarantineReason) async throws {
        #expect(try await collected(body).reasons == [reason])
    }

    @Test func theKeyMayComeInTheQuery() throws {
        let request = wireRequest("[]", query: [("access_token", "qyw_x")])
        #expect(try CloudEventsFormat.envelope(request).key == "qyw_x")
    }
}
