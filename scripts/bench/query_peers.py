"""The questions of the query benchmark by chDB and DuckDB over the events that it dumped.

Each question is written for each engine with what that engine has for it; the ways of one engine compete, and the
fastest counts. Answers are plain numbers in a fixed order, so that they can be held against ours.
"""

import json
import os

import events
import peer

DAY_MS = 86_400_000
DAYS, COLUMNS, CHANNELS = 30, 8, 5
STEPS = (2, 4, 5)
WINDOW_MS = DAY_MS


def by_channel_and_day(rows):
    """Rows of channel, day (null: all), events, people."""
    found = {(channel, day): [events, people] for channel, day, events, people in rows}
    none = [0, 0]
    return [[found.get((channel, day), none) for day in [*range(DAYS), None]] for channel in range(CHANNELS)]


def averages(rows):
    found = dict(rows)
    return [round(found.get(channel, 0) * 1000) for channel in range(CHANNELS)]


def cohorts(rows):
    """Rows of day, column (0: people of the cohort), people."""
    table = [[0] * COLUMNS for _ in range(DAYS)]
    for day, column, people in rows:
        table[day][column] = people
    return table


def plain(rows):
    return [int(value) for value in rows[0]]


def one(rows):
    return int(rows[0][0])


def ways(rows):
    """Rows of codes joined by dashes, people."""
    return sorted([[int(code) for code in path.split("-")], count] for path, count in rows)


def transitions(rows):
    """Rows of converted (0, 1), channel before (none: first), channel (none: behind the last), how often."""
    cells = [0] * (2 * (CHANNELS + 1) ** 2)
    for converted, before, channel, count in rows:
        before, channel = (CHANNELS if one is None else one for one in (before, channel))
        cells[(converted * (CHANNELS + 1) + before) * (CHANNELS + 1) + channel] += count
    return cells


ANSWERS = {
    "query-path": ways, "query-journeys": transitions,
    "query-segmentation": by_channel_and_day, "query-average": averages, "query-retention": cohorts,
    "query-any-order": plain, "query-time-to-convert": plain, "query-audience": one,
}


def journeys_sql(count, flag):
    """Touches by how many orders came before, the last hundred of each journey, beside the one before and behind."""
    order = "PARTITION BY person ORDER BY ts, seq"
    journey = "PARTITION BY person, orders ORDER BY ts, seq"
    return f"""
        WITH told AS (
            SELECT person, ts, seq, name, channel, sum({flag}(name = 5)) OVER ({order}) AS orders,
                sum({flag}(name = 5)) OVER (PARTITION BY person) AS total
            FROM events WHERE name IN (3, 5)),
        touches AS (
            SELECT *, row_number() OVER (PARTITION BY person, orders ORDER BY ts DESC, seq DESC) AS from_end
            FROM told WHERE name = 3),
        kept AS (
            SELECT person, orders, channel, {flag}(orders < total) AS converted, from_end,
                row_number() OVER ({journey}) AS place, {count}
            FROM touches WHERE from_end <= 100)
        SELECT converted, if(place = 1, NULL, before), channel, count(*) FROM kept GROUP BY 1, 2, 3
        UNION ALL
        SELECT converted, channel, NULL, count(*) FROM kept WHERE from_end = 1 GROUP BY 1, 2
    """


def retention_sql(day):
    """Everybody's days of starting and of coming back, then each pair of them."""
    return f"""
        WITH days AS (SELECT DISTINCT person, {day} AS day, name FROM events WHERE name IN (3, 5)),
        starts AS (SELECT person, day FROM days WHERE name = 3),
        returns AS (SELECT person, day FROM days WHERE name = 5)
        SELECT s.day, 0 AS col, count(*) FROM starts s GROUP BY s.day
        UNION ALL
        SELECT s.day, r.day - s.day AS col, count(*) FROM starts s JOIN returns r ON s.person = r.person
        WHERE r.day > s.day AND r.day < s.day + {COLUMNS} GROUP BY s.day, r.day - s.day
    """


