import Base
import Domain
import Testing

/// Plans and events by chance, for what must hold of all of them.
struct PlanChance {
    var random: SeededGenerator
    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func one<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    mutating func flag() -> Bool { Bool.random(using: &random) }

    static let paths = [
        "channel", "subject", "value.minor", "value.currency", "properties.a", "properties.b", "properties.b.c",
        "properties.d[].e", "properties.d[]", #"properties.f\.g"#, "properties.红",
    ]

    mutating func field(_ path: String) throws -> PlannedField {
        var rule = PlannedField.Rule()
        rule.type = one(FieldType.allCases)
        rule.isRequired = flag()
        rule.allowsNull = flag()
        if one([0, 1, 2]) == 0 { rule.allowed = [one(["x", 1, 2.5]), true] }
        if one([0, 1, 2]) == 0 { rule.minimum = 0.5 }
        if one([0, 1, 2]) == 0 { rule.maximum = 7 }
        var governance = FieldGovernance()
        governance.meaning = one(["", "what was paid"])
        governance.legalBasis = one([nil, .consent, .contract])
        governance.personalData = one(PersonalDataClass.allCases)
        governance.retentionDays = one([nil, 30])
        let path = try #require(FieldPath(path))
        return try #require(PlannedField(path: path, rule: rule, governance: governance))
    }

    mutating func event(_ name: String) throws -> PlannedEvent {
        var fields: [PlannedField] = []
        for path in Self.paths where flag() { fields.append(try field(path)) }
        let event = PlannedEvent(
            name: EventName(validated: name), meaning: one(["", "paid"]), owner: one(["", "me"]),
            mode: one(EnforcementMode.allCases), allowsUnplanned: flag(), fields: fields)
        return try #require(event)
    }

    mutating func plan() throws -> TrackingPlan {
        let events = [try event("paid"), try event("a/b~c \"红\"")]
        let mode = one(EnforcementMode.allCases)
        return try #require(TrackingPlan(events: events, unplannedMode: mode))
    }
}

@Suite struct TrackingPlanTests {
    @Test(arguments: 0..<200 as Range<UInt64>) func aPlanComesBackFromItsJSONAndItsSchema(seed: UInt64) throws {
        var chance = PlanChance(seed: seed)
        let plan = try chance.plan()
        #expect(try TrackingPlan(json: try JSON.parse(plan.json.text)) == plan)
        #expect(try TrackingPlan(schema: try JSON.parse(plan.schema.text)) == plan)
        #expect(PlanDifference(from: plan, to: plan).isEmpty)
    }

    @Test(arguments: PlanChance.paths) func aPathComesBackFromItsText(text: String) {
        #expect(FieldPath(text)?.text == text)
    }

