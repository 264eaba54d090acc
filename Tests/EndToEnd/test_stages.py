"""Stages and RFM through the real server, beside pandas and SciPy."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import numpy
import pandas
import pytest
import requests
from quanyu import ROOT, Server
from scipy import stats

FIRST = datetime(2025, 9, 1, tzinfo=UTC)
DAYS = 75
ZONE = "Europe/Berlin"  # A day of 25 hours lies in between: 2025-10-26.
NAMES = ["page_view", "like", "room_stay", "search", "add_to_cart", "order_paid", "order_refunded", "custom_thing"]
PRESETS = sorted((ROOT / "web" / "rules" / "stages").glob("*.json"))


@pytest.fixture(scope="module")
def events():
    """Random events of some people: one row an event, in order of time."""
    random = numpy.random.default_rng(11)
    count = 900
    events = pandas.DataFrame({
        "person": random.integers(0, 60, count),
        "name": random.choice(NAMES, count, p=[0.3, 0.08, 0.2, 0.06, 0.04, 0.05, 0.01, 0.26]),
        "time": [FIRST + timedelta(seconds=int(s)) for s in random.integers(0, DAYS * 86_400, count)],
        "minor": random.integers(100, 90_000, count),
        "seconds": random.integers(1, 31, count),
    })
    return events.sort_values("time", kind="stable").reset_index(drop=True)


def sent(one):
    event = {"person": f"p{one.person}", "name": one.name, "time": one.time.isoformat()}
    if one.name.startswith("order"):
        event["value"] = {"minor": int(one.minor), "currency": "CNY"}
    if one.name == "room_stay":
        event["properties"] = {"seconds": int(one.seconds)}
    return event


@pytest.fixture(scope="module")
def shop(tmp_path_factory, events):
    server = Server(tmp_path_factory.mktemp("stages") / "data").start()
    server.read_token, server.admin_token = server.token("read"), server.token("admin")
    rows = [sent(one) for one in events.itertuples(index=False, name="Sent")]
    assert server.post("/api/v1/events", server.token("write", "shop"), rows).status_code == 200
    server.wait_applied()
    yield server
    server.stop()


def stages_at(events, model, moment):
    """The number of the strongest stage of each person at a moment, 0 for none."""
    state = pandas.Series(0, index=sorted(events.person.unique()))
    for number, stage in enumerate(model["stages"], start=1):
        for rule in stage["rules"]:
            begin = moment - pandas.DateOffset(days=rule["within_days"]) if "within_days" in rule else None
            seen = events[(events.time < moment) & (True if begin is None else events.time >= begin)]
            if "events" in rule:
                seen = seen[seen.name.isin([one["name"] for one in rule["events"]])]
            people = seen.groupby("person")
            counts = people.size() if "sum_of" not in rule else people[rule["sum_of"]].sum()
            state[counts.index[counts >= rule["at_least"]]] = number
    return state


def question(**more):
    return {"time_zone": ZONE, "from": "2025-10-20T00:00:00+02:00", "to": "2025-11-03T00:00:00+01:00", **more}


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_stages_and_their_flow_are_what_pandas_says(shop, events, path):
    model = json.loads(path.read_text())
    answer = shop.post("/api/v1/query/stages", shop.read_token, question(model=model["id"])).json()
    moments = pandas.date_range("2025-10-20", "2025-11-03", tz=ZONE)
    assert [pandas.Timestamp(one["time"]) for one in answer["moments"]] == list(moments)
    wanted = pandas.DataFrame({moment: stages_at(events, model, moment) for moment in moments})
    states = range(len(model["stages"]) + 1)
    for one, moment in zip(answer["moments"], moments):
        assert one["people"] == [(wanted[moment] == state).sum() for state in states]
    for number, matrix in enumerate(answer["moves"]):
        before, after = wanted.iloc[:, number], wanted.iloc[:, number + 1]
        assert matrix == pandas.crosstab(before, after).reindex(states, columns=states, fill_value=0).values.tolist()
    flow = pandas.crosstab(wanted.iloc[:, 0], wanted.iloc[:, -1]).reindex(states, columns=states, fill_value=0)
    for before in states:
        for after in states:
            cell, people = answer["flow"][before][after], int(flow.loc[before, after])
            assert (cell["numerator"], cell["denominator"]) == (people, int(flow.loc[before].sum()))
            if cell["denominator"] > 0:
                low, high = stats.binomtest(people, cell["denominator"]).proportion_ci(method="wilson")
                assert (cell["low"], cell["high"]) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))
    assert answer["model"]["version"] == model["version"] and len(answer["model"]["hash"]) == 64
    assert set(answer["never_seen"]).isdisjoint(NAMES)


def test_a_cell_of_the_flow_names_its_people_page_by_page(shop, events):
    model = json.loads((ROOT / "web" / "rules" / "stages" / "o5a.json").read_text())
    first, last = (pandas.Timestamp(day, tz=ZONE) for day in ("2025-10-20", "2025-11-03"))
    pairs = pandas.DataFrame({day: stages_at(events, model, time) for day, time in [("was", first), ("is", last)]})
    was, now = pairs[pairs["was"] != pairs["is"]].value_counts().index[0]  # The way that most people went.
    wanted = {f"p{person}" for person in pairs.index[(pairs["was"] == was) & (pairs["is"] == now)]}
    assert len(wanted) > 2
    states = ["outside", *(stage["id"] for stage in model["stages"])]
    got, cursor = [], None
    while True:
        cell = {"was": states[was], "is": states[now], "limit": 2, "cursor": cursor}
        answer = shop.post("/api/v1/query/stages", shop.read_token, question(model="o5a", list=cell)).json()
        assert answer["list"]["total"] == len(wanted)
        got += answer["list"]["people"]
        cursor = answer["list"]["next"]
        if cursor is None:
            break
    assert len(got) == len(set(got)) and set(got) == wanted


def test_a_model_is_saved_used_by_name_and_reset_to_the_preset(shop, events):
    def ask():
        return shop.post("/api/v1/query/stages", shop.read_token, question()).json()

    preset = ask()
    model = json.loads((ROOT / "web" / "rules" / "stages" / "o5a.json").read_text())
    model["stages"][5]["rules"][0]["at_least"] = 3
    body = {key: model[key] for key in ("title", "source", "stages")}
    address = f"{shop.url}/api/v1/stage-models/o5a"
    operator = {"Authorization": f"Bearer {shop.admin_token}"}
    saved = requests.put(address, json=body, headers=operator, timeout=60).json()
    assert (saved["origin"], saved["version"]) == ("saved", 1)
    changed = ask()
    last = pandas.Timestamp("2025-11-03", tz=ZONE)
    assert changed["moments"][-1]["people"][6] == (stages_at(events, model, last) == 6).sum()
    assert changed["moments"][-1]["people"] != preset["moments"][-1]["people"]
    assert changed["model"]["hash"] == saved["hash"] != preset["model"]["hash"]
    assert shop.stop() == 0
    shop.start()
    assert ask()["model"] == changed["model"]
    address = f"{shop.url}/api/v1/stage-models/o5a"
    assert requests.delete(address, headers=operator, timeout=60).status_code == 204
    assert ask()["moments"] == preset["moments"]


def fifths(values):
    """As pandas.qcut says where no two fifths share a bound."""
    return numpy.searchsorted(numpy.quantile(values, [0.2, 0.4, 0.6, 0.8]), values, side="left") + 1


def test_rfm_scores_are_those_of_qcut_and_segments_follow(shop, events):
    orders = events[events.name == "order_paid"].groupby("person").agg(
        last=("time", "max"), orders=("minor", "size"), minor=("minor", "sum"))
    refunds = events[events.name == "order_refunded"].groupby("person").minor.sum()
    orders["minor"] -= refunds.reindex(orders.index, fill_value=0)
    orders["recency"] = fifths(orders["last"].astype("datetime64[ms, UTC]").astype("int64").to_numpy())
    orders["frequency"] = fifths(orders.orders.to_numpy())
    orders["monetary"] = fifths(orders.minor.to_numpy())
    assert (orders.recency == pandas.qcut(orders["last"], 5, labels=False) + 1).all()
    assert (orders.monetary == pandas.qcut(orders.minor, 5, labels=False) + 1).all()
    high = orders[["recency", "frequency", "monetary"]].gt(orders[["recency", "frequency", "monetary"]].mean())
    names = {
        (True, True, True): "key_value", (False, True, True): "key_keep", (True, False, True): "key_grow",
        (False, False, True): "key_win_back", (True, True, False): "value", (False, True, False): "keep",
        (True, False, False): "grow", (False, False, False): "win_back",
    }
    orders["segment"] = [names[tuple(map(bool, row))] for row in high.to_numpy()]
    body = {"from": FIRST.isoformat(), "to": (FIRST + timedelta(days=DAYS)).isoformat()}
    answer = shop.post("/api/v1/query/rfm", shop.read_token, body).json()
    assert (answer["buyers"], answer["orders"]) == (len(orders), orders.orders.sum())
    assert answer["value"] == {"minor": orders.minor.sum(), "currency": "CNY"}
    for one in answer["segments"]:
        mine = orders[orders.segment == one["segment"]]
        assert (one["people"]["numerator"], one["value"]["minor"]) == (len(mine), mine.minor.sum())
        if len(mine) > 1:
            low, high = stats.t.interval(0.95, len(mine) - 1, mine.minor.mean(), stats.sem(mine.minor))
            assert one["mean_value"] == pytest.approx({"mean": mine.minor.mean(), "low": low, "high": high})
    grid = orders.groupby(["recency", "frequency", "monetary"]).minor.agg(["size", "sum"])
    assert {(c["recency"], c["frequency"], c["monetary"]): (c["people"], c["minor"]) for c in answer["cells"]} == {
        key: (row["size"], row["sum"]) for key, row in grid.iterrows()
    }
    listed = shop.post("/api/v1/query/rfm", shop.read_token, {**body, "list": {"segment": "key_value"}}).json()["list"]
    assert {one["person"] for one in listed["people"]} == {f"p{p}" for p in orders[orders.segment == "key_value"].index}


def test_both_answers_come_as_csv(shop):
    headers = {"Authorization": f"Bearer {shop.read_token}", "Accept": "text/csv"}
    for kind, columns in [("stages", "time,day,stage,people,from_outside"), ("rfm", "segment,people,share,low,high")]:
        body = question() if kind == "stages" else {}
        answer = requests.post(f"{shop.url}/api/v1/query/{kind}", json=body, headers=headers, timeout=60)
        assert answer.headers["Content-Type"].startswith("text/csv")
        rows = list(csv.reader(io.StringIO(answer.text)))
        assert ",".join(rows[0]).startswith(columns)
        assert len(rows) == (1 + 15 * 7 if kind == "stages" else 9)
