"""Audiences through the real server: beside pandas, and kept up while events come in."""

import time
from datetime import UTC, datetime, timedelta

import numpy
import pandas
import requests

FIRST = datetime(2025, 10, 20, tzinfo=UTC)
HOUR = pandas.Timedelta(hours=1)


def history():
    """Random events of some people, in the order in which a timeline has them."""
    random = numpy.random.default_rng(11)
    count = 900
    events = pandas.DataFrame({
        "person": [f"p{n}" for n in random.integers(0, 60, count)],
        "name": random.choice(["product_view", "add_to_cart", "order_paid"], count, p=[0.6, 0.25, 0.15]),
        "time": [FIRST + timedelta(seconds=int(s)) for s in random.integers(0, 20 * 86_400, count)],
        "minor": random.integers(100, 5000, count),
        "city": random.choice(["杭州", "宁波", None], count),
    })
    return events.sort_values("time", kind="stable").reset_index(drop=True)


def sent(event):
    body = {"person": event.person, "name": event.name, "time": event.time.isoformat()}
    body["value"] = {"minor": int(event.minor), "currency": "CNY"}
    return {**body, "properties": {"city": event.city} if isinstance(event.city, str) else {}}


def ask(server, kind, **body):
    answer = server.post(f"/api/v1/query/{kind}", server.read_token, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_audiences_are_those_that_pandas_finds(fresh):
    events = history()
    fresh.post("/api/v1/events", fresh.write_token, [sent(event) for event in events.itertuples(index=False)])
    fresh.wait_applied()
    by = events.groupby("person")
    people = set(events.person)
    counts = lambda some: some.groupby("person").size()  # noqa: E731

    # At least so often, and not at all in the last days before a moment.
    moment = FIRST + timedelta(days=18)
    then = events[events.time < moment]
    viewers = counts(then[then.name == "product_view"])
    recent = set(then[(then.name == "order_paid") & (then.time >= moment - timedelta(days=7))].person)
    want = set(viewers[viewers >= 4].index) - recent
    expression = {"all": [
        {"did": {"name": "product_view"}, "at_least": 4},
        {"not": {"did": {"name": "order_paid"}, "last_days": 7}},
    ]}
    found = ask(fresh, "audience", audience=expression, as_of=moment.isoformat(), limit=100)
    assert set(found["people"]) == want and found["of"] == then.person.nunique()

    # One thing after another within a window, or spent so much.
    def in_order(mine):
        steps = [mine[mine.name == name].time for name in ("product_view", "add_to_cart", "order_paid")]
        return any(
            0 * HOUR <= b - a and b <= c and c - a <= 48 * HOUR for a in steps[0] for b in steps[1] for c in steps[2]
        )

    spent = events[events.name == "order_paid"].groupby("person").minor.sum()
    want = {person for person, mine in by if in_order(mine)} | set(spent[spent >= 9000].index)
    expression = {"any": [
        {"sequence": [{"name": "product_view"}, {"name": "add_to_cart"}, {"name": "order_paid"}],
         "within_ms": 48 * 3_600_000},
        {"aggregate": "sum", "event": {"name": "order_paid"}, "at_least": 9000},
    ]}
    assert set(ask(fresh, "audience", audience=expression)["people"]) == want

    # Whose latest city is this one, and who was never elsewhere.
    latest = events.dropna(subset="city").groupby("person").city.last()
    elsewhere = set(events[events.city == "宁波"].person)
    want = {person for person in people if latest.get(person) == "杭州"} - elsewhere
    expression = {"all": [
        {"property": "city", "is": "=", "value": "杭州"},
        {"not": {"property": "city", "is": "=", "value": "宁波", "when": "ever"}},
    ]}
    assert set(ask(fresh, "audience", audience=expression)["people"]) == want

    # In a stage, now and as of a past moment, as the stages themselves are listed.
    for day in (12, 18):
        moment = FIRST + timedelta(days=day)
        span = {"from": (moment - timedelta(days=1)).isoformat(), "to": moment.isoformat(), "time_zone": "UTC"}
        for stage in ("A3", "A4"):
            list_of = {"is": stage, "limit": 100}
            wanted = ask(fresh, "stages", model="o5a", list=list_of, **span)["list"]["people"]
            asked = {"stage": {"model": "o5a", "in": [stage], "at": moment.isoformat()}}
            assert set(ask(fresh, "audience", audience=asked)["people"]) == set(wanted) != set()
            at_once = {"stage": {"in": [stage]}}
            assert set(ask(fresh, "audience", audience=at_once, as_of=moment.isoformat())["people"]) == set(wanted)

    # Of an audience alone, numbers are those of its events; of nobody they are none, and the answer says why.
    members = set(spent[spent >= 9000].index)
    mine = events[events.person.isin(members)]
    chosen = {"aggregate": "sum", "event": {"name": "order_paid"}, "at_least": 9000}
    whole = {"from": FIRST.isoformat(), "to": (FIRST + timedelta(days=21)).isoformat()}
    answer = ask(fresh, "segmentation", event={"name": "product_view"}, measure="events", audience=chosen, **whole)
    views = mine[mine.name == "product_view"]
    assert (answer["total"]["events"], answer["total"]["people"]) == (len(views), views.person.nunique())
    assert answer["audience"] == {"name": None, "people": len(members), "of": len(people), "note": None}
    steps = [{"name": "product_view"}, {"name": "add_to_cart"}, {"name": "order_paid"}]
    funnel = ask(fresh, "funnel", steps=steps, window_ms=48 * 3_600_000, audience=chosen)
    assert funnel["steps"][0]["people"] == views.person.nunique() and funnel["people"] == len(members)
    assert funnel["steps"][2]["people"] == sum(in_order(one) for _, one in mine.groupby("person"))
    nobody = ask(fresh, "funnel", steps=steps, window_ms=1000, audience={"all": [chosen, {"not": chosen}]})
    assert [step["people"] for step in nobody["steps"]] == [0, 0, 0] and "contradict" in nobody["audience"]["note"]
    assert ask(fresh, "funnel", steps=steps, window_ms=1000)["audience"] is None


def test_who_comes_in_and_who_leaves_is_told_within_a_second(fresh):
    send = lambda *events: fresh.post("/api/v1/events", fresh.write_token, list(events))  # noqa: E731
    send({"person": "old", "name": "page_view"})
    fresh.wait_applied()
    save(fresh, "lookers", {"all": [{"did": {"name": "page_view"}}, {"not": {"did": {"name": "order_paid"}}}]})
    changes = follow(fresh, "lookers")
    kept = until(lambda: saved(fresh, "lookers") if saved(fresh, "lookers")["count"] == 1 else None)
    assert kept["version"] == 1
    send({"person": "ana", "name": "page_view"})
    assert until(changes) == [("ana", "entered")]
    send({"ids": {"anonymous": "ana", "login": "ana.li"}, "name": "order_paid"}, {"person": "ben", "name": "page_view"})
    assert sorted(until(changes)) == [("ana.li", "left"), ("ben", "entered")]
    # After a start all is made of the timeline again, and a place of before is known to be lost.
    place = changes.place
    fresh.stop()
    fresh.start()
    until(lambda: saved(fresh, "lookers")["count"] == 2 or None)
    answer = fresh.get("/api/v1/audiences/lookers/changes", fresh.read_token, params={"after": place}).json()
    assert answer["broken"] and answer["changes"] == []
    assert ask(fresh, "audience", audience="lookers")["count"] == 2


def memberships(server, person):
    """What a person's timeline tells of audiences: when the change was noticed, and when its cause came in."""
    events = server.get(f"/api/v1/people/{person}", server.read_token).json().get("events", [])
    told = [one for one in events if one["name"] in ("audience_entered", "audience_left")]
    return [(one["name"], one["subject"], pandas.Timestamp(one["time"])) for one in reversed(told)], events


def test_each_change_is_an_event_within_a_second_of_its_cause_and_once(fresh):
    send = lambda *events: fresh.post("/api/v1/events", fresh.write_token, list(events))  # noqa: E731
    send({"person": "old", "name": "page_view"})
    fresh.wait_applied()
    save(fresh, "lookers", {"did": {"name": "page_view"}})
    save(fresh, "quiet", {"not": {"did": {"channel": "audience"}}})  # Holds everybody: what is told feeds nothing.
    save(fresh, "today", {"did": {"name": "page_view"}, "last_days": 1})
    until(lambda: all(saved(fresh, name)["count"] == 1 for name in ("lookers", "quiet", "today")))
    # Time alone: what lies almost a day back leaves within a second of the day's end.
    almost = datetime.now(UTC) - timedelta(days=1) + timedelta(seconds=1.5)
    send({"person": "late", "name": "page_view", "time": almost.isoformat()})
    people = [f"p{n}" for n in range(60)]
    for person in people:
        send({"person": person, "name": "page_view"})
    until(lambda: saved(fresh, "lookers")["count"] == 62, seconds=5)

    def delays():
        found = []
        for person in people:
            told, events = memberships(fresh, person)
            cause = next(pandas.Timestamp(one["received_at"]) for one in events if one["name"] == "page_view")
            found += [(time - cause).total_seconds() for _, _, time in told]
        return found if len(found) == 3 * len(people) else None

    assert numpy.quantile(until(delays, seconds=2), 0.99) < 1
    left = until(lambda: [one for one in memberships(fresh, "late")[0] if one[0] == "audience_left"], seconds=3)
    assert [subject for _, subject, _ in left] == ["audience:today"]
    assert 0 <= (left[0][2] - (almost + timedelta(days=1))).total_seconds() < 1

    # Killed and started again, it tells nothing twice, and what changed while it was away once.
    everything = {person: memberships(fresh, person)[0] for person in ["old", "late", *people]}
    assert everything["old"] == []
    fresh.kill()
    fresh.start()
    send({"person": "p0", "name": "order_paid"}, {"person": "new", "name": "page_view"})
    until(lambda: len(memberships(fresh, "new")[0]) == 3, seconds=5)
    assert {person: memberships(fresh, person)[0] for person in everything} == everything
    # Another definition of the same name tells who came and who left by that.
    save(fresh, "lookers", {"did": {"name": "order_paid"}})
    until(lambda: memberships(fresh, "p0")[0] == everything["p0"] or None)
    until(lambda: memberships(fresh, "p1")[0][-1][:2] == ("audience_left", "audience:lookers") or None, seconds=2)
    # A model of stages that is changed takes along who is in one of its stages.
    save(fresh, "actors", {"stage": {"in": ["A4"]}})
    until(lambda: saved(fresh, "actors")["count"] == 1, seconds=2)
    models = fresh.get("/api/v1/stage-models", fresh.read_token).json()["models"]
    model = next(one for one in models if one["id"] == "o5a")
    model["stages"][4]["rules"][0]["at_least"] = 2
    put(fresh, "/api/v1/stage-models/o5a", {"stages": model["stages"]})
    until(lambda: memberships(fresh, "p0")[0][-1][:2] == ("audience_left", "audience:actors") or None, seconds=2)
    counted = ask(fresh, "segmentation", event={"name": "audience_entered"}, measure="events")
    assert counted["total"]["events"] == 0  # No number counts them.


def save(server, name, audience):
    put(server, f"/api/v1/audiences/{name}", {"audience": audience})


def put(server, path, body):
    headers = {"Authorization": f"Bearer {server.admin_token}"}
    answer = requests.put(server.url + path, json=body, timeout=60, headers=headers)
    assert answer.status_code == 200, answer.text


def saved(server, name):
    return server.get(f"/api/v1/audiences/{name}", server.read_token).json()


def follow(server, name):
    """What asks for the changes since it was asked before."""
    def changes():
        params = {"after": changes.place} if changes.place else {}
        answer = server.get(f"/api/v1/audiences/{name}/changes", server.read_token, params=params).json()
        changes.place = answer["next"]
        assert not answer["broken"]
        return [(one["person"], one["change"]) for one in answer["changes"]]

    changes.place = None
    changes()
    return changes


def until(look, seconds=1.0):
    """What is found, within so long."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)
    return found
