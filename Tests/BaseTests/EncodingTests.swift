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

    /// RFC 1321, A.5, and the lengths around a block's end.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "d174ab98d277d9f5a5611c2c9f419d9f"
        ),
        (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
        (String(repeating: "x", count: 55), "04364420e25c512fd958a70738aa8f72"),
        (String(repeating: "x", count: 56), "668a72d5ba17f08e62dabcafad6db14b"),
        (String(repeating: "x", count: 64), "c1bb4f81d892b2d57947682aeb252456"),
    ])
    func md5IsThatOfTheStandard(message: String, digest: String) {
        let hex = MD5.digest(Array(message.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        #expect(hex.joined() == digest)
    }

    @Test(arguments: [
        ("a=1&b=%E4%B8%AD+x&c", [["a", "1"], ["b", "中 x"], ["c", ""]] as [[String]]?), ("", []), ("a=%4", nil),
        ("a=%FF", nil),
    ])
    func formsAreRead(text: String, fields: [[String]]?) {
        #expect(PercentEncoding.fields(Array(text.utf8))?.map { [$0.name, $0.value] } == fields)
    }

    @Test(
        arguments: [
            ([0x61, 0x2B, 0x62], false, "a+b"), ([0x61, 0x2B, 0x62], true, "a b"), ([0x25, 0x34, 0x31], false, "A"),
            ([0xE4, 0xB8, 0xAD], false, "中"), ([0x61, 0xFF], false, nil), ([0x61, 0x25, 0x46, 0x46], false, nil),
            ([0x61, 0x25], false, nil), ([], false, ""),
        ] as [([UInt8], Bool, String?)])
    func partsOfAnAddressAreReadWithAndWithoutEscapes(bytes: [UInt8], plusIsSpace: Bool, text: String?) {
        #expect(PercentEncoding.decode(bytes, plusIsSpace: plusIsSpace) == text)
    }
}

@Suite struct RecentTextsTests {
    @Test func textsAreThoseOfTheirBytesWhicheverCameBefore() {
        var texts = RecentTexts()
        // The last eight bytes and the length choose the place: the first two of each row share one.
        let rows = ["click", "clack", "a-exposure", "b-exposure", "红-exposure", String(repeating: "x", count: 65), ""]
        for round in 0..<3 {
            for text in round == 1 ? rows.reversed() : rows {
                #expect(texts.text(Array(text.utf8)[...]).map { Array($0.utf8) } == Array(text.utf8))
            }
        }
    }

    @Test func equalTextsOfDifferentBytesStayApart() {
        var texts = RecentTexts()
        for text in ["e\u{301}", "\u{E9}", "e\u{301}"] {
            #expect(texts.text(Array(text.utf8)[...]).map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test(arguments: [[0xFF], [0x61, 0xC3], [UInt8](repeating: 0xFF, count: 100)] as [[UInt8]])
    func whatIsNoUTF8IsNoText(bytes: [UInt8]) {
        var texts = RecentTexts()
        #expect(texts.text(bytes[...]) == nil && texts.text(bytes[...]) == nil)
    }

    @Test func bytesAreAppendedAsTheyAre() {
        var bytes: [UInt8] = [1]
        for more in [[2, 3], []] as [[UInt8]] { bytes.append(copying: more.span) }
        #expect(bytes == [1, 2, 3])
    }
}
