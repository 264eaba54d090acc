"""Segmentation through the real server, beside pandas, and its intervals beside numpy and SciPy."""

import csv
import io
from datetime import UTC, datetime, timedelta

import datasketch
import numpy
import pandas
import pytest
from scipy import stats

FIRST = datetime(2025, 3, 27, tzinfo=UTC)
DAYS = 8
ZONE = "Europe/Berlin"  # The clocks go forward in between: 2025-03-30.
CITIES = ["杭州", "宁波", "a,\"b\""]


@pytest.fixture(scope="module")
def orders():
    random = numpy.random.default_rng(11)
    count = 600
    return pandas.DataFrame({
        "person": random.integers(0, 60, count),
        "city": random.choice([*CITIES, ""], count, p=[0.4, 0.3, 0.2, 0.1]),
        "channel": random.choice(["feed", "live_room"], count),
        "price": random.gamma(2, 40, count).round(2),
        "time": [FIRST + timedelta(seconds=int(s)) for s in random.integers(0, DAYS * 86_400, count)],
    })


@pytest.fixture(scope="module")
def asked(fresh_module, orders):
    server = fresh_module
    sent = [
        {
            "person": f"p{one.person}", "name": "order_paid", "time": one.time.isoformat(), "channel": one.channel,
            "properties": {"price": one.price, **({"city": one.city} if one.city else {})},
        } for one in orders.itertuples()
    ]
    assert server.post("/api/v1/events", server.write_token, sent).status_code == 200
    server.wait_applied()

    def ask(headers=None, **question):
        return server.post("/api/v1/query/segmentation", server.read_token, {
            "event": {"name": "order_paid"}, "from": FIRST.isoformat(),
            "to": (FIRST + timedelta(days=DAYS)).isoformat(), "time_zone": ZONE, **question,
        }, headers=headers)

    return ask


def test_groups_and_days_are_those_of_pandas(asked, orders):
    answer = asked(measure="people", by=["city", "channel"], period="day").json()
    orders = orders.assign(
        key=[(city or None, channel) for city, channel in zip(orders.city, orders.channel)],
        day=orders.time.dt.tz_convert(ZONE).dt.date)
    assert answer["days"] == [str(day) for day in sorted(set(orders.day))]
    found = {tuple(group["keys"]): group for group in answer["groups"]}
    wanted = dict(list(orders.groupby("key")))
    assert set(found) == set(wanted)
    for key, rows in wanted.items():
        assert found[key]["total"]["people"] == rows.person.nunique()
        assert found[key]["total"]["events"] == len(rows)
        days = rows.groupby("day").person.nunique()
        assert [cell["value"] for cell in found[key]["series"]] == [
            days.get(datetime.fromisoformat(day).date(), 0) for day in answer["days"]
        ]


def test_an_average_has_the_interval_of_a_ratio_over_people(asked, orders):
    total = asked(measure="mean", of="price").json()["total"]
    people = orders.groupby("person").price.agg(["sum", "count"])
    ratio = people["sum"].sum() / people["count"].sum()
    n = len(people)
    residuals = people["sum"] - ratio * people["count"]
    error = numpy.sqrt((residuals ** 2).sum() / (n - 1) / n) / people["count"].mean()
    margin = stats.t.ppf(0.975, n - 1) * error
    assert [total["value"], total["low"], total["high"]] == pytest.approx([ratio, ratio - margin, ratio + margin])


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.95])
def test_a_quantile_is_that_of_numpy_within_its_interval(asked, orders, quantile):
    total = asked(measure="quantile", of="price", quantile=quantile).json()["total"]
    assert total["value"] == pytest.approx(numpy.quantile(orders.price, quantile))
    assert total["low"] <= total["value"] <= total["high"]


def test_a_filter_on_properties_and_csv(asked, orders):
    wanted = orders[(orders.price >= 100) & (orders.city == CITIES[2])]
    answer = asked(headers={"Accept": "text/csv"}, measure="sum", of="price", by=["city"], event={
        "name": "order_paid", "where": [
            {"property": "price", "is": ">=", "value": 100}, {"property": "city", "is": "in", "value": [CITIES[2]]},
        ],
    })
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["city"] for row in rows] == [CITIES[2]]
    assert float(rows[0]["value"]) == pytest.approx(wanted.price.sum())
    assert int(rows[0]["people"]) == wanted.person.nunique()


def test_people_about_are_those_of_datasketch(fresh_module, asked):
    """HyperLogLog++ by another hand, over the same people: both are as near to the truth as the standard error says."""
    count, precision, day = 20_000, 12, FIRST + timedelta(days=40)
    sent = [
        {"person": f"v{n}", "name": "page_view", "time": (day + timedelta(hours=n % 48)).isoformat()}
        for n in range(count)
    ]
    for at in range(0, count, 5000):
        assert fresh_module.post("/api/v1/events", fresh_module.write_token, sent[at:at + 5000]).status_code == 200
    fresh_module.wait_applied()
    answer = asked(**{
        "event": {"name": "page_view"}, "from": day.isoformat(), "to": (day + timedelta(days=2)).isoformat(),
        "measure": "people", "people": "approximate", "precision": precision, "period": "day", "time_zone": "UTC",
    }).json()
    peer = datasketch.HyperLogLogPlusPlus(p=precision)
    for one in sent:
        peer.update(one["person"].encode())
    error = answer["approximation"]["standard_error"]
    assert error == pytest.approx(1.04 / 2 ** (precision / 2), rel=0.01)
    assert peer.count() == pytest.approx(count, rel=3 * error)
    total = answer["total"]
    assert total["value"] == total["people"] == pytest.approx(count, rel=3 * error)
    assert total["events"] == count and total["low"] <= count <= total["high"]
    assert total["high"] / total["value"] == pytest.approx(1 / (1 - 1.96 * error), rel=1e-3)
    (group,) = answer["groups"]
    assert [cell["value"] for cell in group["series"]] == pytest.approx([count / 2] * 2, rel=3 * error)
