"""Cleaning through the real server: tried, held, read again under another version, and killed on the way."""

import json
import time

import pytest
from browser import DESK, PHONE, Console
from quanyu import ADMIN_NAME, Server, run, wait_for
from selenium.webdriver.common.by import By

STEPS = [
    {"step": "clock_skew", "on": True},
    {"step": "traffic", "on": True, "bots": {"patterns": ["spider"]}, "own_people": ["boss"]},
    {"step": "text", "on": True},
    {"step": "units", "on": True, "reporting_currency": "CNY"},
    {"step": "aliases", "on": True, "channels": [{"from": "tiktok", "to": "douyin"}]},
]
RATE = {"day": "2026-01-01", "from": "USD", "to": "CNY", "rate": "7.125", "source": "a bank"}
RERUN_COUNT = 30_000


def events(numbers):
    """Half of them on a channel of another name, a tenth by a bot, all in dollars."""
    made = []
    for number in numbers:
        agent = {"user_agent": "x Spider/1"} if number % 10 == 0 else {}
        made.append(
            {
                "id": f"e{number}",
                "person": f"p{number % 97}",
                "name": "order_paid",
                "channel": "tiktok" if number % 2 else "douyin",
                "time": "2026-11-20T00:00:00Z",
                "value": {"minor": 100, "currency": "USD"},
                "properties": agent,
            }
        )
    return made


def send(server, numbers, size=1000):
    numbers = list(numbers)
    for start in range(0, len(numbers), size):
        answer = server.post("/api/v1/events", server.write_token, events(numbers[start : start + size]))
        assert answer.status_code == 200, answer.text
    server.wait_applied(60)


def overview(server):
    span = {"from": "2026-11-19T00:00:00Z", "to": "2026-11-21T00:00:00Z"}
    answer = server.get("/api/v1/overview", server.read_token, params=span).json()
    channels = {row["channel"]: row["events"] for row in answer["by_channel"]}
    return answer["events"], channels, {one["currency"]: one["minor"] for one in answer["gmv"]}, answer["left_out"]


def change(server, path, body, status):
    answer = server.post(f"/api/v1/cleaning/{path}", server.admin_token, body)
    assert answer.status_code == status, answer.text
    return answer.json()


def rerun_state(server):
    return server.get("/api/v1/cleaning", server.read_token).json()["rerun"]["state"]


def hold(server):
    """A version with all steps and a rate, made for the next events on."""
    change(server, "versions", {"steps": STEPS, "note": "tidy"}, 201)
    return change(server, "rates", {"rates": [RATE]}, 201)["version"]["number"]


def test_a_version_is_tried_held_and_read_back_through_history(fresh):
    send(fresh, range(100))
    received = overview(fresh)
    assert received == (100, {"tiktok": 50, "douyin": 50}, {"USD": 10_000}, {"bot": 0, "own": 0})
    preview = change(fresh, "preview", {"steps": STEPS}, 200)
    assert (preview["events"], preview["after"]["bot"], preview["after"]["counted"]) == (100, 10, 90)
    unresolved = {step["step"]: step["unresolved"] for step in preview["after"]["steps"]}
    assert unresolved["units"] == 100, "there is no rate yet"
    assert overview(fresh) == received

    version = hold(fresh)
    assert overview(fresh) == received, "it holds for what comes"
    send(fresh, range(100, 200))
    mixed = overview(fresh)
    assert mixed == (190, {"tiktok": 50, "douyin": 140}, {"USD": 10_000, "CNY": 90 * 712}, {"bot": 10, "own": 0})

    change(fresh, "rerun", {"version": version}, 202)
    wait_for(lambda: rerun_state(fresh) == "done")
    cleaned = overview(fresh)
    assert cleaned == (180, {"douyin": 180}, {"CNY": 180 * 712}, {"bot": 20, "own": 0})

    person = fresh.get("/api/v1/people/p3", fresh.read_token).json()
    marked = [one for one in person["events"] if one["properties"].get("traffic") == "bot"]
    assert len(marked) == person["left_out"] == 1 and person["summary"]["events"] + 1 == len(person["events"])
    exported = [json.loads(line) for line in run("export", "--data", fresh.data).stdout.splitlines()]
    assert {one["channel"] for one in exported} == {"douyin"}
    assert {one["value"]["minor"] for one in exported} == {712}
    original = [json.loads(line) for line in run("export", "--data", fresh.data, "--as-received").stdout.splitlines()]
    assert {one["channel"] for one in original} == {"tiktok", "douyin"}
    assert all("value_original" not in one["properties"] for one in original if "properties" in one)

    fresh.stop()
    fresh.start()
    assert overview(fresh) == cleaned
    change(fresh, "rerun", {"version": 0}, 202)
    wait_for(lambda: rerun_state(fresh) == "done")
    assert overview(fresh) == (200, {"tiktok": 100, "douyin": 100}, {"USD": 20_000}, {"bot": 0, "own": 0})


def test_a_clock_that_was_corrected_can_be_taken_at_its_word(fresh):
    event = {"id": "late", "person": "ana", "name": "click", "time": "2026-11-01T00:00:00Z"}
    fresh.post("/api/v1/events", fresh.write_token, event | {"sent_at": "2026-11-01T00:00:10Z"})
    fresh.wait_applied()
    shown = fresh.get("/api/v1/people/ana", fresh.read_token).json()["events"][0]
    assert shown["time"] != "2026-11-01T00:00:00.000Z"
    version = change(fresh, "versions", {"steps": [{"step": "clock_skew", "on": False}]}, 201)["number"]
    change(fresh, "rerun", {"version": version}, 202)
    wait_for(lambda: rerun_state(fresh) == "done")
    shown = fresh.get("/api/v1/people/ana", fresh.read_token).json()["events"][0]
    assert shown["time"] == "2026-11-01T00:00:00.000Z"


