import API
import Collect
import Domain
import Store

extension PortWiring {
    func logs(_ follower: LogFollower, _ folders: FollowFolders) -> LogPorts {
        LogPorts(
            list: { [store] () throws(ReadFailure) in
                let states = await follower.states()
                return try await Self.read { () async throws(DatabaseError) in try await store.logs.list() }.map {
                    LogPorts.Report(log: $0.log, totals: $0.totals, state: states[$0.log.id])
                }
            },
            add: { [store] log throws(ReadFailure) in
                let id = try await Self.read { () async throws(DatabaseError) -> Int64? in
                    do throws(DatabaseError) { return try await store.logs.add(log) } catch {
                        guard error.reason == .alreadyThere else { throw error }
                        return nil
                    }
                }
                await follower.refresh()
                return id
            },
            change: { [store] log throws(ReadFailure) in
                let isChanged = try await Self.read { () async throws(DatabaseError) in
                    try await store.logs.change(log)
                }
                await follower.refresh()
                return isChanged
            },
            remove: { [store] id throws(ReadFailure) in
                let isRemoved = try await Self.read { () async throws(DatabaseError) in
                    try await store.logs.remove(id: id)
                }
                await follower.refresh()
                return isRemoved
            },
            complaint: { folders.complaint(about: $0) })
    }

    func imports(_ jobs: ImportJobs) -> ImportPorts {
        ImportPorts(
            begin: { name, format, byteCount, actor throws(ImportRefusal) in
                try await jobs.begin(name, format, byteCount, actor)
            },
            append: { id, offset, piece throws(ImportRefusal) in try await jobs.append(id, offset, piece) },
            sample: { id throws(ImportRefusal) in try await jobs.sample(id) },
            preview: { id, mapping throws(ImportRefusal) in try await jobs.preview(id, mapping) },
            start: { id, mapping throws(ImportRefusal) in try await jobs.start(id, mapping) },
            become: { id, state throws(ImportRefusal) in try await jobs.become(id, state) },
            page: { before, countMax throws(ImportRefusal) in try await jobs.page(before, countMax) },
            find: { id throws(ImportRefusal) in try await jobs.find(id) },
            refusedPath: { id throws(ImportRefusal) in try await jobs.refusedPath(id) })
    }

    /// As `collect`, for batches of any size.
    var collectBatches: CollectEvents {
        var limits = limits
        limits.eventsPerRequestMax = .max
        return PortWiring(journal: journal, store: store, key: key, limits: limits, plan: plan).collect
    }

    var douyin: DouyinPorts {
        DouyinPorts(
            sources: { [store] () throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.douyinSecrets.sources() }
            },
            secret: { [store] source throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.douyinSecrets.find(source) }
            },
            set: { [store] secret, source throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.douyinSecrets.set(secret, of: source)
                }
            },
            clear: { [store] source throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.douyinSecrets.clear(source) }
            })
    }

    var webhooks: WebhookPorts {
        WebhookPorts(
            mappings: { [store] () throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.mappings.list() }
            },
            saveMapping: { [store] mapping throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.mappings.save(mapping) }
            },
            removeMapping: { [store] name throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.mappings.remove(name) }
            },
            webhooks: { [store] () throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.webhooks.list() }
            },
            webhook: { [store] name throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.webhooks.find(name) }
            },
            saveWebhook: { [store] webhook, secret throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in
                    try await store.webhooks.save(webhook, secret: secret)
                }
            },
            removeWebhook: { [store] name throws(ReadFailure) in
                try await Self.read { () async throws(DatabaseError) in try await store.webhooks.remove(name) }
            })
    }
}
