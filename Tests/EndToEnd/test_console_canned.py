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
        return {"steps": steps, "order": "ordered", "by": [], "times": [], "people": 4, "duration_ms": 1}

    canned.answers["/query/funnel"] = funnel
    console.open("/funnel?steps=page_view,a%253Ab%252Cc%2540d")
    chosen = "return [...document.querySelectorAll('.step select')].map((one) => one.value)"
    assert console.driver.execute_script(chosen) == ["page_view", "", "a:b,c@d", "", ""]
    console.driver.execute_script(
        "const channel = document.querySelectorAll('.step select')[3];"
        "channel.value = 'on@air,1:2'; channel.dispatchEvent(new Event('change'));"
    )
    wait_for(lambda: console.driver.execute_script(chosen) == ["page_view", "", "a:b,c@d", "on@air,1:2", ""])
    console.driver.refresh()
    console.settle()
    assert console.driver.execute_script(chosen) == ["page_view", "", "a:b,c@d", "on@air,1:2", ""]
    assert asked
    assert "Who did “Page view” and went no further to “a:b,c@d (on@air,1:2)”" == console.text(".panel-link")


def test_a_funnel_of_several_audiences_shows_them_side_by_side(console, canned):
    heard = []
    rate = {"numerator": 2, "denominator": 4, "rate": 0.5, "low": 0.2, "high": 0.8}
    steps = [dict(name="page_view", people=4, rate_from_first=rate, rate_from_previous=rate)]
    answer = {"steps": steps, "order": "ordered", "by": [], "times": [], "people": 4, "duration_ms": 1}
    canned.hear = lambda path, body: heard.append(body.get("audience")) if path == "/query/funnel" else None
    canned.answers["/query/funnel"] = {**answer, "audience": {"name": "a", "people": 4, "of": 9, "note": None}}
    canned.answers["/audiences"] = {"audiences": [
        {"name": name, "title": title} for name, title in [("a", "Fans"), ("b", ""), ("c", "C"), ("d", "D")]
    ]}
    console.open("/funnel?steps=page_view&audiences=a,b,c")
    assert console.text(".result-sentence") == "Fans, b, C, side by side."
    assert sorted(heard) == ["a", "b", "c"]
    assert [row.text.split()[3] for row in console.all(".flush-table tbody tr")] == ["Fans", "b", "C"]
    boxes = console.all(".details input[type=checkbox]")
    assert [box.is_enabled() for box in boxes] == [True, True, True, False]
    boxes[1].click()
    wait_for(lambda: console.text(".result-sentence") == "Fans, C, side by side.")
    assert "audiences=a%2Cc" in console.driver.current_url or "audiences=a,c" in console.driver.current_url


# The overview.


