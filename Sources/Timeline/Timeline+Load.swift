import Base

extension Timeline {
    /// Reads a file that `save` wrote. Every checksum and every code is checked: what loads is whole. Where its events
    /// are more than the options' budget they stay in the file, which may be replaced or removed then, but not written
    /// to.
    public static func load(
        from path: String, options: TimelineOptions = TimelineOptions()
    ) throws(TimelineError) -> Timeline {
        var file = try SnapshotReader(path, options: options)
        let summary = try file.array(.summary, of: UInt64.self)
        guard (5...7).contains(summary.count) else { throw .inconsistent(section: "summary") }
        let offsets = try file.column(.offsets, of: UInt32.self)
        let properties = PropertyIndex(options.properties)
        var columns = try file.readColumns()
        let extras = try file.readExtras()
        let tables = try file.readTables()
        columns.properties = try file.readProperties(of: properties, eventCount: columns.count, tables.texts)
        try check(offsets, columns, extras, tables)
        let first = Int64(clamping: summary[3])
        let generation = Generation(
            rows: BuiltRows(offsets: offsets, columns: columns, extras: extras), sequenceBase: summary[0],
            sequenceEnd: summary[1], timesMs: summary[2] == 0 ? nil : first...max(first, Int64(clamping: summary[4])),
            dictionaryCounts: tables.counts)
        return Timeline(
            options: options, dictionaries: Dictionaries(tables), properties: properties, generation: generation,
            basis: summary.count >= 6 ? summary[5] : 0,
            observedFrom: summary.count == 7 ? EventTime(unixMs: Int64(bitPattern: summary[6])) : nil)
    }

    /// The shapes agree and each code has its text, so that nothing later need ask again.
    private static func check(
        _ offsets: Column<UInt32>, _ columns: EventColumns, _ extras: ExtraTable, _ tables: Dictionaries.Tables
    ) throws(TimelineError) {
        let count = columns.count
        guard offsets.first == 0, offsets.last.map(Int.init) == count, offsets.count == tables.people.count + 1,
            isAscending(offsets.span)
        else { throw .inconsistent(section: "offsets") }
        guard [columns.names.count, columns.channels.count, columns.subjects.count].allSatisfy({ $0 == count }),
            columns.sequences.count == count, columns.extras.count == count
        else { throw .inconsistent(section: "columns") }
        func isBelow<Code: FixedWidthInteger>(_ codes: Column<Code>, _ limit: Int) -> Bool {
            codes.isEmpty || Int(greatest(codes.span)) < limit
        }
        guard isBelow(columns.names, tables.names.count) else { throw .inconsistent(section: "names") }
        guard isBelow(columns.channels, tables.channels.count) else { throw .inconsistent(section: "channels") }
        guard isBelow(columns.subjects, tables.subjects.count) else { throw .inconsistent(section: "subjects") }
        guard isBelow(columns.extras, extras.count) else { throw .inconsistent(section: "extras") }
        guard isBelow(extras.decisions, tables.decisions.count), isBelow(extras.currencies, tables.currencies.count)
        else { throw .inconsistent(section: "decisions") }
    }
}

private func greatest<Code: FixedWidthInteger>(_ codes: Span<Code>) -> Code {
    var greatest = Code.min
    for i in codes.indices { greatest = max(greatest, codes[i]) }
    return greatest
}

private func isAscending<Number: FixedWidthInteger>(_ numbers: Span<Number>) -> Bool {
    for i in numbers.indices.dropFirst() where numbers[i - 1] > numbers[i] { return false }
    return true
}

extension SnapshotReader {
    fileprivate mutating func readColumns() throws(TimelineError) -> EventColumns {
        var columns = EventColumns(properties: [])
        columns.times = try column(.times, of: Int64.self)
        columns.names = try column(.names, of: UInt16.self)
        columns.channels = try column(.channels, of: UInt8.self)
        columns.subjects = try column(.subjects, of: UInt32.self)
        columns.sequences = try column(.sequences, of: UInt32.self)
        columns.extras = try column(.extras, of: UInt32.self)
        return columns
    }

    fileprivate mutating func readExtras() throws(TimelineError) -> ExtraTable {
        var extras = ExtraTable()
        extras.minors = try column(.minors, of: Int64.self)
        extras.currencies = try column(.currencies, of: UInt8.self)
        extras.decisions = try column(.decisions, of: UInt32.self)
        guard extras.count > 0, extras.currencies.count == extras.count, extras.decisions.count == extras.count else {
            throw .inconsistent(section: "extras")
        }
        return extras
    }

    fileprivate mutating func readTables() throws(TimelineError) -> Dictionaries.Tables {
        var tables = Dictionaries.Tables()
        tables.people = try readTable(.peopleBytes, .peopleEnds)
        tables.names = try readTable(.nameBytes, .nameEnds)
        tables.channels = try readTable(.channelBytes, .channelEnds)
        tables.subjects = try readTable(.subjectBytes, .subjectEnds)
        tables.decisions = try readTable(.decisionBytes, .decisionEnds)
        tables.currencies = try readTable(.currencyBytes, .currencyEnds)
        tables.texts = try readTable(.textBytes, .textEnds)
        for table in [tables.subjects, tables.decisions, tables.currencies] where table.ends.first != 0 {
            throw .inconsistent(section: "dictionaries")  // Code 0 is "none".
        }
        return tables
    }

    fileprivate mutating func readProperties(
        of properties: PropertyIndex, eventCount: Int, _ texts: TextTable
    ) throws(TimelineError) -> [PropertyColumn] {
        let fingerprint = try array(.propertyIndex, of: UInt8.self)
        guard fingerprint == Array(properties.fingerprint.utf8) else { throw .ofOtherProperties }
        var columns: [PropertyColumn] = []
        for number in properties.columns.indices {
            let kind = PropertyIndex.kind(ofColumn: number)
            let column = PropertyColumn(
                isOfNumbers: kind == .number, words: try self.column(.propertyBits, of: UInt64.self),
                ranks: try self.column(.propertyRanks, of: UInt32.self),
                codes: try self.column(.propertyCodes, of: UInt32.self),
                numbers: try self.column(.propertyNumbers, of: Double.self))
            let codeEnd = kind == .text ? texts.count : 2
            guard column.isWhole, column.isWithin(eventCount: eventCount, codeEnd: codeEnd) else {
                throw .inconsistent(section: "properties")
            }
            columns.append(column)
        }
        return columns
    }

    private mutating func readTable(
        _ bytesSection: SnapshotSection, _ endsSection: SnapshotSection
    ) throws(TimelineError) -> TextTable {
        let bytes = try array(bytesSection, of: UInt8.self)
        let ends = try array(endsSection, of: Int.self)
        guard ends.last ?? 0 == bytes.count, ends.first ?? 0 >= 0, isAscending(ends.span)
        else { throw .inconsistent(section: "\(endsSection)") }
        return TextTable(bytes: bytes, ends: ends)
    }
}
