import Base
import Domain

extension DecideCore {
    func write(to writer: inout SnapshotWriter) {
        writer.put(sequenceEnd)
        writer.put(watermark.unixMs)
        for count in [counts.decisions, counts.positives, counts.negatives, counts.positivesLate] { writer.put(count) }
        items.write(to: &writer)
        neighbours.write(to: &writer)
        people.write(to: &writer)
        pending.write(to: &writer)
    }

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
    func write(to writer: inout SnapshotWriter) {
        writer.put(count: categories.texts.count)
        for text in categories.texts { writer.put(text) }
        writer.put(count: stats.count)
        for item in stats {
            writer.put(item.subject.description)
            writer.put(item.category)
            writer.put(item.department)
            writer.put(item.popularity)
            writer.put(item.sessions)
            writer.put(item.firstSeenMinute)
            for count in [item.exposures, item.purchases, item.buyers] { writer.put(count) }
        }
    }

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
    func write(to writer: inout SnapshotWriter) {
        writer.put(landmark ?? .nan)
        writer.put(count: items.count)
        for slot in items.indices {
            writer.put(items[slot])
            writer.put(weights[slot])
        }
    }

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
    func write(to writer: inout SnapshotWriter) {
        writer.put(count: count)
        for index in 0..<Int32(count) {
            let history = self[index]
            writer.put(ids[Int(index)].text)
            writer.put(history.baskets)
            writer.put(history.basketsRecently)
            writer.put(history.boughtLastMinute)
            writer.put(history.seenLastMinute)
            writer.put(count: history.entries.count)
            for entry in history.entries {
                writer.put(entry.item)
                writer.put(entry.bought)
                writer.put(entry.touched)
                writer.put(entry.boughtRecently)
                for minute in [entry.boughtFirstMinute, entry.boughtLastMinute, entry.touchedLastMinute] {
                    writer.put(minute)
                }
            }
        }
    }

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
