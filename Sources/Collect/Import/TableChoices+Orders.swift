import Base

extension TableChoices {
    /// Of a table of orders as they stand. Times and amounts are read by what takes orders, in any of the usual ways.
    var orderFields: JSONObject {
        var fields = JSONObject()
        func append(_ role: ColumnRole, as field: String? = nil) {
            guard let column = columns.first(where: { $0.role == role }) else { return }
            fields.append(field ?? role.rawValue, .string(column.name))
        }
        append(.order)
        append(.person)
        let ids = ColumnRole.identifiers.compactMap { role in
            columns.first { $0.role == role }.map { identifier(role, $0.name) }
        }
        if !ids.isEmpty { fields.append("ids", .object(JSONObject(ids))) }
        for role in [ColumnRole.status, .amount, .paid, .refunded] { append(role) }
        if columns.contains(where: { $0.role == .currency }) {
            append(.currency)
        } else {
            fields.append("currency", ["const": .string(currency)])
        }
        for role in ColumnRole.orderTimes { append(role) }
        for role in [ColumnRole.product, .quantity, .channel] { append(role) }
        if columns.allSatisfy({ $0.role != .channel }), !channel.isEmpty {
            fields.append("channel", ["const": .string(channel)])
        }
        let properties = columns.filter { $0.role == .property }
        if !properties.isEmpty { fields.append("properties", .object(JSONObject(properties.map(property)))) }
        return fields
    }
}
