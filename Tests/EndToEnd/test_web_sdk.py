"""The web SDK in a real browser, on pages of a shop with another origin and a strict content security policy."""

import gzip
import json
import time
from collections import Counter
from datetime import datetime

import pytest
import requests
from browser import DESK, Console
from quanyu import ROOT, wait_for
from shop_site import Shop, Wire

BYTES_MAX = 5000
PRODUCT = '<article data-quanyu-subject="product:{0}" style="height:200px">{0}</article>'
FAR = '<div style="height:3000px"></div>'


@pytest.fixture(scope="module")
def browser():
    console = Console("about:blank", program="chromium")
    yield console
    console.driver.quit()


@pytest.fixture
def shop(fresh, browser):
    browser.complaints()
    wire = Wire(fresh.url)
    shop = Shop(fresh, wire, browser)
    yield shop
    first, *others = browser.driver.window_handles
    for other in others:
        browser.driver.switch_to.window(other)
        browser.driver.close()
    browser.driver.switch_to.window(first)
    browser.driver.get("about:blank")
    shop.http.shutdown()
    wire.close()


def steps(events):
    return Counter(event["properties"]["n"] for event in events)


def test_the_sdk_is_small_and_open_to_every_origin(server):
    url = server.url + "/sdk/quanyu.js"
    answer = requests.get(url, headers={"Origin": "https://shop.example"}, timeout=10)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert answer.content == (ROOT / "web" / "sdk" / "quanyu.js").read_bytes()
    assert len(gzip.compress(answer.content, 6)) < BYTES_MAX
    again = requests.get(url, headers={"If-None-Match": answer.headers["ETag"]}, timeout=10)
    assert again.status_code == 304


def test_a_key_in_the_address_opens_no_more_than_events_and_decisions(server):
    event = json.dumps({"person": "page", "name": "click"})
    headers = {"Origin": "https://shop.example", "Content-Type": "text/plain;charset=UTF-8"}
    url = server.url + "/api/v1/events"
    taken = requests.post(url, params={"key": server.write_token}, data=event, headers=headers, timeout=10)
    assert (taken.status_code, taken.json()["accepted"]) == (200, 1)
    assert taken.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Access-Control-Allow-Credentials" not in taken.headers
    refused = requests.post(url, params={"key": server.admin_token}, data=event, headers=headers, timeout=10)
    assert (refused.status_code, refused.json()["code"]) == (403, "key_in_address")
    read = requests.get(server.url + "/api/v1/overview", params={"key": server.read_token}, timeout=10)
    assert read.status_code == 401
    assert server.write_token not in server.log()


def test_page_views_also_those_of_a_router_are_sent_without_cookies(shop):
    shop.open("/tea?utm_source=weibo&secret=1")
    shop.js("history.pushState({}, '', '/tea/42?size=2'); document.title = 'Tea 42';")
    time.sleep(0.3)
    shop.js("history.replaceState({ scroll: 1 }, '')")  # The same address: no view.
    shop.js("history.pushState({}, '', '/gone'); history.replaceState({}, '', '/cart')")  # A redirect: one view.
    time.sleep(0.3)
    shop.js("location.hash = 'reviews'")  # A place in the page.
    time.sleep(0.3)
    shop.js("location.hash = '#/pay?step=1'")  # A route.
    time.sleep(0.3)
    shop.js("history.go(-3)")
    views = shop.wait(5, "page_view")
    subjects = ["page:/tea", "page:/tea/42", "page:/cart", "page:/cart#/pay", "page:/tea/42"]
    assert [view["subject"] for view in views] == subjects
    assert views[0]["properties"] == {"title": "Shop", "utm_source": "weibo"}
    assert views[1]["properties"] == {"title": "Tea 42", "referrer": shop.url + "/tea"}
    assert {view["channel"] for view in views} == {"web"}
    assert {view["person"] for view in views} == {shop.js("return localStorage.getItem('quanyu.anonymous')")}
    assert shop.driver.execute_cdp_cmd("Network.getAllCookies", {})["cookies"] == []
    assert shop.browser.complaints() == []


