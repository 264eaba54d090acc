import Domain
import Testing

@Suite struct AccessTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let authority: Authority, granted: Set<Permission>
        var testDescription: String { "\(authority)" }
    }

    static let cases = [
        Case(authority: .token(.write), granted: [.send, .decide]),
        Case(authority: .token(.read), granted: [.read]),
        Case(authority: .token(.admin), granted: Set(Permission.allCases)),
        Case(authority: .user(.viewer), granted: [.read]),
        Case(authority: .user(.operator), granted: [.send, .decide, .read, .operate]),
        Case(authority: .user(.admin), granted: Set(Permission.allCases)),
    ]

    @Test(arguments: cases)
    func anAuthorityMayDoWhatTheTableSays(_ c: Case) {
        #expect(Set(Permission.allCases.filter(c.authority.may)) == c.granted)
    }

    @Test func aTokensNameIsTheSourceOfItsEvents() {
        #expect(Identity(authority: .token(.write), name: "shop").source.text == "shop")
        #expect(Identity(authority: .user(.admin), name: "ana").source.text == "user:ana")
        #expect(Identity(authority: .user(.admin), name: "ana").source.isReserved)
        #expect(SourceName.quanyu.isReserved)
        for name in ["users", "Quanyu", "shop", "token:user:ana"] { #expect(!SourceName(validated: name).isReserved) }
        let longest = String(repeating: "n", count: UserName.utf8CountMax)
        #expect(Identity(authority: .user(.admin), name: longest).source.text == "user:" + longest)
    }
}
