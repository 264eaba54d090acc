import API
import Domain
import Synchronization

/// Mappings and webhooks in memory.
final class SourceShelf: Sendable {
    private let mappings = Mutex<[PlainName: SavedMapping]>([:])
    private let webhooks = Mutex<[PlainName: WebhookPorts.FoundWebhook]>([:])

    private let logs = Mutex<[FollowedLog]>([])

    /// Of files that nobody reads; those outside of /var/log may not be followed.
    var logPorts: LogPorts {
        LogPorts(
            list: { self.logs.withLock { $0.map { LogPorts.Report(log: $0, totals: LogTotals(), state: nil) } } },
            add: { log in
                self.logs.withLock { logs in
                    guard !logs.contains(where: { $0.source == log.source }) else { return nil }
                    logs.append(log.with(id: Int64(logs.count + 1)))
                    return Int64(logs.count)
                }
            },
            change: { log in
                self.logs.withLock { logs in
                    guard let index = logs.firstIndex(where: { $0.id == log.id }) else { return false }
                    logs[index] = log
                    return true
                }
            },
            remove: { id in
                self.logs.withLock { logs in
                    let count = logs.count
                    logs.removeAll { $0.id == id }
                    return logs.count < count
                }
            },
            complaint: { $0.hasPrefix("/var/log/") ? nil : "lies in no folder that may be followed" })
    }

    /// One import that is never there: the server's own tests have real ones.
    var importPorts: ImportPorts {
        ImportPorts(
            begin: { _, _, _, _ throws(ImportRefusal) in throw .tooLarge(byteCountMax: 1) },
            append: { _, offset, _ throws(ImportRefusal) in
                throw offset > 0 ? .wrongOffset(expected: 0) : .wrongState(.done)
            },
            sample: { _ throws(ImportRefusal) in throw .unreadable(reason: "no header") },
            preview: { _, _ throws(ImportRefusal) in throw .unavailable(reason: "disk gone") },
            start: { _, _ throws(ImportRefusal) in throw .tooMany(countMax: 1) },
            become: { _, _ throws(ImportRefusal) in throw .unknown }, page: { _, _ in [] },
            find: { _ throws(ImportRefusal) in throw .unknown }, refusedPath: { _ in nil })
    }

    var ports: WebhookPorts {
        WebhookPorts(
            mappings: { self.mappings.withLock { $0.values.sorted { $0.name < $1.name } } },
            saveMapping: { mapping in self.mappings.withLock { $0[mapping.name] = mapping } },
            removeMapping: { name in self.mappings.withLock { $0.removeValue(forKey: name) != nil } },
            webhooks: { self.webhooks.withLock { $0.values.map(\.webhook).sorted { $0.name < $1.name } } },
            webhook: { name in self.webhooks.withLock { $0[name] } },
            saveWebhook: { webhook, secret in
                self.webhooks.withLock { $0[webhook.name] = (webhook, secret ?? $0[webhook.name]?.secret ?? "") }
            },
            removeWebhook: { name in self.webhooks.withLock { $0.removeValue(forKey: name) != nil } })
    }
}

extension FollowedLog {
    fileprivate func with(id: Int64) -> FollowedLog {
        FollowedLog(
            id: id, pattern: pattern, format: format, lineFormat: lineFormat, mapping: mapping, source: source,
            beginning: beginning, isSkippingAnonymous: isSkippingAnonymous, isEnabled: isEnabled, updatedAt: updatedAt)
    }
}
