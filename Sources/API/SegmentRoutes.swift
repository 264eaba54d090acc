import Base
import Collect
import Domain
import HTTPServer

extension API {
    private static let types = ["track", "identify", "page", "screen", "group", "alias", "batch", "import"]
    private static let mediaTypes = ["application/json", "text/plain"]  // Beacons of browsers send text.

    func registerSegment(on router: inout Router) {
        for type in Self.types {
            router.on(.post, "/v1/\(type)") { request in await segment(request, type: type) }
        }
    }

    /// The key comes in a header, or else as `writeKey` in the body.
    private func segment(_ request: HTTPRequest, type: String) async -> HTTPResponse {
        let body = readSegment(request, type: type)
        let key = try? body.get().writeKey
        let verdict =
            if request.headers["Authorization"] == nil, let key {
                await ports.access.checkKey(key, .send)
            } else {
                await ports.access.check(request, .send)
            }
        switch verdict {
        case .refused(let response): return response
        case .admitted(let identity):
            return await Self.answer(request, identity) { _, identity throws(Problem) in
                try await collect(try body.get(), source: identity.source)
            }
        }
    }

    private func readSegment(_ request: HTTPRequest, type: String) -> Result<SegmentFormat.Envelope, Problem> {
        if let got = request.mediaType, !Self.mediaTypes.contains(got) {
            return .failure(.unsupportedType(got, allowed: ["application/json"]))
        }
        do throws(CollectError) {
            return .success(try SegmentFormat.envelope(request.body, type: type))
        } catch {
            return .failure(Problem(error))
        }
    }

    /// Segment's own answer; what became of the events stands in a header, which its clients pass over.
    private func collect(
        _ envelope: SegmentFormat.Envelope, source: SourceName
    ) async throws(Problem) -> HTTPResponse {
        do throws(CollectError) {
            let receipts = try await ports.collect(envelope.items, format: .segment, source: source)
            return .json(["success": true], headers: ["X-Quanyu-Receipt": receipts.answer.summary])
        } catch {
            throw Problem(error)
        }
    }
}
