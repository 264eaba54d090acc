import Dispatch
import HTTPServer
import Testing
import Timeline

@testable import API

@Suite("The live stream")
struct LiveRouteTests {
    @Test("all who watch wait for one count")
    func oneCount() async throws {
        let query = Offload(name: "test", atOnceMax: 1, waitingMax: 100)
        let timeline = Timeline()
        let live = LiveTotals(timeline: { timeline.snapshot() }, people: { $0 }, query: query)
        let (started, gate) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
        async let blocking = query {
            started.continuation.yield()
            gate.wait()
        }
        for await _ in started.stream { break }
        async let watching = withTaskGroup(of: LiveTotals.Totals?.self) { group in
            for _ in 0..<20 { group.addTask { await live.current() } }
            var totals: [LiveTotals.Totals?] = []
            for await found in group { totals.append(found) }
            return totals
        }
        while query.waitingCount == 0 { await Task.yield() }
        try await Task.sleep(for: .milliseconds(100))
        #expect(query.waitingCount == 1)
        gate.signal()
        _ = try await blocking
        let totals = await watching
        #expect(totals.count == 20 && totals.allSatisfy { $0 != nil })
    }

    @Test("a stream says that it ends after its span, so that the caller is checked again", .timeLimit(.minutes(1)))
    func ends() async throws {
        let world = try World {
            $0.livePeriod = .milliseconds(5)
            $0.liveSpan = .milliseconds(50)
        }
        guard case .events(let events) = try await world.ask(.get, "/api/v1/live").body else {
            Issue.record("no stream")
            return
        }
        var names: [String?] = []
        for await event in events { names.append(event.name) }
        #expect(names == ["totals", "end"])
    }
}
