import Base
import Domain

extension PendingDecisions {
    init(reading reader: inout SnapshotReader, countMax: Int) throws(DecideSnapshotError) {
        let clock = EventTime(clampingUnixMs: try reader.integer())
        let closedCount = Int(try reader.integer(UInt32.self))
        var decisions: [PendingDecision] = []
        for _ in 0..<(try reader.count(byteCountLeast: 16)) {
            let id = DecisionID(validated: try reader.text())
            let closesAt = EventTime(clampingUnixMs: try reader.integer())
            var shown: [ShownSubject] = []
            for _ in 0..<(try reader.count(byteCountLeast: 13)) { shown.append(try ShownSubject(reading: &reader)) }
            decisions.append(PendingDecision(id: id, closesAt: closesAt, shown: shown))
        }
        self.init(countMax: countMax, clock: clock, decisions: decisions, closedCount: closedCount)
    }
}

extension ShownSubject {
    fileprivate init(reading reader: inout SnapshotReader) throws(DecideSnapshotError) {
        guard let subject = Subject(try reader.text()), let state = State(rawValue: try reader.integer()) else {
            throw .damaged(byteOffset: 0)
        }
        let prior = try reader.float()
        var features: [UInt32] = []
        for _ in 0..<(try reader.count(byteCountLeast: 4)) { features.append(try reader.integer()) }
        self.init(subject: subject, features: features, prior: prior, state: state)
    }
}
