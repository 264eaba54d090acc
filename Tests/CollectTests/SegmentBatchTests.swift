import Base
import Collect
import Foundation
import Testing

@Suite struct SegmentBatchTests {
    private static let messageCount = 4000

    /// Each message says something of its own beside what the batch's context says.
    static func batch(contextMemberCount: Int) -> WireRequest {
        let context = (0..<contextMemberCount).map { #""member\#($0)":"a value of 24 characters""# }
        let message = #"{"type":"track","event":"x","userId":"u","context":{"page":"tea"}}"#
        let messages = Array(repeating: message, count: messageCount).joined(separator: ",")
        return WireRequest("batch", #"{"context":{\#(context.joined(separator: ","))},"batch":[\#(messages)]}"#)
    }

    /// The most memory that the process has held until now.
    static func residentBytesMax() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }) * 1024
    }

    /// In a process of its own, so that no other test's memory counts.
    @Test func aBatchsContextIsHeldOnceForAllItsMessages() async {
        await #expect(processExitsWith: .success) {
            let small = try SegmentFormat.envelope(SegmentBatchTests.batch(contextMemberCount: 1)).items.count
            let before = try SegmentBatchTests.residentBytesMax()
            let large = try SegmentFormat.envelope(SegmentBatchTests.batch(contextMemberCount: 100)).items.count
            #expect(small == large)
            #expect(try SegmentBatchTests.residentBytesMax() - before < 6 << 20, "16 MB where each message has its own")
        }
    }

    @Test func aMessageStandsAloneWithItsBatchsContextAndItsOwnWord() throws {
        let body = #"""
            {"sentAt":"2026-11-23T10:00:00Z","context":{"app":"shop","page":"home"},"batch":[
             {"type":"track","event":"x","context":{"page":"tea"}},{"type":"track","event":"x"},
             {"type":"track","event":"x","sentAt":"2026-11-23T11:00:00Z","context":7}]}
            """#
        let items = try SegmentFormat.envelope(WireRequest("batch", body)).items
        let bodies = try items.map { try JSON.parse($0.body) }
        #expect(
            bodies.map { $0["context"] } == [
                ["app": "shop", "page": "tea"], ["app": "shop", "page": "home"], ["app": "shop", "page": "home"],
            ])
        #expect(bodies.map { $0["sentAt"]?.stringValue?.contains("T10") } == [true, true, false])
    }
}
