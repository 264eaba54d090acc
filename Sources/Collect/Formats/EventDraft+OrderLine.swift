import Base

extension EventDraft {
    /// One product of this paid order, known by the order's id and its place there. Where the order has no id, the
    /// place stands among the properties: two equal lines of one order stay two.
    func orderLine(_ number: Int, of product: JSONObject, subject: String, value: JSON?) -> EventDraft {
        var line = self
        line.name = "product_purchased"
        line.subject = .string(subject)
        line.value = value
        var properties = product
        if let id = id?.stringValue {
            line.id = .string("\(id)#\(number)")
        } else {
            properties["line"] = .int(Int64(number))
        }
        line.properties = .object(properties)
        return line
    }
}
