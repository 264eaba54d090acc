"""Paths through the real server, beside pandas."""

from datetime import UTC, datetime, timedelta

import numpy
import pandas
import pytest
from estimates import check_share

FIRST = datetime(2025, 10, 20, tzinfo=UTC)
GAP_S, DEPTH = 1800, 3
NAMES = ["room_enter", "room_stay", "product_view", "add_to_cart", "order_paid"]


@pytest.fixture(scope="module")
def events():
    """Random events of some people over two days: one row an event, in the order in which a timeline has them."""
    random = numpy.random.default_rng(11)
    count = 900
    frame = pandas.DataFrame({
        "person": random.integers(0, 50, count),
        "name": random.choice(NAMES, count, p=[0.25, 0.3, 0.25, 0.12, 0.08]),
        "channel": random.choice(["live", "shop"], count),
        "time": [FIRST + timedelta(seconds=int(s)) for s in random.integers(0, 2 * 86_400, count)],
    })
    return frame.sort_values("time", kind="stable").reset_index(drop=True)


def expected(events, anchor, direction, count):
    """Each path as a list of names, with its person: heartbeats are no step, equal steps in a row are one."""
    found = []
    for person, own in events[events.name != "room_stay"].groupby("person"):
        gap = own.time.diff().dt.total_seconds() > GAP_S
        own = own.assign(session=gap.cumsum())
        own = own.assign(run=((own.name != own.name.shift()) | gap).cumsum())
        runs = own.groupby("run", as_index=False).first()  # Those of one session stand for its folded steps.
        anchors = runs[runs.name == anchor]
        if count == "people":
            anchors = anchors.head(1)
        elif count == "sessions":
            anchors = anchors.groupby("session").head(1)
        for one in anchors.itertuples():
            steps = runs[runs.session == one.session]
            steps = steps[steps.run >= one.run] if direction == "from" else steps[steps.run <= one.run][::-1]
            found.append((person, " ".join(steps.name.head(DEPTH + 1))))
    return pandas.DataFrame(found, columns=["person", "path"])


def test_paths_are_what_pandas_says(fresh, events):
    sent = [
        {"person": f"p{one.person}", "name": one.name, "channel": one.channel, "time": one.time.isoformat()}
        for one in events.itertuples()
    ]
    assert fresh.post("/api/v1/events", fresh.write_token, sent).status_code == 200
    fresh.wait_applied()
    for direction, anchor in [("from", "room_enter"), ("to", "order_paid")]:
        for count in ["people", "sessions", "occurrences"]:
            body = {
                "anchor": {"name": anchor}, "direction": direction, "count": count, "depth": DEPTH,
                "gap_ms": GAP_S * 1000, "except": [{"name": "room_stay"}], "paths": 1000, "nodes": 3,
            }
            answer = fresh.post("/api/v1/query/paths", fresh.read_token, body).json()
            check(answer, expected(events, anchor, direction, count))
    check_csv(fresh, body, answer)


def check(answer, wanted):
    assert answer["total"] == {"paths": len(wanted), "people": wanted.person.nunique()}
    counts = wanted.path.value_counts()
    assert answer["distinct"] == len(answer["paths"]) == len(counts)
    each = wanted.groupby("person").size()
    for path in answer["paths"]:
        words = " ".join(node["name"] for node in path["nodes"])
        assert path["count"] == counts[words]
        own = wanted[wanted.path == words].groupby("person").size().reindex(each.index, fill_value=0)
        assert path["people"] == (own > 0).sum()
        check_share(path["share"], own.to_numpy(float), each.to_numpy(float))
    for level, nodes in enumerate(answer["levels"]):
        there = wanted[wanted.path.str.split().str.len() > level].path.str.split().str[level].value_counts()
        assert sum(node["count"] for node in nodes) == there.sum()
        for at, node in enumerate(nodes):
            assert node["is_other"] or node["count"] == there[node["name"]]
            going = sum(one["count"] for one in answer["links"] if (one["level"], one["from"]) == (level, at))
            assert level == DEPTH or going + node["ended"] == node["count"]


def check_csv(server, body, answer):
    accept = {"Accept": "text/csv"}
    table = server.post("/api/v1/query/paths", server.read_token, body, headers=accept).text
    lines = table.splitlines()
    assert lines[0] == "step_0,step_1,step_2,step_3,count,people,share,low,high,is_cut"
    assert len(lines) == len(answer["paths"]) + 1
    first = answer["paths"][0]
    assert lines[1].startswith(",".join(node["name"] for node in first["nodes"]))