    @Test(arguments: [
        "", "properties", "person", "properties.", "properties..a", "properties.a[", "properties.a[b]",
        "properties.a.b.c.d.e.f.g.h",
    ])
    func whatLeadsNowhereIsNoPath(text: String) { #expect(FieldPath(text) == nil) }

    struct Case: Sendable, CustomTestStringConvertible {
        let why: String, field: JSON, properties: JSON, kinds: [PlanViolation.Kind]
        var testDescription: String { why }
    }

    static let cases = [
        Case(why: "a whole number is a number", field: ["type": "number"], properties: ["a": 1], kinds: []),
        Case(why: "2.0 is whole", field: ["type": "integer"], properties: ["a": 2.0], kinds: []),
        Case(why: "2.5 is not", field: ["type": "integer"], properties: ["a": 2.5], kinds: [.wrongType]),
        Case(why: "a text is no number", field: ["type": "number"], properties: ["a": "1"], kinds: [.wrongType]),
        Case(why: "null is refused", field: ["type": "string"], properties: ["a": .null], kinds: [.wrongType]),
        Case(
            why: "null may be allowed", field: ["type": "string", "nullable": true], properties: ["a": .null],
            kinds: []),
        Case(why: "what may be absent may", field: ["type": "string"], properties: [:], kinds: []),
        Case(why: "what must be there must", field: ["required": true], properties: [:], kinds: [.missing]),
        Case(why: "1.0 is in a list with 1", field: ["allowed": [1]], properties: ["a": 1.0], kinds: []),
        Case(why: "true is not", field: ["allowed": [1]], properties: ["a": true], kinds: [.notAllowed]),
        Case(why: "the least counts", field: ["minimum": 2], properties: ["a": 2], kinds: []),
        Case(why: "less does not", field: ["minimum": 2], properties: ["a": 1.9], kinds: [.outOfRange]),
        Case(why: "bounds do not concern texts", field: ["minimum": 2], properties: ["a": "x"], kinds: []),
        Case(
            why: "members that are not planned may be refused", field: [:], properties: ["b": 1],
            kinds: [.unplannedField]),
    ]

    @Test(arguments: cases) func anEventIsHeldAgainstItsPlan(_ c: Case) throws {
        var field = try #require(c.field.objectValue)
        field.append("path", "properties.a")
        let json: JSON = [
            "name": "paid", "fields": [.object(field)], "allow_unplanned": .bool(c.kinds != [.unplannedField]),
        ]
        let found = try Self.enforced(json).check(Self.event("paid", c.properties))
        #expect(found.map(\.kind) == c.kinds)
    }

    @Test func aFieldOfAnElementIsRequiredWhereverTheElementIs() throws {
        let json: JSON = ["name": "paid", "fields": [["path": "properties.items[].sku", "required": true]]]
        let plan = try Self.enforced(json)
        #expect(plan.check(Self.event("paid", [:])).isEmpty)
        let found = plan.check(Self.event("paid", ["items": [["sku": "1"], ["size": "m"], 7]]))
        #expect(found.map(\.field) == ["properties.items[].sku"])
    }

    @Test func aViolationNeverTellsWhatIsPersonal() throws {
        let plan = try Self.enforced(["name": "paid", "fields": [["path": "properties.a", "allowed": ["x"]]]])
        let got = plan.check(Self.event("paid", ["a": "13812345678"])).map(\.got)
        #expect(got == ["another string"])
    }

    @Test func withoutAPlanNothingIsAViolationAndUnderOneTheUnheardIs() throws {
        #expect(EnforcedPlan.none.check(Self.event("unheard", [:])).isEmpty)
        let plan = try Self.enforced(["name": "paid"])
        #expect(plan.check(Self.event("unheard", [:])).map(\.kind) == [.unplannedEvent])
        #expect(plan.isObserving && !plan.mayRefuse(Array("paid".utf8)[...]))
    }

    @Test(arguments: [
        ("13812345678", PersonalForm.phone), ("+86 138-1234-5678", .phone), ("a.b@shop.example", .email),
        ("11010519491231002X", .idCard), ("110105194912310021", nil), ("12812345678", nil), ("20260101123045", nil),
        ("https://x@y.z/", nil), ("order-17", nil), ("", nil),
    ]) func someTextsLookLikeAPersonsID(text: String, form: PersonalForm?) {
        #expect(PersonalForm(of: text) == form)
    }

    static let badSchemas: [(JSON, String)] = [
        (
            [
                [
                    "if": ["properties": ["name": ["const": "a"]]],
                    "then": ["properties": ["properties": ["properties": ["x": ["pattern": "^a"]]]]],
                ]
            ],
            "allOf[0].then.properties.properties.properties.x.pattern"
        ),
        (
            [
                [
                    "if": ["properties": ["name": ["const": "a"]]],
                    "then": ["properties": ["person": ["type": "string"], "city": [:]]],
                ]
            ],
            "allOf[0].then.properties.city"
        ),
        ([["if": true, "then": true]], "allOf[0].if"),
    ]

    @Test(arguments: badSchemas) func aWordThatWouldBeLostIsRefused(rules: JSON, place: String) throws {
        let error = #expect(throws: PlanFormatError.self) { try TrackingPlan(schema: ["allOf": rules]) }
        #expect(error?.place == place)
    }

    static func enforced(_ event: JSON) throws -> EnforcedPlan {
        let planned = try PlannedEvent(json: event)
        let plan = try #require(TrackingPlan(events: [planned]))
        return EnforcedPlan(
            PlanVersion(version: 1, plan: plan, frozenAt: EventTime(clampingUnixMs: 0), frozenBy: "a", note: ""))
    }

    static func event(_ name: String, _ properties: JSON) -> Event {
        let time = EventTime(clampingUnixMs: 1_780_000_000_000)
        return Event(
            id: EventID(validated: "1"), source: SourceName(validated: "shop"), person: PersonID(validated: "a"),
            name: EventName(validated: name), channel: .unknown, time: time, receivedAt: time,
            properties: properties.objectValue ?? JSONObject())
    }
}
