import Base
import Foundation
import HTTPServer
import Journal
import Store

/// What a start would find: nothing is changed by looking.
extension DoctorCommand {
    private static let damageCountShown = 5

    var libraries: Finding {
        let found: [LibraryVersion] = [.libmicrohttpd, .sqlite, .libsodium, .zstd, .zlib, .simdjson]
        return Finding(
            what: "libraries", health: .good,
            detail: found.map { "\($0.name) \($0.version)" }.joined(separator: ", "))
    }

    var port: Finding {
        let (host, port) = (configuration.text(.host), UInt16(clamping: configuration.whole(.port)))
        do throws(HTTPServerError) {
            try HTTPServer.check(host: host, port: port)
            let detail = port == 0 ? "a free one is taken at the start" : "\(host):\(port) is free"
            return Finding(what: "port", health: .good, detail: detail)
        } catch {
            guard let holder, case .cannotListen = error else {
                return Finding(what: "port", health: .bad, detail: error.description)
            }
            return Finding(what: "port", health: .good, detail: "\(host):\(port) is in use, and \(holder) runs")
        }
    }

    func contents(of folder: DataFolder) -> [Finding] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return [server(folder), control(folder)] + journal(folder)
    }

    /// Whoever has the journal; nil where nobody does.
    private var holder: String? {
        guard let dataPath, case .held(let pid)? = try? JournalReader.use(of: DataFolder(planned: dataPath).journal)
        else { return nil }
        return Self.name(ofHolder: pid)
    }

    private static func name(ofHolder pid: Int32?) -> String { pid.map { "process \($0)" } ?? "a process" }

    private func server(_ folder: DataFolder) -> Finding {
        do throws(JournalError) {
            switch try JournalReader.use(of: folder.journal) {
            case .free:
                return Finding(what: "server", health: .good, detail: "none runs on this folder")
            case .held(let pid):
                return Finding(
                    what: "server", health: .good,
                    detail: "\(Self.name(ofHolder: pid)) has the folder: stop it before you start another one")
            }
        } catch {
            return Finding(what: "server", health: .bad, detail: error.explanation)
        }
    }

    private func control(_ folder: DataFolder) -> Finding {
        let what = "control database"
        guard FileManager.default.fileExists(atPath: folder.control) else {
            return Finding(what: what, health: .watch, detail: "\(folder.control) will be made at the first start")
        }
        do throws(DatabaseError) {
            let missing = try ControlStore.stepCountMissing(path: folder.control)
            return Finding(
                what: what, health: .good,
                detail: missing == 0 ? folder.control : "the next start brings it up to date (\(missing) steps)")
        } catch {
            return Finding(what: what, health: .bad, detail: error.explanation)
        }
    }

    private func journal(_ folder: DataFolder) -> [Finding] {
        let what = "journal"
        guard FileManager.default.fileExists(atPath: folder.journal) else {
            return [Finding(what: what, health: .watch, detail: "\(folder.journal) will be made at the first start")]
        }
        do throws(JournalError) {
            let isHeld = try JournalReader.use(of: folder.journal) != .free
            OpenFileLimit.raise()
            let recovery = try JournalReader(directory: folder.journal).recovery
            let size = "\(recovery.recordCount) records, \(recovery.byteCount) bytes"
            var findings = damages(recovery)
            if recovery.byteCountCut > 0, !isHeld {
                let detail =
                    "\(recovery.byteCountCut) bytes at the end are of a write that was not finished: the next start "
                    + "cuts them and keeps them in a file .cut; senders that had no answer send again"
                findings.append(Finding(what: what, health: .watch, detail: detail))
            }
            return try [Finding(what: what, health: .good, detail: size)] + findings + keys(folder)
        } catch {
            return [Finding(what: what, health: .bad, detail: error.explanation)]
        }
    }

    private func keys(_ folder: DataFolder) throws(JournalError) -> [Finding] {
        let what = "keys of older events"
        let check = try KeyRunCheck(directory: folder.journal)
        let lost = check.losses.map { loss in
            Finding(
                what: what, health: .watch,
                detail: "\(loss.file): \(loss.reason); the next start takes them from the journal")
        }
        guard check.runCount > 0 else { return lost }
        return [Finding(what: what, health: .good, detail: "\(check.keyCount) in \(check.runCount) files")] + lost
    }

    private func damages(_ recovery: JournalRecovery) -> [Finding] {
        let shown = recovery.damages.prefix(Self.damageCountShown).map { damage in
            Finding(
                what: "journal", health: .bad,
                detail: "\(damage.file) is damaged at byte \(damage.byteOffset) (\(damage.byteCount) bytes, "
                    + "\(damage.sequences.count) records lost): bring it back from a backup; all else is read")
        }
        let more = recovery.damages.count - shown.count
        guard more > 0 else { return shown }
        return shown + [Finding(what: "journal", health: .bad, detail: "\(more) more places are damaged")]
    }
}
