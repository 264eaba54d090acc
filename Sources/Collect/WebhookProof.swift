public import Base
public import Domain

extension WebhookSource {
    /// Whether the request proves its sender.
    ///
    /// - Parameters:
    ///   - secret: Of this webhook.
    ///   - now: For signatures that grow old.
    /// - Throws: `CollectError.notSigned`.
    public func checkProof(_ request: WireRequest, secret: String, now: EventTime) throws(CollectError) {
        guard check.isSecret else { return }
        guard !secret.isEmpty else { throw .notSigned(reason: "no secret is kept here to check it with") }
        let key = Array(secret.utf8)
        switch check {
        case .none: return
        case .hmac(let header, let prefix, let encoding):
            let sent = try Self.value(of: header, prefix, request)
            let bytes = encoding == .hex ? Hex.decode(sent) : Base64.decode(sent.utf8)
            guard let bytes, Proof.isEqual(bytes, SHA256.hmac(request.body, key: key)) else {
                throw .notSigned(reason: "the signature in `\(header)` is another one than that of this body")
            }
        case .timestamped(let header, let toleranceSeconds):
            try Self.checkTimestamped(
                try Self.value(of: header, "", request), header: header, tolerance: .seconds(Int64(toleranceSeconds)),
                request.body, key, now)
        case .token(let header, let prefix):
            guard Proof.isEqual(Array(try Self.value(of: header, prefix, request).utf8), key) else {
                throw .notSigned(reason: "the token in `\(header)` is another one")
            }
        case .tokenInQuery(let parameter):
            guard let sent = request.parameter(parameter), Proof.isEqual(Array(sent.utf8), key) else {
                throw .notSigned(reason: "the parameter `\(parameter)` is missing or another one")
            }
        }
    }

    private static func value(
        of header: String, _ prefix: String, _ request: WireRequest
    ) throws(CollectError) -> String {
        guard let value = request.header(header) else { throw .notSigned(reason: "the header `\(header)` is missing") }
        guard value.hasPrefix(prefix) else {
            throw .notSigned(reason: "the header `\(header)` does not begin with \(prefix)")
        }
        return String(value.dropFirst(prefix.count))
    }

    /// `t=1492774577,v1=5257a8…,v1=…`: the senders of two secrets at a time sign twice.
    private static func checkTimestamped(
        _ text: String, header: String, tolerance: Milliseconds, _ body: [UInt8], _ key: [UInt8], _ now: EventTime
    ) throws(CollectError) {
        let fields = text.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        guard let time = fields.first(where: { $0.first == "t" && $0.count == 2 })?[1], let seconds = Int64(time),
            let sentAt = EventTime(unixMs: seconds.multipliedReportingOverflow(by: 1000).partialValue)
        else { throw .notSigned(reason: "the header `\(header)` has no time `t=`") }
        guard abs(now.since(sentAt).count) <= tolerance.count else {
            throw .notSigned(reason: "the signature is older than \(tolerance.count / 1000) seconds")
        }
        let want = SHA256.hmac(Array("\(time).".utf8) + body, key: key)
        let isSigned = fields.contains { field in
            field.count == 2 && field[0] == "v1" && Hex.decode(field[1]).map { Proof.isEqual($0, want) } == true
        }
        guard isSigned else {
            throw .notSigned(reason: "no signature in `\(header)` is that of this body")
        }
    }
}
