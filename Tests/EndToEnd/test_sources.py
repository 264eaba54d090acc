"""What each source sends, how much it may, and what comes in just now: over HTTP and in the console."""

import json
import threading
import time

import pytest
import requests
from browser import Console
from quanyu import wait_for

CLICK = {"person": "ana", "name": "click"}


def source(server, name="shop"):
    found = server.get("/api/v1/sources", server.read_token).json()["sources"]
    return next((one for one in found if one["source"] == name), None)


def limit(server, name, token=None, **limits):
    headers = {"Authorization": f"Bearer {token or server.admin_token}"}
    return requests.put(f"{server.url}/api/v1/sources/{name}/limits", json=limits, headers=headers, timeout=30)


def name_of(server):
    """Of the source that the server's write token stands for."""
    server.post("/api/v1/events", server.write_token, CLICK)
    server.wait_applied()
    return server.get("/api/v1/sources", server.read_token).json()["sources"][0]["source"]


def test_the_ledger_is_the_same_after_a_kill_and_without_its_snapshot(fresh):
    name = name_of(fresh)
    events = [{**CLICK, "id": f"e{number % 7}"} for number in range(10)] + [{"name": "click"}]
    for _ in range(3):
        assert fresh.post("/api/v1/events", fresh.write_token, events).status_code == 200
    fresh.wait_applied()
    before = source(fresh, name)
    assert (before["accepted"], before["duplicate"], before["quarantined"]) == (1 + 7, 3 + 20, 3)
    assert before["reasons"] == {"missing_person": 3}
    fresh.kill()
    fresh.start()
    fresh.wait_applied()
    assert source(fresh, name) == before
    fresh.stop()
    for snapshot in (fresh.data / "snapshots").glob("ledger*"):
        snapshot.unlink()
    fresh.start()
    fresh.wait_applied()
    assert source(fresh, name) == before


def test_a_limit_holds_is_kept_over_a_restart_and_may_be_taken_away(fresh):
    name = name_of(fresh)
    assert limit(fresh, name, token=fresh.read_token, events_per_second_max=1).status_code == 403
    assert limit(fresh, name, events_per_second_max=2).status_code == 200
    statuses = [fresh.post("/api/v1/events", fresh.write_token, [CLICK] * 25).status_code for _ in range(3)]
    assert statuses[-1] == 429
    answer = fresh.post("/api/v1/events", fresh.write_token, CLICK)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["code"] == "rate_limited"
    fresh.stop()
    fresh.start()
    assert source(fresh, name)["limits"] == {"events_per_second_max": 2, "events_per_day_max": None}
    headers = {"Authorization": f"Bearer {fresh.admin_token}"}
    assert requests.delete(f"{fresh.url}/api/v1/sources/{name}/limits", headers=headers, timeout=30).status_code == 200
    assert source(fresh, name)["limits"] is None


def test_a_used_up_quota_says_when_to_come_again(fresh):
    name = name_of(fresh)
    assert limit(fresh, name, events_per_day_max=5).status_code == 200
    assert fresh.post("/api/v1/events", fresh.write_token, [CLICK] * 10).status_code == 200
    fresh.wait_applied()
    answer = fresh.post("/api/v1/events", fresh.write_token, CLICK)
    assert answer.status_code == 429 and answer.json()["code"] == "quota_used_up"
    assert 0 < int(answer.headers["Retry-After"]) <= 86_400


def test_one_source_that_floods_does_not_keep_another_waiting(fresh):
    """32 connections of one send more than it may have under way; the other's events are taken all the same."""
    noisy = fresh.token("write", "noisy")
    batch = json.dumps([{**CLICK, "properties": {"text": "x" * 200}} for _ in range(4000)])
    headers = {"Authorization": f"Bearer {noisy}", "Content-Type": "application/json"}
    statuses, failures, is_over = [], [], threading.Event()

    def flood():
        session = requests.Session()
        while not is_over.is_set():
            try:
                answer = session.post(fresh.url + "/api/v1/events", data=batch, headers=headers, timeout=120)
                statuses.append(answer.status_code)
                time.sleep(0.05 if answer.status_code == 429 else 0)
            except requests.RequestException as error:
                failures.append(error)

    threads = [threading.Thread(target=flood) for _ in range(32)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    seconds, session = [], requests.Session()
    quiet = {"Authorization": f"Bearer {fresh.write_token}"}
    for _ in range(20):
        start = time.monotonic()
        answer = session.post(fresh.url + "/api/v1/events", json=CLICK, headers=quiet, timeout=120)
        seconds.append(time.monotonic() - start)
        assert answer.status_code == 200, answer.text
    is_over.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(statuses) == {200, 429}, set(statuses)
    seconds.sort()
    print(f"quiet source beside a flood: median {seconds[10]:.3f} s, worst {seconds[-1]:.3f} s")


@pytest.fixture
def console(fresh):
    fresh.create_admin()
    console = Console(fresh.url)
    console.driver.get(fresh.url + "/sign-in")
    console.look("en", "light")
    console.sign_in(fresh)
    yield console
    console.driver.quit()


def test_an_operator_watches_a_source_and_limits_it(fresh, console):
    name = name_of(fresh)
    fresh.post("/api/v1/events", fresh.write_token, [CLICK, {"name": "click"}])
    fresh.wait_applied()
    console.open("/collect")
    assert "Some refused" in console.text("main table")
    console.click(name)
    wait_for(lambda: f"Source {name}" in console.text(), message="the source does not unfold")
    console.settle()
    assert "No person" in console.text() and console.barriers() == []
    console.click("Edit limits")
    rate, quota = console.all("dialog input")
    rate.send_keys("500")
    quota.send_keys("100000")
    console.click("Save", "dialog")
    wait_for(lambda: "500/s" in console.text(), message="the limit is not shown")
    assert source(fresh, name)["limits"] == {"events_per_second_max": 500, "events_per_day_max": 100_000}

    console.click("Watch")
    wait_for(lambda: "Refused: No person" in console.text(), message="the tail shows no refusal")
    fresh.post("/api/v1/events", fresh.write_token, {"person": "bob", "name": "search"})
    wait_for(lambda: "bob" in console.text(), message="the tail shows no event")
    console.click("Pause")
    assert console.barriers() == []
    assert console.complaints() == []
