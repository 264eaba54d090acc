"""Clients of other systems, pointed at Quanyu and otherwise unchanged."""

import re
import uuid

import pytest
import requests
from quanyu import wait_for


def names_of(server, person):
    answer = server.get(f"/api/v1/people/{person}", server.read_token)
    return sorted(event["name"] for event in answer.json().get("events", []))


def gmv_of(server):
    return server.get("/api/v1/overview", server.read_token).json()["gmv"]


def counts_of(answer):
    """The counts of the receipt: accepted, duplicate, quarantined."""
    return [int(count) for count in re.findall(r"=(\d+)", answer.headers["X-Quanyu-Receipt"])]


def test_rudderstacks_own_client_works_unchanged(fresh):
    from rudderstack.analytics.client import Client

    errors = []
    client = Client(fresh.write_token, host=fresh.url, on_error=lambda error, _: errors.append(error))
    client.identify("mei", {"city": "杭州"})
    client.page("mei", "Home", properties={"path": "/"})
    client.screen("mei", name="Cart")
    products = [{"product_id": "p1", "price": 30}]
    client.track("mei", "Order Completed", {"order_id": "o1", "total": 30, "currency": "CNY", "products": products})
    client.group("mei", "club", {"tier": "gold"})
    client.alias("guest", "mei")
    client.flush()
    client.join()
    assert errors == []
    want = ["alias", "group", "identify", "order_paid", "page_view", "page_view", "product_purchased"]
    assert wait_for(lambda: names_of(fresh, "mei") == want)
    assert gmv_of(fresh) == [{"minor": 3000, "currency": "CNY"}]
    shown = fresh.get("/api/v1/people/mei", fresh.read_token).json()["events"]
    assert [event["properties"]["city"] for event in shown if event["name"] == "identify"] == ["杭州"]


def test_rudderstacks_client_with_a_wrong_key_hears_of_it_at_once(fresh):
    from rudderstack.analytics.client import Client

    errors = []
    client = Client("qyw_wrong", host=fresh.url, on_error=lambda error, _: errors.append(error))
    client.track("mei", "Product Viewed", {"product_id": "p1"})
    client.flush()
    client.join()
    assert [error.status for error in errors] == [401]
    assert errors[0].code == "token_not_valid"
    assert errors[0].message


def test_rudderstacks_pixel_and_beacon(fresh):
    query = {"writeKey": fresh.write_token, "anonymousId": "amp", "properties.path": "/a", "messageId": "m1"}
    answers = [requests.get(fresh.url + "/pixel/v1/page", params=query, timeout=30) for _ in range(2)]
    assert [counts_of(answer) for answer in answers] == [[1, 0, 0], [0, 1, 0]]
    assert answers[0].headers["Content-Type"] == "image/gif"
    assert len(answers[0].content) == 43
    batch = {"batch": [{"type": "track", "anonymousId": "amp", "event": "Product Viewed"}]}
    answer = requests.post(
        fresh.url + "/beacon/v1/batch", params={"writeKey": fresh.write_token}, json=batch, timeout=30
    )
    assert answer.text == "OK"
    assert wait_for(lambda: names_of(fresh, "amp") == ["page_view", "product_view"])
    assert requests.get(fresh.url + "/version", timeout=30).json()["Version"]


def test_jitsus_browser_may_send_from_a_page_of_the_shop(fresh):
    origin = {"Origin": "https://shop.example"}
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-write-key",
    }
    preflight = requests.options(fresh.url + "/api/s/page", headers={**origin, **asked}, timeout=30)
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "x-write-key" in preflight.headers["Access-Control-Allow-Headers"].lower()
    message = {"type": "page", "anonymousId": "guest", "messageId": "m", "context": {"page": {"path": "/"}}}
    headers = {**origin, "X-Write-Key": fresh.write_token}
    answers = [
        requests.post(fresh.url + path, headers=headers, json=message, timeout=30)
        for path in ("/api/s/page", "/api/s/s2s/page")
    ]
    assert [answer.json() for answer in answers] == [{"ok": True}, {"ok": True}]
    assert [counts_of(answer) for answer in answers] == [[1, 0, 0], [0, 1, 0]]
    assert answers[0].headers["Access-Control-Allow-Origin"] == "https://shop.example"


