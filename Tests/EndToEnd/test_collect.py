"""What senders see: receipts, refusals, and an SDK that was not made for us."""

import gzip
import concurrent.futures
import json
import socket

import pytest
import requests
from quanyu import wait_for


def names_of(server, person):
    answer = server.get(f"/api/v1/people/{person}", server.read_token)
    return [event["name"] for event in answer.json().get("events", [])]


def test_the_first_event_is_seen_on_the_persons_timeline(fresh):
    event = {"person": "ana", "name": "room_enter", "channel": "live", "subject": "room:8", "properties": {"a": 1}}
    answer = fresh.post("/api/v1/events", fresh.write_token, event)
    assert answer.status_code == 200
    assert answer.json()["receipts"][0]["status"] == "accepted"
    assert wait_for(lambda: names_of(fresh, "ana")) == ["room_enter"]
    shown = fresh.get("/api/v1/people/ana", fresh.read_token).json()
    assert shown["events"][0]["properties"] == {"a": 1}
    assert shown["summary"]["events"] == 1


def test_a_retry_is_a_duplicate_also_after_a_restart(fresh):
    event = {"id": "e1", "person": "ana", "name": "click", "time": "2026-01-01T00:00:00Z"}
    statuses = [fresh.post("/api/v1/events", fresh.write_token, event).json()["receipts"][0]["status"]]
    statuses.append(fresh.post("/api/v1/events", fresh.write_token, event).json()["receipts"][0]["status"])
    assert fresh.stop() == 0
    fresh.start()
    statuses.append(fresh.post("/api/v1/events", fresh.write_token, event).json()["receipts"][0]["status"])
    assert statuses == ["accepted", "duplicate", "duplicate"]


BAD_BODIES = [
    ("malformed JSON", b'{"person": ', 400, "malformed_json"),
    ("a number", b"5", 400, "wrong_shape"),
    ("nothing", b"", 400, "malformed_json"),
    ("invalid UTF-8", b'{"person":"\xff","name":"click"}', 400, "malformed_json"),
    ("deep nesting", b"[" * 100_000 + b"]" * 100_000, 400, "malformed_json"),
    ("NaN", b'{"person":"a","name":"click","time":NaN}', 400, "malformed_json"),
    ("no event", b"[]", 400, "empty"),
    ("too many events", b"[" + b",".join([b"{}"] * 10_001) + b"]", 413, "too_many_events"),
    ("a huge body", b'"' + b"x" * 9_000_000 + b'"', 413, None),
]


@pytest.mark.parametrize("why,body,status,code", BAD_BODIES, ids=[case[0] for case in BAD_BODIES])
def test_a_bad_body_is_refused_with_its_reason(server, why, body, status, code):
    headers = {"Authorization": f"Bearer {server.write_token}", "Content-Type": "application/json"}
    answer = requests.post(server.url + "/api/v1/events", data=body, headers=headers, timeout=30)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert code is None or answer.json()["code"] == code
    assert answer.json()["detail"]


BAD_EVENTS = [
    ({"person": "a", "name": "click", "time": 5}, "time_out_of_range"),
    ({"person": "a", "name": "click", "time": "9999-12-31T00:00:00Z"}, "time_out_of_range"),
    ({"person": "a", "name": "click", "time": "9999-13-31T00:00:00Z"}, "invalid_time"),
    ({"person": "a", "name": "click", "time": True}, "invalid_time"),
    ({"person": "a", "name": "order_paid", "value": {"minor": -5, "currency": "CNY"}}, "negative_value"),
    ({"person": {"a": 1}, "name": "click"}, "invalid_person"),
    ({"name": "click"}, "missing_person"),
    ({"person": "a"}, "missing_name"),
    ({"person": "a", "name": "click", "properties": "x"}, "invalid_properties"),
]


