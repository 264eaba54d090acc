"""The quality of events through the real server: scores, alarms that come and go, and the page."""

import os
from datetime import datetime, timedelta, timezone

import pytest
import requests
from browser import DESK, PHONE, Console
from quanyu import wait_for

COUNT = 120


def click(number, late=timedelta(0)):
    time = (datetime.now(timezone.utc) - late).isoformat().replace("+00:00", "Z")
    return {"id": f"c{number}", "person": f"p{number % 5}", "name": "click", "time": time}


def send(server, events):
    answer = server.post("/api/v1/events", server.write_token, events)
    assert answer.status_code == 200, answer.text


def get(server, path, **query):
    answer = server.get(path, server.read_token, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def part(server, name):
    row = next(row for row in get(server, "/api/v1/quality")["rows"] if row["event"] == "click")
    return next(one for one in row["parts"] if one["part"] == name)


@pytest.fixture
def watched(fresh):
    """A server that looks every second."""
    fresh.stop()
    fresh.environment = {"QUANYU_QUALITY_SECONDS": "1"}
    fresh.start()
    return fresh


def test_late_events_raise_an_alarm_that_prompt_ones_clear(watched):
    send(watched, [click(number, late=timedelta(minutes=100)) for number in range(COUNT)])
    watched.wait_applied()
    freshness = part(watched, "freshness")
    assert freshness["value"] == 0 and freshness["sample"] == COUNT and freshness["is_beyond"]
    assert 3600 < freshness["median_seconds"] <= 7200
    alarms = wait_for(lambda: get(watched, "/api/v1/quality/alarms")["alarms"], message="no alarm")
    assert [(one["event"], one["source"], one["part"]) for one in alarms] == [("click", "shop", "freshness")]
    seen = watched.post(f"/api/v1/quality/alarms/{alarms[0]['id']}/acknowledge", watched.admin_token, None)
    assert seen.status_code == 200 and seen.json()["acknowledged_by"].startswith("token:admin"), seen.text
    watched.kill()
    watched.start()
    assert get(watched, "/api/v1/quality/alarms")["alarms"][0]["acknowledged_at"], "forgotten over a kill"
    rule = {"freshness_min": 0.95, "freshness_bound_seconds": 21600}
    headers = {"Authorization": f"Bearer {watched.admin_token}"}
    set_rule = requests.put(watched.url + "/api/v1/quality/rules/click", json=rule, headers=headers, timeout=60)
    assert set_rule.status_code == 200
    wait_for(lambda: not get(watched, "/api/v1/quality/alarms")["alarms"], message="it is not cleared")
    past = get(watched, "/api/v1/quality/alarms", state="all")["alarms"]
    assert len(past) == 1 and past[0]["cleared_at"]


def test_duplicates_are_counted_from_the_receipts_of_the_source(fresh):
    events = [click(number) for number in range(COUNT)]
    send(fresh, events)
    send(fresh, events[:30])
    fresh.wait_applied()
    duplicates = part(fresh, "duplicates")
    assert duplicates["sample"] == COUNT + 30 and duplicates["value"] == pytest.approx(0.2)


def keep_picture(console, name):
    """For those who look at pages, where they say where to."""
    if folder := os.environ.get("QUANYU_PICTURES"):
        console.driver.save_screenshot(f"{folder}/{name}.png")


def test_an_operator_sees_the_score_acknowledges_and_sets_a_bound(watched):
    watched.create_admin()
    send(watched, [click(number, late=timedelta(minutes=100)) for number in range(COUNT)])
    wait_for(lambda: get(watched, "/api/v1/quality/alarms")["alarms"], message="no alarm")
    console = Console(watched.url)
    try:
        console.driver.get(watched.url + "/sign-in")
        console.look("en", "light")
        console.sign_in(watched)
        console.open("/quality")
        console.click("Acknowledge")
        wait_for(lambda: "user:admin" in console.text(), message="nobody has seen it")
        console.settle()
        console.click("Show")
        shown = console.text("dialog")
        assert "Median 90 min" in shown and "Nothing is planned" in shown and "No days before" in shown
        for language in ["en", "zh-CN"]:
            for width in [DESK, PHONE]:
                console.size(width)
                console.look(language, "light")
                console.open("/quality")
                assert console.driver.execute_script("return document.documentElement.scrollWidth") <= width
                assert console.barriers() == []
                keep_picture(console, f"quality.{language}.{width}")
                console.click("Show" if language == "en" else "展开")
                assert console.barriers() == []
                keep_picture(console, f"quality-parts.{language}.{width}")
        console.size(DESK)
        console.look("en", "light")
        console.open("/quality")
        console.click("Show")
        console.click("Set bounds", "dialog")
        field = next(one for one in console.all("dialog input") if one.get_attribute("max") == "1")
        field.clear()
        field.send_keys("0.5")
        console.click("Save", "dialog")
        wait_for(lambda: not console.all("dialog"), message="the dialog stays")
        assert get(watched, "/api/v1/quality")["rows"][0]["rule"]["validity_min"] == 0.5
        assert console.complaints() == []
    finally:
        console.driver.quit()
