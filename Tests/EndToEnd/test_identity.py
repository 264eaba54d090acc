"""Which ids are one person: across kills, over HTTP, and in the console."""

import random
import time
from datetime import datetime, timezone

import pytest
from browser import Console
from quanyu import wait_for

KILL_COUNT = 8


def members(server, person, **query):
    answer = server.get(f"/api/v1/people/{person}/identity", server.read_token, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["members"]


def sighting(number, **ids):
    time = f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z"
    return {"id": f"s{number}", "ids": ids, "name": "page_view", "time": time}


def random_sightings(seed, count):
    chance = random.Random(seed)
    events = []
    for number in range(count):
        ids = {"anonymous": f"b{chance.randrange(30)}", "device": f"d{chance.randrange(20)}"}
        if chance.random() < 0.5:
            ids["login"] = f"u{chance.randrange(12)}"
        if chance.random() < 0.3:
            ids["phone_hash"] = f"p{chance.randrange(10)}"
        events.append(sighting(number, **ids))
    return events


def everyone(server):
    return {f"u{number}": members(server, f"u{number}") for number in range(12)}


def test_the_same_events_give_the_same_people_after_each_of_many_kills(fresh, tmp_path_factory):
    events = random_sightings(5, 400)
    fresh.environment = {"QUANYU_SNAPSHOT_SECONDS": "1"}
    for part in range(KILL_COUNT):
        for event in events[part::KILL_COUNT]:  # Another order than that of the one batch below.
            assert fresh.post("/api/v1/events", fresh.write_token, event).status_code == 200
        fresh.kill()
        fresh.start()
    fresh.wait_applied()
    killed = everyone(fresh)
    people = fresh.get("/api/v1/people/u1/identity", fresh.read_token).json()
    assert people["changes"], "nothing was joined: the test says nothing"
    fresh.stop()
    for snapshot in (fresh.data / "snapshots").glob("identity*"):
        snapshot.unlink()
    fresh.start()
    fresh.wait_applied()
    assert everyone(fresh) == killed


def test_a_separation_is_durable_and_the_past_stays_as_it_was(fresh):
    events = [sighting(1, anonymous="x"), sighting(2, login="ana", anonymous="x")]
    assert fresh.post("/api/v1/events", fresh.write_token, events).status_code == 200
    fresh.wait_applied()
    before = fresh.get("/health/ready", "").json()["journal_sequence"]
    assert members(fresh, "x") == ["ana", "x"]
    answer = fresh.post("/api/v1/identity/separate", fresh.admin_token, {"person": "ana", "other": "x"})
    assert answer.status_code == 202
    fresh.kill()
    fresh.start()
    fresh.wait_applied()
    assert members(fresh, "x") == ["x"]
    assert members(fresh, "x", as_of=before) == ["ana", "x"]
    shown = fresh.get("/api/v1/people/x", fresh.read_token).json()
    assert (shown["person"], shown["ids"]) == ("x", ["x"])


@pytest.fixture
def console(fresh):
    fresh.create_admin()
    console = Console(fresh.url)
    console.driver.get(fresh.url + "/sign-in")
    console.look("en", "light")
    console.sign_in(fresh)
    yield console
    console.driver.quit()


def test_an_operator_separates_and_rejoins_on_the_persons_page(fresh, console):
    events = [sighting(1, anonymous="x"), sighting(2, login="ana", anonymous="x")]
    assert fresh.post("/api/v1/events", fresh.write_token, events).status_code == 200
    fresh.wait_applied()
    console.open("/people/x")
    wait_for(lambda: "2 ids are this person now" in console.text(), message="no ids are shown")
    assert console.barriers() == []
    for verb, word in [("Separate", "Separated"), ("Rejoin", "Joined")]:
        console.click(verb)
        console.one("dialog input").send_keys("a shared tablet")
        console.click(verb, "dialog")
        wait_for(lambda: word in console.text(), message=f"{verb} shows nothing")
        console.settle()
    names = [event["name"] for event in fresh.get("/api/v1/people/ana", fresh.read_token).json()["events"]]
    assert sorted(names) == ["identity_rejoined", "identity_separated", "page_view", "page_view"]
    assert console.complaints() == []


def test_who_views_without_signing_in_and_buys_signed_in_is_one_person_in_every_number(fresh):
    def send(name, minute, **ids):
        event = {"id": name + str(minute), "ids": ids, "name": name, "time": f"2026-01-01T00:{minute:02}:00Z"}
        if name == "order_paid":
            event["value"] = {"minor": 990, "currency": "CNY"}
        assert fresh.post("/api/v1/events", fresh.write_token, event).status_code == 200
        fresh.wait_applied()

    def numbers(identities=None):
        steps = [{"name": name} for name in ("page_view", "product_view", "order_paid")]
        asked = {"identities": identities} if identities else {}
        question = {"steps": steps, "window_ms": 86_400_000, **asked}
        funnel = fresh.post("/api/v1/query/funnel", fresh.read_token, question)
        assert funnel.status_code == 200, funnel.text
        viewers = {"audience": {"did": {"name": "page_view"}}, **asked}
        audience = fresh.post("/api/v1/query/audience", fresh.read_token, viewers).json()
        period = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", **asked}
        overview = fresh.get("/api/v1/overview", fresh.read_token, params=period).json()
        assert overview["people"] == audience["of"] == funnel.json()["people"]
        return [step["people"] for step in funnel.json()["steps"]], overview["people"], audience["people"]

    send("page_view", 1, anonymous="x")
    send("product_view", 2, anonymous="x")
    send("sign_up", 3, login="ana")
    apart = ([1, 1, 0], 2, ["x"])
    assert numbers() == apart
    time.sleep(0.01)
    before_order = datetime.now(timezone.utc).isoformat()
    send("order_paid", 4, login="ana", anonymous="x")
    together = ([1, 1, 1], 1, ["ana"])
    assert numbers() == together
    assert numbers(before_order) == apart
    assert numbers("separate") == apart
    listed = fresh.get("/api/v1/people", fresh.read_token, params={"query": "x"}).json()
    assert [(row["person"], row["events"], row["orders"]) for row in listed["people"]] == [("ana", 4, 1)]
    time.sleep(0.01)
    before_separation = datetime.now(timezone.utc).isoformat()
    answer = fresh.post("/api/v1/identity/separate", fresh.admin_token, {"person": "ana", "other": "x"})
    assert answer.status_code == 202
    assert numbers() == apart
    fresh.kill()
    fresh.start()
    fresh.wait_applied()
    assert numbers() == apart
    assert numbers(before_separation) == together
    assert numbers(before_order) == apart
    again = fresh.post("/api/v1/identity/rejoin", fresh.admin_token, {"person": "ana", "other": "x"})
    assert again.status_code == 202
    assert numbers() == together