def test_an_exposure_is_half_in_view_for_a_second_and_counts_once_a_view(shop):
    near, passed, below = (PRODUCT.format(name) for name in ["near", "passed", "below"])
    shop.open(body=f'{near}<div style="height:1500px"></div>{passed}{FAR}{below}{FAR}')
    shop.wait(1, "product_exposure")
    shop.js("document.querySelectorAll('article')[1].scrollIntoView()")
    time.sleep(0.3)
    shop.js("scrollTo(0, 0)")  # Seen again, not counted again.
    time.sleep(1.5)
    coupon = '<b data-quanyu-subject="coupon:late" data-quanyu-properties=\'{"slot": 3}\'>Late</b>'
    shop.js("document.body.insertAdjacentHTML('afterbegin', arguments[0])", coupon)
    shop.wait(1, "coupon_exposure")
    shop.js("document.querySelector('b').dataset.quanyuSubject = 'room:8'")  # A list that uses its elements again.
    shop.wait(1, "exposure")
    seen = [event["subject"] for event in shop.events("product_exposure", "coupon_exposure", "exposure")]
    assert seen == ["product:near", "coupon:late", "room:8"]
    assert shop.events("coupon_exposure")[0]["properties"] == {"slot": 3}
    shop.js("history.pushState({}, '', '/other')")
    assert [event["subject"] for event in shop.wait(2, "product_exposure")] == ["product:near"] * 2


def test_an_element_larger_than_the_screen_is_seen_when_it_fills_half_of_it(shop):
    style = "height:4000px;width:1400px;position:absolute;top:0;left:{1}px"
    large = f'<div data-quanyu-subject="creative:{{0}}" style="{style}">'
    empty = '<i data-quanyu-subject="creative:empty" style="position:absolute;top:9px;left:9px"></i>'
    shop.open(body=large.format("filling", 0) + "</div>" + large.format("sliver", DESK - 60) + "</div>" + empty)
    shop.wait(1, "exposure")
    time.sleep(1)
    shop.settle()
    assert [event["subject"] for event in shop.events("exposure")] == ["creative:filling"]


def test_clicks_are_named_by_the_nearest_marked_element_also_on_the_way_out(shop):
    shop.open(
        body='<main data-quanyu-decision="d-1"><article data-quanyu-subject="product:42" data-quanyu-click>'
        '<i id="picture">picture</i><button data-quanyu-click="add_to_cart">cart</button></article>'
        '<p id="plain">plain</p><a href="/next" data-quanyu-click>next</a></main>'
    )
    shop.js("document.body.addEventListener('click', (event) => event.stopPropagation(), true)")
    for selector in ["#picture", "button", "#plain", "a"]:
        shop.browser.one(selector).click()
    clicks = shop.wait(3, "product_click", "add_to_cart", "click")
    assert [(click["name"], click.get("subject"), click["decision"]) for click in clicks] == [
        ("product_click", "product:42", "d-1"),
        ("add_to_cart", "product:42", "d-1"),
        ("click", None, "d-1"),
    ]


def test_dwell_counts_the_seconds_in_which_the_page_was_seen(shop):
    shop.attributes = 'data-heartbeat="2"'
    shop.open("/tea")
    page = shop.driver.current_window_handle
    time.sleep(4.5)
    shop.driver.switch_to.new_window("tab")
    hidden_at = time.time()
    time.sleep(4)
    shop.driver.switch_to.window(page)
    back_at = time.time()
    assert shop.js("return document.visibilityState") == "visible"
    time.sleep(3)
    shop.js("document.body.dataset.quanyuRoom = '8'")
    time.sleep(4)
    shop.driver.get("about:blank")
    rooms = shop.wait(1, "room_enter") and shop.wait(2, "room_stay")
    assert {(stay["subject"], stay["channel"]) for stay in rooms} == {("room:8", "live")}
    assert 3 <= sum(stay["properties"]["seconds"] for stay in rooms) <= 5
    pages = shop.events("page_stay")
    assert {stay["subject"] for stay in pages} == {"page:/tea"}
    assert all(stay["properties"]["seconds"] <= 4 for stay in pages)
    assert 6 <= sum(stay["properties"]["seconds"] for stay in pages) <= 11
    assert len(shop.events("page_view", "room_enter")) == 2
    assert back_at - hidden_at > 4  # Of 11 to 13 seconds that passed before the room, these were not seen.


