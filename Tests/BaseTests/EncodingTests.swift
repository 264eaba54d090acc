import Base
import Testing

@Suite struct EncodingTests {
    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"),
        ("Zm9vYmFy", "foobar"), ("5Lit5paH", "中文"),
    ])
    func base64IsWrittenAndRead(text: String, plain: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text.utf8) == Array(plain.utf8))
    }

    @Test(arguments: [
        ("-_-_", [0xFB, 0xFF, 0xBF] as [UInt8]?), ("+/+/", [0xFB, 0xFF, 0xBF]), ("Zg", [0x66]),
        ("Zm9v\r\nYmFy", Array("foobar".utf8)), ("Z", nil), ("Zg==Zg==", nil), ("Zm9%", nil), ("中", nil),
    ])
    func base64IsReadAsClientsWriteIt(text: String, bytes: [UInt8]?) {
        #expect(Base64.decode(text.utf8) == bytes)
    }

    @Test(arguments: [
        ("a=1&b=%E4%B8%AD+x&c", [["a", "1"], ["b", "中 x"], ["c", ""]] as [[String]]?), ("", []), ("a=%4", nil),
        ("a=%FF", nil),
    ])
    func formsAreRead(text: String, fields: [[String]]?) {
        #expect(PercentEncoding.fields(Array(text.utf8))?.map { [$0.name, $0.value] } == fields)
    }
}
