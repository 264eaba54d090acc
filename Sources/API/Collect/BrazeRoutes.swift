import Base
import Collect
import HTTPServer

extension WireRoute {
    static let braze = [
        WireRoute(
            methods: [.post], pattern: "/users/track", format: .braze, mediaTypes: ["application/json"],
            read: { request throws(CollectError) in try BrazeFormat.envelope(request) },
            taken: { request, answer in .json(brazeAnswer(answer, to: request), status: 201) },
            refused: { _, refusal in
                let message =
                    refusal.problemCode == "empty"
                    ? "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
                    : refusal.problemDetail ?? ""
                return refusal.saying(.json(["message": .string(message), "errors": []]))
            })
    ]

    /// How many of each list were taken, and what is wrong with each of the others.
    private static func brazeAnswer(_ answer: ReceiptsAnswer, to request: HTTPRequest) -> JSON {
        let body = try? JSON.parse(request.body)
        var rows = answer.rows[...]
        var object = JSONObject()
        var errors: [JSON] = []
        object.append("message", "success")
        for list in BrazeFormat.lists {
            guard let count = body?[list]?.arrayValue?.count else { continue }
            let refusals = rows.prefix(count).enumerated().compactMap { index, row -> JSON? in
                guard let refusal = row.status.refusal else { return nil }
                return ["type": .string(refusal.detail), "input_array": .string(list), "index": .count(index)]
            }
            rows = rows.dropFirst(count)
            errors += refusals
            object.append("\(list)_processed", .count(count - refusals.count))
        }
        if !errors.isEmpty { object.append("errors", .array(errors)) }
        return .object(object)
    }
}