def test_a_decision_is_drawn_shown_and_learns_of_its_outcomes(shop):
    products = [{"person": "a", "name": "product_view", "subject": f"product:{n}"} for n in range(5)]
    shop.server.post("/api/v1/events", shop.server.write_token, products)
    shop.server.wait_applied()
    shop.open(body='<ul id="list"></ul>')
    choices = shop.driver.execute_async_script(
        "quanyu.decide('home', 2, { weather: 'rain' }).then((choices) => {"
        "for (const { subject, decision } of choices) {"
        "const item = document.createElement('li'); item.textContent = subject;"
        "Object.assign(item.dataset, { quanyuSubject: subject, quanyuDecision: decision, quanyuClick: '' });"
        "document.getElementById('list').append(item); }"
        "arguments[arguments.length - 1](choices); })"
    )
    assert len(choices) == 2
    assert len({choice["decision"] for choice in choices}) == 1
    shop.wait(2, "product_exposure")
    shop.browser.one("li").click()
    shop.wait(1, "product_click")
    shop.server.wait_applied()
    shown = shop.server.get(f"/api/v1/decisions/{choices[0]['decision']}", shop.server.read_token).json()
    assert shown["person"] == shop.js("return localStorage.getItem('quanyu.anonymous')")
    names = Counter(outcome["name"] for outcome in shown["outcomes"])
    assert names == {"product_exposure": 2, "product_click": 1}


def test_where_nothing_answers_a_page_gets_no_choices_and_no_error(shop):
    shop.open()
    shop.wire.mode = "cut"
    assert shop.driver.execute_async_script("quanyu.decide('home', 2).then(arguments[0])") == []


def test_without_consent_nothing_is_kept_or_sent_and_a_refusal_clears(shop):
    shop.attributes = 'data-consent="required" data-heartbeat="1"'
    shop.open("/a", body=PRODUCT.format(1))
    shop.track([1])
    shop.js("quanyu.identify('ana')")
    assert shop.driver.execute_async_script("quanyu.decide('home', 2).then(arguments[0])") == []
    time.sleep(2)
    assert shop.js("return Object.keys(localStorage)") == []
    shop.js("quanyu.consent(true)")
    shop.wait(1, "product_exposure")
    shop.settle()
    assert [event["subject"] for event in shop.events("page_view")] == ["page:/a"]
    assert shop.events("step", "identify") == []
    shop.wire.mode = "cut"
    shop.track([2])
    shop.js("quanyu.consent(false)")
    shop.wire.mode = "open"
    shop.track([3])
    shop.open("/b")  # The refusal outlives the page.
    time.sleep(2)
    assert shop.js("return Object.entries(localStorage)") == [["quanyu.consent", "no"]]
    assert shop.events("step") == []
    assert len(shop.events("page_view")) == 1


