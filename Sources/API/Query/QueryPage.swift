import Base

extension Fields {
    /// `page`, an object of `limit` and `cursor`; nil for the whole list.
    func listPage() throws(Problem) -> ListPage? {
        guard let page = try object("page", known: ["limit", "cursor"]) else { return nil }
        return try ListPage(page)
    }
}

extension QueryAnswer {
    /// One page of a list of the answer, and `next`, the cursor of the one behind it; the table stays whole.
    func cut(_ list: String, to page: ListPage) -> QueryAnswer {
        let rows = json[list]?.arrayValue ?? []
        let begin = min(page.after ?? 0, rows.count)
        let end = min(begin + page.countMax, rows.count)
        var members = json.members.map { member in
            switch member.name {
            case list: JSONObject.Member(name: list, value: .array(Array(rows[begin..<end])))
            case "comparison":
                JSONObject.Member(name: member.name, value: member.value.cut(list, begin..<end))
            default: member
            }
        }
        members.append(.init(name: "next", value: end < rows.count ? .string("\(end)") : .null))
        return QueryAnswer(JSONObject(members), table: table)
    }
}

extension JSON {
    /// A comparison without the differences of rows that are not on the page; those that are move to their new places.
    fileprivate func cut(_ list: String, _ rows: Range<Int>) -> JSON {
        guard var comparison = objectValue, let differences = comparison["differences"]?.arrayValue else { return self }
        let kept = differences.compactMap { difference -> JSON? in
            let path = difference["at"]?.stringValue?.split(separator: "/") ?? []
            guard path.first.map(String.init) == list, path.count > 1, let row = Int(path[1]) else { return difference }
            guard rows.contains(row), var moved = difference.objectValue else { return nil }
            let rest = path.dropFirst(2).map { "/\($0)" }.joined()
            moved["at"] = .string("/\(list)/\(row - rows.lowerBound)\(rest)")
            return .object(moved)
        }
        comparison["differences"] = .array(kept)
        return .object(comparison)
    }
}
