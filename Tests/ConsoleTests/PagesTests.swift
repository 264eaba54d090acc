private import Foundation
import HTTPServer
import TestSupport
import Testing

@testable import Console

@Suite struct PagesTests {
    private let folder: TemporaryDirectory
    private let test: TestConsole

    init() throws {
        let folder = try TemporaryDirectory()
        self.folder = folder
        let manager = FileManager.default
        for name in ["web/assets/js", "web/sdk", "vendor"] {
            try manager.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
        }
        for name in [
            "web/index.html", "web/secret.txt", "web/assets/js/main.js", "web/sdk/quanyu.js", "vendor/echarts.min.js",
        ] {
            try Data(name.utf8).write(to: URL(filePath: folder.path(name)))
        }
        test = try TestConsole {
            $0.webFolder = folder.path("web")
            $0.vendorFolder = folder.path("vendor")
        }
    }

    private func ask(_ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders = [:]) async -> HTTPResponse {
        await test.router.answer(HTTPRequest(method: method, path: path, headers: headers))
    }

    private func file(_ response: HTTPResponse) -> String? {
        guard case .file(let file) = response.body else { return nil }
        return String(file.path.dropFirst(folder.path.count + 1))
    }

    @Test(arguments: [
        "/", "/overview", "/people", "/people/u-1%2F2", "/decisions", "/decisions/0af3", "/funnel", "/retention",
        "/stages", "/audiences", "/campaigns", "/policies", "/collect", "/quarantine", "/import", "/import/7", "/plan",
        "/plan/order%20paid", "/quality",
        "/orders", "/catalogue", "/catalogue/product%3A1", "/settings", "/sign-in", "/setup",
    ])
    func everyPageIsTheOneDocument(_ path: String) async {
        for method in [HTTPMethod.get, .head] {
            let response = await ask(method, path)
            #expect(response.status == 200)
            #expect(file(response) == "web/index.html")
            #expect(response.headers["Content-Type"] == "text/html; charset=utf-8")
        }
    }

    @Test func aPageRunsOnlyWhatThisServerServesAndInNoFrame() async throws {
        let headers = await ask(.get, "/overview").headers
        let policy = try #require(headers["Content-Security-Policy"])
        #expect(!policy.contains("unsafe"))
        #expect(policy.contains("default-src 'none'"))
        #expect(policy.contains("script-src 'self'"))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(headers["X-Frame-Options"] == "DENY")
        #expect(headers["X-Content-Type-Options"] == "nosniff")
        #expect(headers["Referrer-Policy"] == "no-referrer")
    }

    @Test func aBrowserThatHasThePageIsToldSo() async throws {
        let first = await ask(.get, "/people")
        #expect(first.headers["Cache-Control"] == "no-cache")
        let tag = try #require(first.headers["ETag"])
        let second = await ask(.get, "/overview", ["If-None-Match": tag])
        #expect(second.status == 304)
        #expect(second.headers["Content-Security-Policy"] != nil)
    }

    @Test func partsAreServedAndNothingBesideThem() async {
        #expect(file(await ask(.get, "/assets/js/main.js")) == "web/assets/js/main.js")
        #expect(await ask(.get, "/assets/js/main.js").headers["X-Content-Type-Options"] == "nosniff")
        #expect(file(await ask(.head, "/vendor/echarts.min.js")) == "vendor/echarts.min.js")
        for path in [
            "/assets/../secret.txt", "/assets/%2e%2e/secret.txt", "/assets/..%2Fsecret.txt", "/assets//js/main.js",
            "/assets/js", "/assets/", "/vendor/../web/secret.txt", "/vendor/other.js", "/secret.txt", "/index.html",
        ] {
            let response = await ask(.get, path)
            #expect(response.status == 404 || response.status == 400, "\(path)")
            #expect(file(response) == nil)
        }
        #expect(await ask(.post, "/overview").status == 405)
    }

    @Test func theWebSDKIsForEveryOriginAndKeptByBrowsers() async throws {
        let first = await ask(.get, "/sdk/quanyu.js")
        #expect(file(first) == "web/sdk/quanyu.js")
        #expect(first.headers["Content-Type"] == "text/javascript; charset=utf-8")
        #expect(first.headers["Cross-Origin-Resource-Policy"] == "cross-origin")
        #expect(first.headers["Cache-Control"]?.hasPrefix("public, max-age=") == true)
        let tag = try #require(first.headers["ETag"])
        let second = await ask(.get, "/sdk/quanyu.js", ["If-None-Match": tag])
        #expect(second.status == 304)
        #expect(second.headers["Cache-Control"] == first.headers["Cache-Control"])
        for path in ["/sdk/", "/sdk/other.js", "/sdk/quanyu.js/"] { #expect(await ask(.get, path).status == 404) }
    }

    @Test func withoutItsFilesThePageSaysHowToMendIt() async throws {
        let bare = try TestConsole()
        let page = Answer(response: await bare.router.answer(HTTPRequest(method: .get, path: "/")))
        #expect(page.status == 503)
        #expect(page.text.contains("--web-dir"))
        #expect(page.response.headers["Content-Security-Policy"] != nil)
        let part = Answer(
            response: await bare.router.answer(HTTPRequest(method: .get, path: "/vendor/echarts.min.js")))
        #expect(part.status == 404)
        #expect(part.detail.contains("make setup"))
        let sdk = Answer(response: await bare.router.answer(HTTPRequest(method: .get, path: "/sdk/quanyu.js")))
        #expect(sdk.status == 404)
        #expect(sdk.detail.contains("--web-dir"))
    }
}