def test_the_measurement_protocol(fresh):
    event = {
        "name": "purchase",
        "params": {
            "transaction_id": "T_12345",
            "value": 30.03,
            "currency": "USD",
            "items": [{"item_id": "SKU_12345", "price": 10.01, "quantity": 3}],
        },
    }
    body = {"client_id": "123.456", "user_id": "mei", "events": [event]}
    query = {"measurement_id": "G-XXXX", "api_secret": fresh.write_token}
    answers = [requests.post(fresh.url + "/mp/collect", params=query, json=body, timeout=30) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert [counts_of(answer) for answer in answers] == [[1, 0, 0], [0, 1, 0]]
    assert wait_for(lambda: names_of(fresh, "mei") == ["order_paid", "product_purchased"])
    assert gmv_of(fresh) == [{"minor": 3003, "currency": "USD"}]
    said = requests.post(fresh.url + "/debug/mp/collect", json={**body, "client_id": 5, "events": [{}]}, timeout=30)
    assert said.json()["validationMessages"][0]["validationCode"] == "NAME_INVALID"
    assert wait_for(lambda: names_of(fresh, "mei") == ["order_paid", "product_purchased"])


def test_brazes_users_track(fresh):
    purchase = {
        "external_id": "mei",
        "product_id": "p1",
        "currency": "CNY",
        "price": 9.9,
        "quantity": 2,
        "time": "2026-01-02T03:04:05Z",
    }
    body = {
        "attributes": [{"external_id": "mei", "city": "杭州"}],
        "events": [{"external_id": "mei", "name": "watched_trailer", "time": "2026-01-02T03:04:05Z"}, {}],
        "purchases": [purchase],
    }
    answer = fresh.post("/users/track", fresh.write_token, body)
    assert answer.status_code == 201
    errors = answer.json().pop("errors")
    assert [(error["input_array"], error["index"]) for error in errors] == [("events", 1)]
    counts = {name: count for name, count in answer.json().items() if name.endswith("_processed")}
    assert counts == {"attributes_processed": 1, "events_processed": 1, "purchases_processed": 1}
    want = ["identify", "order_paid", "product_purchased", "watched_trailer"]
    assert wait_for(lambda: names_of(fresh, "mei") == want)
    assert gmv_of(fresh) == [{"minor": 1980, "currency": "CNY"}]
    again = fresh.post("/users/track", fresh.write_token, {"purchases": [purchase]})
    assert counts_of(again) == [0, 1, 0]
    assert fresh.post("/users/track", "qyw_wrong", body).json()["errors"] == []


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_cloudevents_own_client_works_unchanged(fresh, mode):
    from cloudevents.core.bindings import http
    from cloudevents.core.v1.event import CloudEvent

    attributes = {"type": "order_paid", "source": "/shop/1", "id": str(uuid.uuid4()), "subject": "order:o1"}
    data = {"person": "mei", "value": {"amount": 12.5, "currency": "CNY"}, "note": "红裙"}
    event = CloudEvent({**attributes, "datacontenttype": "application/json", "shard": "é 1"}, data)
    message = http.to_structured_event(event) if mode == "structured" else http.to_binary_event(event)
    headers = {**message.headers, "Authorization": f"Bearer {fresh.write_token}"}
    answers = [
        requests.post(fresh.url + "/api/v1/cloudevents", headers=headers, data=message.body, timeout=30)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert [counts_of(answer) for answer in answers] == [[1, 0, 0], [0, 1, 0]]
    assert wait_for(lambda: names_of(fresh, "mei") == ["order_paid"])
    shown = fresh.get("/api/v1/people/mei", fresh.read_token).json()["events"][0]
    assert shown["subject"] == "order:o1"
    assert shown["properties"]["note"] == "红裙"
    assert shown["properties"]["cloudevent"] == {"source": "/shop/1", "shard": "é 1"}
    assert gmv_of(fresh) == [{"minor": 1250, "currency": "CNY"}]


def test_a_sender_of_webhooks_is_told_that_it_is_welcome(fresh):
    asked = {"WebHook-Request-Origin": "emitter.example.com", "WebHook-Request-Rate": "120"}
    answer = requests.options(fresh.url + "/api/v1/cloudevents", headers=asked, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["WebHook-Allowed-Origin"] == "emitter.example.com"
    batch = [
        {"specversion": "1.0", "id": str(number), "source": "/s", "type": "click", "person": "p"} for number in range(3)
    ]
    answer = requests.post(
        fresh.url + "/api/v1/cloudevents",
        params={"access_token": fresh.write_token},
        headers={"Content-Type": "application/cloudevents-batch+json"},
        json=batch + [{}],
        timeout=30,
    )
    assert answer.status_code == 202
    assert counts_of(answer) == [3, 0, 1]
