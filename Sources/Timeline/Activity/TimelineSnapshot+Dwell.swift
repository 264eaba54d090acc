import Base
import Domain
import Kernels

extension TimelineSnapshot {
    /// - Complexity: One pass over the events.
    public func dwell(_ query: DwellQuery) -> DwellResult {
        let plan = DwellPlan(
            capMs: query.cap.count, timesMs: query.range.lowerBound.unixMs..<query.range.upperBound.unixMs)
        let (rooms, codes) = roomNumbers
        let tallies = scan(
            matching: DwellQuery.signs,
            start: { DwellTally(roomCount: codes.count) },
            visit: { tally, people in
                sumDwell(
                    plan, people: people.people, skipped: people.skipped.span, offsets: people.offsets.span,
                    times: people.times.span,
                    subjects: people.listed(people.columns.subjects).span, masks: people.masks.span,
                    rooms: rooms.span, into: &tally)
            })
        var tally = tallies.first ?? DwellTally(roomCount: codes.count)
        for other in tallies.dropFirst() { tally.add(other) }
        let most = tally.byRoom.indices.filter { tally.byRoom[$0].people > 0 }.sorted {
            (tally.byRoom[$1].watchMs, codes[$0]) < (tally.byRoom[$0].watchMs, codes[$1])
        }
        let listed = dictionaries.withTables { tables in
            most.prefix(query.roomCount).map { room in
                DwellResult.Room(
                    id: tables.subject(of: codes[room])?.id ?? "", watchMs: RatioSums(tally.byRoom[room]))
            }
        }
        return DwellResult(
            watchesMs: tally.watchesMs.map(Double.init), watchMs: RatioSums(watchesMs: tally.watchesMs), rooms: listed,
            roomTotal: most.count)
    }

    /// For each subject its number among the rooms, or `UInt32.max`; and the subjects' codes by these numbers.
    private var roomNumbers: (rooms: [UInt32], codes: [UInt32]) {
        let kind = Dictionaries.Tables.position(of: .room)
        let kinds = dictionaries.withTables { $0.subjectKinds(count: counts.subjects) }
        var codes: [UInt32] = []
        let rooms = kinds.enumerated().map { code, own -> UInt32 in
            guard own == kind else { return .max }
            codes.append(UInt32(code))
            return UInt32(codes.count - 1)
        }
        return (rooms, codes)
    }
}

extension RatioSums {
    fileprivate init(_ sums: DwellSums) {
        self.init(people: sums.people, watchMs: Double(sums.watchMs), squares: sums.squares)
    }

    fileprivate init(watchesMs: [Int64]) {
        let sums = watchesMs.reduce(into: (0.0, 0.0)) { sums, watchMs in
            sums.0 += Double(watchMs)
            sums.1 += Double(watchMs) * Double(watchMs)
        }
        self.init(people: watchesMs.count, watchMs: sums.0, squares: sums.1)
    }

    private init(people: Int, watchMs: Double, squares: Double) {
        self.init(
            people: people, tops: watchMs, bottoms: Double(people), topSquares: squares,
            bottomSquares: Double(people), products: watchMs)
    }
}
