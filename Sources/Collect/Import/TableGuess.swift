public import Base

/// What one column of a table seems to hold.
public struct ColumnGuess: Sendable, Equatable {
    public let name: String
    public let type: ColumnType
    public let form: TimeText.Form?  // Of times.
    public let role: ColumnRole
    public let confidence: Double  // In 0...1, of the role.
    public let reason: ColumnReason

    public let samples: [String]
    public let emptyCount: Int  // Rows of the sample without a value.
}

/// What a table seems to hold, from the names of its columns and the first of its rows.
public struct TableGuess: Sendable, Equatable {
    /// Rows that tell enough; more cost time and tell little.
    public static let sampleCount = 1000
    private static let samplesShown = 3
    private static let sampleLengthMax = 60

    public let columns: [ColumnGuess]
    public let target: ImportMapping.Target
    public let eventName: String  // Of events whose table has no column for it.
    public let isOrderUnique: Bool  // Whether an order stands on one row alone.
    public let hasZonelessTimes: Bool

    /// - Parameter rows: A sample, in the table's order. Columns are in the order in which they are first met.
    public init(rows: [JSONObject]) {
        var names: [String] = []
        var seen: Set<String> = []
        for member in rows.lazy.flatMap(\.members) where seen.insert(member.name).inserted { names.append(member.name) }
        var read: [(guess: ColumnGuess, hasOffset: Bool)] = names.map { Self.column($0, rows) }
        Self.keepOneOfEach(&read)
        let isOfOrders = Self.isOfOrders(read.map(\.guess))
        if isOfOrders { Self.becomeOrders(&read) }
        columns = read.map(\.guess)
        hasZonelessTimes = read.contains { $0.guess.type == .time && !$0.hasOffset }
        let roles = Set(columns.map(\.role))
        target = isOfOrders ? .orders : Self.target(roles)
        let order = columns.first { $0.role == .order }?.name
        let orders = order.map { name in rows.compactMap { $0[name]?.plain } } ?? []
        isOrderUnique = !orders.isEmpty && Set(orders).count == orders.count
        eventName =
            if roles.contains(.order) && roles.isDisjoint(with: [.name]) {
                "order_paid"
            } else if roles.contains(.product) { "product_view" } else if roles.contains(.room) { "room_enter" } else {
                "imported"
            }
    }

    private static func target(_ roles: Set<ColumnRole>) -> ImportMapping.Target {
        let people: Set<ColumnRole> = Set(ColumnRole.identifiers + [.person])
        guard roles.isDisjoint(with: people) else { return .events }
        if roles.contains(.start), roles.contains(.campaign) { return .campaigns }
        let isCatalogue = !roles.isDisjoint(with: [.title, .category, .brand]) && roles.contains(.product)
        return isCatalogue && roles.isDisjoint(with: [.time, .name]) ? .catalog : .events
    }

    /// An order's number beside its state: orders as they stand, not things that happened.
    private static func isOfOrders(_ columns: [ColumnGuess]) -> Bool {
        columns.contains { $0.role == .order } && columns.contains { ColumnRole.ofOrders($0.name) == .status }
    }

    /// Times and amounts of which a table of events has one each are several here.
    private static func becomeOrders(_ columns: inout [(guess: ColumnGuess, hasOffset: Bool)]) {
        var taken: Set<ColumnRole> = []
        for index in columns.indices {
            let guess = columns[index].guess
            if let role = ColumnRole.ofOrders(guess.name), guess.type != .empty, taken.insert(role).inserted {
                columns[index].guess = guess.becoming(role, because: .name(ColumnRole.normal(guess.name)), 0.9)
            } else if [.time, .amount, .amountMinor, .name].contains(guess.role) {
                columns[index].guess = guess.becoming(.property, because: .unclear)
            }
        }
    }

    private static func column(_ name: String, _ rows: [JSONObject]) -> (guess: ColumnGuess, hasOffset: Bool) {
        let values = rows.compactMap { row -> String? in
            guard let json = row[name], json != .null else { return nil }
            return json.plain ?? json.text
        }.filter { !$0.isEmpty }
        let looks = ColumnValues(values, name: name)
        let (role, confidence, reason) = role(name, looks)
        let guess = ColumnGuess(
            name: name, type: looks.type, form: looks.form, role: role, confidence: confidence, reason: reason,
            samples: values.reduce(into: []) { samples, value in
                let short = String(value.prefix(sampleLengthMax))
                if samples.count < samplesShown, !samples.contains(short) { samples.append(short) }
            }, emptyCount: rows.count - values.count)
        return (guess, looks.hasOffset)
    }

    private static func role(
        _ name: String, _ looks: ColumnValues
    ) -> (role: ColumnRole, confidence: Double, reason: ColumnReason) {
        switch looks.type {
        case .empty: return (.leaveOut, 0.9, .empty)
        case .phone: return (.phone, 0.95, .phones)
        case .email: return (.email, 0.95, .emails)
        default: break
        }
        guard let (role, confidence, word) = ColumnRole.named(name) else { return unnamed(looks) }
        guard fits(role, looks) else {
            return (.property, 0.5, .mismatch(role))
        }
        if role == .phone || role == .email, looks.type == .hash {
            return (
                role == .phone ? .phoneHash : .emailHash, confidence, .hashes(word)
            )
        }
        return (role, confidence, confidence > 0.8 ? .name(word) : .nameContains(word))
    }

    private static func unnamed(_ looks: ColumnValues) -> (role: ColumnRole, confidence: Double, reason: ColumnReason) {
        looks.type == .time
            ? (.time, 0.5, .times) : (.property, 0.6, .unclear)
    }

    private static func fits(_ role: ColumnRole, _ looks: ColumnValues) -> Bool {
        switch role {
        case .time, .start, .end, .createdAt, .paidAt, .shippedAt, .completedAt, .cancelledAt, .refundedAt:
            looks.type == .time
        case .amount, .amountMinor: [.whole, .decimal, .money].contains(looks.type)
        case .person, .name, .channel, .currency, .title, .category, .brand:
            ![.time, .json, .boolean].contains(looks.type) && !(role == .name && looks.type == .decimal)
        default: ![.time, .json, .boolean].contains(looks.type)
        }
    }

    /// Of several columns with one role the surest keeps it, the first of equals; the others become properties.
    private static func keepOneOfEach(_ columns: inout [(guess: ColumnGuess, hasOffset: Bool)]) {
        for role in ColumnRole.allCases where !role.isShared {
            let rivals = columns.indices.filter { columns[$0].guess.role == role }
            guard rivals.count > 1,
                let best = rivals.max(by: { columns[$0].guess.confidence < columns[$1].guess.confidence })
            else { continue }
            let first = rivals.first { columns[$0].guess.confidence == columns[best].guess.confidence } ?? best
            for index in rivals where index != first {
                let isPersonal = role == .phone || role == .email
                columns[index].guess = columns[index].guess.becoming(
                    isPersonal ? .leaveOut : .property, because: .another(columns[first].guess.name))
            }
        }
    }
}

extension ColumnGuess {
    fileprivate func becoming(
        _ role: ColumnRole, because reason: ColumnReason, _ confidence: Double = 0.6
    ) -> ColumnGuess {
        ColumnGuess(
            name: name, type: type, form: form, role: role, confidence: confidence, reason: reason, samples: samples,
            emptyCount: emptyCount)
    }
}
