"""The clients of other systems, unmodified: each is pointed here and nothing else of it is changed."""

import gzip
import time

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


@pytest.mark.parametrize("compressed", [True, False])
def test_posthogs_own_client_works_unchanged(fresh, compressed):
    from posthog import Posthog

    errors = []
    client = Posthog(
        fresh.write_token, host=fresh.url, gzip=compressed, on_error=lambda error, _: errors.append(error)
    )
    client.capture("$pageview", distinct_id="mei", properties={"$current_url": "https://shop.example/tea"})
    client.capture("Product Viewed", distinct_id="mei", properties={"product_id": "p1"})
    order = {"order_id": "o1", "total": 30, "currency": "CNY", "products": [{"product_id": "p1", "price": 30}]}
    client.capture("Order Completed", distinct_id="mei", properties=order)
    client.set(distinct_id="mei", properties={"city": "杭州"})
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


def test_a_bomb_sent_as_posthogs_browsers_send_is_refused(fresh):
    bomb = gzip.compress(b" " * 50_000_000 + b"{}")
    answer = requests.post(fresh.url + "/e/?compression=gzip-js", data=bomb, timeout=30)
    assert answer.status_code == 401  # Without a key, and with it:
    headers = {"Authorization": f"Bearer {fresh.write_token}"}
    answer = requests.post(fresh.url + "/e/?compression=gzip-js", data=bomb, headers=headers, timeout=30)
    assert answer.status_code == 413
    assert requests.get(fresh.url + "/health/live", timeout=10).status_code == 200
