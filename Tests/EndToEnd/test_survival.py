"""How long people wait, through the real server, beside SciPy's Kaplan–Meier estimate and log-rank test."""

from datetime import UTC, datetime, timedelta

import numpy
import pandas
import pytest
from scipy import stats

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
LAST = FIRST + timedelta(days=60)
UNITS = 40
CHANNELS = ["douyin", "sms"]


def made_up():
    """Visits and orders of some people, in the order of a timeline; the last event ends observation."""
    random = numpy.random.default_rng(11)
    rows = []
    for person in range(120):
        time = FIRST + timedelta(seconds=int(random.integers(0, 40 * 86_400)))
        rows.append((f"p{person}", "page_view", CHANNELS[person % 2], time))
        for order in range(3):
            time += timedelta(days=random.exponential(15 if order else 12 + 13 * (person % 2)))
            rows.append((f"p{person}", "order_paid", "shop", time))
    rows.append(("end", "search", "shop", LAST))
    table = pandas.DataFrame(rows, columns=["person", "name", "channel", "time"])
    table["time"] = table.time.dt.floor("ms")
    return table[table.time <= LAST].sort_values("time", kind="stable").reset_index(drop=True)


def waits(events, start, occurrence):
    """For each person who started: the unit within which an order came or sight was lost, and which of both."""
    rows = []
    for _, mine in events.groupby("person"):
        starts = mine[mine.name == start]
        if len(starts) < occurrence:
            continue
        begin = starts.iloc[occurrence - 1]
        orders = mine[(mine.name == "order_paid") & (mine.index > begin.name)]
        end = orders.time.iloc[0] if len(orders) else pandas.Timestamp(LAST)
        units = (end - begin.time) // pandas.Timedelta(days=1) + 1
        is_seen = len(orders) > 0 and units <= UNITS
        rows.append((begin.channel, units if is_seen else min(units, UNITS + 1), is_seen))
    return pandas.DataFrame(rows, columns=["channel", "units", "is_seen"])


def censored(rows):
    return stats.CensoredData(uncensored=rows.units[rows.is_seen], right=rows.units[~rows.is_seen])


def check(group, rows):
    """The curve, its intervals and the median, of one group."""
    wanted = stats.ecdf(censored(rows)).sf
    band = wanted.confidence_interval(method="log-log")
    assert (group["people"], group["happened"]) == (len(rows), rows.is_seen.sum())
    for point in group["curve"]:
        assert point["at_risk"] == (rows.units >= point["within"]).sum()
        assert point["waiting"] == pytest.approx(float(wanted.evaluate(point["within"])), abs=1e-12)
        if 0 < point["waiting"] < 1:
            assert point["low"] == pytest.approx(float(band.low.evaluate(point["within"])), abs=1e-9)
            assert point["high"] == pytest.approx(float(band.high.evaluate(point["within"])), abs=1e-9)
    for name, share in [("median", "waiting"), ("median_low", "low"), ("median_high", "high")]:
        assert group[name] == next((point["within"] for point in group["curve"] if point[share] <= 0.5), None)


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
def test_waiting_is_what_scipy_says(fresh):
    events = made_up()
    sent = [
        {"person": person, "name": name, "channel": channel, "time": time.isoformat()}
        for person, name, channel, time in events.itertuples(index=False)
    ]
    assert fresh.post("/api/v1/events", fresh.write_token, sent).status_code == 200
    fresh.wait_applied()

    def ask(**more):
        body = {"end": {"name": "order_paid"}, "units": UNITS, "from": FIRST.isoformat(), **more}
        return fresh.post("/api/v1/query/survival", fresh.read_token, body).json()

    groups = [{"channel": channel} for channel in CHANNELS]
    first = ask(start={"name": "page_view"}, groups=groups)
    rows = waits(events, "page_view", 1)
    parts = [rows[rows.channel == channel] for channel in CHANNELS]
    for group, part in zip(first["groups"], parts):
        check(group, part)
    test = stats.logrank(*map(censored, parts))
    assert first["log_rank"]["p_value"] == pytest.approx(test.pvalue, rel=1e-9)
    assert first["log_rank"]["statistic"] == pytest.approx(test.statistic ** 2, rel=1e-9)
    again = ask(start={"name": "order_paid"}, occurrence=2)
    check(again["groups"][0], waits(events, "order_paid", 2))
    assert again["log_rank"] is None
