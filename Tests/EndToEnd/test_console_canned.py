"""Pages of the console over canned answers, for what a real server seldom says."""

import json
import re

import pytest
from canned import WEB, Refusal, browser, canned, console  # noqa: F401 (fixtures)
from quanyu import ROOT, wait_for
from selenium.webdriver.common.keys import Keys

DAY_MS = 86_400_000


# Funnels.


def test_a_funnel_of_names_with_signs_asks_for_just_these(console, canned):
    asked = []
    rate = {"rate": 0.5, "low": 0.2, "high": 0.8}

    def funnel(_):
        asked.append(True)
        steps = [dict(name="a:b,c@d", people=4, rate_from_first=rate, rate_from_previous=rate)] * 2
        return {"steps": steps, "by": [], "people": 4, "duration_ms": 1}

    canned.answers["/funnel"] = funnel
    console.open("/funnel?steps=page_view,a%253Ab%252Cc%2540d")
    chosen = "return [...document.querySelectorAll('.step select')].map((one) => one.value)"
    assert console.driver.execute_script(chosen) == ["page_view", "", "a:b,c@d", ""]
    console.driver.execute_script(
        "const channel = document.querySelectorAll('.step select')[3];"
        "channel.value = 'on@air,1:2'; channel.dispatchEvent(new Event('change'));"
    )
    wait_for(lambda: console.driver.execute_script(chosen) == ["page_view", "", "a:b,c@d", "on@air,1:2"])
    console.driver.refresh()
    console.settle()
    assert console.driver.execute_script(chosen) == ["page_view", "", "a:b,c@d", "on@air,1:2"]
    assert asked and not console.all(".panel-link")


# The overview.


def totals(gmv, rate=0.4):
    conversion = {"numerator": 4, "denominator": 10, "rate": rate, "low": rate - 0.1, "high": rate + 0.1}
    starts = [f"2024-06-{day:02d}T16:00:00.000Z" for day in range(3, 10)]
    buckets = [dict(start=start, events=5, orders=2, gmv_minor=700) for start in starts]
    return {
        "people": 10, "events": 35, "orders": 14, "buyers": 4, "gmv": gmv, "conversion": conversion,
        "by_channel": [dict(channel="direct_mail", people=10, events=35, orders=14, gmv=gmv)],
        "bucket_ms": DAY_MS, "by_time": buckets, "by_hour_of_day": [], "by_name": [],
    }


def money(minor, currency):
    return dict(minor=minor, currency=currency)


@pytest.mark.parametrize(
    "now,before,shown,hover",
    [
        ([money(12_000, "CNY")], [money(10_000, "CNY")], "+20%", "CN¥100.00"),
        ([money(12_000, "CNY")], [money(10_000, "USD")], None, None),
        ([money(12_000, "CNY"), money(1, "USD")], [money(10_000, "CNY")], None, None),
        ([money(12_000, "CNY")], [money(10_000, "CNY"), money(1, "USD")], None, None),
        ([money(12_000, "CNY")], [], None, None),
        ([], [money(10_000, "CNY")], None, None),
    ],
)
def test_sums_are_compared_in_one_currency(console, canned, now, before, shown, hover):
    canned.answers["/overview"] = lambda query: totals(now if query["to"][0] > "2024-06-30" else before)
    console.open("/overview?range=7d")
    figures = "return [...document.querySelectorAll('.figure')].map((one) => {"
    figures += "const trend = one.querySelector('.trend');"
    figures += "return [one.querySelector('dt').innerText, trend?.innerText ?? null, trend?.title ?? null]; })"
    trend = next(one for one in console.driver.execute_script(figures) if one[0] == "GMV")
    assert (trend[1] and trend[1].split("\n")[0].split("vs")[0].strip()) == shown
    assert trend[2] == (hover and f"Period before: {hover}")


def test_the_rate_goes_where_nothing_more_comes(console, canned):
    canned.answers["/overview"] = totals([])
    canned.totals = [10, 20, 30]
    console.open("/overview?range=7d")
    wait_for(lambda: console.all(".live-rate"), message="no rate")
    wait_for(lambda: not console.all(".live-rate"), timeout=8, message="the rate stays")
    assert "30 events in all" in console.text(".live")


def test_one_who_is_signed_out_is_led_to_the_door_by_the_stream(console, canned):
    canned.answers["/overview"] = totals([])
    console.open("/overview?range=7d")
    go = "history.pushState(null, '', arguments[0]); dispatchEvent(new PopStateEvent('popstate'));"
    console.driver.execute_script(go, "/people")
    wait_for(lambda: console.text("h1") == "People")
    canned.totals = Refusal(401, "unauthorized")
    canned.answers["/session"] = Refusal(401, "unauthorized")
    console.driver.execute_script(go, "/overview")
    wait_for(lambda: "/sign-in?next=%2Foverview" in console.driver.current_url, message="not led to the door")