def totals(gmv, rate=0.4):
    conversion = {"numerator": 4, "denominator": 10, "rate": rate, "low": rate - 0.1, "high": rate + 0.1}
    starts = [f"2024-06-{day:02d}T16:00:00.000Z" for day in range(3, 10)]
    buckets = [dict(start=start, events=5, orders=2, gmv_minor=700) for start in starts]
    return {
        "people": 10, "events": 35, "orders": 14, "buyers": 4, "gmv": gmv, "conversion": conversion,
        "by_channel": [dict(channel="direct_mail", people=10, events=35, orders=14, gmv=gmv)],
        "bucket_ms": DAY_MS, "by_time": buckets, "by_hour_of_day": [], "by_name": [],
        "metrics": {"gmv": {"id": "gmv", "version": 1, "hash": "0" * 64}},
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


def test_sums_in_several_currencies_stay_in_their_box(console, canned):
    canned.answers["/overview"] = totals([money(123_456_789, "CNY"), money(123_456_789, "USD"), money(900, "JPY")])
    wide = "return [...document.querySelectorAll('.figure')].filter((one) => one.scrollWidth > one.clientWidth).length"
    for width in [1440, 390]:
        console.size(width)
        console.open("/overview?range=7d")
        assert console.text(".figures").count("$1.23M") == 1
        assert console.driver.execute_script(wide) == 0
    console.size(1440)


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


# Policies.


def judged(name, value, low, high, doubts=()):
    estimates = [dict(estimator="dr", value=value, low=low, high=high)]
    return dict(
        policy=name, estimates=estimates, effective_sample_size=512.0, trust="low_ess" if doubts else "ok",
        doubts=list(doubts), note="",
    )


def open_policies(console, canned, policies, logs=("shop",), judged_count=6000, unseen_count=0):
    row = dict(decisions=4000, surface="home", positions=3, actions=80, outcomes=40)
    canned.answers["/policies/logs"] = {"logs": [dict(row, log=log) for log in logs]}
    served = dict(value=0.05, low=0.04, high=0.06)
    canned.answers["/policies/value"] = dict(
        log=logs[0], decisions=4000, outcomes=40, on_policy=served,
        slots=dict(judged=judged_count, without_exposure=unseen_count, left_out=0),
        policies=[judged("logged", 0.05, 0.04, 0.06), *policies],
    )
    console.open(f"/policies?log={logs[-1]}")


BETTER = judged("learned", 0.09, 0.07, 0.11)
WORSE = judged("random", 0.01, 0, 0.02)
LIKE = judged("bts", 0.05, 0.03, 0.07)
OFF = judged("popularity", 0.2, 0.1, 0.3, [dict(code="weights_off", value=0.71, wanted=1)])
FEW = judged(
    "popularity", 0.2, 0.1, 0.3,
    [dict(code="few_slots", value=99.9, wanted=100), dict(code="few_outcomes", value=3.27, wanted=10)],
)


@pytest.mark.parametrize(
    "policies,english,chinese",
    [
        ([BETTER, WORSE], "Learned is estimated at 9%", "“学习策略”估计能到 9%"),
        ([WORSE], "Every policy with a reliable estimate is clearly worse", "都明显差于实际的 5%"),
        ([WORSE, OFF], "Every policy with a reliable estimate is clearly worse", "都明显差于实际的 5%"),
        ([WORSE, LIKE], "It is not known whether any policy is better", "还不知道有没有"),
        ([OFF], "Nothing can be said about other policies yet", "还比不出高下"),
    ],
)
def test_policies_are_said_to_be_what_their_intervals_say(console, canned, policies, english, chinese):
    open_policies(console, canned, policies)
    assert english in console.text(".result-sentence")
    console.look("zh-CN", "light")
    open_policies(console, canned, policies)
    assert chinese in console.text(".result-sentence")


@pytest.mark.parametrize(
    "language,policy,said",
    [
        ("en", OFF, ["The weights average 0.71 instead of 1"]),
        ("zh-CN", OFF, ["权重平均为 0.71，应为 1"]),
        ("en", FEW, ["about 99 slots of this policy’s own; 100 are wanted", "about 3.2 positive outcomes"]),
        ("zh-CN", FEW, ["约 99 次展示，至少要 100 次", "约 3.2 个正向结果，至少要 10 个"]),
    ],
)
def test_the_reasons_for_distrust_are_those_given(console, canned, language, policy, said):
    console.look(language, "light")
    open_policies(console, canned, [policy])
    text = console.text()
    assert [words for words in said if words not in text] == []
    if policy is OFF:
        assert "Too few" not in text and "太少" not in text


@pytest.mark.parametrize(
    "language,judged_count,unseen_count,said",
    [
        ("en", 6000, 0, "Judged on 6,000 slots that were shown, of the newer half of the log."),
        ("en", 6000, 20, "20 more were chosen without an exposure event"),
        ("zh-CN", 6000, 0, "以日志后半段展示过的 6,000 个位置来评判。"),
        ("zh-CN", 20, 6000, "另有 6,000 个位置选出后没有曝光事件"),
    ],
)
def test_what_was_not_shown_is_told(console, canned, language, judged_count, unseen_count, said):
    console.look(language, "light")
    open_policies(console, canned, [WORSE], judged_count=judged_count, unseen_count=unseen_count)
    tone = "watch" if unseen_count > judged_count else "plain"
    assert said in console.text(f".note.is-{tone}")


# Campaigns.


@pytest.mark.parametrize("language,title", [("en", "Redemptions"), ("zh-CN", "用券次数")])
def test_redemptions_stand_beside_those_who_redeemed(console, canned, language, title):
    rate = dict(numerator=3, denominator=10, rate=0.3, low=0.1, high=0.6)
    row = dict(campaign="campaign:1", title="Spring", kind="A", start=None, end=None, targeted=10, redeemed=123_456)
    canned.answers["/campaigns"] = {
        "campaigns": [dict(row, redeemers=3, redemption_rate=rate, orders=5, buyers=4, gmv=[])]
    }
    console.look(language, "light")
    console.open("/campaigns")
    column = console.texts("thead th").index(title)
    cell = console.all("tbody tr:first-child > *")[column].find_element("css selector", "[title]")
    assert cell.get_attribute("title") == "123,456"


def test_the_current_log_is_in_sight(console, canned):
    logs = ["a-source-with-a-long-name/home", "another-source/cart", "a-third-one/live_room", "the-last/feed"]
    console.size(390)
    open_policies(console, canned, [WORSE], logs)
    inside = """
        const box = (selector) => document.querySelector(selector).getBoundingClientRect();
        const [row, link] = [box('.tabs'), box('.tab[aria-current]')];
        return link.left >= row.left - 1 && link.right <= row.right + 1;
    """
    wait_for(lambda: console.driver.execute_script(inside), message="the current tab is out of sight")
    bar = "const row = document.querySelector('.tabs'); return row.offsetHeight - row.clientHeight;"
    assert console.driver.execute_script(bar) <= 1, "a scroll bar under the tabs"
    console.size(1440)
    open_policies(console, canned, [WORSE], [*logs, "a-fifth"])
    assert not console.all(".tabs")
    assert console.one(".tab-chooser select").get_property("selectedIndex") == 4
    console.driver.execute_script(
        "const list = document.querySelector('.tab-chooser select');"
        "list.selectedIndex = 1; list.dispatchEvent(new Event('change'));"
    )
    wait_for(lambda: "log=another-source" in console.driver.current_url)


# One decision.


def decision_with(probabilities):
    candidates = [dict(subject=f"item:{at}", probability=one) for at, one in enumerate(probabilities)]
    choice = dict(subject="item:0", position=1, probability=0.5, reasons=[])
    return dict(
        decision="d", person="p", time="2024-06-01T00:00:00.000Z", surface="home", policy="logged", model="m",
        choices=[choice], outcomes=[], channel="open_bandit", source="import", floor=0, context={},
        candidates=candidates,
    )


def test_unknown_probabilities_are_not_drawn_as_none(console, canned):
    canned.answers["/decisions/d"] = decision_with([None, None, None])
    console.open("/decisions/d")
    assert not console.all(".chart")
    assert "This log does not say how likely each candidate was." in console.text()
    assert "0%" not in console.text(".panel:last-of-type tbody")
    canned.answers["/decisions/d"] = decision_with([0.5, None])
    console.open("/decisions/d")
    assert console.all(".chart")
    console.click("Table", ".panel-tools")
    assert "–" in console.text(".chart-twin") and "0%" not in console.text(".chart-twin").replace("50%", "")


# What people press.


def test_choosing_a_chinese_word_does_not_choose_an_entry(console):
    console.chord(Keys.CONTROL, "k")
    console.press("o")
    press = """
        const box = document.querySelector('.palette-input');
        const given = { key: 'Enter', bubbles: true, cancelable: true };
        box.dispatchEvent(new KeyboardEvent('keydown', { ...given, isComposing: true }));
        box.dispatchEvent(new KeyboardEvent('keydown', { ...given, keyCode: 229 }));
        return Boolean(document.querySelector('dialog[open]'));
    """
    assert console.driver.execute_script(press)
    console.press(Keys.ENTER)
    wait_for(lambda: not console.all("dialog[open]"))


def test_a_dialog_closes_by_a_press_that_began_outside_it(console):
    drag = """
        const dialog = document.querySelector('dialog[open]');
        const at = { inside: dialog.querySelector('h2') ?? dialog.querySelector('input'), outside: dialog };
        at[arguments[0]].dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
        dialog.dispatchEvent(new MouseEvent('click', { bubbles: true }));
        return dialog.open;
    """
    for opening in [lambda: console.press("?"), lambda: console.chord(Keys.CONTROL, "k")]:
        opening()
        assert console.driver.execute_script(drag, "inside")
        assert not console.driver.execute_script(drag, "outside")
        wait_for(lambda: not console.all("dialog"))


def test_where_the_page_may_not_copy_the_text_is_marked(console, canned):
    canned.answers["/sources"] = {"sources": [], "standard_limits": {}, "douyin_secrets": []}
    console.open("/collect")
    console.driver.execute_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    console.one(".copy-block button").click()
    wait_for(lambda: console.text(".copy-block button") == "Selected: press Ctrl+C")
    marked = console.driver.execute_script("return getSelection().toString()")
    assert marked.strip() == console.text(".copy-block pre").strip() != ""


def test_a_page_that_cannot_be_loaded_says_so(console, canned):
    canned.missing.add("/assets/js/pages/campaigns.js")
    canned.answers["/campaigns"] = {"campaigns": []}
    console.press("g", "m")
    wait_for(lambda: console.all(".error-box"), message="nothing is said")
    assert console.text("h1") == "The page could not be loaded"
    assert "Its file could not be fetched" in console.text(".error-box")
    canned.missing.clear()
    console.click("Try again", ".error-box")
    wait_for(lambda: console.text("h1") == "Campaigns")


@pytest.mark.parametrize("language,said", [("en", "The current password is not right"), ("zh-CN", "当前密码不对")])
def test_a_wrong_current_password_is_called_that(console, canned, language, said):
    canned.answers |= {"/users": {"users": []}, "/tokens": {"tokens": []}}
    canned.answers["/session/password"] = Refusal(403, "wrong_credentials")
    console.look(language, "light")
    console.open("/settings")
    console.one("input[autocomplete=current-password]").click()
    console.press("not my password", Keys.TAB, "another password", Keys.ENTER)
    wait_for(lambda: said in console.text())


def test_channels_of_the_demo_have_words():
    words = {path.stem: json.loads(path.read_text()) for path in (WEB / "assets" / "i18n").glob("*.json")}
    found = set()
    for mapping in (ROOT / "examples").rglob("*.json"):
        found |= set(re.findall(r'"channel": \{\s*"const": "(\w+)"', mapping.read_text()))
    assert found >= {"store", "direct_mail"}
    assert [(name, channel) for name in words for channel in found if f"channel.{channel}" not in words[name]] == []
