"""Metrics through the real server, beside pandas: definitions, intervals, rows, and what moved GMV."""

from datetime import UTC, datetime, timedelta

import numpy
import pandas
import pytest
from scipy import stats

FIRST = datetime(2025, 11, 3, tzinfo=UTC)
DAYS = 8
SPAN = {"from": FIRST.isoformat(), "to": (FIRST + timedelta(days=DAYS)).isoformat()}


@pytest.fixture(scope="module")
def told():
    """Random visits, orders and refunds: one row an event; no two of a person at one time."""
    random = numpy.random.default_rng(11)
    rows = []
    for person in range(60):
        for at in numpy.sort(random.choice(DAYS * 86_400, random.integers(1, 25), replace=False)):
            time = FIRST + timedelta(seconds=int(at))
            if random.random() < 0.65:
                rows.append((person, "room_enter", time, "room:1", None))
                continue
            order, minor = f"order:{person}-{at}", int(random.integers(500, 90_000))
            rows.append((person, "order_paid", time, order, minor))
            if random.random() < 0.3:  # Often after the period, and of a part.
                late = time + timedelta(days=float(random.uniform(0.1, 5)), milliseconds=int(at))
                rows.append((person, "order_refunded", late, order, minor // 2))
    events = pandas.DataFrame(rows, columns=["person", "name", "time", "subject", "minor"])
    return events.sort_values("time", kind="stable").reset_index(drop=True)


@pytest.fixture(scope="module")
def shop(fresh_module, told):
    server = fresh_module
    sent = [
        {"person": f"p{one.person}", "name": one.name, "time": one.time.isoformat(), "subject": one.subject,
         "channel": "live_room" if one.person % 3 else "shop"}
        | ({} if pandas.isna(one.minor) else {"value": {"minor": int(one.minor), "currency": "CNY"}})
        for one in told.itertuples()
    ]
    for start in range(0, len(sent), 1000):
        assert server.post("/api/v1/events", server.write_token, sent[start:start + 1000]).status_code == 200
    server.wait_applied()
    return server


def ask(server, kind, **question):
    answer = server.post(f"/api/v1/query/{kind}", server.read_token, {**SPAN, **question})
    assert answer.status_code == 200, answer.text
    return answer.json()


def inside(frame):
    return frame[(frame.time >= FIRST) & (frame.time < FIRST + timedelta(days=DAYS))]


def delta(top, bottom):
    """The delta method over people who have anything of either."""
    both = pandas.DataFrame({"top": top, "bottom": bottom}).fillna(0)
    n, ratio = len(both), both.top.sum() / both.bottom.sum()
    rest = both.top - ratio * both.bottom
    error = numpy.sqrt((rest ** 2).sum() / (n - 1) * n) / both.bottom.sum()
    t = stats.t.ppf(0.975, n - 1)
    return ratio, ratio - t * error, ratio + t * error


def wilson(part, whole):
    interval = stats.binomtest(part, whole).proportion_ci(method="wilson")
    return part / whole, interval.low, interval.high


def test_metrics_are_what_pandas_says(shop, told):
    now = inside(told)
    paid, seen = now[now.name == "order_paid"], now[now.name == "room_enter"]
    value = paid.groupby("person").minor.sum()

    def told_by(metric):
        total = ask(shop, "metric", metric=metric)["total"]
        return total["value"], total["low"], total["high"]

    assert told_by("gmv") == (value.sum(), None, None)
    gpm = [1000 * one for one in delta(value, seen.groupby("person").size())]
    assert told_by("gpm") == pytest.approx(gpm)
    buyers = value * 0 + 1
    assert told_by("order_value_per_buyer") == pytest.approx(delta(value, buyers))

    again = int((paid.groupby("person").size() >= 2).sum())
    assert told_by("repurchase_rate") == pytest.approx(wilson(again, len(buyers)))

    refunded = told[told.name == "order_refunded"]  # Of any time: they count when the order was paid.
    back = paid[paid.subject.isin(refunded.subject)]
    assert told_by("refund_rate") == pytest.approx(
        delta(back.groupby("person").size(), paid.groupby("person").size()))
    net = value.sum() - refunded[refunded.subject.isin(paid.subject)].minor.sum()
    assert told_by("net_sales")[0] == net

    merged = pandas.merge_asof(
        told[told.name == "order_paid"].sort_values("time"),
        told[told.name == "room_enter"][["person", "time"]].assign(entered=lambda frame: frame.time),
        on="time", by="person", tolerance=pandas.Timedelta(days=1)).dropna(subset=["entered"])
    payers = merged[(merged.entered >= FIRST) & (merged.entered < FIRST + timedelta(days=DAYS))].person.nunique()
    assert told_by("enter_pay_rate") == pytest.approx(wilson(payers, seen.person.nunique()))


def test_the_rows_behind_a_number_add_up_to_it(shop):
    whole = ask(shop, "metric", metric="gmv", period="day", by=["channel"])
    assert whole["metric"]["id"] == "gmv" and whole["metric"]["version"] >= 1 and len(whole["metric"]["hash"]) == 16
    assert sum(cell["value"] for cell in whole["series"]) == whole["total"]["value"]
    assert sum(group["total"]["value"] for group in whole["groups"]) == whole["total"]["value"]
    rows, offset = [], 0
    while offset is not None:
        page = ask(shop, "metric-rows", metric="gmv", offset=offset, limit=50)
        rows, offset = rows + page["rows"], page["next"]
    assert sum(row["amount"] for row in rows) == whole["total"]["value"]
    assert [row["time"] for row in rows] == sorted((row["time"] for row in rows), reverse=True)
    listed = ask(shop, "metrics", parameters={"gross_margin": 0.3})["values"]
    known = shop.get("/api/v1/metrics", shop.read_token).json()["metrics"]
    assert [one["metric"]["id"] for one in listed] == [one["id"] for one in known]
    assert all((one["total"]["value"] is None) == (one["total"]["gap"] is not None) for one in listed)
    csv = shop.post(
        "/api/v1/query/metric", shop.read_token, {**SPAN, "metric": "gpm"}, headers={"Accept": "text/csv"})
    assert csv.text.splitlines()[0] == "metric,version,value,low,high,top,bottom,people"
    unknown = shop.post("/api/v1/query/metric", shop.read_token, {"metric": "nothing"})
    assert unknown.status_code == 400 and "`metric`" in unknown.json()["detail"]


def test_the_rows_behind_an_answer_are_the_events_that_it_reads(shop, told):
    question = {"steps": [{"name": "room_enter"}, {"name": "order_paid", "channel": "shop"}], "window_ms": 3_600_000}
    answer = ask(shop, "funnel", **question)
    now = inside(told)
    read = now[(now.name == "room_enter") | ((now.name == "order_paid") & (now.person % 3 == 0))]
    rows, offset = [], 0
    while offset is not None:
        page = shop.post("/api/v1/query/rows", shop.read_token, {
            "query": "funnel", "question": {**SPAN, **question}, "offset": offset, "limit": 100}).json()
        assert page["metric"] == answer["metric"] and page["restates"]
        rows, offset = rows + page["rows"], page["next"]
    assert sorted(row["person"] for row in rows) == sorted(f"p{person}" for person in read.person)
    assert [row["time"] for row in rows] == sorted((row["time"] for row in rows), reverse=True)
    money = sum(row["value"]["minor"] for row in rows if row["value"])
    assert money == read.minor.sum()
    later = ask(shop, "funnel", **question, to=(FIRST + timedelta(days=2)).isoformat())
    other = ask(shop, "funnel", **{**question, "window_ms": 7_200_000})
    assert later["metric"] == answer["metric"] != other["metric"]


def test_restatements_of_a_metric_are_those_that_moved_it(shop):
    gmv, net = (next(one for one in shop.get("/api/v1/metrics", shop.read_token).json()["metrics"] if one["id"] == id)
                for id in ["gmv", "net_sales"])
    assert (gmv["restated_by"], net["restated_by"]) == (["gross"], ["gross", "refunded"])
    wrong = shop.get("/api/v1/restatements", shop.read_token, params={"metric": "gross,"})
    assert wrong.status_code == 400 and "`metric`" in wrong.json()["detail"]


def test_drivers_sum_to_the_change(shop, told):
    half = {"from": (FIRST + timedelta(days=4)).isoformat(), "to": (FIRST + timedelta(days=8)).isoformat()}
    before = {"from": FIRST.isoformat(), "to": half["from"]}
    tree = ask(shop, "drivers", **half, before=before)
    now, middle = inside(told), FIRST + timedelta(days=4)
    frames = [now[now.time < middle], now[now.time >= middle]]
    factors = []
    for frame in frames:
        paid = frame[frame.name == "order_paid"]
        people, buyers = frame.person.nunique(), paid.person.nunique()
        factors.append([people, buyers / people, len(paid) / buyers, paid.minor.sum() / len(paid)])
    old, new = (numpy.prod(one) for one in factors)
    mean = (new - old) / numpy.log(new / old)
    wanted = [mean * numpy.log(b / a) for a, b in zip(*factors)]
    assert [one["contribution"] for one in tree["factors"]] == pytest.approx(wanted)
    assert sum(one["contribution"] for one in tree["factors"]) == pytest.approx(tree["change"])
    assert tree["change"] == pytest.approx(new - old)
    values = [frame[frame.name == "order_paid"].groupby("person").minor.sum() for frame in frames]
    moved = values[1].sub(values[0], fill_value=0)  # What each person moves the change by.
    margin = stats.norm.ppf(0.975) * numpy.sqrt((moved ** 2).sum())
    assert (tree["change_low"], tree["change_high"]) == pytest.approx(
        (tree["change"] - margin, tree["change"] + margin))
    assert all(one["low"] < one["contribution"] < one["high"] for one in tree["factors"])
    grouped = ask(shop, "drivers", **half, before=before, by=["channel"])
    parts = [sum(group["contributions"][at] for group in grouped["groups"]) for at in range(4)]
    assert [one["contribution"] for one in grouped["factors"]] == pytest.approx(parts)
    assert sum(parts) == pytest.approx(tree["change"])
