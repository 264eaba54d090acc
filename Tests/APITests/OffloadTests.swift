import Dispatch
import HTTPServer
import Testing

@testable import API

@Suite("Queries on threads of their own")
struct OffloadTests {
    @Test("so many run, so many wait, and one more is turned away at once")
    func bounds() async throws {
        let query = Offload(name: "test", atOnceMax: 1, waitingMax: 1)
        let (started, gate) = (AsyncStream<Void>.makeStream(), DispatchSemaphore(value: 0))
        async let first = query {
            started.continuation.yield()
            gate.wait()
            return 1
        }
        for await _ in started.stream { break }
        async let second = query { 2 }
        while query.waitingCount == 0 { await Task.yield() }
        let refusal = await #expect(throws: Problem.self) { try await query { 3 } }
        #expect(refusal?.status == 503)
        #expect(refusal?.response.headers["Retry-After"] == "1")
        gate.signal()
        #expect(try await [first, second] == [1, 2])
    }
}
