import HTTPServer

/// The console's pages and their parts, as they lie on disk. One document serves every page: its script routes.
struct Pages: Sendable {
    static let paths = [
        "/", "/overview", "/people", "/people/{id}", "/decisions", "/decisions/{id}", "/funnel", "/retention",
        "/segmentation", "/attribution", "/stages", "/audiences", "/campaigns", "/policies", "/collect", "/quarantine",
        "/import", "/import/{id}", "/plan", "/plan/{name}", "/quality", "/cleaning", "/orders", "/catalogue", "/paths",
        "/lifecycle", "/catalogue/{subject}", "/settings", "/sign-in", "/setup",
        "/metric", "/metric/{id}",
    ]

    /// Scripts and styles come from files of this server alone. Styles that a script sets on an element are no
    /// inline styles.
    static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
        "connect-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// A link of the first start is in its page's address, so that no referrer is ever sent.
    static let documentHeaders: HTTPHeaders = [
        "Content-Security-Policy": contentSecurityPolicy, "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
    ]

    static let partHeaders: HTTPHeaders = [
        "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
    ]

    /// For the pages of any shop: readable across origins, so that `integrity` works; asked for again after an hour.
    static let sdkHeaders: HTTPHeaders = [
        "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "public, max-age=3600, stale-while-revalidate=86400",
    ]

    let options: ConsoleOptions

    func register(on router: inout Router) {
        for path in Self.paths { router.on(.get, path) { page($0) } }
        router.on(.get, "/vendor/echarts.min.js") { vendorFile("echarts.min.js", $0) }
        router.on(.get, "/sdk/quanyu.js", crossOrigin: .anyOrigin) { sdk($0) }
        if let folder = options.webFolder {
            router.mount("/assets", directory: folder + "/assets", headers: Self.partHeaders)
        }
    }

    private func page(_ request: HTTPRequest) -> HTTPResponse {
        guard let file = options.webFolder.flatMap({ StaticFile(path: $0 + "/index.html") }) else {
            return .text(Self.missing(options.webFolder), status: 503, headers: Self.documentHeaders)
        }
        return .file(file, for: request, headers: Self.documentHeaders)
    }

    private static func missing(_ folder: String?) -> String {
        """
        Quanyu runs, but the pages of its console are not here\(folder == nil ? "" : " any more").
        To mend it, start the server from its own folder, or tell it where the folder `web` of the source is:
            quanyu serve --web-dir FOLDER        (or QUANYU_WEB_DIR=FOLDER)
        The API is not affected.

        """
    }

    private func sdk(_ request: HTTPRequest) -> HTTPResponse {
        guard let file = options.webFolder.flatMap({ StaticFile(path: $0 + "/sdk/quanyu.js") }) else {
            return .problem(
                404, code: "not_found",
                detail: "the web SDK is not here: name the folder `web` of the source with --web-dir")
        }
        return .file(file, for: request, headers: Self.sdkHeaders)
    }

    private func vendorFile(_ name: String, _ request: HTTPRequest) -> HTTPResponse {
        guard let file = options.vendorFolder.flatMap({ StaticFile(path: $0 + "/" + name) }) else {
            return .problem(
                404, code: "not_found",
                detail: "\(name) is not installed: run `make setup`, or name its folder with --third-party-dir")
        }
        return .file(file, for: request, headers: Self.partHeaders)
    }
}
