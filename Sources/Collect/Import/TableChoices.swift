public import Base

/// What a person, or the guess, says of a table; a mapping is made of it.
public struct TableChoices: Sendable, Equatable {
    public struct Column: Sendable, Equatable {
        public var name: String
        public var role: ColumnRole
        public var form: TimeText.Form?  // Of times that are not ISO 8601 with an offset.
        public var type: ColumnType

        public init(name: String, role: ColumnRole, form: TimeText.Form?, type: ColumnType) {
            self.name = name
            self.role = role
            self.form = form
            self.type = type
        }
    }

    public var columns: [Column]
    public var target: ImportMapping.Target
    public var source: String
    public var eventName: String
    public var channel = ""  // Of all events, where no column says it.
    public var currency: String
    public var zone: String  // Of times that name none: `+08:00`.
    public var isOrderUnique = false

    public init(_ guess: TableGuess, source: String, currency: String, zone: String) {
        columns = guess.columns.map { Column(name: $0.name, role: $0.role, form: $0.form, type: $0.type) }
        target = guess.target
        eventName = guess.eventName
        isOrderUnique = guess.isOrderUnique
        self.source = source
        self.currency = currency
        self.zone = zone
        become(guess.target)
    }

    /// Columns whose role says nothing for the target are properties of events, or left out.
    public mutating func become(_ target: ImportMapping.Target) {
        self.target = target
        let known = ColumnRole.known(for: target)
        for index in columns.indices where !known.contains(columns[index].role) {
            columns[index].role = target == .events || target == .orders ? .property : .leaveOut
        }
    }

    /// Whoever had the role before is a property then, or left out.
    public mutating func give(_ role: ColumnRole, to name: String) {
        guard let index = columns.firstIndex(where: { $0.name == name }) else { return }
        if !role.isShared {
            for other in columns.indices where columns[other].role == role && other != index {
                columns[other].role = target == .events || target == .orders ? .property : .leaveOut
            }
        }
        columns[index].role = role
    }

    /// The mapping file.
    public var mapping: JSON {
        let fields =
            switch target {
            case .events: eventFields
            case .orders: orderFields
            case .catalog: catalogueFields
            case .campaigns: campaignFields
            }
        return [
            "source": .string(source), "into": .string(target.rawValue),
            "records": [["fields": .object(fields)]],
        ]
    }

    private func column(_ role: ColumnRole) -> Column? { columns.first { $0.role == role } }

    private var eventFields: JSONObject {
        var fields = JSONObject()
        if let id { fields.append("id", id) }
        if let person = column(.person) { fields.append("person", .string(person.name)) }
        let ids = ColumnRole.identifiers.compactMap { role in column(role).map { identifier(role, $0.name) } }
        if !ids.isEmpty { fields.append("ids", .object(JSONObject(ids))) }
        fields.append("name", name)
        if let time = column(.time) { fields.append("time", self.time(time)) }
        if let channel = column(.channel) {
            fields.append("channel", .string(channel.name))
        } else if !channel.isEmpty {
            fields.append("channel", ["const": .string(channel)])
        }
        let subjects = ColumnRole.subjects.compactMap { role in column(role).map { (role, $0.name) } }
        if let (role, name) = subjects.first {
            fields.append("subject", ["template": .string("\(role.rawValue):{\(name)}")])
        }
        if let value { fields.append("value", value) }
        if let decision = column(.decision) { fields.append("decision", .string(decision.name)) }
        let properties = subjects.dropFirst().map(\.1) + columns.filter { $0.role == .property }.map(\.name)
        if !properties.isEmpty {
            fields.append(
                "properties", .object(JSONObject(columns.filter { properties.contains($0.name) }.map(property))))
        }
        return fields
    }

    func property(_ column: Column) -> JSONObject.Member {
        let rule: JSON =
            switch column.type {
            case .json: ["json": .string(column.name)]
            case .money: ["number": .string(column.name)]
            default: .string(column.name)
            }
        return JSONObject.Member(name: column.name, value: rule)
    }

    private var id: JSON? {
        if let id = column(.eventID) { return .string(id.name) }
        guard isOrderUnique, let order = column(.order), column(.name) == nil else { return nil }
        return ["template": .string("\(eventName)-{\(order.name)}")]
    }

    func identifier(_ role: ColumnRole, _ name: String) -> JSONObject.Member {
        switch role {
        case .phone: .init(name: "phone_hash", value: ["hash": .string(name), "as": "phone"])
        case .email: .init(name: "email_hash", value: ["hash": .string(name), "as": "email"])
        default: .init(name: role.rawValue, value: .string(name))
        }
    }

    /// Words of other systems for what has a canonical name.
    private static let names: [(word: String, name: String)] = [
        ("pv", "product_view"), ("cart", "add_to_cart"), ("buy", "order_paid"), ("fav", "like"),
        ("view", "product_view"),
        ("purchase", "order_paid"), ("浏览", "product_view"), ("点击", "click"), ("加购", "add_to_cart"), ("收藏", "like"),
        ("下单", "order_created"), ("支付", "order_paid"), ("付款", "order_paid"), ("购买", "order_paid"),
        ("退款", "order_refunded"), ("进入直播间", "room_enter"), ("离开直播间", "room_leave"), ("关注", "follow"),
        ("评论", "comment"), ("分享", "share"), ("点赞", "like"), ("注册", "sign_up"), ("搜索", "search"),
        ("领券", "coupon_claimed"),
        ("曝光", "exposure"),
    ]

    /// Names that are none of these words stay as they are.
    private var name: JSON {
        guard let column = column(.name) else { return ["const": .string(eventName)] }
        let words = JSONObject(Self.names.map { JSONObject.Member(name: $0.word, value: .string($0.name)) })
        return ["choose": .string(column.name), "from": .object(words), "else": .string(column.name)]
    }

    private func time(_ column: Column) -> JSON {
        guard let form = column.form else { return .string(column.name) }
        return ["time": .string(column.name), "form": .string(form.rawValue), "zone": .string(zone)]
    }

    private var value: JSON? {
        let currency: JSON =
            column(.currency).map { .string($0.name) } ?? ["const": .string(currency)]
        if let amount = column(.amount) {
            return ["amount": ["number": .string(amount.name)], "currency": currency]
        }
        return column(.amountMinor).map { ["minor": ["number": .string($0.name)], "currency": currency] }
    }

    private var catalogueFields: JSONObject {
        var fields = JSONObject()
        if let role = [ColumnRole.product, .room, .coupon].first(where: { column($0) != nil }),
            let subject = column(role)
        {
            fields.append("subject", ["template": .string("\(role.rawValue):{\(subject.name)}")])
        }
        for role in [ColumnRole.title, .category, .brand] {
            if let column = column(role) { fields.append(role.rawValue, .string(column.name)) }
        }
        return fields
    }

    private var campaignFields: JSONObject {
        var fields = JSONObject()
        if let campaign = column(.campaign) {
            fields.append("campaign", ["template": .string("campaign:{\(campaign.name)}")])
        }
        for role in [ColumnRole.title, .kind] {
            if let column = column(role) { fields.append(role.rawValue, .string(column.name)) }
        }
        for role in [ColumnRole.start, .end] {
            if let column = column(role) { fields.append(role.rawValue, time(column)) }
        }
        return fields
    }
}