def test_a_kill_on_the_way_leaves_one_history_or_the_other(fresh):
    """Wherever the kill comes, the numbers are those of one version, and the re-run is done in the end."""
    send(fresh, range(RERUN_COUNT))
    left_out = RERUN_COUNT // 10
    received = overview(fresh)
    version = hold(fresh)
    cleaned = (
        RERUN_COUNT - left_out,
        {"douyin": RERUN_COUNT - left_out},
        {"CNY": 712 * (RERUN_COUNT - left_out)},
        {"bot": left_out, "own": 0},
    )
    now, then, target = received, cleaned, version
    for wait in [0.0, 0.05, 0.2, 0.5, 1.0]:
        change(fresh, "rerun", {"version": target}, 202)
        time.sleep(wait)
        fresh.kill()
        fresh.start()
        seen = set()
        while rerun_state(fresh) == "running":
            seen.add(json.dumps(overview(fresh)))
        assert seen <= {json.dumps(now), json.dumps(then)}, wait
        assert overview(fresh) == then, wait
        now, then, target = then, now, 0 if target == version else version


def test_a_rerun_that_is_cancelled_changes_nothing(fresh):
    send(fresh, range(RERUN_COUNT))
    received = overview(fresh)
    version = hold(fresh)
    change(fresh, "rerun", {"version": version}, 202)
    assert change(fresh, "versions", {"steps": []}, 409)["code"] == "rerun_under_way"
    assert change(fresh, "rerun/cancel", {}, 200)["rerun"]["state"] == "cancelled"
    assert overview(fresh) == received
    fresh.stop()
    fresh.start()
    assert overview(fresh) == received and rerun_state(fresh) == "cancelled"


# The page.


@pytest.fixture
def shop(tmp_path):
    server = Server(tmp_path / "data").start()
    server.create_admin()
    server.write_token = server.token("write", "shop")
    server.read_token = server.token("read")
    server.admin_token = server.token("admin")
    send(server, range(100))
    yield server
    server.stop()


@pytest.fixture
def console(shop):
    console = Console(shop.url)
    console.driver.get(shop.url + "/sign-in")
    console.look("en", "light")
    console.sign_in(shop)
    yield console
    console.driver.quit()


def test_the_page_tries_holds_and_takes_back(console, shop):
    console.open("/cleaning")
    assert "Version 0 holds" in console.text() and "No rates yet" in console.text()
    steps = console.all(".cleaning-step")
    assert [one.find_element(By.CSS_SELECTOR, "strong").text[:2] for one in steps] == [f"{n}." for n in range(1, 7)]
    traffic, aliases = steps[2], steps[5]
    for step in (traffic, aliases):
        step.find_element(By.CSS_SELECTOR, "input[type=checkbox]").click()
        step.find_element(By.CSS_SELECTOR, "summary").click()
    next(one for one in traffic.find_elements(By.CSS_SELECTOR, "button") if "Use the list" in one.text).click()
    assert "spider" in traffic.find_element(By.CSS_SELECTOR, "textarea").get_attribute("value")
    aliases.find_elements(By.CSS_SELECTOR, "textarea")[2].send_keys("tiktok -> douyin")
    console.click("Preview on the last 10,000 events")
    wait_for(lambda: "would read differently" in console.text())
    assert "Of the last 100 events, 60 would read differently" in console.text()
    assert console.barriers() == []
    console.one(".cleaning-diff del")
    console.click("Hold from now on")
    wait_for(lambda: "Version 1 holds" in console.text())
    row = next(one for one in console.all("main tbody tr") if one.text.startswith("1\n") or one.text.startswith("1 "))
    assert f"user:{ADMIN_NAME}" in row.text and "Holds now" in row.text
    next(one for one in row.find_elements(By.CSS_SELECTOR, "button") if one.text == "Re-run history").click()
    console.click("Re-run history", "dialog")
    wait_for(lambda: overview(shop)[3] == {"bot": 10, "own": 0})
    console.open("/overview?from=2026-11-19&to=2026-11-21")
    assert "10 events of bots and 0 of your own people are left out" in console.text()
    console.open("/people/p3")
    assert "marked as a bot" not in console.text()
    console.open("/people/p10")
    assert "One event is marked" in console.text()
    assert console.complaints() == []


def test_what_is_wrong_with_a_setting_is_said(console):
    console.open("/cleaning")
    step = console.all(".cleaning-step")[5]
    step.find_element(By.CSS_SELECTOR, "summary").click()
    step.find_elements(By.CSS_SELECTOR, "textarea")[2].send_keys("a -> b\nb -> a")
    console.click("Preview on the last 10,000 events")
    wait_for(lambda: console.all(".error-box"))
    assert "must not lead back to itself" in console.text(".error-box")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_page_is_whole_in_every_look(console, shop, language, width, tmp_path):
    hold(shop)
    console.look(language, "light")
    console.size(width)
    console.open("/cleaning")
    unfold = "document.querySelectorAll('.cleaning-step details').forEach((one) => { one.open = true; })"
    console.driver.execute_script(unfold)
    assert console.barriers() == []
    assert console.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert console.complaints() == []
