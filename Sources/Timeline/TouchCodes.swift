import Domain
import Kernels

/// What touches are counted under, as dense codes.
struct TouchCodes: Sendable {
    enum Source: Sendable {
        case channels
        /// The subject where it is of the kind, else the text of the property in this column.
        case names(kinds: [UInt8], kind: UInt8?, property: Int?)
    }

    let source: Source
    private let subjectCount: Int  // Texts come behind the subjects, and what names nothing behind the texts.
    private let textCount: Int

    init(_ source: Source, subjectCount: Int, textCount: Int) {
        self.source = source
        self.subjectCount = subjectCount
        self.textCount = textCount
    }

    /// How many codes there are.
    var count: Int {
        switch source {
        case .channels: 256
        case .names: subjectCount + textCount + 1
        }
    }

    /// Whether a code stands for touches that name nothing.
    func isNone(_ code: Int) -> Bool {
        switch source {
        case .channels: false
        case .names: code == subjectCount + textCount
        }
    }

    func name(of code: Int, _ tables: Dictionaries.Tables) -> String {
        switch source {
        case .channels: tables.channels.text(of: UInt32(code))
        case .names where code < subjectCount: tables.subject(of: UInt32(code))?.id ?? ""
        case .names: tables.texts.text(of: UInt32(code - subjectCount))
        }
    }

    /// - Parameter codes: Made as long as the piece has events: the code of each.
    func fill(_ codes: inout [UInt32], _ piece: MatchedRows, channels: [UInt32]) {
        guard case .names(let kinds, let kind, let property) = source else {
            codes = channels
            return
        }
        resize(&codes, piece.count, 0)
        let column = property.map { piece.rows.property($0) }
        for event in 0..<piece.count {
            let position = piece.position(event)
            let subject = piece.columns.subjects[position]
            if let kind, kinds[Int(subject)] == kind {
                codes[event] = subject
            } else {
                codes[event] = UInt32(subjectCount + (column?.code(position).map { Int($0) } ?? textCount))
            }
        }
    }
}