def test_the_browsers_privacy_signal_is_a_refusal_until_the_person_says_otherwise(shop):
    script = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
    added = shop.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        shop.open()
        shop.track([1])
        shop.driver.refresh()
        time.sleep(1)
        assert shop.js("return Object.keys(localStorage)") == []
        shop.js("quanyu.consent(true)")
        shop.track([2])
        assert steps(shop.wait(1, "step")) == {2: 1}
    finally:
        shop.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_the_network_is_cut_the_page_reloaded_and_nothing_is_lost_or_twice(shop):
    shop.open()
    shop.track(range(10))
    shop.wait(10, "step")
    shop.settle()
    shop.wire.mode = "deaf"  # Taken, but the answer does not arrive.
    shop.track(range(10, 20))
    shop.wait(20, "step")
    assert len(shop.queued()) >= 10
    shop.wire.mode = "cut"
    shop.track(range(20, 60))
    shop.open("/reloaded")  # The SDK comes from the browser's cache.
    shop.track(range(60, 130))
    time.sleep(2)
    made = {name.removeprefix("quanyu.e.") for name in shop.queued()}
    assert len(made) >= 120
    shop.server.kill()
    shop.server.start()
    shop.wire.target = ("127.0.0.1", int(shop.server.url.rsplit(":", 1)[1]))
    shop.wire.mode = "open"
    assert steps(shop.wait(130, "step", timeout=60)) == {n: 1 for n in range(130)}
    shop.settle()
    assert made <= {event["id"] for event in shop.events()}
    numbers = sorted(event["number"] for event in shop.events())
    assert numbers == list(range(1, len(numbers) + 1)), "the numbers show that nothing was lost"
    assert [event["subject"] for event in shop.events("page_view")] == ["page:/", "page:/reloaded"]
    before, after = (shop.events("step")[part] for part in [slice(20, 60), slice(60, 130)])
    assert {event["properties"]["n"] for event in before} == set(range(20, 60))  # By when they happened.
    assert min(event["received_at"] for event in before) > max(event["time"] for event in after)


def test_when_the_browser_is_online_again_the_queue_is_sent_at_once(shop):
    shop.open()
    shop.settle()
    conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    shop.driver.execute_cdp_cmd("Network.enable", {})
    shop.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": True, **conditions})
    shop.js("Math.random = () => 1")
    shop.track(range(30))
    time.sleep(8)  # Tried after 0, 1, 3 and 7 seconds, and not again before the fifteenth.
    assert len(shop.queued()) >= 30
    assert shop.events("step") == []
    shop.driver.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": False, **conditions})
    assert steps(shop.wait(30, "step", timeout=5)) == {n: 1 for n in range(30)}


@pytest.mark.parametrize("days", [-3, 3])
def test_a_clock_that_is_days_wrong_moves_no_event_in_time(shop, days):
    script = f"const now = Date.now; Date.now = () => now() + {days} * 86400000;"
    added = shop.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        shop.open()
        shop.settle()
        shop.wire.mode = "cut"
        made_at = time.time()
        shop.track([1])
        time.sleep(4)
        shop.wire.mode = "open"
        (step,) = shop.wait(1, "step")
        assert abs(datetime.fromisoformat(step["time"]).timestamp() - made_at) < 2
    finally:
        shop.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_a_server_that_asks_to_wait_is_waited_for_also_after_a_reload(shop):
    shop.open()
    shop.settle()
    shop.wire.mode = "busy"
    before = len(shop.wire.posts())
    shop.track(range(25))
    wait_for(lambda: len(shop.wire.posts()) > before)
    asked = shop.wire.posts()[before]
    shop.wire.mode = "open"
    shop.open("/impatient")
    shop.wait(25, "step")
    assert shop.wire.posts()[before + 1] - asked >= 3.5
    shop.settle()
    assert len(shop.wire.posts()) <= before + 4


def test_the_last_events_of_a_page_leave_with_it(shop):
    shop.open()
    shop.settle()
    shop.js("quanyu.track('last', { n: 1 }); location.href = 'about:blank'")
    assert steps(shop.wait(1, "last")) == {1: 1}


