"""The benchmark's events as engines take them: codes instead of texts, sorted by person and time."""

import os

import numpy as np


def arrow_table(folder, start_ms, values=False):
    """person, ts (milliseconds since start_ms), name, channel, seq (place in order of arrival); where asked, value."""
    import pyarrow as pa

    def column(name, kind):
        return np.fromfile(os.path.join(folder, name), dtype=kind)

    person, times = column("person.u32", "<u4"), column("time.i64", "<i8")
    order = np.argsort(person.astype("<u8") << 32 | (times - start_ms).astype("<u8"), kind="stable")
    amounts = column("value.i64", "<i8")[order] if values else None
    return pa.table({
        "person": person[order],
        "ts": (times[order] - start_ms).astype("<u8"),
        "name": column("name.u8", "u1")[order],
        "channel": column("channel.u8", "u1")[order],
        "seq": order.astype("<u4"),
        **({"value": pa.array(amounts, mask=amounts < 0)} if values else {}),
    })


def duckdb_events(folder, start_ms, threads, values=False):
    """A connection with the table `events` in memory."""
    import duckdb

    connection = duckdb.connect(":memory:", config={"threads": threads})
    connection.register("columns", arrow_table(folder, start_ms, values))
    connection.execute("CREATE TABLE events AS SELECT * FROM columns")
    connection.unregister("columns")
    return connection
