/// Makes an `ExtraTable` whose rows are in the order of the events that have them.
struct ExtraWriter: ~Copyable {
    private var minors: ColumnWriter<Int64>
    private var currencies: ColumnWriter<UInt8>
    private var decisions: ColumnWriter<UInt32>

    init(_ files: ColumnFiles?, count: Int) {
        minors = ColumnWriter(files, count: count)
        currencies = ColumnWriter(files, count: count)
        decisions = ColumnWriter(files, count: count)
        add(minor: 0, currency: 0, decision: 0)
    }

    /// Adds a row and gives its number; 0 where the event has nothing to keep in one.
    mutating func append(minor: Int64, currency: UInt8, decision: UInt32) -> UInt32 {
        guard currency != 0 || decision != 0 else { return 0 }
        add(minor: minor, currency: currency, decision: decision)
        return UInt32(minors.count - 1)
    }

    private mutating func add(minor: Int64, currency: UInt8, decision: UInt32) {
        minors.append(minor)
        currencies.append(currency)
        decisions.append(decision)
    }

    consuming func finish() -> ExtraTable {
        ExtraTable(minors: minors.finish(), currencies: currencies.finish(), decisions: decisions.finish())
    }
}
