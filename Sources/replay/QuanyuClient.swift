import Base
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

enum ClientError: Error, CustomStringConvertible {
    case unreachable(String)
    case refused(path: String, status: Int, body: String)

    var description: String {
        switch self {
        case .unreachable(let reason): "the server cannot be reached: \(reason)"
        case .refused(let path, let status, let body): "\(path) answered \(status): \(body.prefix(500))"
        }
    }
}

extension ClientError {
    /// Whether the same request may be taken a little later.
    fileprivate var mayPass: Bool {
        switch self {
        case .unreachable: true
        case .refused(_, let status, _): [408, 429, 502, 503, 504].contains(status)
        }
    }
}

/// Speaks to a running server as any client does: over HTTP, with a token. What may pass, such as 503, is tried again
/// with the same bytes: the events keep their ids, so none is taken twice.
struct QuanyuClient {
    private static let pauses = [0.25, 0.5, 1, 2, 4, 8]  // Seconds before each further try.

    private let server: URL
    private let token: String
    private let session: URLSession
    private let interruption: Interruption

    init?(server: String, token: String, interruption: Interruption) {
        self.interruption = interruption
        guard let url = URL(string: server) else { return nil }
        self.server = url
        self.token = token
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 30
        session = URLSession(configuration: configuration)
    }

    /// After a timeout the server may have recorded a first decision that nobody was shown; no exposure names it.
    func decide(person: String, timeMs: Int64, count: Int, surface: String, shadow: String?) async throws -> Answer {
        var body: JSONObject = JSONObject()
        body.append("person", .string(person))
        body.append("surface", .string(surface))
        body.append("channel", "store")
        body.append("count", .int(Int64(count)))
        body.append("time", .string(EventTime(clampingUnixMs: timeMs).iso8601))
        if let shadow {
            body.append("policy", .string(shadow))
            body.append("shadow", true)
        }
        let answer = try await post("/api/v1/decide", .object(body))
        return Answer(
            decision: answer["decision"]?.stringValue,
            subjects: answer["choices"]?.arrayValue?.compactMap { $0["subject"]?.stringValue } ?? [])
    }

    func send(_ events: [JSON]) async throws -> (accepted: Int64, duplicate: Int64, quarantined: Int64) {
        let answer = try await post("/api/v1/events", .array(events))
        return (
            answer["accepted"]?.intValue ?? 0, answer["duplicate"]?.intValue ?? 0,
            answer["quarantined"]?.intValue ?? 0
        )
    }

    /// What was decided: its id (nil for a shadow) and the products, best first.
    struct Answer {
        let decision: String?
        let subjects: [String]
    }

    private func post(_ path: String, _ body: JSON) async throws -> JSON {
        var request = URLRequest(url: server.appending(path: path))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        request.httpBody = Data(body.bytes)
        for pause in Self.pauses {
            do throws(ClientError) { return try await answer(request, path) } catch {
                guard error.mayPass, !interruption.isRequested else { throw error }
                print("  \(error); trying again", terminator: "\r\n")
            }
            try await Task.sleep(for: .seconds(pause))
        }
        return try await answer(request, path)
    }

    private func answer(_ request: URLRequest, _ path: String) async throws(ClientError) -> JSON {
        let (data, response): (Data, URLResponse)
        do {
            (data, response) = try await session.data(for: request)
        } catch {
            throw .unreachable(error.localizedDescription)
        }
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        // Nothing to choose from is an answer: no products.
        guard status == 200 || status == 422, let json = try? JSON.parse(Array(data)) else {
            throw .refused(path: path, status: status, body: String(decoding: data, as: UTF8.self))
        }
        return json
    }
}
