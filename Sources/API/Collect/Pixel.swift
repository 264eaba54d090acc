import HTTPServer

extension HTTPResponse {
    /// An image of one transparent point, for clients that send with an image. No cache keeps it: each look at a page
    /// is to be told.
    static let pixel = HTTPResponse(
        status: 200, headers: ["Content-Type": "image/gif", "Cache-Control": "no-store"], body: .bytes(gif))

    private static let gif: [UInt8] =
        Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0]  // One by one, a palette of two colours.
        + [0, 0, 0, 0xFF, 0xFF, 0xFF] + [0x21, 0xF9, 4, 1, 0, 0, 0, 0]  // The first colour is transparent.
        + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0] + [2, 2, 0x44, 1, 0, 0x3B]
}
