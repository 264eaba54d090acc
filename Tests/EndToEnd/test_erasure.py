"""A person who is erased is gone: from every answer, from every file, and after every kill."""

import json
import os
import random
import shutil
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import requests
from browser import PHONE, Console
from quanyu import ROOT, Server, run, wait_for

KILL_COUNT = int(os.environ.get("QUANYU_ERASURE_KILL_COUNT", "50"))
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
SMALL = ("--timeline-head-events-min", "9", "--snapshot-seconds", "1", "--journal-segment-bytes", "65536")
MAPPED = ("--timeline-memory-bytes-max", "1")


def event(number, person, name="page_view", hours=0, **more):
    when = (FIRST + timedelta(hours=hours)).isoformat()
    return {"id": f"e{number}", "person": person, "name": name, "time": when, "channel": "feed", **more}


def erase(server, person, token=None):
    return requests.delete(
        f"{server.url}/api/v1/people/{person}", headers={"Authorization": f"Bearer {token or server.admin_token}"},
        timeout=30,
    )


def erasures(server, **question):
    return server.get("/api/v1/people/erasures", server.read_token, params=question).json()["erasures"]


def wait_done(server):
    return wait_for(lambda: all(one["state"] == "done" for one in erasures(server)) and erasures(server))


def files_with(server, text):
    return [
        str(path) for path in server.data.rglob("*") if path.is_file() and text.encode() in path.read_bytes()
    ]


def answers(server):
    """What queries say, without what differs from run to run."""
    def ask(kind, **question):
        answer = server.post(f"/api/v1/query/{kind}", server.read_token, question)
        assert answer.status_code == 200, answer.text
        return {name: value for name, value in answer.json().items() if name != "duration_ms"}

    period = {"from": FIRST.isoformat(), "to": (FIRST + timedelta(days=3)).isoformat()}
    people = server.get("/api/v1/people", server.read_token, params={"limit": 200}).json()
    return {
        "people": sorted(people["people"], key=lambda one: one["person"]),
        "total": people["total"],
        "funnel": ask("funnel", steps=[{"name": "page_view"}, {"name": "order_paid"}], window_ms=86_400_000, **period),
        "retention": ask("retention", start={"name": "page_view"}, **{"return": {"name": "order_paid"}}, columns=3,
                         time_zone="UTC", **period),
        "segmentation": ask("segmentation", event={"channel": "feed"}, measure="people", by=["name"], **period),
        "events": server.get("/api/v1/vocabulary", server.read_token).json()["events"],
        "orders": server.get("/api/v1/orders", server.read_token).json(),
    }


def test_a_person_is_gone_from_all_that_is_kept(fresh):
    secret, device = "alice-7f3a9", "phone-of-alice-52c1"
    sent = [event(n, f"p{n % 5}", ["page_view", "order_paid"][n % 2], n % 70, subject=f"order:o{n}") for n in range(40)]
    fresh.post("/api/v1/events", fresh.write_token, sent)
    fresh.wait_applied()
    before = answers(fresh)
    mine = [
        event("a1", device, ids={"device": device}),
        event("a2", secret, ids={"login": secret, "device": device}, hours=1),
        event("a3", secret, "order_paid", 2, subject="order:her-order-1", value={"minor": 900, "currency": "CNY"},
              properties={"city": "Nowhere-on-Sea"}),
        {"id": "a4", "person": secret, "name": "click", "time": "yesterday"},
    ]
    answer = fresh.post("/api/v1/events", fresh.write_token, mine).json()
    assert [one["status"] for one in answer["receipts"]] == ["accepted", "accepted", "accepted", "quarantined"]
    fresh.wait_applied()
    assert fresh.get(f"/api/v1/people/{device}", fresh.read_token).json()["ids"] == sorted([secret, device])
    assert answers(fresh)["total"] == before["total"] + 1

    assert erase(fresh, device, fresh.read_token).status_code == 403
    assert erasures(fresh) == []
    asked = erase(fresh, device)
    assert asked.status_code == 202 and len(asked.json()["id_hashes"]) == 2
    (proof,) = wait_done(fresh)
    assert proof["id"] == asked.json()["id"] and proof["events"] == 3 and proof["asked_by"].startswith("token:")
    assert proof["found"] == {"journal": 0, "memory": 0, "snapshots": 0}
    assert erasures(fresh, person=secret) == [proof] and erasures(fresh, person="p1") == []

    assert answers(fresh) == before
    for one in (secret, device):
        assert fresh.get(f"/api/v1/people/{one}", fresh.read_token).status_code == 404
        assert files_with(fresh, one) == []
    assert files_with(fresh, "Nowhere-on-Sea") == []
    assert "a4" not in fresh.get("/api/v1/quarantine", fresh.read_token).text

    again = fresh.post("/api/v1/events", fresh.write_token, mine[:3]).json()
    assert {one["status"] for one in again["receipts"]} == {"duplicate"}, "events that were erased come back"
    fresh.post("/api/v1/events", fresh.write_token, [event("a9", secret, "click", 5)])
    fresh.wait_applied()
    assert fresh.get(f"/api/v1/people/{secret}", fresh.read_token).json()["summary"]["events"] == 1
    now = answers(fresh)
    for folder in [None, "snapshots"]:
        assert fresh.stop() == 0
        if folder:
            shutil.rmtree(fresh.data / folder)
        fresh.start()
        fresh.wait_applied()
        assert answers(fresh) == now, folder
    exported = run("export", "--data", fresh.data).stdout
    assert device not in exported and exported.count(secret) == 1


