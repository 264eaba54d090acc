import Base

extension NginxFormat {
    /// The values of a line by variable, unescaped; nil where the line is not of this format.
    ///
    /// Of several readings the one is taken in which each variable, from left to right, is as short as it can be.
    /// - Complexity: O(length · pieces).
    func values(_ line: ArraySlice<UInt8>) -> [(name: String, value: String?)]? {
        let matcher = Matcher(pieces: pieces, line: Array(line))
        guard let ranges = matcher.ranges() else { return nil }
        return zip(variables, ranges).map { name, range in (name, unescaped(matcher.line[range])) }
    }

    /// NGINX writes `-` for what is empty, except with escape=json and none.
    private func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
        if bytes.isEmpty || (escape == .standard && bytes.elementsEqual([UInt8(ascii: "-")])) { return nil }
        guard escape != .none, bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        if escape == .json, let text = try? JSON.parse([0x22] + bytes + [0x22]).stringValue { return text }
        return String(decoding: Self.withoutHex(bytes), as: UTF8.self)
    }

    /// `\xXX` is one byte.
    private static func withoutHex(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var rest = bytes
        while let byte = rest.first {
            let digits = rest.dropFirst(2).prefix(2)
            if byte == UInt8(ascii: "\\"), rest.dropFirst().first == UInt8(ascii: "x"), digits.count == 2,
                let value = Hex.decode(String(decoding: digits, as: UTF8.self))
            {
                out += value
                rest = rest.dropFirst(4)
            } else {
                out.append(byte)
                rest = rest.dropFirst()
            }
        }
        return out
    }

    /// Finds where each variable stands.
    private struct Matcher {
        let pieces: [Piece]
        let line: [UInt8]

        func ranges() -> [Range<Int>]? { rangesAtFirstSight() ?? rangesWithLookahead() }

        /// Each variable ends where the text behind it first stands; this fits nearly all lines.
        private func rangesAtFirstSight() -> [Range<Int>]? {
            var ranges: [Range<Int>] = []
            var start: Int?  // Of the variable that is open.
            var place = 0
            for piece in pieces {
                switch piece {
                case .variable:
                    if let start { ranges.append(start..<place) }
                    start = place
                case .text(let text):
                    guard let found = start == nil ? (isText(text, at: place) ? place : nil) : first(text, from: place)
                    else { return nil }
                    if let start { ranges.append(start..<found) }
                    start = nil
                    place = found + text.count
                }
            }
            if let start { ranges.append(start..<line.count) }
            return start != nil || place == line.count ? ranges : nil
        }

        /// For each piece, from the last one back: from which places what is left of the line fits what is left of the
        /// pieces. Then each variable can end at the first place from which the rest fits.
        private func rangesWithLookahead() -> [Range<Int>]? {
            let count = line.count + 1
            var fits = [[Bool]](repeating: [], count: pieces.count + 1)
            fits[pieces.count] = (0..<count).map { $0 == line.count }
            for index in pieces.indices.reversed() {
                var here = [Bool](repeating: false, count: count)
                let next = fits[index + 1]
                switch pieces[index] {
                case .variable:
                    var isReachable = false
                    for place in (0..<count).reversed() {
                        isReachable = isReachable || next[place]
                        here[place] = isReachable
                    }
                case .text(let text):
                    for place in 0..<max(0, count - text.count) where next[place + text.count] {
                        here[place] = isText(text, at: place)
                    }
                }
                fits[index] = here
            }
            guard fits[0][0] else { return nil }
            var ranges: [Range<Int>] = []
            var place = 0
            for (index, piece) in pieces.enumerated() {
                switch piece {
                case .text(let text): place += text.count
                case .variable:
                    guard let end = fits[index + 1][place...].firstIndex(of: true) else { return nil }
                    ranges.append(place..<end)
                    place = end
                }
            }
            return ranges
        }

        private func isText(_ text: [UInt8], at place: Int) -> Bool { line[place...].starts(with: text) }

        private func first(_ text: [UInt8], from place: Int) -> Int? {
            var place = place
            while let found = line[place...].firstIndex(of: text[0]) {
                if isText(text, at: found) { return found }
                place = found + 1
            }
            return nil
        }
    }
}

extension NginxFormat {
    /// The line as a row: its variables, and what follows from them: `method`, `path`, `query`, `cookie` and `time`.
    func row(_ line: ArraySlice<UInt8>) -> JSONObject? {
        guard let values = values(line) else { return nil }
        var row = JSONObject()
        for (name, value) in values {
            guard let value, row[name] == nil else { continue }
            row.append(name, Self.typed(value))
        }
        Self.addRequest(to: &row)
        if row["cookie"] == nil, let cookies = row["http_cookie"]?.stringValue {
            row.append("cookie", .object(Self.pairs(cookies, separator: ";")))
        }
        if row["time"] == nil, let time = Self.time(row) { row.append("time", .int(time)) }
        return row
    }

    /// Numbers that read back as they were written; ids such as 007 stay whole.
    private static func typed(_ value: String) -> JSON {
        if let whole = Int64(value), String(whole) == value { return .int(whole) }
        if value.contains("."), let number = Double(value), number.isFinite, number.description == value {
            return .double(number)
        }
        return .string(value)
    }

    private static func addRequest(to row: inout JSONObject) {
        var target = row["request_uri"]?.plain ?? row["uri"]?.plain
        if let request = row["request"]?.stringValue {
            let words = request.split(separator: " ").map(String.init)
            if words.count >= 2 {
                if row["method"] == nil { row.append("method", .string(words[0])) }
                target = target ?? words[1]
            }
        }
        if row["method"] == nil, let method = row["request_method"] { row.append("method", method) }
        guard let target else { return }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if row["path"] == nil { row.append("path", .string(decoded(parts[0]))) }
        let query = parts.count == 2 ? parts[1] : row["args"]?.plain ?? row["query_string"]?.plain
        if row["query"] == nil, let query { row.append("query", .object(pairs(query, separator: "&"))) }
    }

    /// `a=1&b=2`, or cookies; of two of one name the first counts.
    private static func pairs(_ text: String, separator: Character) -> JSONObject {
        var object = JSONObject()
        for pair in text.split(separator: separator).prefix(100) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0].drop(while: \.isWhitespace))
            let isQuery = separator == "&"
            guard parts.count == 2, !name.isEmpty, object[decoded(name, plusIsSpace: isQuery)] == nil else { continue }
            object.append(
                decoded(name, plusIsSpace: isQuery), .string(decoded(String(parts[1]), plusIsSpace: isQuery)))
        }
        return object
    }

    /// What is no sound encoding stays as it is.
    private static func decoded(_ text: String, plusIsSpace: Bool = false) -> String {
        guard text.contains("%") || (plusIsSpace && text.contains("+")) else { return text }
        return PercentEncoding.decode(text.utf8, plusIsSpace: plusIsSpace) ?? text
    }

    /// `$time_local`, `$time_iso8601` or `$msec`, in milliseconds since 1970.
    private static func time(_ row: JSONObject) -> Int64? {
        if let text = row["time_local"], let ms = TimeText(.log).unixMs(text) { return ms }
        if let text = row["time_iso8601"]?.stringValue, let ms = EventTime.unixMs(iso8601: text) { return ms }
        return row["msec"].flatMap { TimeText(.unixSeconds).unixMs($0) }
    }
}
