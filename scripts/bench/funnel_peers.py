"""Funnels by chDB and DuckDB over the events that the benchmark dumped, with the meaning of `windowFunnel`.

A start of a chain is one number: time, place in order of arrival, channel, from the high bits to the low ones. So the
largest start is the latest, and a breakdown by the channel of the first step carries no further column. Table layouts
of one engine compete, and the fastest counts.
"""

import os
from typing import NamedTuple

import events
import peer

PLACE_BITS, CHANNEL_BITS = 28, 3
TIME_SHIFT = PLACE_BITS + CHANNEL_BITS


class Dialect(NamedTuple):
    big: str  # A 64-bit signed integer of {}.
    divided: str  # {0} by {1}, rounded down.
    first: str  # {0} where {1} is least, of the rows in which {0} is not null.


DUCKDB = Dialect("CAST({} AS BIGINT)", "({0} // {1})", "arg_min({0}, {1}) FILTER ({0} IS NOT NULL)")
CLICKHOUSE = Dialect("toInt64({})", "intDiv({0}, {1})", "argMinIf({0}, {1}, {0} IS NOT NULL)")


def window_sql(dialect, steps, window_ms, is_by_channel):
    """One window function after another: the latest start of a chain that has reached the step before."""
    count, names = len(steps), ", ".join(map(str, steps))
    ts, seq = dialect.big.format("ts"), dialect.big.format("seq")
    start = f"{ts} * {1 << TIME_SHIFT} + {seq} * {1 << CHANNEL_BITS} + channel" if is_by_channel else ts
    sql = f"SELECT person, ts, name, if(name = {steps[0]}, {start}, NULL) AS s1 FROM events WHERE name IN ({names})"
    window = "(PARTITION BY person ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    for k in range(2, count + 1):
        before = "".join(f", s{i}" for i in range(1, k))
        sql = f"SELECT person, ts, name{before}, max(s{k - 1}) OVER {window} AS p{k} FROM ({sql}) AS e{k}"
        start_ms = dialect.divided.format(f"p{k}", 1 << TIME_SHIFT) if is_by_channel else f"p{k}"
        reached = f"name = {steps[k - 1]} AND {ts} - {start_ms} <= {window_ms}"
        sql = f"SELECT person, ts, name{before}, if({reached}, p{k}, NULL) AS s{k} FROM ({sql}) AS r{k}"

    def by_level(value):
        cases = " ".join(f"WHEN count(s{k}) > 0 THEN {value(k)}" for k in range(count, 0, -1))
        return f"CASE {cases} ELSE 0 END"

    # The start of the chain that was the first to reach the level. Of first steps at one time the last counts.
    def first(k):
        return dialect.first.format(f"s{k}", f"{ts} * {1 << TIME_SHIFT} - s1 % {1 << TIME_SHIFT}" if k == 1 else "ts")

    origin = by_level(first) if is_by_channel else "0"
    people = f"SELECT {by_level(str)} AS level, {origin} AS origin FROM ({sql}) AS c GROUP BY person"
    return f"SELECT level, origin % {1 << CHANNEL_BITS} AS place, count(*) FROM ({people}) AS l GROUP BY level, place"


def window_funnel_sql(steps, window_ms):
    conditions = ", ".join(f"name = {step}" for step in steps)
    people = f"SELECT windowFunnel({window_ms})(ts, {conditions}) AS level FROM events GROUP BY person"
    return f"SELECT level, 0 AS place, count() FROM ({people}) GROUP BY level"


