public import Base
public import Domain

/// Why a snapshot of the orders cannot be used; they are rebuilt from the journal then.
public enum OrderSnapshotError: Error, Sendable, Equatable {
    case file(FileFailure)
    case damaged(CodecError?)
    case otherRules(zone: String, currency: String)  // Days were counted otherwise when it was written.
}

/// A snapshot: a version byte, all orders with their facts, the days, the restatements, and XXH64 of these bytes in
/// eight more.
extension OrderBook {
    private static let checksumByteCount = 8

    public func save(to path: String) throws(OrderSnapshotError) {
        let bytes = OrderSnapshot.encode(copy)
        let sum = checksum64(of: bytes)
        let tail = (0..<UInt64(Self.checksumByteCount)).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
        do throws(FileFailure) { try WholeFile.replace(path, with: bytes + tail) } catch { throw .file(error) }
    }

    /// The book as it was saved; apply what the journal holds from `sequenceEnd` on.
    public static func load(from path: String, rules: OrderRules) throws(OrderSnapshotError) -> OrderBook {
        let bytes: [UInt8]
        do throws(FileFailure) { bytes = try WholeFile.read(path) } catch { throw .file(error) }
        let content = Array(bytes.dropLast(checksumByteCount))
        let sum = bytes.suffix(checksumByteCount).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard content.count + checksumByteCount == bytes.count, checksum64(of: content) == sum else {
            throw .damaged(nil)
        }
        return OrderBook(try OrderSnapshot.decode(content, rules))
    }
}

/// The bytes of an order table.
enum OrderSnapshot {
    private static let version: UInt8 = 1

    static func encode(_ table: OrderTable) -> [UInt8] {
        var out = ByteWriter(capacity: table.records.count * 96)
        out.append(version)
        out.append(table.rules.zone.name)
        out.append(table.rules.currency.code)
        out.append(Int64(clamping: table.sequenceEnd))
        out.append(Int64(table.firstReceivedDay?.daysSince1970 ?? .min))
        out.append(Int64(table.records.count))
        for record in table.records { append(record, to: &out) }
        out.append(Int64(table.days.count))
        for (key, day) in table.days {
            append(key, to: &out)
            append(day.totals, to: &out)
            out.append(Int64(day.firstReceivedDay.daysSince1970))
            out.append(Int64(day.restatementCount))
        }
        out.append(Int64(table.restatements.countDropped))
        out.append(Int64(table.restatements.rows.count))
        for row in table.restatements.rows { append(row, to: &out) }
        return out.bytes
    }

    static func decode(_ bytes: [UInt8], _ rules: OrderRules) throws(OrderSnapshotError) -> OrderTable {
        var reader = ByteReader(bytes)
        let (zone, currency): (String, String)
        do throws(CodecError) {
            let found = try reader.byte()
            guard found == version else { throw .unknownVersion(found) }
            (zone, currency) = (try reader.text(), try reader.text())
        } catch {
            throw .damaged(error)
        }
        guard zone == rules.zone.name, currency == rules.currency.code else {
            throw .otherRules(zone: zone, currency: currency)
        }
        do throws(CodecError) { return try table(&reader, rules) } catch { throw .damaged(error) }
    }

    private static func table(_ reader: inout ByteReader, _ rules: OrderRules) throws(CodecError) -> OrderTable {
        var table = OrderTable(rules: rules)
        table.sequenceEnd = UInt64(clamping: try reader.integer())
        let first = Int32(clamping: try reader.integer())
        table.firstReceivedDay = first == .min ? nil : CalendarDay(daysSince1970: first)
        for _ in 0..<max(0, try reader.integer()) {
            let (key, person, facts, lost) = try order(&reader)
            let order = Order(facts: facts)
            let standing = order.standing
            let record = OrderTable.Record(
                key: key, person: person, order: order, factCountLost: lost,
                summary: table.summary(of: order, standing))
            table.restore(record)
            table.countForSource(record, standing)
        }
        for _ in 0..<max(0, try reader.integer()) {
            let key = try dayKey(&reader)
            let totals = try totals(&reader)
            var day = OrderTable.Day(
                totals: totals, firstReceivedDay: CalendarDay(daysSince1970: Int32(clamping: try reader.integer())))
            day.restatementCount = Int(try reader.integer())
            table.days[key] = day
        }
        let countDropped = Int(try reader.integer())
        var rows: [Restatement] = []
        for _ in 0..<max(0, try reader.integer()) { rows.append(try restatement(&reader)) }
        table.restatements = RestatementList(rows: rows, countDropped: countDropped)
        return table
    }

    // MARK: Orders

