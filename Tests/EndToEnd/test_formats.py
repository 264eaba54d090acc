"""The clients of other systems, unmodified: each is pointed here and nothing else of it is changed."""

import base64
import gzip
import hashlib
import json
import re
import time
import uuid

import pytest
import requests
from quanyu import wait_for


def events_of(server, person):
    answer = server.get(f"/api/v1/people/{person}", server.read_token)
    return answer.json().get("events", [])


def names_of(server, person):
    return sorted(event["name"] for event in events_of(server, person))


def quarantined(server):
    return server.get("/api/v1/quarantine", server.read_token).json()["items"]


@pytest.mark.parametrize("compressed,api", [(True, "v0"), (False, "v0"), (True, "v1")])
def test_posthogs_own_client_works_unchanged(fresh, compressed, api):
    from posthog import Posthog

    errors = []
    client = Posthog(
        fresh.write_token, host=fresh.url, gzip=compressed, capture_mode=api,
        on_error=lambda error, _: errors.append(error)
    )
    client.capture("$pageview", distinct_id="mei", properties={"$current_url": "https://shop.example/tea"})
    client.capture("Product Viewed", distinct_id="mei", properties={"product_id": "p1"})
    order = {"order_id": "o1", "total": 30, "currency": "CNY", "products": [{"product_id": "p1", "price": 30}]}
    client.capture("Order Completed", distinct_id="mei", properties=order)
    client.set(distinct_id="mei", properties={"city": "杭州", "phone": "13800138000"})
    client.alias(previous_id="mei", distinct_id="guest")
    client.group_identify("club", "g1", {"tier": "gold"}, distinct_id="mei")
    client.flush()
    assert client.get_all_flags("mei") == {}
    client.shutdown()
    assert errors == []
    want = ["alias", "group", "identify", "order_paid", "page_view", "product_purchased", "product_view"]
    assert wait_for(lambda: names_of(fresh, "mei") == want or None, message=str(names_of(fresh, "mei")))
    assert quarantined(fresh) == []
    overview = fresh.get("/api/v1/overview", fresh.read_token).json()
    assert overview["gmv"] == [{"minor": 3000, "currency": "CNY"}]
    assert all(time.time() - 60 < event_time(event) <= time.time() + 1 for event in events_of(fresh, "mei"))
    assert "138****8000" in str(events_of(fresh, "mei")) and "13800138000" not in str(events_of(fresh, "mei"))


def event_time(event):
    from datetime import datetime

    return datetime.fromisoformat(event["time"]).timestamp()


def test_posthogs_client_with_a_wrong_key_hears_of_it(fresh):
    from posthog import Posthog

    errors = []
    client = Posthog(
        "phx_personal", host=fresh.url, max_retries=0, on_error=lambda error, _: errors.append(error)
    )
    client.capture("x", distinct_id="mei")
    client.flush()
    client.shutdown()
    assert errors and "401" in str(errors[0])


def test_what_posthogs_second_api_drops_or_sets_aside_its_client_hears_of(fresh):
    from posthog import Posthog

    errors = []
    client = Posthog(
        fresh.write_token, host=fresh.url, capture_mode="v1", max_retries=0,
        on_error=lambda error, _: errors.append(error)
    )
    client.capture("$snapshot", distinct_id="mei")
    client.capture("x" * 200, distinct_id="mei")
    client.flush()
    client.shutdown()
    assert [len(error.drops) for error in errors] == [1] and "recordings" in str(errors[0].drops)
    assert [item["reason"] for item in quarantined(fresh)] == ["invalid_name"]


