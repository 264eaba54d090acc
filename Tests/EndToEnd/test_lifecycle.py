"""Lifecycle, stickiness, sessions and watch time through the real server, beside pandas and SciPy."""

from datetime import UTC, date, datetime, timedelta

import numpy
import pandas
import pytest
from estimates import check_ratio, check_share, delta_margin

FIRST = datetime(2025, 10, 1, tzinfo=UTC)
DAYS, WINDOW = 40, 7
ZONE = "Europe/Berlin"  # A day of 25 hours lies in between: 2025-10-26.
GAP_S, CAP_S = 1800, 30
RANGE = {"from": (FIRST + timedelta(days=8)).isoformat(), "to": (FIRST + timedelta(days=DAYS - 2)).isoformat()}


@pytest.fixture(scope="module")
def visits():
    """Random events of some people, who come for a while at a time: one row an event."""
    random = numpy.random.default_rng(5)
    rows = []
    for person in range(60):
        for _ in range(random.integers(1, 12)):
            second = int(random.integers(0, DAYS * 86_400))
            for _ in range(random.integers(1, 7)):
                rows.append((person, random.choice(["live", "shop"]), FIRST + timedelta(seconds=second)))
                second += int(random.integers(1, 2400))
    frame = pandas.DataFrame(rows, columns=["person", "channel", "time"])
    return frame.sort_values("time", kind="stable").reset_index(drop=True)


@pytest.fixture
def shop(fresh, visits):
    sent = [
        {"person": f"p{one.person}", "name": "page_view", "channel": one.channel, "time": one.time.isoformat()}
        for one in visits.itertuples()
    ]
    assert fresh.post("/api/v1/events", fresh.write_token, sent).status_code == 200
    fresh.wait_applied()
    return fresh


