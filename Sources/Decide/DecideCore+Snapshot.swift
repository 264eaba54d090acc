import Base
import Domain

extension DecideCore {
    init(reading reader: inout SnapshotReader, options: DecideOptions) throws(DecideSnapshotError) {
        self.init(options: options)
        sequenceEnd = try reader.integer()
        watermark = EventTime(clampingUnixMs: try reader.integer())
        counts.decisions = try reader.integer()
        counts.positives = try reader.integer()
        counts.negatives = try reader.integer()
        counts.positivesLate = try reader.integer()
        items = try ItemTable(reading: &reader, recallKinds: options.recallKinds)
        neighbours = try NeighbourTable(reading: &reader)
        people = try PersonTable(reading: &reader)
        pending = try PendingDecisions(reading: &reader, countMax: options.pendingCountMax)
        let isWhole =
            neighbours.items.allSatisfy { $0 < items.count }
            && neighbours.items.count <= items.count * NeighbourTable.width
            && people.namesOnlyItems(below: Int32(items.count))
        guard isWhole else { throw .damaged(byteOffset: 0) }
    }
}

extension ItemTable {
    init(reading reader: inout SnapshotReader, recallKinds: Set<Subject.Kind>) throws(DecideSnapshotError) {
        var texts: [String] = []
        for _ in 0..<(try reader.count(byteCountLeast: 4)) { texts.append(try reader.text()) }
        var stats: [ItemStats] = []
        for _ in 0..<(try reader.count(byteCountLeast: 44)) { stats.append(try ItemStats(reading: &reader)) }
        self.init(
            stats: stats, categories: CodeTable(countMax: Self.categoryCountMax, texts: texts),
            recallKinds: recallKinds)
    }
}

extension ItemStats {
    fileprivate init(reading reader: inout SnapshotReader) throws(DecideSnapshotError) {
        guard let subject = Subject(try reader.text()) else { throw .damaged(byteOffset: 0) }
        let category: Int32 = try reader.integer()
        let department: Int32 = try reader.integer()
        let popularity = try reader.double()
        let sessions = try reader.double()
        self.init(subject: subject, firstSeenMinute: try reader.integer())
        (self.category, self.department) = (category, department)
        (self.popularity, self.sessions) = (popularity, sessions)
        exposures = try reader.integer()
        purchases = try reader.integer()
        buyers = try reader.integer()
    }
}

extension NeighbourTable {
    init(reading reader: inout SnapshotReader) throws(DecideSnapshotError) {
        let landmark = try reader.double()
        var items: [Int32] = []
        var weights: [Float] = []
        for _ in 0..<(try reader.count(byteCountLeast: 8)) {
            items.append(try reader.integer())
            weights.append(try reader.float())
        }
        self.init(items: items, weights: weights, landmark: landmark.isNaN ? nil : landmark)
    }
}

extension PersonTable {
    init(reading reader: inout SnapshotReader) throws(DecideSnapshotError) {
        var ids: [PersonID] = []
        var histories: [PersonHistory] = []
        for _ in 0..<(try reader.count(byteCountLeast: 20)) {
            ids.append(PersonID(validated: try reader.text()))
            var history = PersonHistory()
            history.baskets = try reader.integer()
            history.basketsRecently = try reader.float()
            history.boughtLastMinute = try reader.integer()
            history.seenLastMinute = try reader.integer()
            for _ in 0..<(try reader.count(byteCountLeast: 20)) {
                history.entries.append(try HistoryEntry(reading: &reader))
            }
            histories.append(history)
        }
        self.init(ids: ids, histories: histories)
    }

    func namesOnlyItems(below end: Int32) -> Bool {
        (0..<Int32(count)).allSatisfy { self[$0].entries.allSatisfy { (0..<end).contains($0.item) } }
    }
}

extension HistoryEntry {
    fileprivate init(reading reader: inout SnapshotReader) throws(DecideSnapshotError) {
        self.init(
            item: try reader.integer(), bought: try reader.integer(), touched: try reader.integer(),
            boughtRecently: try reader.float(),
            boughtFirstMinute: try reader.integer(), boughtLastMinute: try reader.integer(),
            touchedLastMinute: try reader.integer())
    }
}