def test_a_bomb_sent_as_posthogs_browsers_send_is_refused(fresh):
    bomb = gzip.compress(b" " * 50_000_000 + b"{}")
    answer = requests.post(fresh.url + "/e/?compression=gzip-js", data=bomb, timeout=30)
    assert answer.status_code == 401  # Without a key, and with it:
    headers = {"Authorization": f"Bearer {fresh.write_token}"}
    answer = requests.post(fresh.url + "/e/?compression=gzip-js", data=bomb, headers=headers, timeout=30)
    assert answer.status_code == 413
    assert requests.get(fresh.url + "/health/live", timeout=10).status_code == 200


def test_sensors_own_client_works_unchanged(fresh):
    import sensorsanalytics as sa

    url = f"{fresh.url}/sa?project=default&token={fresh.write_token}"
    consumers = [sa.DefaultConsumer(url), sa.BatchConsumer(url), sa.AsyncBatchConsumer(url), sa.DebugConsumer(url)]
    for consumer in consumers:
        client = sa.SensorsAnalytics(consumer)
        person = type(consumer).__name__
        client.track(person, "ViewProduct", {"sku": "p1", "tags": ["茶", "新"]}, is_login_id=True)
        client.track_signup(person, f"guest-{person}", {"way": "phone"})
        client.profile_set(person, {"city": "杭州"}, is_login_id=True)
        client.profile_increment(person, {"visits": 1}, is_login_id=True)
        client.item_set("tea", "42", {"price": 9})
        client.close()
        want = ["ViewProduct", "identify", "identify", "profile_increment"]
        assert wait_for(lambda: names_of(fresh, person) == want or None, message=str(names_of(fresh, person)))
    assert quarantined(fresh) == []
    signed_up = [event for event in events_of(fresh, "BatchConsumer") if event["properties"].get("way")]
    assert signed_up[0]["ids"] == {"login": "BatchConsumer", "anonymous": "guest-BatchConsumer"}
    assert set(names_of(fresh, "catalogue")) == {"item_set"}


def test_sensors_debugging_client_checks_without_writing(fresh):
    import sensorsanalytics as sa

    url = f"{fresh.url}/sa?token={fresh.write_token}"
    client = sa.SensorsAnalytics(sa.DebugConsumer(url, write_data=False))
    client.track("mei", "ViewProduct")
    with pytest.raises(sa.SensorsAnalyticsDebugException):
        client.track("mei", "ViewProduct", {"$time": 4000000000000})  # In the year 2096.
    fresh.wait_applied()
    assert names_of(fresh, "mei") == []
    with pytest.raises(sa.SensorsAnalyticsNetworkException):
        sa.SensorsAnalytics(sa.DefaultConsumer(fresh.url + "/sa?token=qyw_wrong")).track("mei", "ViewProduct")


def test_sensors_web_client_sends_with_a_picture(fresh):
    record = {"type": "track", "event": "$pageview", "distinct_id": "v1", "properties": {"$url_path": "/茶"}}
    data = base64.b64encode(json.dumps({**record, "lib": {"$lib": "js"}}).encode()).decode()
    crc = 0
    for character in data:
        crc = ((crc << 5) - crc + ord(character)) & 0xFFFFFFFF
    crc -= (crc >> 31) << 32
    answer = requests.get(
        fresh.url + "/sa.gif",
        params={"data": data, "ext": f"crc={crc}", "token": fresh.write_token},
        headers={"Origin": "https://shop.example"},
        timeout=10,
    )
    assert answer.content[:6] == b"GIF89a"
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert wait_for(lambda: names_of(fresh, "v1")) == ["page_view"]
    assert events_of(fresh, "v1")[0]["subject"] == "page:/茶"
    assert "crc_matches" not in events_of(fresh, "v1")[0]["properties"]