    private static func append(_ record: OrderTable.Record, to out: inout ByteWriter) {
        out.append(record.key.source.text)
        out.append(record.key.id)
        out.append(record.person.text)
        out.append(Int64(record.factCountLost))
        out.append(Int64(record.order.facts.count))
        for fact in record.order.facts {
            out.append(fact.kind.rawValue)
            out.append(fact.time.unixMs)
            out.append(Int64(clamping: fact.sequence))
            out.append(fact.amount?.currency.code ?? "")
            if let amount = fact.amount { out.append(amount.minor) }
        }
    }

    private static func order(
        _ reader: inout ByteReader
    ) throws(CodecError) -> (key: OrderKey, person: PersonID, facts: [OrderFact], lost: Int) {
        guard let source = SourceName(try reader.text()) else { throw .invalid(field: "source") }
        let key = OrderKey(source: source, id: try reader.text())
        guard let person = PersonID(try reader.text()) else { throw .invalid(field: "person") }
        let lost = Int(try reader.integer())
        var facts: [OrderFact] = []
        for _ in 0..<max(0, try reader.integer()) { facts.append(try fact(&reader)) }
        return (key, person, facts, lost)
    }

    private static func fact(_ reader: inout ByteReader) throws(CodecError) -> OrderFact {
        guard let kind = OrderFact.Kind(rawValue: try reader.byte()) else { throw .invalid(field: "kind") }
        let time = try time(&reader)
        let sequence = UInt64(clamping: try reader.integer())
        let code = try reader.text()
        guard !code.isEmpty else { return OrderFact(kind: kind, time: time, sequence: sequence) }
        guard let amount = Money(minor: try reader.integer(), currency: try currency(code)) else {
            throw .invalid(field: "amount")
        }
        return OrderFact(kind: kind, time: time, amount: amount, sequence: sequence)
    }

    // MARK: Days

    private static func append(_ key: OrderTable.DayKey, to out: inout ByteWriter) {
        out.append(Int64(key.day.daysSince1970))
        out.append(key.currency.code)
    }

    private static func dayKey(_ reader: inout ByteReader) throws(CodecError) -> OrderTable.DayKey {
        let day = CalendarDay(daysSince1970: Int32(clamping: try reader.integer()))
        return OrderTable.DayKey(day: day, currency: try currency(try reader.text()))
    }

    private static func append(_ totals: OrderTotals, to out: inout ByteWriter) {
        for number in [
            totals.orderCount, totals.refundedCount, totals.cancelledCount, totals.grossMinor, totals.refundedMinor,
            totals.cancelledMinor,
        ] { out.append(number) }
    }

    private static func totals(_ reader: inout ByteReader) throws(CodecError) -> OrderTotals {
        var totals = OrderTotals()
        totals.orderCount = try reader.integer()
        totals.refundedCount = try reader.integer()
        totals.cancelledCount = try reader.integer()
        totals.grossMinor = try reader.integer()
        totals.refundedMinor = try reader.integer()
        totals.cancelledMinor = try reader.integer()
        return totals
    }

    // MARK: Restatements

    private static func append(_ row: Restatement, to out: inout ByteWriter) {
        out.append(Int64(row.id))
        append(OrderTable.DayKey(day: row.day, currency: row.currency), to: &out)
        append(row.before, to: &out)
        append(row.after, to: &out)
        out.append(row.source.text)
        out.append(row.name.text)
        out.append(row.orderID)
        out.append(Int64(clamping: row.sequence))
        out.append(Int64(clamping: row.sequenceLast))
        out.append(Int64(row.factCount))
        out.append(row.receivedAt.unixMs)
    }

    private static func restatement(_ reader: inout ByteReader) throws(CodecError) -> Restatement {
        let id = Int(try reader.integer())
        let key = try dayKey(&reader)
        let (before, after) = (try totals(&reader), try totals(&reader))
        guard let source = SourceName(try reader.text()) else { throw .invalid(field: "source") }
        guard let name = EventName(try reader.text()) else { throw .invalid(field: "name") }
        return Restatement(
            id: id, day: key.day, currency: key.currency, before: before, after: after, source: source, name: name,
            orderID: try reader.text(), sequence: UInt64(clamping: try reader.integer()),
            sequenceLast: UInt64(clamping: try reader.integer()), factCount: Int(try reader.integer()),
            receivedAt: try time(&reader))
    }

    private static func currency(_ code: String) throws(CodecError) -> Currency {
        guard let currency = Currency(code: code) else { throw .invalid(field: "currency") }
        return currency
    }

    private static func time(_ reader: inout ByteReader) throws(CodecError) -> EventTime {
        guard let time = EventTime(unixMs: try reader.integer()) else { throw .invalid(field: "time") }
        return time
    }
}
