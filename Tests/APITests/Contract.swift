import Base
import Foundation
import HTTPServer

/// The document of the API as a check on answers: whether it tells of the status, and whether the body has its shape.
struct Contract {
    private let document: JSON

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        document = try JSON.parse(Array(try Data(contentsOf: root.appendingPathComponent("web/openapi.json"))))
    }

    /// What of the answer the document does not tell; empty where all is well.
    func complaints(about response: HTTPResponse, _ method: HTTPMethod, _ path: String) -> [String] {
        guard let operation = operation(method, path) else {
            return ["\(method.rawValue) \(path) is not in the document"]
        }
        guard let told = operation["responses"]?["\(response.status)"] else {
            return ["\(method.rawValue) \(path) may not answer \(response.status)"]
        }
        guard case .bytes(let bytes) = response.body, let content = told["content"] else { return [] }
        let type = response.headers["Content-Type"].map { String($0.prefix { $0 != ";" }) } ?? ""
        guard let media = content[type] else { return ["\(path) may not answer with \(type)"] }
        guard type.hasSuffix("json"), let schema = media["schema"] else { return [] }
        guard let body = try? JSON.parse(bytes) else { return ["\(path) answers with what is no JSON"] }
        return complaints(about: body, schema, at: "\(path) \(response.status)")
    }

    private func operation(_ method: HTTPMethod, _ path: String) -> JSON? {
        let parts = path.split(separator: "/")
        let fitting = document["paths"]?.objectValue?.members.first { member in
            let pattern = member.name.split(separator: "/")
            return pattern.count == parts.count
                && zip(pattern, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return fitting?.value[method.rawValue.lowercased()]
    }

    private func complaints(about value: JSON, _ schema: JSON, at place: String) -> [String] {
        if let name = schema["$ref"]?.stringValue?.split(separator: "/").last {
            guard let schema = document["components"]?["schemas"]?[String(name)] else { return ["no schema \(name)"] }
            return complaints(about: value, schema, at: place)
        }
        var found: [String] = []
        let types = schema["type"]?.arrayValue?.compactMap(\.stringValue) ?? schema["type"]?.stringValue.map { [$0] }
        if let types, !types.contains(where: { Self.isOf($0, value) }) {
            found.append("\(place) is a \(value.kindName), not \(types)")
        }
        if let allowed = schema["enum"]?.arrayValue, !allowed.contains(value) { found.append("\(place) is \(value)") }
        for (index, element) in (value.arrayValue ?? []).enumerated() {
            guard let items = schema["items"] else { break }
            found += complaints(about: element, items, at: "\(place)[\(index)]")
        }
        if let choices = schema["oneOf"]?.arrayValue {
            let complaints = choices.map { self.complaints(about: value, $0, at: place) }
            if !complaints.contains([]) { found += complaints.flatMap { $0 } }
        }
        if let object = value.objectValue { found += members(of: object, schema, at: place) }
        return found
    }

    private func members(of object: JSONObject, _ schema: JSON, at place: String) -> [String] {
        var found: [String] = []
        for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where object[name] == nil {
            found.append("\(place) lacks `\(name)`")
        }
        if Set(object.members.map(\.name)).count != object.members.count { found.append("\(place) has a name twice") }
        for member in object.members {
            let place = "\(place).\(member.name)"
            if let schema = schema["properties"]?[member.name] {
                found += complaints(about: member.value, schema, at: place)
            } else if schema["additionalProperties"] == false {
                found.append("\(place) is not in the document")
            } else if let schema = schema["additionalProperties"] {
                found += complaints(about: member.value, schema, at: place)
            }
        }
        return found
    }

    private static func isOf(_ type: String, _ value: JSON) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .int: type == "integer" || type == "number"
        case .double: type == "number"
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }
}