class DuckDB:
    def __init__(self, request):
        import duckdb

        self.connection = events.duckdb_events(request["folder"], request["start_ms"], request["threads"], values=True)
        self.name = f"DuckDB {duckdb.__version__}"

    def rows(self, sql):
        return self.connection.execute(sql).fetchall()

    def ways(self, case):
        day = f"CAST(ts // {DAY_MS} AS INTEGER)"
        return {
            "query-segmentation": {"GROUPING SETS": f"""
                SELECT channel, day, count(*), count(DISTINCT person) FROM (
                    SELECT channel, person, {day} AS day FROM events WHERE name = 3)
                GROUP BY GROUPING SETS ((channel, day), (channel))"""},
            "query-average": {"GROUP BY": """
                SELECT channel, avg(value) FROM events WHERE name = 5 AND value IS NOT NULL GROUP BY channel"""},
            "query-retention": {"joined days": retention_sql(day)},
            "query-path": {"lists": """
                SELECT array_to_string(names[i:i + 3], '-'), count(*) FROM (
                    SELECT names, list_position(names, 3) AS i FROM (
                        SELECT list(name ORDER BY ts, seq) AS names FROM events GROUP BY person))
                WHERE i > 0 GROUP BY 1"""},
            "query-journeys": {"window functions": journeys_sql(
                "lag(channel) OVER (PARTITION BY person, orders ORDER BY ts, seq) AS before", "CAST").replace(
                    "CAST(name = 5)", "CAST(name = 5 AS INTEGER)").replace(
                    "CAST(orders < total)", "CAST(orders < total AS INTEGER)")},
            "query-any-order": {"window functions": self.any_order()},
            "query-time-to-convert": {"window functions": self.time_to_convert()},
            "query-audience": {"GROUP BY": """
                SELECT count(*) FROM (SELECT person FROM events GROUP BY person
                    HAVING count(*) FILTER (name = 3) >= 3 AND count(*) FILTER (name = 5) = 0)"""},
        }[case]

    def any_order(self):
        frame = f"RANGE BETWEEN {WINDOW_MS} PRECEDING AND CURRENT ROW"
        window = f"(PARTITION BY person ORDER BY CAST(ts AS BIGINT) {frame})"
        steps = " + ".join(f"CAST(max(name = {step}) OVER {window} AS INTEGER)" for step in STEPS)
        return f"""
            SELECT {", ".join(f"count(*) FILTER (level >= {k})" for k in (1, 2, 3))} FROM (
                SELECT person, max(steps) AS level FROM (
                    SELECT person, {steps} AS steps FROM events WHERE name IN {STEPS}) GROUP BY person)"""

    def time_to_convert(self):
        """The latest start of a chain that came to each step; of those that got to the last, the first to do so."""
        window = "(PARTITION BY person ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        ts = "CAST(ts AS BIGINT)"
        start = f"if(name = {STEPS[0]}, {ts}, NULL) AS s1"
        sql = f"SELECT person, {ts} AS ts, name, {start} FROM events WHERE name IN {STEPS}"
        for k, step in enumerate(STEPS[1:], start=2):
            sql = f"SELECT *, max(s{k - 1}) OVER {window} AS p{k} FROM ({sql})"
            sql = f"SELECT *, if(name = {step} AND ts - p{k} <= {WINDOW_MS}, p{k}, NULL) AS s{k} FROM ({sql})"
        return f"""
            SELECT count(*), quantile_disc(took, 0.5) FROM (
                SELECT min(ts) - arg_min(s3, ts) AS took FROM ({sql}) WHERE s3 IS NOT NULL GROUP BY person)"""


