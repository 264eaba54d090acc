import Base
import Collect
import HTTPServer

extension WireRoute {
    /// Douyin's push, which probes with HEAD and takes any 2xx within two seconds for success.
    static func douyin(secret: String) -> WireRoute {
        WireRoute(
            methods: [.post, .head], pattern: "/douyin/live", format: .douyin, keyParameter: "key",
            read: { request throws(CollectError) in try DouyinFormat.envelope(request, secret: secret) },
            taken: { _, _ in .json(["err_no": 0, "err_tips": "success"]) },
            aside: { $0.method == .head ? .text("") : nil })
    }
}