@pytest.mark.parametrize("method", ["post", "get"])
@pytest.mark.parametrize("encoded", [True, False])
def test_snowplows_own_tracker_works_unchanged(fresh, method, encoded):
    from snowplow_tracker import (
        Emitter,
        PageView,
        SelfDescribing,
        SelfDescribingJson,
        StructuredEvent,
        Subject,
        Tracker,
    )

    failures = []
    emitter = Emitter(fresh.url, method=method, batch_size=1, on_failure=lambda *sent: failures.append(sent))
    subject = Subject().set_user_id("mei").set_domain_user_id("browser-1").set_platform("web")
    tracker = Tracker("test", emitter, app_id=fresh.write_token, subject=subject, encode_base64=encoded)
    tracker.track(PageView(page_url="https://shop.example/tea", page_title="茶"))
    tracker.track(StructuredEvent(category="tea", action="brew", value=2))
    cart = "iglu:com.snowplowanalytics.snowplow/add_to_cart/jsonschema/1-0-0"
    product = SelfDescribingJson("iglu:com.acme/note/jsonschema/1-0-0", {"text": "新茶"})
    tracker.track(SelfDescribing(SelfDescribingJson(cart, {"sku": "p1", "quantity": 1}), context=[product]))
    tracker.flush()
    assert failures == []
    want = ["add_to_cart", "brew", "page_view"]
    assert wait_for(lambda: names_of(fresh, "mei") == want or None, message=str(names_of(fresh, "mei")))
    assert quarantined(fresh) == []
    added = next(event for event in events_of(fresh, "mei") if event["name"] == "add_to_cart")
    assert (added["subject"], added["channel"]) == ("product:p1", "web")
    assert added["ids"] == {"login": "mei", "anonymous": "browser-1"}
    assert added["properties"]["contexts"][0]["data"] == {"text": "新茶"}
    assert fresh.write_token not in json.dumps(events_of(fresh, "mei"))


def douyin_headers(body, secret, **changed):
    headers = {"x-nonce-str": "n", "x-timestamp": str(int(time.time() * 1000)), "x-roomid": "268"}
    headers["x-msg-type"] = "live_gift"
    signed = "&".join(f"{name}={headers[name]}" for name in sorted(headers)).encode() + body + secret
    headers["x-signature"] = base64.b64encode(hashlib.md5(signed).digest()).decode()
    return {**headers, **changed}


def test_douyins_push_is_checked_taken_and_answered_in_time(fresh):
    fresh.stop()
    fresh.environment = {"QUANYU_DOUYIN_SECRET": "oh-secret"}
    fresh.start()
    url = f"{fresh.url}/douyin/live?key={fresh.write_token}"
    assert requests.head(url, timeout=2).status_code == 200
    gifts = [
        {"msg_id": str(number), "sec_openid": "o1", "sec_gift_id": "g", "gift_num": 1, "nickname": "梅"}
        for number in range(500)
    ]
    body = json.dumps(gifts).encode()
    started = time.monotonic()
    for _ in range(2):  # It is sent again where the answer was lost.
        answer = requests.post(url, data=body, headers=douyin_headers(body, b"oh-secret"), timeout=2)
        assert answer.status_code == 200, answer.text
    assert time.monotonic() - started < 4
    forged = requests.post(url, data=body, headers=douyin_headers(body, b"guess"), timeout=2)
    assert (forged.status_code, forged.json()["code"]) == (401, "not_signed")
    fresh.wait_applied()
    page = fresh.get("/api/v1/people/o1", fresh.read_token).json()
    assert page["summary"]["events"] == 500
    assert (page["events"][0]["name"], page["events"][0]["subject"]) == ("gift", "room:268")
    path = f"{fresh.url}/api/v1/sources/{page['events'][0]['source']}/douyin-secret"
    admin = {"Authorization": f"Bearer {fresh.admin_token}"}
    assert requests.put(path, json={"secret": "own-secret"}, headers=admin, timeout=5).status_code == 204
    for secret, status in ((b"own-secret", 200), (b"oh-secret", 401)):
        pushed = requests.post(url, data=body, headers=douyin_headers(body, secret), timeout=2)
        assert pushed.status_code == status
    assert "oh-secret" not in fresh.log() and "own-secret" not in fresh.log()


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