@pytest.mark.parametrize("event,reason", BAD_EVENTS, ids=[case[1] for case in BAD_EVENTS])
def test_a_bad_event_is_set_aside_and_can_be_listed(server, event, reason):
    answer = server.post("/api/v1/events", server.write_token, event)
    assert answer.status_code == 422
    receipt = answer.json()["receipts"][0]
    assert (receipt["status"], receipt["reason"]) == ("quarantined", reason)
    listed = server.get("/api/v1/quarantine", server.read_token, params={"reason": reason}).json()
    assert receipt["quarantine_id"] in [item["id"] for item in listed["items"]]
    assert json.loads(listed["items"][0]["body"]) is not None


def test_one_bad_line_does_not_hold_back_the_others(fresh):
    lines = b'{"person":"a","name":"click"}\n{"person":\n{"person":"b","name":"click"}\n'
    headers = {"Authorization": f"Bearer {fresh.write_token}", "Content-Type": "application/x-ndjson"}
    answer = requests.post(fresh.url + "/api/v1/events", data=lines, headers=headers, timeout=30).json()
    assert [receipt["status"] for receipt in answer["receipts"]] == ["accepted", "quarantined", "accepted"]
    assert "line 2" in answer["receipts"][1]["detail"]


def test_a_quarantined_event_can_be_replayed_once_its_cause_is_gone(fresh):
    long = {"person": "ana", "name": "click", "properties": {"note": "x" * 40_000}}
    receipt = fresh.post("/api/v1/events", fresh.write_token, long).json()["receipts"][0]
    assert (receipt["status"], receipt["reason"]) == ("quarantined", "too_large")
    replay = {"ids": [receipt["quarantine_id"]]}
    answer = fresh.post("/api/v1/quarantine/replay", fresh.admin_token, replay)
    assert (answer.json()["accepted"], answer.json()["quarantined"]) == (0, 1)  # Its cause is still there.
    assert fresh.stop() == 0
    fresh.environment = {"QUANYU_EVENT_BYTES_MAX": "65536"}
    fresh.start()
    answers = [fresh.post("/api/v1/quarantine/replay", fresh.admin_token, replay).json() for _ in range(2)]
    assert [answer["accepted"] for answer in answers] == [1, 0]
    fresh.wait_applied()
    assert names_of(fresh, "ana") == ["click"]
    listed = fresh.get("/api/v1/quarantine", fresh.read_token).json()["items"]
    assert [item["replayed_at"] is not None for item in listed] == [True]


def test_all_that_match_are_replayed_at_once_and_others_are_served_meanwhile(fresh):
    def lengthy(number):
        return {"person": f"p{number % 40}", "name": "click", "properties": {"note": f"{number} " + "x" * 40_000}}

    app_token = fresh.token("write", "app")
    for token, first, end in [(fresh.write_token, 0, 1150), (app_token, 1150, 1250)]:
        for start in range(first, end, 50):
            answer = fresh.post("/api/v1/events", token, [lengthy(number) for number in range(start, start + 50)])
            assert answer.json()["quarantined"] == 50, answer.text
    assert fresh.post("/api/v1/events", fresh.write_token, {"name": "click"}).status_code == 422
    assert fresh.stop() == 0
    fresh.environment = {"QUANYU_EVENT_BYTES_MAX": "65536"}
    fresh.start()
    only = {"source": "shop", "from": "2020-01-01T00:00:00Z"}
    listed = fresh.get("/api/v1/quarantine", fresh.read_token, params=only).json()
    assert (listed["total"], listed["waiting"], listed["by_reason"]) == (
        1151, 1151, {"too_large": 1150, "missing_person": 1},
    )
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        replay = pool.submit(fresh.post, "/api/v1/quarantine/replay", fresh.admin_token, {"match": only})
        while not replay.done():
            assert fresh.get("/health/live", fresh.read_token).elapsed.total_seconds() < 5
    assert replay.result().json() == {
        "tried": 1151, "accepted": 1150, "duplicate": 0, "quarantined": 1, "by_reason": {"missing_person": 1},
    }
    rest = fresh.post("/api/v1/quarantine/replay", fresh.admin_token, {"match": {"reason": "too_large"}}).json()
    assert (rest["tried"], rest["accepted"]) == (100, 100)
    fresh.wait_applied()
    assert fresh.get("/api/v1/vocabulary", fresh.read_token).json()["events"] == 1250
    assert fresh.get("/api/v1/quarantine", fresh.read_token).json()["waiting"] == 1
    assert fresh.post("/api/v1/quarantine/replay", fresh.read_token, {"match": {}}).status_code == 403