def test_two_tabs_share_one_queue_and_send_each_event_once(shop):
    shop.open("/one")
    first = shop.driver.current_window_handle
    shop.driver.switch_to.new_window("tab")
    shop.open("/two")
    shop.settle()
    shop.wire.mode = "cut"
    for round in range(5):
        for handle in [first, shop.driver.window_handles[-1]]:
            shop.driver.switch_to.window(handle)
            shop.track(range(round * 10, round * 10 + 10), "one" if handle == first else "two")
    assert len(shop.queued()) >= 100
    shop.driver.close()  # The second one's events are sent by the first.
    shop.driver.switch_to.window(first)
    shop.driver.switch_to.new_window("tab")
    shop.wire.mode = "open"
    shop.open("/three")
    for name in ["one", "two"]:
        assert steps(shop.wait(50, name, timeout=60)) == {n: 1 for n in range(50)}
    shop.settle()
    assert len({event["person"] for event in shop.events("page_view", "one", "two")}) == 1
    assert {shop.wire.sent[event["id"]] for event in shop.events("one", "two")} == {1}


def test_the_queue_is_bounded_and_the_newest_stay(shop):
    shop.open()
    shop.settle()
    shop.wire.mode = "cut"
    shop.track(range(1010))
    assert len(shop.queued()) == 1000
    shop.wire.mode = "open"
    wait_for(lambda: not shop.queued(), 60, "not sent")
    wait_for(lambda: set(range(20, 1010)) <= set(steps(shop.events("step"))), message="some are missing")
    kept = len(shop.events())
    shop.track([1010])
    shop.wait(kept + 1)
    shop.server.wait_applied()
    (source,) = shop.server.get("/api/v1/sources", shop.server.read_token).json()["sources"]
    (estimate,) = source["completeness"]
    assert estimate["method"] == "stream_numbers"
    lost = max(event["number"] for event in shop.events()) - len(shop.events())
    assert (lost > 0, estimate["expected"] - estimate["received"]) == (True, lost)
    assert estimate["low"] < estimate["share"] < estimate["high"] < 1


def test_who_signs_in_is_joined_with_who_came_and_the_next_one_is_another(shop):
    shop.open()
    shop.js("quanyu.identify('ana'); quanyu.identify('ana'); quanyu.identify('ben'); quanyu.reset()")
    more = {"id": "o1", "value": {"minor": 5, "currency": "CNY"}}
    shop.js("quanyu.track('order_paid', { size: 2 }, arguments[0])", more)
    shop.wait(1, "order_paid")
    (came,), (paid,) = (shop.events(name) for name in ["page_view", "order_paid"])
    ana, ben = sorted(shop.events("identify"), key=lambda event: event["person"])
    assert (ana["person"], ana["ids"]) == ("ana", {"login": "ana", "anonymous": came["person"]})
    assert ben["person"] == "ben"
    assert len({came["person"], ben["ids"]["anonymous"], paid["person"]}) == 3
    assert (paid["id"], paid["properties"]) == ("o1", {"size": 2})


def test_nothing_is_thrown_into_the_page_and_one_bad_event_holds_back_no_other(shop):
    broken = "for (const name of ['getItem', 'setItem']) Storage.prototype[name] = () => { throw new Error('full'); };"
    added = shop.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": broken})
    try:
        shop.open(body="<p data-quanyu-subject='nonsense' data-quanyu-properties='{' data-quanyu-click>x</p>")
        shop.js(
            "const loop = {}; loop.loop = loop; quanyu.track('bad', loop); quanyu.track(); quanyu.push();"
            "quanyu.track('bad', { text: '\\ud800' }); quanyu.track('bad', { text: 'x'.repeat(1e6) });"
            "quanyu.push(['none']); quanyu.identify({ toString: null }); quanyu.track('good', { n: 1 });"
        )
        shop.browser.one("p").click()
        assert steps(shop.wait(1, "good")) == {1: 1}
        assert shop.events("bad", "undefined") == []
        refusals = "Failed to load resource"  # The browser's own words about an answer of 400 or 422.
        assert [text for text in shop.browser.complaints() if refusals not in text] == []
    finally:
        shop.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