def ask(server, kind, body):
    answer = server.post(f"/api/v1/query/{kind}", server.read_token, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_activity_and_sessions_are_what_pandas_says(shop, visits):
    visits = visits.assign(day=visits.time.dt.tz_convert(ZONE).dt.date)
    check_lifecycle(ask(shop, "lifecycle", {"period": "week", "time_zone": ZONE, **RANGE}), visits)
    check_stickiness(ask(shop, "stickiness", {"window_days": WINDOW, "time_zone": ZONE, **RANGE}), visits)
    check_sessions(ask(shop, "sessions", {"gap_ms": GAP_S * 1000, "time_zone": ZONE, **RANGE}), visits)


def check_lifecycle(answer, visits):
    there = {
        monday: set(own.person) for monday, own in visits.groupby(visits.day.map(lambda d: d - timedelta(d.weekday())))
    }
    assert len(answer["periods"]) == 5
    for period in answer["periods"]:
        monday = date.fromisoformat(period["day"])
        now, before = there.get(monday, set()), there.get(monday - timedelta(7), set())
        earlier = set().union(*(people for week, people in there.items() if week < monday))
        wanted = {
            "active": now, "new": now - earlier, "returning": now & before, "resurrecting": (now & earlier) - before,
            "dormant": before - now,
        }
        assert {key: period[key] for key in wanted} == {key: len(people) for key, people in wanted.items()}
        check_share(period["returned"], *(numpy.array([[person in now, 1] for person in before], float).T))


def check_stickiness(answer, visits):
    there = {day: set(own.person) for day, own in visits.groupby("day")}
    people = pandas.DataFrame(0.0, index=range(60), columns=["top", "bottom"])
    for row in answer["days"]:
        day = date.fromisoformat(row["day"])
        window = set().union(*(there.get(day - timedelta(back), set()) for back in range(WINDOW)))
        now = there.get(day, set())
        assert (row["active"], row["active_in_window"]) == (len(now), len(window))
        if row["is_over"]:
            people.loc[list(now), "top"] += 1
            people.loc[list(window), "bottom"] += 1
            last = day
    people = people[people.bottom > 0]
    check_share(answer["overall"], people.top.to_numpy(), people.bottom.to_numpy())
    days = [len([1 for back in range(WINDOW) if person in there.get(last - timedelta(back), set())])
            for person in range(60)]
    assert [one["people"] for one in answer["by_active_days"]] == [days.count(k) for k in range(1, WINDOW + 1)]


def check_sessions(answer, visits):
    ordered = visits.sort_values(["person", "time"], kind="stable")
    begins = (ordered.time.diff().dt.total_seconds() > GAP_S) | (ordered.person != ordered.person.shift())
    sessions = ordered.groupby(begins.cumsum()).agg(
        person=("person", "first"), start=("time", "first"), end=("time", "last"), events=("time", "size"),
        channel=("channel", "first"), day=("day", "first"))
    begin, end = (pandas.Timestamp(RANGE[key]) for key in ("from", "to"))
    sessions = sessions[(sessions.start >= begin) & (sessions.start < end)]
    sessions["ms"] = (sessions.end - sessions.start).dt.total_seconds() * 1000
    sessions["bounce"] = (sessions.events == 1).astype(float)
    whole = answer["all"]
    each = sessions.groupby("person").agg(
        n=("ms", "size"), events=("events", "sum"), ms=("ms", "sum"), bounce=("bounce", "sum")).astype(float)
    assert (whole["sessions"], whole["people"]) == (len(sessions), len(each))
    check_ratio(whole["sessions_per_person"], each.n.to_numpy(), numpy.ones(len(each)))
    check_ratio(whole["events_per_session"], each.events.to_numpy(), each.n.to_numpy())
    check_ratio(whole["duration_ms"], each.ms.to_numpy(), each.n.to_numpy())
    check_share(whole["bounce_share"], each.bounce.to_numpy(), each.n.to_numpy())
    for row in answer["by_day"]:
        assert row["sessions"] == (sessions.day == date.fromisoformat(row["day"])).sum()
    for row in answer["by_channel"]:
        assert row["bounces"] == sessions[sessions.channel == row["channel"]].bounce.sum()
    for row in answer["durations"]:
        assert row["value"] == pytest.approx(numpy.quantile(sessions.ms, row["share"]), rel=1e-12)
        check_woodruff(row, sessions)


def check_woodruff(row, sessions):
    below = (sessions.ms <= row["value"]).groupby(sessions.person).agg(["sum", "size"]).to_numpy(float)
    margin = delta_margin(below[:, 0], below[:, 1])
    ends = [max(0, row["share"] - margin), min(1, row["share"] + margin)]
    wanted = list(numpy.quantile(sessions.ms, ends)) if margin > 0 else [None, None]
    assert [row["low"], row["high"]] == pytest.approx(wanted, rel=1e-9)


def test_watch_time_is_what_pandas_says_and_without_bots(fresh):
    steps = [{"step": "traffic", "on": True, "bots": {"patterns": ["spider"]}, "own_people": ["host"]}]
    version = fresh.post("/api/v1/cleaning/versions", fresh.admin_token, {"steps": steps})
    assert version.status_code < 300, version.text
    random = numpy.random.default_rng(3)
    count = 800
    signs = pandas.DataFrame({
        "person": [f"p{n}" for n in random.integers(0, 12, count)],
        "name": random.choice(["room_enter", "room_stay", "room_leave"], count, p=[0.1, 0.8, 0.1]),
        "room": random.choice(["1", "2"], count),
        "second": random.integers(0, 9000, count),
    }).sort_values("second", kind="stable")
    sent = [row(one.person, one.name, one.room, one.second) for one in signs.itertuples()]
    sent += [row("host", "room_stay", "1", second) for second in range(0, 300, 15)]
    crawler = {"user_agent": "a spider"}
    sent += [{**row("crawler", "room_stay", "1", second), "properties": crawler} for second in range(0, 300, 15)]
    assert fresh.post("/api/v1/events", fresh.write_token, sent).status_code == 200
    fresh.wait_applied()
    answer = ask(fresh, "dwell", {"cap_ms": CAP_S * 1000})
    signs = signs.sort_values(["person", "room"], kind="stable")
    before = signs.groupby(["person", "room"]).shift()
    present = before.second.notna() & (before.name != "room_leave") & (signs.name != "room_enter")
    signs["watched"] = numpy.where(present, (signs.second - before.second).clip(upper=CAP_S), 0.0)
    people = signs.groupby("person").watched.sum() * 1000
    assert (answer["people"], answer["total_ms"]) == (len(people), people.sum())
    check_ratio(answer["watch_ms"], people.to_numpy(), numpy.ones(len(people)))
    for one in answer["quantiles"]:
        assert one["value"] == pytest.approx(numpy.quantile(people, one["share"]), rel=1e-12)
    for room in answer["rooms"]:
        own = signs[signs.room == room["room"]].groupby("person").watched.sum() * 1000
        assert (room["people"], room["total_ms"]) == (len(own), own.sum())
        check_ratio(room["watch_ms"], own.to_numpy(), numpy.ones(len(own)))


def row(person, name, room, second):
    time = FIRST + timedelta(seconds=int(second))
    return {"person": person, "name": name, "channel": "live", "subject": f"room:{room}", "time": time.isoformat()}
