import Base
import Domain
import HTTPServer
import Measure
import Timeline

/// One kind of query: how its question is read, and answered from a timeline.
struct QueryKind<Question: Sendable>: Sendable {
    let name: String  // In the path.
    let fields: [String]  // `identities` is one of every kind, and `compare` of those of a period.
    var takesAudience = false  // Whether `audience` may say whom it is about.
    /// Reads and answers where blocking is allowed; an answer of a snapshot whose budget was spent is thrown away.
    let read: @Sendable (Fields) throws(Problem) -> Question
    let answer: @Sendable (Question, TimelineSnapshot) throws(Problem) -> QueryAnswer
    /// What the answer depends on beside the request and the timeline: a part of the entity tag.
    var mark: @Sendable (Question) -> String = { _ in "" }
    /// Which events the answer rests on; nil where it says so itself.
    var scope: (@Sendable (Question) -> QueryScope)?

    var hasComparison = true  // Where it is of a period at all.
    var list: String?  // The member of the answer that may be asked for page by page.

    private var isComparable: Bool { hasComparison && fields.contains("from") && fields.contains("to") }
    var known: [String] {
        fields + ["identities"] + (takesAudience ? ["audience"] : []) + (isComparable ? ["compare"] : [])
            + (list == nil ? [] : ["page"])
    }

    /// The answer, held against another period's where that is asked for, and cut to the page that is.
    func answer(_ question: Question, _ fields: Fields, _ people: TimelineSnapshot) throws(Problem) -> QueryAnswer {
        var answer = try answer(question, people)
        if isComparable, let range = try fields.comparedRange() {
            let before = try self.answer(try read(fields.asked(about: range)), people)
            answer = answer.compared(with: before, of: range)
        }
        guard let list, let page = try fields.listPage() else { return answer }
        return answer.cut(list, to: page)
    }
}

extension API {
    /// A header by which a caller names a query, to end it with `DELETE /api/v1/queries/{name}`.
    private static let nameHeader = "X-Quanyu-Query"

    /// `POST /api/v1/query/{kind}`: JSON or CSV, as `Accept` says. An answer has an entity tag of the question and the
    /// state of the timeline: who has it is answered with 304, and nothing is counted again.
    func onQuery<Question: Sendable>(_ kind: QueryKind<Question>, on router: inout Router) {
        if let scope = kind.scope {
            scopes.add(kind.name) { question, place throws(Problem) in
                let fields = try Fields(question, place: place, known: kind.known)
                let chosen = kind.takesAudience ? try chosenAudience(fields) : nil
                return scope(try kind.read(fields)).among(chosen)
            }
        }
        on(.post, "/api/v1/query/\(kind.name)", .read, &router) { request, caller throws(Problem) in
            let fields = try Fields(body: request, known: kind.known)
            let basis = try fields.basis()
            let (tag, answer) = try await run(request, caller) { budget throws(Problem) in
                let question = try kind.read(fields)
                let snapshot = ports.timeline()
                let chosen = kind.takesAudience ? try chosenAudience(fields) : nil
                let tag = Self.entityTag(
                    "\(kind.name) \(kind.mark(question)) \(chosen?.query.mark ?? "")", request, snapshot)
                if request.knows(entityTag: tag) { return (tag, nil) }
                let everybody = try ports.people(snapshot, basis).within(budget)
                let clock = ContinuousClock()
                let start = clock.now
                let people = chosen.map { everybody.among($0.query) } ?? everybody
                var answer = try kind.answer(question, fields, people)
                if let time = people.observedFrom { answer.json.append("observed_from", .time(time)) }
                if kind.takesAudience {
                    answer.json.append("audience", chosen?.json(people.peopleCount, of: everybody.peopleCount) ?? .null)
                }
                if let mark = mark(of: question, chosen, kind, fields) { answer.json.append("metric", mark) }
                answer.json.append("duration_ms", .double((clock.now - start) / .milliseconds(1)))
                return (tag, answer)
            }
            let headers: HTTPHeaders = ["ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept"]
            guard let answer else { return HTTPResponse(status: 304, headers: headers) }
            guard request.wantsCSV else { return .json(.object(answer.json), headers: headers) }
            return HTTPResponse(
                status: 200, headers: headers.with("Content-Type", "text/csv; charset=utf-8"),
                body: .bytes(answer.table.csv))
        }
    }

    /// The definition of what a query answers, with what it was asked.
    private func mark<Question: Sendable>(
        of question: Question, _ chosen: ChosenAudience?, _ kind: QueryKind<Question>, _ fields: Fields
    ) -> JSON? {
        kind.scope.flatMap { scope in
            mark(of: "query.\(kind.name)", asked: fields.whole, basis: scope(question).among(chosen).basis)
        }
    }

    func registerQueries(on router: inout Router) {
        on(.delete, "/api/v1/queries/{name}", .read, &router) { request, caller throws(Problem) in
            let name = request.parameters["name"] ?? ""
            guard running.cancel(name, of: caller) else { throw .notFound("query of yours under way by that name") }
            return .noContent()
        }
    }

    /// Runs a query within the time it may take, under the name that the request gave it.
    private func run(
        _ request: HTTPRequest, _ caller: Identity,
        _ work: @escaping @Sendable (QueryBudget) throws(Problem) -> (tag: String, answer: QueryAnswer?)
    ) async throws(Problem) -> (tag: String, answer: QueryAnswer?) {
        let deadline = ContinuousClock.now + options.queryTimeMax
        let budget = QueryBudget(until: deadline)
        let name = request.headers[Self.nameHeader]
        if let name {
            guard PlainName(plain: name) != nil, !name.contains(".") else {
                throw .parameter(Self.nameHeader, "must have 1 to 64 letters, digits, `-` or `_`")
            }
            guard running.begin(name, of: caller, budget) else {
                throw Problem(
                    status: 409, code: "query_under_way",
                    detail: "a query of yours is under way by the name in `\(Self.nameHeader)`: choose another")
            }
        }
        defer { if let name { running.end(name, of: caller) } }
        return try await query { () throws(Problem) in
            let answer = try work(budget)
            guard budget.isSpent else { return answer }
            throw ContinuousClock.now >= deadline ? .queryTooLong(options.queryTimeMax) : .queryCancelled
        }
    }

    private static func entityTag(_ kind: String, _ request: HTTPRequest, _ snapshot: TimelineSnapshot) -> String {
        let question = Array("\(kind) \(request.wantsCSV) ".utf8) + request.body
        return "\"\(snapshot.stateMark)-\(String(checksum64(of: question), radix: 36))\""
    }
}

extension HTTPHeaders {
    fileprivate func with(_ name: String, _ value: String) -> HTTPHeaders {
        var headers = self
        headers[name] = value
        return headers
    }
}

extension Problem {
    static func queryTooLong(_ timeMax: Duration) -> Problem {
        Problem(
            status: 422, code: "query_too_long",
            detail: "the query took longer than \(timeMax.components.seconds) s and was ended: ask for a shorter "
                + "period, fewer steps or fewer groups")
    }

    static let queryCancelled = Problem(
        status: 409, code: "query_cancelled", detail: "the query was ended by its caller: nothing was counted")
}