class ChDB:
    def __init__(self, request):
        import chdb
        import pyarrow.parquet
        from chdb.session import Session

        self.session = Session()
        path = os.path.join(request["folder"], "events.parquet")
        pyarrow.parquet.write_table(events.arrow_table(request["folder"], request["start_ms"]), path)
        columns = "person UInt32, ts UInt64, name UInt8, channel UInt8, seq UInt32"
        self.session.query("CREATE DATABASE bench")
        self.session.query(f"CREATE TABLE bench.memory ({columns}) ENGINE = Memory")
        self.session.query(f"CREATE TABLE bench.tree ({columns}) ENGINE = MergeTree ORDER BY (person, ts)")
        for table in ("memory", "tree"):
            self.session.query(f"INSERT INTO bench.{table} SELECT * FROM file('{path}', Parquet)")
        self.session.query("OPTIMIZE TABLE bench.tree FINAL")
        self.settings = f"max_threads = {request['threads']}"
        version = self.session.query("SELECT version()", "CSV").bytes().decode().strip().strip('"')
        self.name = f"chDB {chdb.__version__} (ClickHouse {version})"

    def ways(self, steps, window_ms, is_by_channel):
        sql = window_sql(CLICKHOUSE, steps, window_ms, True) if is_by_channel else window_funnel_sql(steps, window_ms)
        how = "window functions" if is_by_channel else "windowFunnel"
        layouts = {
            "Memory": ("memory", ""), "MergeTree": ("tree", ""),
            "MergeTree, aggregation in order": ("tree", ", optimize_aggregation_in_order = 1"),
        }
        for layout, (table, setting) in layouts.items():
            on_table = sql.replace("FROM events", f"FROM bench.{table}")
            yield f"{how} over {layout}", f"{on_table} SETTINGS {self.settings}{setting}"

    def rows(self, sql):
        text = self.session.query(sql, "CSV").bytes().decode()
        return [tuple(map(int, line.split(","))) for line in text.splitlines()]


class DuckDB:
    def __init__(self, request):
        import duckdb

        self.connection = events.duckdb_events(request["folder"], request["start_ms"], request["threads"])
        self.name = f"DuckDB {duckdb.__version__}"

    def ways(self, steps, window_ms, is_by_channel):
        yield "window functions", window_sql(DUCKDB, steps, window_ms, is_by_channel)

    def rows(self, sql):
        return self.connection.execute(sql).fetchall()


def people_by_step(rows, step_count, channel_count, is_by_channel):
    """Rows of level, channel and people as `people` and `by_channel`: who reached at least each step."""
    counts = [[0] * (step_count + 1) for _ in range(channel_count)]
    for level, channel, people in rows:
        counts[channel][level] += people
    shares = [[sum(levels[k:]) for k in range(1, step_count + 1)] for levels in counts]
    result = {"people": [sum(column) for column in zip(*shares)]}
    return {**result, "by_channel": shares} if is_by_channel else result


def fastest(engine, case, request):
    """The way that was fastest in two tries each after one to warm up, timed again; all ways must agree."""
    steps, is_by_channel = case["steps"], case["is_by_channel"]
    tried = {}
    for how, sql in engine.ways(steps, request["window_ms"], is_by_channel):
        seconds, rows = peer.best_time(2, lambda: engine.rows(sql))
        tried[how] = (seconds, sql, people_by_step(rows, len(steps), request["channels"], is_by_channel))
    results = [result for _, _, result in tried.values()]
    if any(result != results[0] for result in results):
        raise SystemExit(f"{case['name']}: the ways of {engine.name} disagree: {tried}")
    how = min(tried, key=lambda way: tried[way][0])
    seconds, _ = peer.best_time(request["repeats"], lambda: engine.rows(tried[how][1]))
    return {"seconds": min(seconds, tried[how][0]), "how": how, "result": results[0]}


def measure(name, request):
    engine = {"chdb": ChDB, "duckdb": DuckDB}[name](request)
    cases = {case["name"]: fastest(engine, case, request) for case in request["cases"]}
    return {"id": name, "engine": engine.name, "cases": cases, "peak_bytes": peer.peak_bytes()}


if __name__ == "__main__":
    peer.main(measure, {"chdb": ["chdb", "pyarrow", "numpy"], "duckdb": ["duckdb", "pyarrow", "numpy"]})
