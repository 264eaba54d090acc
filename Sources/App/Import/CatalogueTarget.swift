import Base
import Collect
import Domain
import Store

/// The catalogue: words of subjects, and what they cost, how many there are, when and where. What a record leaves out
/// stays as it was.
struct CatalogueTarget: ImportTarget {
    let refusedWord = "refused"
    let catalogue: CatalogueStore
    let source: SourceName
    let values: TableValues

    func take(_ records: [PlacedRecord]) async throws -> [RecordOutcome] {
        let now = WallClock.now()
        let patches = records.map { record in
            record.reading { json throws(Refusal) in (patch: try patch(json), at: try time(json) ?? now) }
        }
        try await catalogue.apply(patches.compactMap { try? $0.get() }, origin: "import:\(source.text)", now: now)
        return patches.map(\.outcome)
    }

    func trial(_ records: [PlacedRecord]) -> [RecordOutcome] {
        records.map { record in
            record.reading { json throws(Refusal) in (patch: try patch(json), at: try time(json)) }.outcome
        }
    }

    /// Since when it is so: a price list of last month adds to the past.
    private func time(_ json: JSON) throws(Refusal) -> EventTime? { try values.time(json["as_of"], "as_of") }

    private func patch(_ json: JSON) throws(Refusal) -> CatalogPatch {
        guard let subject = json["subject"]?.plainText.flatMap({ Subject($0) }) else {
            throw Refusal(.invalidSubject, "`subject` must read kind:id, such as product:42")
        }
        var patch = CatalogPatch(subject)
        patch.title = json["title"]?.plainText
        patch.category = json["category"]?.plainText
        patch.brand = json["brand"]?.plainText
        patch.host = json["host"]?.plainText
        patch.terms = json["terms"]?.plainText
        patch.channel = json["channel"]?.plainText
        patch.form = json["form"]?.plainText
        let code = values.text(json["currency"])
        guard let currency = code.map({ Currency(code: $0) }) ?? values.currency else {
            throw Refusal(.invalidValue, "`currency` must be three letters of ISO 4217")
        }
        patch.price = try values.money(json["price"], "price", in: currency)
        patch.cost = try values.money(json["cost"], "cost", in: currency)
        patch.stock = try values.whole(json["stock"], "stock")
        patch.startAt = try values.time(json["start"], "start")
        patch.endAt = try values.time(json["end"], "end")
        patch.images = Self.images(json["images"])
        patch.isDiscontinued = values.flag(json["discontinued"])
        return patch
    }

    /// An array, or addresses in one text with white space or `|` between them.
    private static func images(_ json: JSON?) -> [String]? {
        let texts =
            json?.arrayValue?.compactMap(\.stringValue)
            ?? json?.stringValue?.split { $0.isWhitespace || $0 == "|" }.map(String.init)
        return texts.map { Array($0.prefix(CatalogPatch.imageCountMax)) }
    }
}