def test_the_page_names_what_goes_and_shows_that_it_went(fresh):
    fresh.create_admin()
    fresh.post("/api/v1/events", fresh.write_token, [event(n, "alice", hours=n) for n in range(3)] + [event(9, "bob")])
    fresh.wait_applied()
    console = Console(fresh.url)
    try:
        console.driver.get(fresh.url + "/sign-in")
        console.look("en", "light")
        console.sign_in(fresh)
        for language in ["zh-CN", "en"]:
            words = json.loads((ROOT / "web" / "assets" / "i18n" / f"{language}.json").read_text())
            console.look(language, "light")
            console.open("/people/alice")
            console.click(words["erase.ask"])
            assert "3" in console.text("dialog") and "alice" in console.text("dialog")
            assert console.barriers() == []
        console.click(words["erase.confirm"], within="dialog")
        assert console.all("dialog"), "nothing is erased before the id is typed"
        console.one("dialog input").send_keys("alice")
        console.click(words["erase.confirm"], within="dialog")
        wait_for(lambda: words["erasure.done"] in console.texts("main .badge"))
        assert "alice" not in console.text() and "bob" in console.text()
        console.size(PHONE)
        assert console.barriers() == []
    finally:
        console.driver.quit()
    assert fresh.get("/api/v1/people/alice", fresh.read_token).status_code == 404


def test_what_is_too_old_leaves_queries_and_stays_in_the_journal(tmp_path):
    server = Server(tmp_path / "data", arguments=(*SMALL, "--timeline-days-max", "30")).start()
    try:
        write, server.read_token = server.token("write", "shop"), server.token("read")
        now = datetime.now(UTC)
        times = [now - timedelta(days=days) for days in range(0, 60, 2)]
        sent = [{"person": f"p{n}", "name": "page_view", "channel": "feed", "time": when.isoformat()}
                for n, when in enumerate(times)]
        assert server.post("/api/v1/events", write, sent).status_code == 200
        start = (now - timedelta(days=30)).date()
        left = [when for when in times if when.date() >= start]

        def seen():
            answer = server.post("/api/v1/query/segmentation", server.read_token, {
                "event": {"channel": "feed"}, "measure": "people", "from": (now - timedelta(days=90)).isoformat(),
                "to": (now + timedelta(days=1)).isoformat()}).json()
            return answer.get("observed_from"), answer["total"]["people"]

        wait_for(lambda: seen() == (f"{start}T00:00:00.000Z", len(left)))
        for folder in [None, "snapshots"]:
            assert server.stop() == 0
            if folder:
                shutil.rmtree(server.data / folder)
            server.start()
            server.wait_applied()
            wait_for(lambda: seen() == (f"{start}T00:00:00.000Z", len(left)))
        assert server.get("/api/v1/people", server.read_token).json()["total"] == len(left)
        server.stop()
        assert len(run("export", "--data", server.data).stdout.splitlines()) == len(sent)
    finally:
        server.stop()


