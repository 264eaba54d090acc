import Domain
import Testing

@Suite struct PersonalFormTests {
    static let masks: [(text: String, masked: String?)] = [
        ("13800138000", "138****8000"), ("+86 138-0013-8000", "+86138****8000"), ("8613800138000", "86138****8000"),
        ("+12345678", "+****5678"), ("ana@shop.cn", "a***@shop.cn"), ("a@shop.cn", "a***@shop.cn"),
        ("阿娜@shop.cn", "阿***@shop.cn"), ("138****8000", nil), ("a***@shop.cn", nil), ("none", nil), ("", nil),
        ("11010519491231002X", nil), ("42", nil),
    ]

    @Test(arguments: masks)
    func anAddressIsMaskedSoThatItsFormIsStillTold(text: String, masked: String?) {
        #expect(PersonalForm.masked(text) == masked)
        guard let masked else { return }
        #expect(PersonalForm(ofMasked: masked) == PersonalForm(of: text))
    }

    @Test(arguments: ["13800138000", "ana@shop.cn", "****", "1****2", "**@shop.cn", "ana***@shop.cn", "x****8000", "*"])
    func whatNoMaskMadeIsNoAddress(text: String) {
        #expect(PersonalForm(ofMasked: text) == nil)
    }
}