class ChDB:
    def __init__(self, request):
        import chdb
        import pyarrow.parquet
        from chdb.session import Session

        self.session = Session()
        path = os.path.join(request["folder"], "events.parquet")
        pyarrow.parquet.write_table(events.arrow_table(request["folder"], request["start_ms"], values=True), path)
        columns = "person UInt32, ts UInt64, name UInt8, channel UInt8, seq UInt32, value Nullable(Int64)"
        self.session.query("CREATE DATABASE bench")
        self.session.query(f"CREATE TABLE bench.tree ({columns}) ENGINE = MergeTree ORDER BY (person, ts)")
        self.session.query(f"INSERT INTO bench.tree SELECT * FROM file('{path}', Parquet)")
        self.session.query("OPTIMIZE TABLE bench.tree FINAL")
        self.settings = f"SETTINGS max_threads = {request['threads']}, output_format_json_quote_64bit_integers = 0"
        version = self.session.query("SELECT version()", "CSV").bytes().decode().strip().strip('"')
        self.name = f"chDB {chdb.__version__} (ClickHouse {version})"

    def rows(self, sql):
        text = self.session.query(sql, "JSONCompactEachRow").bytes().decode()
        return [json.loads(line) for line in text.splitlines()]

    def ways(self, case):
        return {
            how: f"{sql.replace('FROM events', 'FROM bench.tree')} {self.settings}{more}"
            for how, sql in self.sql(case).items()
            for how, more in [(how, ""), (f"{how}, aggregation in order", ", optimize_aggregation_in_order = 1")]
        }

    def sql(self, case):
        day = f"intDiv(ts, {DAY_MS})"
        pairs = f"""
            SELECT arrayJoin(starts) AS day, arrayJoin(range(0, {COLUMNS})) AS col,
                countIf(col = 0 OR has(returns, day + col)) FROM (
                    SELECT groupUniqArrayIf({day}, name = 3) AS starts, groupUniqArrayIf({day}, name = 5) AS returns
                    FROM events WHERE name IN (3, 5) GROUP BY person) GROUP BY day, col"""
        any_level = " + ".join(f"max(name = {step}) OVER w" for step in STEPS)
        return {
            "query-segmentation": {"uniqExact": f"""
                SELECT channel, if(grouping(day) = 1, NULL, day), count(), uniqExact(person) FROM events WHERE name = 3
                GROUP BY GROUPING SETS ((channel, {day} AS day), (channel))"""},
            "query-average": {"avg": "SELECT channel, avg(value) FROM events WHERE name = 5 AND value IS NOT NULL "
                                     "GROUP BY channel"},
            "query-retention": {"arrays": pairs, "joined days": retention_sql(f"toInt64({day})")},
            "query-path": {"arrays": """
                SELECT arrayStringConcat(arrayMap(x -> toString(x), arraySlice(names, indexOf(names, 3), 4)), '-')
                    AS way, count() FROM (
                        SELECT arrayMap(x -> x.3, arraySort(groupArray((ts, seq, name)))) AS names
                        FROM events GROUP BY person)
                WHERE has(names, 3) GROUP BY way"""},
            "query-journeys": {"window functions": journeys_sql(
                "lagInFrame(channel) OVER (PARTITION BY person, orders ORDER BY ts, seq "
                "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS before", "toInt64")},
            "query-any-order": {"window functions": f"""
                SELECT {", ".join(f"countIf(level >= {k})" for k in (1, 2, 3))} FROM (
                    SELECT person, max(steps) AS level FROM (
                        SELECT person, {any_level} AS steps FROM events WHERE name IN {STEPS}
                        WINDOW w AS (PARTITION BY person ORDER BY toInt64(ts)
                                     RANGE BETWEEN {WINDOW_MS} PRECEDING AND CURRENT ROW)
                    ) GROUP BY person)"""},
            "query-time-to-convert": {"window functions": self.time_to_convert()},
            "query-audience": {"GROUP BY": """
                SELECT count() FROM (SELECT person FROM events GROUP BY person
                    HAVING countIf(name = 3) >= 3 AND countIf(name = 5) = 0)"""},
        }[case]

    def time_to_convert(self):
        window = "(PARTITION BY person ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        sql = ("SELECT person, toInt64(ts) AS at, ts, name, "
               f"if(name = {STEPS[0]}, toInt64(ts), NULL) AS s1 FROM events WHERE name IN {STEPS}")
        for k, step in enumerate(STEPS[1:], start=2):
            sql = f"SELECT *, max(s{k - 1}) OVER {window} AS p{k} FROM ({sql})"
            sql = f"SELECT *, if(name = {step} AND at - p{k} <= {WINDOW_MS}, p{k}, NULL) AS s{k} FROM ({sql})"
        return f"""
            SELECT count(), quantileExactLow(0.5)(took) FROM (
                SELECT min(at) - argMin(s3, at) AS took FROM ({sql}) WHERE s3 IS NOT NULL GROUP BY person)"""


def fastest(engine, case, request):
    """The way that was fastest in one try after one to warm up, timed again; all ways must agree."""
    tried = {}
    for how, sql in engine.ways(case).items():
        seconds, rows = peer.best_time(1, lambda: engine.rows(sql))
        tried[how] = (seconds, sql, ANSWERS[case](rows))
    results = [result for _, _, result in tried.values()]
    if any(result != results[0] for result in results):
        raise SystemExit(f"{case}: the ways of {engine.name} disagree: {tried}")
    how = min(tried, key=lambda way: tried[way][0])
    seconds, _ = peer.best_time(request["repeats"], lambda: engine.rows(tried[how][1]))
    return {"seconds": min(seconds, tried[how][0]), "how": how, "result": results[0]}


def measure(name, request):
    engine = {"chdb": ChDB, "duckdb": DuckDB}[name](request)
    cases = {case: fastest(engine, case, request) for case in request["cases"]}
    return {"id": name, "engine": engine.name, "cases": cases, "peak_bytes": peer.peak_bytes()}


if __name__ == "__main__":
    peer.main(measure, {"chdb": ["chdb", "pyarrow", "numpy"], "duckdb": ["duckdb", "pyarrow", "numpy"]})
