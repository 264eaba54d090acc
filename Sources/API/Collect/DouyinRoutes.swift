import Base
import Collect
import Domain
import HTTPServer

extension WireRoute {
    /// Douyin's push, which probes with HEAD and takes any 2xx within two seconds for success.
    ///
    /// - Parameter standard: The secret of sources without one of their own.
    static func douyin(_ secrets: DouyinPorts, standard: String) -> WireRoute {
        WireRoute(
            methods: [.post, .head], pattern: "/douyin/live", format: .douyin, keyParameter: "key",
            read: { request throws(CollectError) in WireEnvelope(items: [], key: request.parameter("key")) },
            readSigned: { request, source throws(CollectError) in
                let own: String?
                do throws(ReadFailure) { own = try await secrets.secret(source) } catch {
                    throw .unavailable(reason: error.reason)
                }
                return try DouyinFormat.envelope(request, secret: own ?? standard)
            },
            taken: { _, _ in .json(["err_no": 0, "err_tips": "success"]) },
            aside: { $0.method == .head ? .text("") : nil })
    }
}

extension API {
    private static let secretUTF8CountMax = 500
    private static let douyinSecretPath = "/api/v1/sources/{source}/douyin-secret"

    /// The secret of a source is set and cleared, and never shown.
    func registerDouyinSecrets(on router: inout Router) {
        on(.put, Self.douyinSecretPath, .administer, &router) { request, caller throws(Problem) in
            let source = try source(request)
            guard !source.isReserved else { throw .parameter("source", "is reserved for Quanyu's own events") }
            let fields = try Fields(body: request, known: ["secret"])
            let secret = try fields.required("secret", "must be 1 to \(Self.secretUTF8CountMax) bytes of text") {
                json in
                json.stringValue.flatMap { (1...Self.secretUTF8CountMax).contains($0.utf8.count) ? $0 : nil }
            }
            do throws(ReadFailure) { try await ports.sources.douyin.set(secret, source) } catch { throw Problem(error) }
            await ports.audit(AuditEntry(actor: caller.actor, action: .douyinSecretSet, target: source.text))
            return .noContent()
        }
        on(.delete, Self.douyinSecretPath, .administer, &router) { request, caller throws(Problem) in
            let source = try source(request)
            let isCleared: Bool
            do throws(ReadFailure) { isCleared = try await ports.sources.douyin.clear(source) } catch {
                throw Problem(error)
            }
            guard isCleared else { throw .notFound("secret of this source's own") }
            await ports.audit(AuditEntry(actor: caller.actor, action: .douyinSecretCleared, target: source.text))
            return .noContent()
        }
    }

    /// Sources with a secret of their own, by name.
    func douyinSources() async throws(Problem) -> JSON {
        do throws(ReadFailure) {
            return .array(try await ports.sources.douyin.sources().map { .string($0.text) })
        } catch {
            throw Problem(error)
        }
    }
}
