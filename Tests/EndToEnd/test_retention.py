"""Retention through the real server, beside pandas, and its intervals beside numpy and SciPy."""

from datetime import UTC, datetime, timedelta

import numpy
import pandas
import pytest
from estimates import check_share

FIRST = datetime(2025, 10, 20, tzinfo=UTC)
DAYS, COLUMNS = 12, 5
ZONE = "Europe/Berlin"  # A day of 25 hours lies in between: 2025-10-26.


@pytest.fixture(scope="module")
def visits():
    """Random visits and orders of some people: one row an event, in the order in which a timeline has them."""
    random = numpy.random.default_rng(7)
    count = 500
    events = pandas.DataFrame({
        "person": random.integers(0, 40, count),
        "name": random.choice(["page_view", "order_paid"], count, p=[0.7, 0.3]),
        "time": [FIRST + timedelta(seconds=int(s)) for s in random.integers(0, (DAYS + COLUMNS) * 86_400, count)],
    })
    return events.sort_values("time", kind="stable").reset_index(drop=True)


def expected(visits, *, is_first_only, is_rolling):
    """For each person and cohort, whether they were there in each column."""
    local = visits.assign(day=visits.time.dt.tz_convert(ZONE).dt.date)
    first_day = FIRST.astimezone(pandas.Timestamp.now(ZONE).tz).date()
    local["number"] = [(day - first_day).days for day in local.day]
    starts = local[local.name == "page_view"].reset_index()
    starts = starts.groupby(["person"] if is_first_only else ["person", "number"], as_index=False).first()
    rows = []
    for start in starts[starts.number <= DAYS].itertuples():
        returns = local[(local.person == start.person) & (local.name == "order_paid") & (local.index > start.index)]
        there = [
            bool((returns.number >= start.number + column).any() if is_rolling
                 else (returns.number == start.number + column).any())
            for column in range(COLUMNS)
        ]
        rows.append((start.person, start.number, *there))
    return pandas.DataFrame(rows, columns=["person", "cohort", *range(COLUMNS)])


@pytest.mark.parametrize("is_first_only", [False, True])
@pytest.mark.parametrize("counting", ["bracketed", "rolling"])
def test_retention_is_what_pandas_and_numpy_say(fresh, visits, is_first_only, counting):
    sent = [
        {"person": f"p{one.person}", "name": one.name, "time": one.time.isoformat()} for one in visits.itertuples()
    ]
    assert fresh.post("/api/v1/events", fresh.write_token, sent).status_code == 200
    fresh.wait_applied()
    answer = fresh.post("/api/v1/query/retention", fresh.read_token, {
        "start": {"name": "page_view"}, "return": {"name": "order_paid"}, "columns": COLUMNS, "time_zone": ZONE,
        "counting": counting, "first_only": is_first_only, "from": FIRST.isoformat(),
        "to": (FIRST + timedelta(days=DAYS)).isoformat(),
    }).json()
    wanted = expected(visits, is_first_only=is_first_only, is_rolling=counting == "rolling")
    assert len(answer["cohorts"]) == DAYS + 1
    for number, cohort in enumerate(answer["cohorts"]):
        mine = wanted[wanted.cohort == number]
        assert cohort["people"] == len(mine)
        for column, cell in enumerate(cohort["returned"]):
            assert (cell is None) or cell["numerator"] == mine[column].sum()
    over = sum(cohort["returned"][0] is not None and cohort["returned"][0]["is_over"] for cohort in answer["cohorts"])
    assert over == DAYS + 1
    for column, overall in enumerate(answer["overall"]):
        check_overall(overall, wanted, column, answer)


def check_overall(overall, wanted, column, answer):
    is_over = [cohort["returned"][column] is not None and cohort["returned"][column]["is_over"]
               for cohort in answer["cohorts"]]
    people = wanted[[is_over[cohort] for cohort in wanted.cohort]].groupby("person")[column].agg(["sum", "count"])
    top, bottom = people["sum"].to_numpy(float), people["count"].to_numpy(float)
    assert (overall["numerator"], overall["denominator"]) == (top.sum(), bottom.sum())
    check_share(overall, top, bottom)


def test_history_is_known_up_to_its_latest_event_whatever_comes_last(fresh):
    """What comes in late, and what a wrong clock puts into the time to come, moves no period back or forth."""
    ahead = (datetime.now(UTC) + timedelta(minutes=3)).isoformat(timespec="seconds")
    for time in ["2025-06-01T00:00:00Z", "2025-06-09T12:00:00Z", "2025-06-02T00:00:00Z", ahead]:
        sent = fresh.post("/api/v1/events", fresh.write_token, [{"person": "a", "name": "page_view", "time": time}])
        assert sent.status_code == 200
    fresh.wait_applied()
    for _ in range(2):
        answer = fresh.post("/api/v1/query/retention", fresh.read_token, {
            "start": {"name": "page_view"}, "from": "2025-06-01T00:00:00Z", "to": "2025-06-08T00:00:00Z",
        }).json()
        assert answer["observed_until"] == "2025-06-09T12:00:00.000Z"
        fresh.stop()
        fresh.start()