class Model:
    """What was acknowledged, as plainly as can be."""

    def __init__(self):
        self.events = []
        self.erased = set()
        self.number = 0

    def batch(self, chance):
        made = []
        for _ in range(chance.randint(1, 8)):
            self.number += 1
            made.append(event(self.number, f"person-{chance.randrange(12):02}",
                              chance.choice(["page_view", "order_paid", "click"]), chance.randrange(60)))
        return made

    def took(self, events):
        self.events += events
        self.erased -= {one["person"] for one in events}

    def erase(self, person):
        self.events = [one for one in self.events if one["person"] != person]
        self.erased.add(person)

    def check(self, server):
        found = answers(server)
        by_person = defaultdict(list)
        for one in self.events:
            by_person[one["person"]].append(one)
        assert {one["person"]: one["events"] for one in found["people"]} == {
            person: len(mine) for person, mine in by_person.items()}
        assert found["events"] == len(self.events)
        groups = {group["keys"][0]: group["total"]["people"] for group in found["segmentation"]["groups"]}
        assert groups == {name: len({one["person"] for one in self.events if one["name"] == name})
                          for name in {one["name"] for one in self.events}}
        steps = [step["people"] for step in found["funnel"]["steps"]]
        assert steps == [sum(self.level(mine) >= level for mine in by_person.values()) for level in (1, 2)]
        days = [cohort["people"] for cohort in found["retention"]["cohorts"]]
        starts = [{one["person"] for one in self.events if one["name"] == "page_view" and one["time"][:10] == day}
                  for day in [str((FIRST + timedelta(days=n)).date()) for n in range(len(days))]]
        assert days == [len(people) for people in starts]
        for person in self.erased:
            assert server.get(f"/api/v1/people/{person}", server.read_token).status_code == 404

    @staticmethod
    def level(events):
        """2 where an order follows a view within a day, or comes at the same time."""
        def times(name):
            return [datetime.fromisoformat(one["time"]) for one in events if one["name"] == name]

        views = times("page_view")
        follows = any(timedelta(0) <= order - view <= timedelta(days=1)
                      for view in views for order in times("order_paid"))
        return 2 if follows else int(bool(views))


def test_no_kill_brings_anybody_back_or_takes_anybody_else(tmp_path):
    server = Server(tmp_path / "data", arguments=SMALL).start()
    try:
        server.write_token, server.read_token = server.token("write", "crash"), server.token("read")
        server.admin_token = server.token("admin")
        chance, model = random.Random(5), Model()
        for number in range(KILL_COUNT):
            killer = threading.Timer(chance.uniform(0.0, 0.12), server.kill)
            killer.start()
            while not model.pending:  # It is left where a request was not answered.
                step(server, model, chance)
            killer.join()
            server.arguments = SMALL + MAPPED * (number % 2)
            server.start()
            settle(server, model)
            server.wait_applied()
            model.check(server)
        proofs = wait_done(server)
        assert {tuple(one["found"].values()) for one in proofs} == {(0, 0, 0)}
        for person in model.erased:
            assert files_with(server, person) == []
        assert server.stop() == 0
        assert not list(server.data.rglob("column.*")), "files of a merge are left"
        shutil.rmtree(server.data / "snapshots")
        server.start()
        server.wait_applied()
        model.check(server)
    finally:
        server.stop()


Model.pending = None


def step(server, model, chance):
    """One request, remembered until it is acknowledged."""
    is_erasure = chance.random() < 0.3
    model.pending = ("erase", f"person-{chance.randrange(12):02}") if is_erasure else ("send", model.batch(chance))
    settle(server, model, once=True)


def settle(server, model, once=False):
    kind, what = model.pending
    while True:
        try:
            answer = erase(server, what) if kind == "erase" else server.post(
                "/api/v1/events", server.write_token, what)
        except requests.RequestException:
            if once:
                return
            time.sleep(0.01)
            continue
        if answer.status_code in (200, 202):
            model.erase(what) if kind == "erase" else model.took(what)
            model.pending = None
            return
        if once:
            return
