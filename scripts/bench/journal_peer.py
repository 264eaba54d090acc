"""The journal's work done by SQLite: keyed records in order, known keys dropped, each batch synced before the next."""

import os
import sqlite3
import time

import peer


def measure(_, request):
    database = sqlite3.connect(os.path.join(request["folder"], "journal.sqlite"), isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE record (sequence INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, payload BLOB)")
    count, payload = request["batch_count"], b"x" * request["payload_bytes"]
    keys = [os.urandom(16) for _ in range(request["batches"] * count)]
    start = time.perf_counter()
    for batch in range(request["batches"]):
        database.execute("BEGIN IMMEDIATE")
        rows = ((key, payload) for key in keys[batch * count:(batch + 1) * count])
        database.executemany("INSERT OR IGNORE INTO record (key, payload) VALUES (?, ?)", rows)
        database.execute("COMMIT")
    seconds = time.perf_counter() - start
    stored, = database.execute("SELECT count(*) FROM record").fetchone()
    if stored != len(keys):
        raise SystemExit(f"SQLite holds {stored} of {len(keys)} records")
    name = f"SQLite {sqlite3.sqlite_version} (WAL, synchronous=FULL, Python sqlite3)"
    return {"engine": name, "events_per_second": stored / seconds}


if __name__ == "__main__":
    peer.main(measure, {"sqlite": ["sqlite3"]})
