"""Two periods side by side through the real server: their differences and intervals beside SciPy."""

import csv
import io
import math
from datetime import UTC, datetime, timedelta

import numpy
import pytest
from scipy import stats

NOW, BEFORE = datetime(2025, 5, 8, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def weeks():
    """Of each week: who looked (with how much they spent, or nothing)."""
    random = numpy.random.default_rng(5)
    return {
        start: [(f"{start.day}-{n}", round(float(random.gamma(2, 30)), 2) if random.random() < share else None)
                for n in range(count)]
        for start, count, share in [(BEFORE, 180, 0.3), (NOW, 240, 0.45)]
    }


@pytest.fixture(scope="module")
def ask(fresh_module, weeks):
    server = fresh_module
    sent = []
    for start, people in weeks.items():
        for number, (person, spent) in enumerate(people):
            at = start + timedelta(hours=number % 160)
            channel = "feed" if (number % 3 == 0) == (start == BEFORE) else "live_room"
            sent.append({"person": person, "name": "product_view", "time": at.isoformat(), "channel": channel})
            if spent is not None:
                sent.append({
                    "person": person, "name": "order_paid", "time": (at + timedelta(hours=1)).isoformat(),
                    "channel": "shop", "properties": {"price": spent},
                })
    assert server.post("/api/v1/events", server.write_token, sent).status_code == 200
    server.wait_applied()
    period = {"from": NOW.isoformat(), "to": (NOW + WEEK).isoformat()}
    compare = {"from": BEFORE.isoformat(), "to": (BEFORE + WEEK).isoformat()}

    def ask(kind, headers=None, **question):
        body = {**period, "compare": compare, **question}
        return server.post(f"/api/v1/query/{kind}", server.read_token, body, headers=headers)

    return ask


STEPS = {"steps": [{"name": "product_view"}, {"name": "order_paid"}], "window_ms": 86_400_000}


def difference(answer, place):
    (found,) = [one for one in answer["comparison"]["differences"] if one["at"] == place]
    return found


def test_a_difference_of_shares_has_newcombes_interval(ask, weeks):
    found = difference(ask("funnel", **STEPS).json(), "/steps/1/rate_from_first")
    (x, n), (y, m) = ((sum(spent is not None for _, spent in weeks[w]), len(weeks[w])) for w in (NOW, BEFORE))
    one, other = (stats.binomtest(hits, of).proportion_ci(method="wilson") for hits, of in ((x, n), (y, m)))
    (p, q) = (x / n, y / m)
    assert found["value"] == pytest.approx(p - q)
    assert found["before"]["value"] == pytest.approx(q)
    assert found["low"] == pytest.approx(p - q - math.hypot(p - one.low, other.high - q))
    assert found["high"] == pytest.approx(p - q + math.hypot(one.high - p, q - other.low))


def test_a_difference_of_means_combines_students_intervals(ask, weeks):
    answer = ask("segmentation", event={"name": "order_paid"}, measure="sum_per_person", of="price").json()
    found = difference(answer, "/total")
    (now, before) = (numpy.array([spent for _, spent in weeks[w] if spent is not None]) for w in (NOW, BEFORE))
    margins = [stats.t.ppf(0.975, len(one) - 1) * stats.sem(one) for one in (now, before)]
    value = now.mean() - before.mean()
    wanted = [value, value - math.hypot(*margins), value + math.hypot(*margins)]
    assert [found["value"], found["low"], found["high"]] == pytest.approx(wanted)
    welch = stats.ttest_ind(now, before, equal_var=False).confidence_interval(0.95)
    assert found["high"] - found["low"] == pytest.approx(welch.high - welch.low, rel=0.02)


def test_groups_are_held_against_those_of_the_same_name_and_counts_have_no_interval(ask, weeks):
    answer = ask("segmentation", event={"name": "product_view"}, measure="people", by=["channel"]).json()
    before = {tuple(group["keys"]): group["total"] for group in answer["comparison"]["answer"]["groups"]}
    for number, group in enumerate(answer["groups"]):
        found = difference(answer, f"/groups/{number}/total")
        earlier = before[tuple(group["keys"])]["value"]
        assert found["before"]["value"] == earlier and found["value"] == group["total"]["value"] - earlier
        assert found["low"] is None and found["high"] is None


def test_the_other_answer_is_that_of_asking_for_its_period_alone(ask):
    whole = ask("funnel", **STEPS).json()["comparison"]
    alone = ask("funnel", **STEPS, **{"from": whole["from"], "to": whole["to"], "compare": None}).json()
    for name in ("duration_ms", "metric", "audience"):  # The whole answer says these once.
        del alone[name]
    assert whole["answer"] == alone and "comparison" not in alone


def test_csv_has_the_rows_of_both(ask):
    rows = list(csv.DictReader(io.StringIO(ask("funnel", headers={"Accept": "text/csv"}, **STEPS).text)))
    assert [(row["range"], row["step"]) for row in rows] == [
        ("now", "1"), ("now", "2"), ("before", "1"), ("before", "2"),
    ]


@pytest.mark.parametrize("compare,told", [
    ({"from": NOW.isoformat(), "to": (NOW + WEEK).isoformat()}, "`compare` must not overlap"),
    ({"from": BEFORE.isoformat()}, "`compare.from` is missing"),
    ({"from": NOW.isoformat(), "to": BEFORE.isoformat()}, "`compare.from` must lie before"),
    ({"from": BEFORE.isoformat(), "to": NOW.isoformat(), "of": 1}, "`compare.of` is no field"),
])
def test_a_period_that_cannot_be_compared_is_refused(ask, compare, told):
    answer = ask("funnel", **STEPS, compare=compare)
    assert answer.status_code == 400 and told in answer.json()["detail"]
