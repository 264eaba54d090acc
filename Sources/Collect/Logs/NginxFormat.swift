import Base

/// Why a text is no `log_format`.
public struct LogFormatError: Error, Equatable, CustomStringConvertible {
    public let description: String
}

/// NGINX's `log_format`, read backwards: from a line to the variables that were written into it.
///
/// Source: ngx_http_log_module. Takes a whole directive (`log_format main '…' '…';`) or its text alone.
public struct NginxFormat: Sendable, Equatable {
    enum Escape: String { case standard = "default", json, none }

    enum Piece: Sendable, Equatable {
        case text([UInt8])
        case variable(String)
    }

    public static let combined =
        #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "#
        + #""$http_referer" "$http_user_agent""#

    let pieces: [Piece]
    let escape: Escape

    /// - Parameter text: Empty for `combined`.
    public init(_ text: String) throws(LogFormatError) {
        var escape = Escape.standard
        let format = try Self.format(text, &escape)
        self.escape = escape
        pieces = try Self.pieces(format.isEmpty ? Self.combined : format)
        guard pieces.contains(where: { if case .variable = $0 { true } else { false } }) else {
            throw LogFormatError(description: "a log format names at least one variable, such as $request")
        }
    }

    /// The names, in order.
    public var variables: [String] {
        pieces.compactMap { if case .variable(let name) = $0 { name } else { nil } }
    }

    // MARK: Reading the format

    /// What stands within the quotes of a directive; of a text without quotes, all of it.
    private static func format(_ text: String, _ escape: inout Escape) throws(LogFormatError) -> String {
        var rest = text[...].drop(while: \.isWhitespace)
        let isDirective = rest.hasPrefix("log_format")
        if isDirective {
            rest = rest.dropFirst("log_format".count).drop(while: \.isWhitespace)
            rest = rest.drop { !$0.isWhitespace }.drop(while: \.isWhitespace)  // Its name.
        }
        if rest.hasPrefix("escape=") {
            let word = rest.dropFirst("escape=".count).prefix { !$0.isWhitespace }
            guard let known = Escape(rawValue: String(word)) else {
                throw LogFormatError(description: "escape=\(word) is none; there are default, json, none")
            }
            escape = known
            rest = rest.dropFirst("escape=".count + word.count).drop(while: \.isWhitespace)
        }
        guard isDirective || rest.first == "'" else { return String(rest.trimmingEnd()) }
        var format = ""
        while let quote = rest.first, quote == "'" || quote == "\"" {
            guard let part = quoted(&rest, quote) else {
                throw LogFormatError(description: "a quote is not closed")
            }
            format += part
            rest = rest.drop(while: \.isWhitespace)
        }
        guard rest.isEmpty || rest.first == ";" else {
            throw LogFormatError(description: "`\(rest.prefix(20))` stands outside of quotes")
        }
        return format
    }

    private static func quoted(_ rest: inout Substring, _ quote: Character) -> String? {
        rest = rest.dropFirst()
        var part = ""
        while let character = rest.first {
            rest = rest.dropFirst()
            if character == quote { return part }
            guard character == "\\", let next = rest.first else {
                part.append(character)
                continue
            }
            rest = rest.dropFirst()
            switch next {
            case "t": part.append("\t")
            case "n": part.append("\n")
            case quote, "\\": part.append(next)
            default: part += "\\\(next)"
            }
        }
        return nil
    }

    private static func pieces(_ format: String) throws(LogFormatError) -> [Piece] {
        var pieces: [Piece] = []
        var text: [UInt8] = []
        var rest = Array(format.utf8)[...]
        while let byte = rest.first {
            rest = rest.dropFirst()
            guard byte == UInt8(ascii: "$") else {
                text.append(byte)
                continue
            }
            let isBraced = rest.first == UInt8(ascii: "{")
            if isBraced { rest = rest.dropFirst() }
            let name = rest.prefix(while: isNameByte)
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, !isBraced || rest.first == UInt8(ascii: "}") else {
                throw LogFormatError(description: "a `$` is not followed by a variable's name")
            }
            if isBraced { rest = rest.dropFirst() }
            if !text.isEmpty { pieces.append(.text(text)) }
            text = []
            pieces.append(.variable(String(decoding: name, as: UTF8.self)))
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        return pieces
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }
}

extension Substring {
    fileprivate func trimmingEnd() -> Substring {
        self[..<(lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? startIndex)]
    }
}
