import Base
import Domain

/// One row of a table of orders: an order as it stands, or one refund.
struct OrderRow: Sendable {
    enum Content: Sendable {
        case claim(OrderClaim)
        case refund(id: String, amount: Money?, at: EventTime)
    }

    /// One product of the order.
    struct Line: Sendable {
        let product: String
        let id: String  // Within the order.
        let quantity: Int64?
        let amount: Money?
    }

    let order: String
    let person: JSON?
    let identifiers: JSON?
    let channel: JSON?
    let properties: JSONObject
    let content: Content
    let line: Line?

    static let fields = [
        "order", "person", "ids", "channel", "status", "currency", "amount", "paid", "refunded", "created_at",
        "paid_at", "shipped_at", "completed_at", "cancelled_at", "refunded_at", "updated_at", "refund", "product",
        "line", "quantity", "line_amount", "properties",
    ]

    init(_ json: JSON, _ values: TableValues) throws(Refusal) {
        guard let object = json.objectValue else { throw Refusal(.notAnObject, "an order must be an object") }
        if let unknown = object.members.first(where: { !Self.fields.contains($0.name) }) {
            throw Refusal(
                .unknownField,
                "`\(unknown.name.prefix(40))` is no field of an order; fields are "
                    + Self.fields.joined(separator: ", "))
        }
        guard let id = values.text(object["order"]), Subject(kind: .order, id: id) != nil else {
            throw Refusal(
                .invalidOrder, "`order` must be the number of the order, 1 to \(Subject.idUTF8CountMax) bytes")
        }
        order = id
        person = values.text(object["person"]).map { .string($0) }
        identifiers = object["ids"]
        channel = object["channel"]
        properties = object["properties"]?.objectValue ?? JSONObject()
        let currency = try Self.currency(object["currency"], values)
        content = try Self.content(object, values, currency)
        line = try Self.line(object, values, currency)
    }

    private static func currency(_ json: JSON?, _ values: TableValues) throws(Refusal) -> Currency {
        guard let text = values.text(json) else { return values.currency }
        guard let currency = Currency(code: ["人民币": "CNY", "RMB": "CNY"][text] ?? text) else {
            throw Refusal(.invalidValue, "`currency` must be three letters of ISO 4217")
        }
        return currency
    }

    private static func content(
        _ object: JSONObject, _ values: TableValues, _ currency: Currency
    ) throws(Refusal) -> Content {
        let refunded = try values.money(object["refunded"], "refunded", in: currency)
        let refundedAt = try values.time(object["refunded_at"], "refunded_at")
        if let refund = values.text(object["refund"]) {
            guard let refundedAt else {
                throw Refusal(.invalidTime, "`refunded_at` is missing: when was the money given back?")
            }
            return .refund(id: refund, amount: refunded, at: refundedAt)
        }
        var claim = OrderClaim()
        claim.status = try status(values.text(object["status"]))
        claim.ordered = try values.money(object["amount"], "amount", in: currency)
        claim.paid = try values.money(object["paid"], "paid", in: currency)
        claim.refunded = refunded
        claim.createdAt = try values.time(object["created_at"], "created_at")
        claim.paidAt = try values.time(object["paid_at"], "paid_at")
        claim.shippedAt = try values.time(object["shipped_at"], "shipped_at")
        claim.completedAt = try values.time(object["completed_at"], "completed_at")
        claim.cancelledAt = try values.time(object["cancelled_at"], "cancelled_at")
        claim.refundedAt = refundedAt
        claim.updatedAt = try values.time(object["updated_at"], "updated_at")
        return .claim(claim)
    }

    private static func status(_ word: String?) throws(Refusal) -> OrderClaim.Status? {
        guard let word else { return nil }
        guard let status = OrderClaim.Status(word: word) else {
            throw Refusal(
                .invalidOrder,
                "`status` \(word.prefix(40)) is not known: map it to 待付款, 已支付, 已发货, 已完成, 已取消, 退款中 or "
                    + "已退款, such as by CASE in `select`")
        }
        return status
    }

    private static func line(
        _ object: JSONObject, _ values: TableValues, _ currency: Currency
    ) throws(Refusal) -> Line? {
        guard let product = values.text(object["product"]) else { return nil }
        guard Subject(kind: .product, id: product) != nil else {
            throw Refusal(.invalidSubject, "`product` must be 1 to \(Subject.idUTF8CountMax) bytes")
        }
        return Line(
            product: product, id: values.text(object["line"]) ?? product,
            quantity: try values.whole(object["quantity"], "quantity"),
            amount: try values.money(object["line_amount"], "line_amount", in: currency))
    }
}
