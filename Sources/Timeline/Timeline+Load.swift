import Base

extension Timeline {
    /// Reads a file that `save` wrote. Every checksum and every code is checked: what loads is whole.
    public static func load(
        from path: String, options: TimelineOptions = TimelineOptions()
    ) throws(TimelineError) -> Timeline {
        let file = try SnapshotFile.open(reading: path)
        try file.checkBeginning()
        let summary = try file.read(.summary, of: UInt64.self)
        guard (5...7).contains(summary.count) else { throw .inconsistent(section: "summary") }
        let offsets = try file.read(.offsets, of: UInt32.self)
        let properties = PropertyIndex(options.properties)
        var columns = try file.readColumns()
        let extras = try file.readExtras()
        let tables = try file.readTables()
        columns.properties = try file.readProperties(of: properties, eventCount: columns.count, tables.texts)
        try check(offsets, columns, extras, tables)
        let first = Int64(clamping: summary[3])
        let generation = Generation(
            offsets: offsets, columns: columns, extras: extras, sequenceBase: summary[0], sequenceEnd: summary[1],
            timesMs: summary[2] == 0 ? nil : first...max(first, Int64(clamping: summary[4])),
            dictionaryCounts: tables.counts)
        return Timeline(
            options: options, dictionaries: Dictionaries(tables), properties: properties, generation: generation,
            basis: summary.count >= 6 ? summary[5] : 0,
            observedFrom: summary.count == 7 ? EventTime(unixMs: Int64(bitPattern: summary[6])) : nil)
    }

    /// The shapes agree and each code has its text, so that nothing later need ask again.
    private static func check(
        _ offsets: [UInt32], _ columns: EventColumns, _ extras: ExtraTable, _ tables: Dictionaries.Tables
    ) throws(TimelineError) {
        let count = columns.count
        guard offsets.first == 0, offsets.last.map(Int.init) == count, offsets.count == tables.people.count + 1,
            zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw .inconsistent(section: "offsets") }
        guard [columns.names.count, columns.channels.count, columns.subjects.count].allSatisfy({ $0 == count }),
            columns.sequences.count == count, columns.extras.count == count
        else { throw .inconsistent(section: "columns") }
        func isBelow<Code: BinaryInteger>(_ codes: [Code], _ limit: Int) -> Bool {
            Int(codes.reduce(0) { $0 > $1 ? $0 : $1 }) < max(limit, codes.isEmpty ? 1 : 0)
        }
        guard isBelow(columns.names, tables.names.count) else { throw .inconsistent(section: "names") }
        guard isBelow(columns.channels, tables.channels.count) else { throw .inconsistent(section: "channels") }
        guard isBelow(columns.subjects, tables.subjects.count) else { throw .inconsistent(section: "subjects") }
        guard isBelow(columns.extras, extras.count) else { throw .inconsistent(section: "extras") }
        guard isBelow(extras.decisions, tables.decisions.count), isBelow(extras.currencies, tables.currencies.count)
        else { throw .inconsistent(section: "decisions") }
    }
}

extension SnapshotFile {
    borrowing fileprivate func readColumns() throws(TimelineError) -> EventColumns {
        var columns = EventColumns(properties: [])
        columns.times = try read(.times, of: Int64.self)
        columns.names = try read(.names, of: UInt16.self)
        columns.channels = try read(.channels, of: UInt8.self)
        columns.subjects = try read(.subjects, of: UInt32.self)
        columns.sequences = try read(.sequences, of: UInt32.self)
        columns.extras = try read(.extras, of: UInt32.self)
        return columns
    }

    borrowing fileprivate func readExtras() throws(TimelineError) -> ExtraTable {
        var extras = ExtraTable()
        extras.minors = try read(.minors, of: Int64.self)
        extras.currencies = try read(.currencies, of: UInt8.self)
        extras.decisions = try read(.decisions, of: UInt32.self)
        guard extras.count > 0, extras.currencies.count == extras.count, extras.decisions.count == extras.count else {
            throw .inconsistent(section: "extras")
        }
        return extras
    }

    borrowing fileprivate func readTables() throws(TimelineError) -> Dictionaries.Tables {
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

    borrowing fileprivate func readProperties(
        of properties: PropertyIndex, eventCount: Int, _ texts: TextTable
    ) throws(TimelineError) -> [PropertyColumn] {
        let fingerprint = try read(.propertyIndex, of: UInt8.self)
        guard fingerprint == Array(properties.fingerprint.utf8) else { throw .ofOtherProperties }
        var columns: [PropertyColumn] = []
        for number in properties.columns.indices {
            let kind = PropertyIndex.kind(ofColumn: number)
            let column = PropertyColumn(
                kind: kind, words: try read(.propertyBits, of: UInt64.self),
                codes: try read(.propertyCodes, of: UInt32.self), numbers: try read(.propertyNumbers, of: Double.self))
            let codeEnd = kind == .text ? texts.count : 2
            guard let column, column.isWithin(eventCount: eventCount, codeEnd: codeEnd) else {
                throw .inconsistent(section: "properties")
            }
            columns.append(column)
        }
        return columns
    }

    private borrowing func readTable(
        _ bytesSection: SnapshotSection, _ endsSection: SnapshotSection
    ) throws(TimelineError) -> TextTable {
        let bytes = try read(bytesSection, of: UInt8.self)
        let ends = try read(endsSection, of: Int.self)
        guard ends.last ?? 0 == bytes.count, ends.first ?? 0 >= 0, zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw .inconsistent(section: "\(endsSection)") }
        return TextTable(bytes: bytes, ends: ends)
    }
}
