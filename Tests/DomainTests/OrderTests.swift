import Base
import Domain
import Testing

private func cny(_ minor: Int64) -> Money? { Money(minor: minor, currency: .cny) }

private func at(_ hour: Int64) -> EventTime { EventTime(clampingUnixMs: 1_750_000_000_000 + hour * 3_600_000) }

private func fact(_ kind: OrderFact.Kind, _ hour: Int64, _ amount: Money? = nil) -> OrderFact {
    OrderFact(kind: kind, time: at(hour), amount: amount, sequence: UInt64(hour))
}

@Suite("The state of an order") struct OrderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let why: String
        let facts: [OrderFact]
        let state: OrderState
        var paid: Int64 = 0
        var refunded: Int64 = 0
        var net: Int64?
        var conflicts: [OrderConflict.Reason] = []
        var testDescription: String { why }
    }

    static let usd = Money(minor: 500, currency: .usd)
    static let made = fact(.created, 0, cny(1000))
    static let paid = fact(.paid, 1, cny(1000))

    static let cases = [
        Case(why: "an order that was made awaits payment", facts: [made], state: .created),
        Case(
            why: "a payment without an amount pays what the order costs", facts: [made, fact(.paid, 1)], state: .paid,
            paid: 1000),
        Case(why: "a paid order is shipped", facts: [made, paid, fact(.shipped, 2)], state: .shipped, paid: 1000),
        Case(
            why: "a shipped order is completed", facts: [made, paid, fact(.shipped, 2), fact(.completed, 3)],
            state: .completed, paid: 1000),
        Case(why: "an order may be shipped before it is paid", facts: [made, fact(.shipped, 2)], state: .shipped),
        Case(
            why: "a part that is given back leaves the rest", facts: [paid, fact(.refunded, 2, cny(300))],
            state: .refundedInPart, paid: 1000, refunded: 300, net: 700),
        Case(
            why: "parts that are given back come to the whole",
            facts: [paid, fact(.refunded, 2, cny(300)), fact(.refunded, 3, cny(700))], state: .refunded, paid: 1000,
            refunded: 1000, net: 0),
        Case(
            why: "a refund without an amount gives back all that is left",
            facts: [paid, fact(.refunded, 2, cny(300)), fact(.refunded, 3)], state: .refunded, paid: 1000,
            refunded: 1000),
        Case(
            why: "a refund that seems to lie before the payment counts all the same",
            facts: [fact(.refunded, 0, cny(300)), paid], state: .refundedInPart, paid: 1000, refunded: 300),
        Case(
            why: "more than was paid cannot be given back",
            facts: [paid, fact(.refunded, 2, cny(600)), fact(.refunded, 3, cny(600))], state: .refundedInPart,
            paid: 1000, refunded: 600, conflicts: [.refundAbovePaid]),
        Case(
            why: "nothing can be given back without a payment", facts: [made, fact(.refunded, 2, cny(1))],
            state: .created, conflicts: [.refundWithoutPayment]),
        Case(
            why: "a paid order that is cancelled leaves nothing", facts: [made, paid, fact(.cancelled, 2)],
            state: .cancelled, paid: 1000, net: 0),
        Case(
            why: "a cancelled order whose money went back is refunded",
            facts: [paid, fact(.cancelled, 2), fact(.refunded, 3)], state: .refunded, paid: 1000, refunded: 1000,
            net: 0),
        Case(
            why: "a cancelled order is not paid", facts: [made, fact(.cancelled, 1), fact(.paid, 2, cny(1000))],
            state: .cancelled, conflicts: [.paidAfterCancel]),
        Case(
            why: "an order that is made anew is paid",
            facts: [made, fact(.cancelled, 1), fact(.created, 2), fact(.paid, 3, cny(1000))], state: .paid, paid: 1000),
        Case(
            why: "a cancelled order is not shipped", facts: [made, fact(.cancelled, 1), fact(.shipped, 2)],
            state: .cancelled, conflicts: [.sentAfterCancel]),
        Case(
            why: "a completed order is not cancelled", facts: [paid, fact(.completed, 2), fact(.cancelled, 3)],
            state: .completed, paid: 1000, conflicts: [.cancelledAfterCompletion]),
        Case(
            why: "an order has one currency", facts: [paid, fact(.refunded, 2, usd)], state: .paid, paid: 1000,
            conflicts: [.otherCurrency]),
        Case(
            why: "a deposit and the rest add up", facts: [fact(.paid, 1, cny(200)), fact(.paid, 2, cny(800))],
            state: .paid, paid: 1000),
        Case(
            why: "two equal halves of a known price add up",
            facts: [made, fact(.paid, 1, cny(500)), fact(.paid, 2, cny(500))], state: .paid, paid: 1000),
        Case(
            why: "a payment that is told twice counts once", facts: [made, paid, fact(.paid, 2, cny(1000))],
            state: .paid, paid: 1000, conflicts: [.repeatedPayment]),
        Case(
            why: "a step that is told twice is one", facts: [paid, fact(.shipped, 2), fact(.shipped, 3)],
            state: .shipped, paid: 1000),
        Case(
            why: "an order that cost nothing can be given back",
            facts: [fact(.paid, 1, cny(0)), fact(.refunded, 2, cny(0))], state: .refunded),
    ]

    /// Whether it names what of the order the fact does not fit with.
    private static func tellsWhy(_ conflict: OrderConflict, of facts: [OrderFact]) -> Bool {
        func time(_ kind: OrderFact.Kind) -> EventTime? { facts.first { $0.kind == kind }?.time }
        return switch (conflict.reason, conflict.obstacle) {
        case (.otherCurrency, .currency(let currency)?): currency == .cny
        case (.paidAfterCancel, .cancelled(let at)?), (.sentAfterCancel, .cancelled(let at)?): at == time(.cancelled)
        case (.cancelledAfterCompletion, .completed(let at)?): at == time(.completed)
        case (.refundAbovePaid, .payments(let paid, let refunded)?): paid.minor >= refunded.minor
        case (.repeatedPayment, nil), (.refundWithoutPayment, nil): true
        default: false
        }
    }

    @Test(arguments: cases)
    func standing(_ c: Case) {
        let standing = Order(facts: c.facts).standing
        #expect(standing.state == c.state)
        #expect(standing.paidMinor == c.paid)
        #expect(standing.refundedMinor == c.refunded)
        #expect(standing.conflicts.map(\.reason) == c.conflicts)
        #expect(standing.conflicts.allSatisfy { !$0.explanation.isEmpty && Self.tellsWhy($0, of: c.facts) })
        if let net = c.net { #expect(standing.netMinor == net) }
        #expect(OrderTotals(of: standing).netMinor == standing.netMinor)
    }

    @Test("facts in any order end the same", arguments: cases)
    func anyOrder(_ c: Case) {
        let want = Order(facts: c.facts).standing
        for permutation in permutations(c.facts) {
            var order = Order()
            for fact in permutation { order.add(fact) }
            #expect(order.standing == want)
        }
    }

    @Test("any set of facts ends the same in any order, and gives back at most what was paid")
    func manySets() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let facts = (0..<5).map { place in
                OrderFact(
                    kind: OrderFact.Kind.allCases.randomElement(using: &generator) ?? .paid,
                    time: at(Int64.random(in: 0...3, using: &generator)),
                    amount: [nil, cny(100), cny(200), Self.usd].randomElement(using: &generator) ?? nil,
                    sequence: UInt64(place))
            }
            let want = Order(facts: facts).standing
            #expect((0...want.paidMinor).contains(want.refundedMinor) && want.netMinor >= 0)
            for permutation in permutations(facts) {
                var order = Order()
                for fact in permutation { order.add(fact) }
                #expect(order.standing == want)
            }
        }
    }

    private func permutations(_ facts: [OrderFact]) -> [[OrderFact]] {
        guard facts.count > 1 else { return [facts] }
        return facts.indices.flatMap { index in
            var rest = facts
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}

@Suite("What a table says of an order") struct OrderClaimTests {
    static func claim(_ change: (inout OrderClaim) -> Void) -> OrderClaim {
        var claim = OrderClaim()
        claim.createdAt = at(0)
        claim.ordered = cny(1000)
        change(&claim)
        return claim
    }

    static let paidClaim = claim {
        $0.status = .paid
        $0.paid = cny(1000)
        $0.paidAt = at(1)
    }

    static func order(after claims: OrderClaim...) throws -> Order {
        var order = Order()
        for claim in claims {
            for fact in try claim.facts(missingFrom: order) { order.add(fact.fact(sequence: 0)) }
        }
        return order
    }

    @Test("a paid order was made and paid, and on the next day nothing is new")
    func paid() throws {
        let facts = try Self.paidClaim.facts(missingFrom: Order())
        #expect(facts.map(\.kind) == [.created, .paid])
        #expect(facts.map(\.amount) == [cny(1000), cny(1000)])
        #expect(try Self.paidClaim.facts(missingFrom: Self.order(after: Self.paidClaim)).isEmpty)
    }

    @Test("a refund that grew from 10 to 25 is a further one of 15")
    func growingRefund() throws {
        func refunding(_ minor: Int64) -> OrderClaim {
            Self.claim {
                $0.status = .refunded
                $0.paid = cny(1000)
                $0.paidAt = at(1)
                $0.refunded = cny(minor)
                $0.refundedAt = at(2)
            }
        }
        let order = try Self.order(after: refunding(10))
        let facts = try refunding(25).facts(missingFrom: order)
        #expect(facts.map(\.amount) == [cny(15)])
        #expect(facts.map(\.mark) == ["25CNY"])
        #expect(throws: OrderContradiction.self) { try refunding(5).facts(missingFrom: order) }
    }

    @Test("a refunded order without an amount gave back all")
    func wholeRefund() throws {
        let claim = Self.claim {
            $0.status = .refunded
            $0.paid = cny(1000)
        }
        let order = try Self.order(after: claim)
        #expect(order.standing.state == .refunded)
        #expect(order.standing.refundedMinor == 1000)
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let why: String
        let claim: OrderClaim
        var known: OrderClaim?
        let says: String
        var testDescription: String { why }
    }

    static let wrong = [
        Wrong(
            why: "who awaits payment has none",
            claim: claim {
                $0.status = .awaitingPayment; $0.paidAt = at(1)
            },
            says: "awaits payment"),
        Wrong(
            why: "more back than paid",
            claim: claim {
                $0.status = .paid; $0.paid = cny(5); $0.refunded = cny(6)
            }, says: "more than"),
        Wrong(
            why: "an older table",
            claim: claim { $0.status = .awaitingPayment }, known: paidClaim, says: "known to be paid"),
        Wrong(
            why: "less paid than known",
            claim: claim {
                $0.status = .paid; $0.paid = cny(5)
            }, known: paidClaim,
            says: "10.00 CNY is known"),
        Wrong(
            why: "another currency",
            claim: claim {
                $0.status = .paid; $0.paid = OrderTests.usd; $0.ordered = nil
            },
            known: paidClaim, says: "those known of the order in CNY"),
        Wrong(
            why: "paid after a cancel",
            claim: claim {
                $0.status = .paid; $0.paid = cny(1000); $0.paidAt = at(9)
            },
            known: claim {
                $0.status = .cancelled; $0.cancelledAt = at(2)
            }, says: "was cancelled"),
        Wrong(
            why: "no time at all",
            claim: {
                var claim = OrderClaim(); claim.status = .paid; return claim
            }(),
            says: "time of the payment"),
    ]

    @Test(arguments: wrong)
    func refuses(_ c: Wrong) throws {
        let order = try c.known.map { try Self.order(after: $0) } ?? Order()
        let error = #expect(throws: OrderContradiction.self) { try c.claim.facts(missingFrom: order) }
        #expect(error?.description.contains(c.says) == true)
    }

    @Test(
        "platforms' words for a status",
        arguments: [
            ("等待买家付款", OrderClaim.Status.awaitingPayment), ("已支付", .paid), ("卖家已发货", .shipped),
            ("交易成功", .completed), ("交易关闭", .cancelled), ("退款中", .refunding), ("已退款", .refunded),
            ("Ready to ship", .paid), ("partially_refunded", .refunded), ("CANCELED", .cancelled),
        ])
    func words(word: String, status: OrderClaim.Status) {
        #expect(OrderClaim.Status(word: word) == status)
        #expect(OrderClaim.Status(word: "某种状态") == nil)
    }
}

@Suite("Amounts and days as tables write them") struct TableValueTests {
    @Test(
        arguments: [
            ("12", 1200), ("¥1,234.50", 123_450), ("-3.5", -350), ("0.10", 10), ("7.5000", 750), (" 8 ", 800),
        ] as [(String, Int64)])
    func amounts(text: String, minor: Int64) {
        #expect(Money(decimal: text, currency: .cny)?.minor == minor)
    }

    @Test(arguments: ["", "abc", "1.234", ".5", "1.2.3", "99999999999999999999", "1e3"])
    func noAmounts(text: String) { #expect(Money(decimal: text, currency: .cny) == nil) }

    @Test func writesAmountsExactly() {
        #expect(cny(5)?.decimalText == "0.05 CNY")
        #expect(cny(-123_450)?.decimalText == "-1234.50 CNY")
        #expect(Currency(code: "JPY").flatMap { Money(minor: 7, currency: $0) }?.decimalText == "7 JPY")
    }

    @Test func days() throws {
        let shanghai = DayZone(name: "Asia/Shanghai") { _ in .hours(8) }
        let late = try #require(EventTime(iso8601: "2026-01-31T16:00:00Z"))
        #expect(shanghai.day(of: late).description == "2026-02-01")
        #expect(DayZone.utc.day(of: late) == CalendarDay("2026-01-31"))
        #expect(CalendarDay("2026-02-30") == nil && CalendarDay("2026-02-03T00:00") == nil)
        let local = try #require(EventTime.unixMs(iso8601: "2026-02-01 00:00:00"))
        #expect(shanghai.time(localMs: local) == late)
    }
}
