import Base

/// Sensors Analytics (神策), on the routes `/sa`, `/sa.gif` and `/debug`.
///
/// Source: manual.sensorsdata.cn 数据格式 and 数据接入 API; SensorsAnalyticsSDK 1.11 from PyPI.
public enum SensorsFormat {
    private static let fieldNames = ["data_list", "data"]

    /// The field `data` holds one record, `data_list` an array; in a form or in the query, gzip known by the bytes.
    public static func envelope(_ request: WireRequest) throws(CollectError) -> WireEnvelope {
        let fields = request.form(naming: fieldNames + ["crc", "gzip", "ext"]) ?? []
        func field(_ name: String) -> String? {
            fields.first { $0.name == name }?.value ?? request.parameter(name)
        }
        let text = fieldNames.lazy.compactMap(field).first
        let payload = try NativeFormat.parse(try request.unwrapped(text.map { Array($0.utf8) } ?? request.body))
        guard payload.arrayValue != nil || payload.objectValue != nil else {
            throw .wrongShape(expected: "a record or an array of records", got: payload.kindName)
        }
        let records = payload.arrayValue ?? [payload]
        let key =
            request.parameter("token") ?? field("token")
            ?? records.lazy.compactMap { $0["token"]?.stringValue }.first
        let crcMatches = text.flatMap { text in field("ext").map { isWhole(text, ext: $0) } } ?? true
        return WireEnvelope(items: records.map { item(alone($0, crcMatches: crcMatches)) }, key: key)
    }

    /// One record, without its key and with what its checksum said.
    static func item(_ json: JSON) -> WireItem {
        guard let record = json.objectValue else {
            let refusal = Refusal(.notAnObject, "a record must be an object, not \(json.kindName)")
            return WireItem(drafts: .failure(refusal), body: json.bytes)
        }
        return WireItem(drafts: SensorsRecord(record).drafts, body: json.bytes)
    }

    private static func alone(_ json: JSON, crcMatches: Bool) -> JSON {
        guard var record = json.objectValue else { return json }
        if record["token"] != nil { record["token"] = nil }
        if !crcMatches { record["crc_matches"] = false }
        return .object(record)
    }

    /// The web client's checksum over the text, `crc=` and a whole number of 32 bits; a text without one is whole.
    private static func isWhole(_ text: String, ext: String) -> Bool {
        let fields = PercentEncoding.fields(Array(ext.utf8)) ?? []
        guard let crc = fields.first(where: { $0.name == "crc" }).flatMap({ Int32($0.value) }) else { return true }
        let restored = text.utf8.map { $0 == 0x20 ? 0x2B : $0 }
        return crc == restored.reduce(into: Int32(0)) { hash, byte in hash = (hash << 5) &- hash &+ Int32(byte) }
    }
}