def test_a_replay_needs_the_right_and_what_was_set_aside(fresh):
    early = {"person": "a", "name": "click", "time": "1999-01-01T00:00:00Z"}
    quarantined = fresh.post("/api/v1/events", fresh.write_token, early).json()["receipts"][0]["quarantine_id"]
    assert fresh.post("/api/v1/quarantine/replay", fresh.read_token, {"ids": [quarantined]}).status_code == 403
    assert fresh.post("/api/v1/quarantine/replay", fresh.admin_token, {"ids": [10**9]}).status_code == 404


@pytest.mark.parametrize("token", ["", "qyw_nonsense", "Bearer x"])
def test_without_a_key_nothing_is_taken(server, token):
    answer = server.post("/api/v1/events", token, {"person": "a", "name": "click"})
    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer.headers


def test_a_key_opens_only_its_own_doors(server):
    assert server.post("/api/v1/events", server.read_token, {"person": "a", "name": "click"}).status_code == 403
    assert server.get("/api/v1/overview", server.write_token).status_code == 403
    assert server.get("/metrics", server.read_token).status_code == 200


def test_a_compressed_body_is_read(fresh):
    body = gzip.compress(json.dumps([{"person": "zip", "name": "click"}] * 3).encode())
    headers = {"Authorization": f"Bearer {fresh.write_token}", "Content-Encoding": "gzip"}
    answer = requests.post(fresh.url + "/api/v1/events", data=body, headers=headers, timeout=30)
    assert answer.json()["accepted"] == 3


def test_the_server_outlives_clients_that_misbehave(server):
    host, port = server.url.removeprefix("http://").split(":")
    for start in [b"", b"GET", b"POST /api/v1/events HTTP/1.1\r\nContent-Length: 100\r\n\r\n{", b"\x00" * 1000]:
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(start)
    assert requests.get(server.url + "/health/live", timeout=10).status_code == 200


def test_segments_own_client_works_unchanged(fresh):
    import segment.analytics as analytics

    errors = []
    client = analytics.Client(fresh.write_token, host=fresh.url, on_error=lambda error, _: errors.append(error))
    client.identify("mei", {"city": "杭州"})
    client.page("mei", "Home", properties={"path": "/"})
    client.track("mei", "Product Viewed", {"product_id": "p1"})
    client.track(
        "mei",
        "Order Completed",
        {"order_id": "o1", "total": 30, "currency": "CNY", "products": [{"product_id": "p1", "price": 30}]},
    )
    client.group("mei", "club", {"tier": "gold"})
    client.alias("guest", "mei")
    client.flush()
    client.join()
    assert errors == []
    want = ["alias", "group", "identify", "order_paid", "page_view", "product_purchased", "product_view"]
    assert wait_for(lambda: sorted(names_of(fresh, "mei")) == want)
    overview = fresh.get("/api/v1/overview", fresh.read_token).json()
    assert overview["gmv"] == [{"minor": 3000, "currency": "CNY"}]


def test_segments_client_with_a_wrong_key_hears_of_it(fresh):
    import segment.analytics as analytics

    errors = []
    client = analytics.Client(
        "qyw_wrong", host=fresh.url, max_retries=0, on_error=lambda error, _: errors.append(error)
    )
    client.track("mei", "Product Viewed", {"product_id": "p1"})
    client.flush()
    client.join()
    assert errors and "401" in str(errors[0])
