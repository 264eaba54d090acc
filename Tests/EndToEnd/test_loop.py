"""The loop closes: what is decided is logged, what follows is joined, and it shows in the numbers."""

import collections
import json
import subprocess

import requests
from quanyu import ROOT, run, wait_for


def test_a_decision_is_logged_before_it_is_answered_and_can_be_explained(server):
    question = {"person": "viewer-001", "surface": "home", "count": 3, "context": {"entry": "push"}}
    answer = server.post("/api/v1/decide", server.write_token, question).json()
    assert len(answer["choices"]) == 3
    exported = run("export", "--data", server.data, "--format", "ndjson").stdout
    logged = [json.loads(line) for line in exported.splitlines() if answer["decision"] in line]
    assert [event["name"] for event in logged] == ["decision"]
    shown = wait_for(
        lambda: server.get(f"/api/v1/decisions/{answer['decision']}", server.read_token)
        if server.get(f"/api/v1/decisions/{answer['decision']}", server.read_token).status_code == 200
        else None
    ).json()
    assert abs(sum(candidate["probability"] for candidate in shown["candidates"]) - 1) < 1e-9
    assert all(choice["explanation"]["zh"] and choice["explanation"]["en"] for choice in shown["choices"])
    assert shown["context"]["entry"] == "push"
    first = {candidate["subject"]: candidate["probability"] for candidate in shown["candidates"]}
    top = shown["choices"][0]
    assert abs(first[top["subject"]] - top["probability"]) < 1e-12


def test_outcomes_join_their_decision(server):
    question = {"person": "viewer-002", "surface": "home", "count": 1}
    answer = server.post("/api/v1/decide", server.write_token, question).json()
    subject = answer["choices"][0]["subject"]
    seen = {"person": "viewer-002", "decision": answer["decision"], "subject": subject}
    events = [dict(seen, name="product_exposure"), dict(seen, name="product_click")]
    assert server.post("/api/v1/events", server.write_token, events).status_code == 200
    server.wait_applied()
    path = f"/api/v1/decisions/{answer['decision']}"
    outcomes = server.get(path, server.read_token).json()["outcomes"]
    assert [(outcome["name"], outcome["subject"]) for outcome in outcomes] == [
        ("product_exposure", subject),
        ("product_click", subject),
    ]


def test_logged_probabilities_are_those_of_the_draw(fresh):
    """Over many draws the first choice comes up as often as the log says it would."""
    candidates = [f"product:{number}" for number in range(5)]
    question = {"person": "a", "surface": "home", "count": 1, "candidates": candidates}
    expected, seen = collections.Counter(), collections.Counter()
    draws = 400
    for _ in range(draws):
        answer = fresh.post("/api/v1/decide", fresh.write_token, question).json()
        seen[answer["choices"][0]["subject"]] += 1
    fresh.wait_applied()
    page = fresh.get("/api/v1/decisions", fresh.read_token, params={"limit": 1}).json()
    detail = fresh.get(f"/api/v1/decisions/{page['decisions'][0]['decision']}", fresh.read_token).json()
    for candidate in detail["candidates"]:
        expected[candidate["subject"]] = candidate["probability"] * draws
    assert set(expected) == set(candidates)
    chi_square = sum((seen[subject] - expected[subject]) ** 2 / expected[subject] for subject in candidates)
    assert chi_square < 23.5, (seen, expected)  # 4 degrees of freedom, p = 0.0001.


def test_an_empty_store_says_that_there_is_nothing_to_choose_from(fresh):
    answer = fresh.post("/api/v1/decide", fresh.write_token, {"person": "a", "surface": "home", "count": 3})
    assert answer.status_code == 422
    assert answer.json()["code"] == "no_candidates"


def test_overview_and_funnel_agree_with_the_events_that_were_sent(fresh):
    day = "2026-03-0{}T10:00:00Z"
    events = []
    for number in range(10):
        person = f"p{number}"
        events.append(dict(person=person, name="product_view", channel="live", time=day.format(1)))
        if number < 6:
            events.append(dict(person=person, name="add_to_cart", channel="live", time=day.format(2)))
        if number < 3:
            paid = {"minor": 1000, "currency": "CNY"}
            events.append(dict(person=person, name="order_paid", channel="shop", time=day.format(3), value=paid))
    assert fresh.post("/api/v1/events", fresh.write_token, events).json()["accepted"] == len(events)
    fresh.wait_applied()
    span = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-08T00:00:00Z"}
    overview = fresh.get("/api/v1/overview", fresh.read_token, params=span).json()
    assert (overview["people"], overview["events"], overview["orders"], overview["buyers"]) == (10, 19, 3, 3)
    assert overview["gmv"] == [{"minor": 3000, "currency": "CNY"}]
    assert overview["conversion"]["rate"] == 0.3
    assert overview["conversion"]["low"] < 0.3 < overview["conversion"]["high"]
    steps = [{"name": name} for name in ["product_view", "add_to_cart", "order_paid"]]
    question = {"steps": steps, "window_ms": 7 * 86_400_000, "by": "channel", **span}
    funnel = fresh.post("/api/v1/query/funnel", fresh.read_token, question).json()
    assert [step["people"] for step in funnel["steps"]] == [10, 6, 3]
    (group,) = funnel["by"]
    assert (group["key"], group["others"], group["people"]) == ("live", False, [10, 6, 3])
    assert [rate["rate"] for rate in group["rates_from_first"]] == [1.0, 0.6, 0.3]
    narrow = fresh.post("/api/v1/query/funnel", fresh.read_token, dict(question, window_ms=86_400_000)).json()
    assert [step["people"] for step in narrow["steps"]] == [10, 6, 0]
    audience = {"all": [{"did": {"name": "add_to_cart"}}, {"not": {"did": {"name": "order_paid"}}}]}
    answer = fresh.post("/api/v1/query/audience", fresh.read_token, {"audience": audience}).json()
    assert (answer["count"], answer["of"]) == (3, 10)
    assert sorted(answer["people"]) == ["p3", "p4", "p5"]


def test_metrics_are_well_formed(server):
    exposition = server.get("/metrics", server.read_token).text
    checked = subprocess.run(["promtool", "check", "metrics"], input=exposition, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "quanyu_http_requests_total" in exposition
    assert "quanyu_journal_records" in exposition


def test_totals_come_live(server):
    headers = {"Authorization": f"Bearer {server.read_token}"}
    with requests.get(server.url + "/api/v1/live", headers=headers, stream=True, timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = answer.iter_lines(decode_unicode=True)
        data = next(line for line in lines if line.startswith("data:"))
    assert json.loads(data[5:])["events"] > 0


def test_the_document_of_the_api_is_served(server):
    document = requests.get(server.url + "/openapi.json", timeout=10).json()
    assert document["openapi"].startswith("3.1")
    assert document == json.loads((ROOT / "web" / "openapi.json").read_text())
