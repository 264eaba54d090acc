import Base
import Testing

@testable import Kernels

struct AudienceKernelTests {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func findsWhoMeetsEveryCondition(seed: UInt64) {
        let columns = RandomColumns(seed: seed, momentCount: 400)
        var random = SeededGenerator(seed: seed ^ 0xA0D1)
        let conditions = (0..<Int.random(in: 0...3, using: &random)).map { k in
            AudienceCondition(
                name: UInt16.random(in: 0..<7, using: &random) * 300, channel: k == 1 ? 127 : nil,
                timesMs: seed % 2 == 0 ? 0..<400 : 100..<300, countMin: Int.random(in: 1...3, using: &random),
                isMet: Bool.random(using: &random))
        }
        var rows = [UInt32](repeating: 0, count: columns.people.count)
        var span = rows.mutableSpan
        let count = findAudience(
            conditions.span, people: columns.people, skipped: Span(), offsets: columns.offsets.span,
            times: columns.times.span,
            names: columns.names.span, channels: columns.channels.span, into: &span)
        let want = columns.people.filter { person in
            conditions.allSatisfy { condition in
                let events = columns.events(of: person).filter {
                    columns.names[$0] == condition.name && condition.timesMs.contains(columns.times[$0])
                        && condition.channel ?? columns.channels[$0] == columns.channels[$0]
                }
                return (events.count >= condition.countMin) == condition.isMet
            }
        }
        #expect(rows[..<count].map(Int.init) == want)
    }
}
