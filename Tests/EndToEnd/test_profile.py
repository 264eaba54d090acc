"""A person's profile through the real server; the models of buying beside SciPy."""

from datetime import UTC, datetime, timedelta

import numpy
import pandas
import pytest
import requests
from scipy.special import gammaln, hyp2f1

FIRST = datetime(2025, 6, 1, tzinfo=UTC)
DAYS = 240


def made_up():
    """Orders of some people by the story of BG/NBD: those who buy often, and those who leave."""
    random = numpy.random.default_rng(3)
    rows = []
    for person in range(400):
        rate, leaving = random.gamma(0.9) / 25, random.beta(0.8, 2.5)
        day, value = float(random.integers(0, 60)), random.gamma(6) * 1500
        while day < DAYS:
            rows.append((f"p{person}", FIRST + timedelta(days=day), int(value * random.gamma(5) / 5) + 1))
            if random.random() < leaving and len(rows) > 1:
                break
            day += random.exponential(1 / rate)
    rows.append(("end", FIRST + timedelta(days=DAYS), 100))
    table = pandas.DataFrame(rows, columns=["person", "time", "minor"])
    return table.sort_values("time", kind="stable").reset_index(drop=True)


def histories(orders):
    """Repeats, recency and age in days, and the mean value of repeats; orders of one day are one."""
    last = orders.time.max()
    first = orders.groupby("person").time.transform("min")
    day = (orders.time - first) // pandas.Timedelta(days=1)
    later = orders.assign(day=day)[day > 0].groupby("person")
    table = pandas.DataFrame({"age": (last - orders.groupby("person").time.min()) // pandas.Timedelta(days=1)})
    table["repeats"] = later.day.nunique()
    table["recency"] = later.day.max()
    table["value"] = later.minor.sum() / later.day.nunique()
    return table.fillna(0)


def log_likelihood(parameters, table):
    r, alpha, a, b = parameters
    x, recency, age = table.repeats, table.recency, table.age
    active = -(r + x) * numpy.log(alpha + age)
    left = numpy.log(a) - numpy.log(b + numpy.maximum(x, 1) - 1) - (r + x) * numpy.log(alpha + recency)
    both = numpy.logaddexp(active, numpy.where(x > 0, left, -numpy.inf))
    constant = gammaln(r + x) - gammaln(r) + r * numpy.log(alpha)
    leaving = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    return float((constant + leaving + both).sum())


def expected(parameters, days, one):
    r, alpha, a, b = parameters
    x, recency, age = one.repeats, one.recency, one.age
    series = hyp2f1(r + x, b + x, a + b + x - 1, days / (alpha + age + days))
    top = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + days)) ** (r + x) * series)
    return top / (1 + (x > 0) * a / (b + x - 1) * ((alpha + age) / (alpha + recency)) ** (r + x))


def test_what_a_person_is_expected_to_buy_is_what_scipy_says(fresh):
    orders = made_up()
    sent = [
        {"person": person, "name": "order_paid", "time": time.isoformat(),
         "value": {"minor": minor, "currency": "CNY"}}
        for person, time, minor in orders.itertuples(index=False)
    ]
    assert fresh.post("/api/v1/events", fresh.write_token, sent).status_code == 200
    fresh.wait_applied()
    table = histories(orders)
    chosen = table[table.repeats >= 2].index[:3].tolist() + table[table.repeats == 0].index[:1].tolist()
    for person in chosen:
        profile = fresh.get(f"/api/v1/people/{person}/profile", fresh.read_token).json()
        model, spending, one = profile["spending_model"], profile["spending"], table.loc[person]
        assert model["customers"] == len(table) and not model["purchases"]["leans_on_prior"]
        parameters = [model["purchases"][name]["value"] for name in ["r", "alpha", "a", "b"]]
        told = [spending[name] for name in ["repeats", "recency_days", "age_days"]]
        assert told == one[["repeats", "recency", "age"]].tolist()
        assert spending["purchases"]["value"] == pytest.approx(expected(parameters, 90, one), rel=1e-6)
        p, q, gamma = (model["spend"][name]["value"] for name in ["p", "q", "gamma"])
        value = p * (gamma + one.repeats * one.value) / (p * one.repeats + q - 1)
        assert spending["value"]["value"] == pytest.approx(value, rel=1e-6)
        assert spending["total"]["low"] < spending["total"]["value"] < spending["total"]["high"]
    # No step away from the parameters makes the data more likely.
    best = log_likelihood(parameters, table)
    for number in range(4):
        for step in [0.97, 1.03]:
            moved = [value * (step if place == number else 1) for place, value in enumerate(parameters)]
            assert log_likelihood(moved, table) < best


def test_traits_name_the_events_behind_them(fresh):
    start = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

    def event(name, hours, **more):
        return {"person": "ana", "name": name, "time": (start + timedelta(hours=hours)).isoformat(), **more}

    item = {"title": "Spring tea", "category": "Drinks / Tea", "brand": "Longjing"}
    headers = {"Authorization": f"Bearer {fresh.admin_token}"}
    address = fresh.url + "/api/v1/catalogue/product:tea"
    assert requests.put(address, json=item, headers=headers, timeout=10).status_code == 200
    sent = [
        event("product_view", 0, subject="product:tea", channel="app"),
        event("message_sent", 1, channel="sms"), event("message_clicked", 2, channel="sms"),
        event("message_sent", 40, channel="sms"), event("page_view", 100, channel="app"),
    ]
    assert fresh.post("/api/v1/events", fresh.write_token, sent).status_code == 200
    fresh.wait_applied()
    path = "/api/v1/people/ana"
    profile = fresh.get(f"{path}/profile?time_zone=Asia/Shanghai", fresh.read_token).json()
    assert profile["lifecycle"]["stage"] == "new"
    tea = profile["interests"]["categories"][0]
    assert (tea["name"], tea["share"]) == ("Drinks / Tea", 1)
    assert profile["interests"]["brands"][0]["name"] == "Longjing"
    assert profile["channels"][0]["answered"]["numerator"] == 1
    assert profile["channels"][0]["answered"]["denominator"] == 2
    assert profile["active_times"]["hours"][17] == 1  # 09:30 in UTC.
    assert profile["spending"] is None
    assert profile["spending_model"]["purchases"] == {"missing": "too_few", "repeat_customers": 0, "needed": 20}
    behind = ",".join(str(one) for one in profile["channels"][0]["evidence"]["sequences"])
    shown = fresh.get(f"{path}?sequences={behind}", fresh.read_token).json()["events"]
    assert [(one["name"], one["time"]) for one in shown] == [
        ("message_sent", "2026-05-06T01:30:00.000Z"), ("message_sent", "2026-05-04T10:30:00.000Z")]
    earlier = fresh.get(f"{path}/profile?at=2026-05-04T11:00:00Z", fresh.read_token).json()
    assert (earlier["events"], earlier["channels"]) == (2, [])
