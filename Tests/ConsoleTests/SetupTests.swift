import Base
import Domain
import HTTPServer
import Store
import TestSupport
import Testing

@Suite struct SetupTests {
    private func body(_ link: String, name: String = "ana", password: String = TestConsole.password) -> JSON {
        ["link": .string(link), "name": .string(name), "password": .string(password)]
    }

    @Test func theLinkMakesTheFirstAdministratorAndSignsThemIn() async throws {
        let test = try TestConsole()
        var browser = Visitor(test)
        #expect(await browser.ask(.get, "/api/v1/setup").json == ["needed": true])
        let link = try #require(try await test.store.users.makeSetupLink())
        let answer = await browser.ask(.post, "/api/v1/setup", body(link))
        #expect(answer.status == 201)
        #expect(answer.json == ["user": ["name": "ana", "role": "admin"]])
        #expect(await browser.ask(.get, "/api/v1/users").status == 200)
        #expect(await browser.ask(.get, "/api/v1/setup").json == ["needed": false])
        #expect(try await test.audited() == ["address:203.0.113.7 set_up ana"])
    }

    @Test func theLinkWorksOnce() async throws {
        let test = try TestConsole()
        let link = try #require(try await test.store.users.makeSetupLink())
        var browser = Visitor(test)
        #expect(await browser.ask(.post, "/api/v1/setup", body(link)).status == 201)
        var other = Visitor(test)
        let answer = await other.ask(.post, "/api/v1/setup", body(link, name: "eve"))
        #expect(answer.status == 403)
        #expect(answer.code == "link_not_valid")
        #expect(other.cookies.isEmpty)
        #expect(try await test.store.users.list().map(\.name.text) == ["ana"])
    }

    @Test func anotherLinkOrAnOldOneOpensNothing() async throws {
        let test = try TestConsole()
        let link = try #require(try await test.store.users.makeSetupLink())
        var browser = Visitor(test)
        #expect(await browser.ask(.post, "/api/v1/setup", body(link + "0")).code == "link_not_valid")
        test.clock.advance(by: UserStore.setupLinkLife)
        #expect(await browser.ask(.post, "/api/v1/setup", body(link)).code == "link_not_valid")
        #expect(try await test.store.users.isSetupNeeded())
    }

    @Test func aRefusedNameOrPasswordDoesNotUseUpTheLink() async throws {
        let test = try TestConsole()
        let link = try #require(try await test.store.users.makeSetupLink())
        var browser = Visitor(test)
        #expect(await browser.ask(.post, "/api/v1/setup", body(link, name: "")).code == "invalid_name")
        #expect(await browser.ask(.post, "/api/v1/setup", body(link, password: "short")).code == "invalid_password")
        #expect(await browser.ask(.post, "/api/v1/setup", body(link)).status == 201)
    }
}
