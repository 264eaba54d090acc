"""Events and distinct people by name, channel and hour, counted by DuckDB over the events that the benchmark dumped."""

import events
import peer

SQL = """
SELECT count(*) AS rows, sum(events)::BIGINT AS events, sum(people)::BIGINT AS people
FROM (SELECT count(*) AS events, count(DISTINCT person) AS people FROM events GROUP BY name, channel, ts // 3600000)
"""


def measure(_, request):
    import duckdb

    connection = events.duckdb_events(request["folder"], request["start_ms"], request["threads"])
    seconds, row = peer.best_time(request["repeats"], lambda: connection.execute(SQL).fetchone())
    result = dict(zip(("rows", "events", "people"), row))
    return {"engine": f"DuckDB {duckdb.__version__}", "seconds": seconds, "result": result}


if __name__ == "__main__":
    peer.main(measure, {"duckdb": ["duckdb", "pyarrow", "numpy"]})
