import Base
import Collect
import Domain
import HTTPServer

extension WireRoute {
    /// The Measurement Protocol, whose clients hear nothing but that it went well.
    static let ga4 = WireRoute(
        methods: [.post], pattern: "/mp/collect", format: .ga4,
        read: { request throws(CollectError) in try GA4Format.envelope(request) }, taken: { _, _ in .noContent() })
}

extension API {
    /// Tells what is wrong with a request and takes nothing; as Google's, it asks for no key.
    func registerGA4Validation(on router: inout Router) {
        router.on(.post, "/debug/mp/collect", crossOrigin: .anyOrigin) { [ports] request in
            let messages = GA4Validation.messages(WireRequest(request)) { items throws(CollectError) in
                try ports.collect.trial(items, source: .quanyu)
            }
            return .json([
                "validationMessages": .array(
                    messages.map { message in
                        [
                            "fieldPath": .string(message.fieldPath), "description": .string(message.description),
                            "validationCode": .string(message.code.rawValue),
                        ]
                    })
            ])
        }
    }
}
