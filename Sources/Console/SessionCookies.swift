import HTTPServer

/// The two cookies of a browser that is signed in.
struct SessionCookies {
    static let idName = "quanyu_session"
    static let crossSiteTokenName = "quanyu_csrf"
    static let lifeSeconds = 7 * 86_400  // As long as a session may last; idle ones end sooner.

    let isSecure: Bool  // The browser reached us by TLS.

    init(_ request: HTTPRequest, trustForwardedProto: Bool) {
        isSecure = trustForwardedProto && request.headers["X-Forwarded-Proto"]?.lowercased() == "https"
    }

    func set(id: String, crossSiteToken: String, on response: inout HTTPResponse) {
        add(Self.idName, id, lifeSeconds: Self.lifeSeconds, isForScripts: false, to: &response)
        add(Self.crossSiteTokenName, crossSiteToken, lifeSeconds: Self.lifeSeconds, isForScripts: true, to: &response)
    }

    func clear(on response: inout HTTPResponse) {
        add(Self.idName, "", lifeSeconds: 0, isForScripts: false, to: &response)
        add(Self.crossSiteTokenName, "", lifeSeconds: 0, isForScripts: true, to: &response)
    }

    private func add(
        _ name: String, _ value: String, lifeSeconds: Int, isForScripts: Bool, to response: inout HTTPResponse
    ) {
        var text = "\(name)=\(value); Path=/; Max-Age=\(lifeSeconds); SameSite=Lax"
        if !isForScripts { text += "; HttpOnly" }
        if isSecure { text += "; Secure" }
        response.headers.add("Set-Cookie", text)
    }
}
