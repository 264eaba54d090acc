"""The console's modules in a real browser, over tables of cases."""

import json
import re

import pytest
from canned import VOCABULARY, browser, canned, console  # noqa: F401 (fixtures)
from quanyu import ROOT

DAY_MS = 86_400_000


def evaluate(console, body, *given):
    """What a function with this body returns; `load(path)` gives a module, `given` its arguments."""
    script = f"""
        const done = arguments[arguments.length - 1];
        const load = (path) => import(`/assets/js/${{path}}.js`);
        const given = arguments[0];
        (async () => {{ {body} }})().then((value) => done({{ value }}), (error) => done({{ error: error.stack }}));
    """
    answer = console.driver.execute_async_script(script, given)
    assert "error" not in answer, answer["error"]
    return answer["value"]


# Orders.


@pytest.mark.parametrize(
    "conflict,en,zh",
    [
        (
            {"reason": "paid_after_cancel", "cancelled_at": "2026-03-08T00:00:00Z"},
            "The order was cancelled at Mar 8, 08:00 and not made anew.",
            "订单已于 3月8日 08:00 取消，之后没有重新下单。",
        ),
        (
            {"reason": "refund_above_paid", "paid": {"minor": 500, "currency": "CNY"},
             "refunded": {"minor": 200, "currency": "CNY"}},
            "Of CN¥5.00 paid, CN¥2.00 was given back before.",
            "已支付 ¥5.00，此前已退回 ¥2.00。",
        ),
        ({"reason": "other_currency", "currency": "USD"}, "The order is in USD.", "订单的币种是 USD。"),
        ({"reason": "of a newer server", "explanation": "In its words."}, "In its words.", "In its words."),
    ],
)
def test_an_orders_conflict_is_told_with_its_numbers_in_both_languages(console, conflict, en, zh):
    body = """
        const { useLanguage } = await load('core/i18n');
        const { setPreference } = await load('core/preferences');
        const { conflictWords } = await load('pages/orders_parts');
        setPreference('zone', 'Asia/Shanghai');
        const told = [];
        for (const language of ['en', 'zh-CN']) {
          await useLanguage(language);
          told.push(conflictWords(given[0]).map((part) => part.textContent ?? part).join(''));
        }
        return told;
    """
    assert evaluate(console, body, conflict) == [en, zh]


# Dates and zones.


@pytest.mark.parametrize(
    "zone,day,start",
    [
        ("Asia/Shanghai", "2026-03-08", "2026-03-07T16:00:00.000Z"),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00:00.000Z"),
        ("America/New_York", "2026-03-09", "2026-03-09T04:00:00.000Z"),
        ("Europe/London", "2026-10-25", "2026-10-24T23:00:00.000Z"),
        # Midnight does not exist: the clock leaps over it.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00.000Z"),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00.000Z"),
        # Midnight comes twice.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00.000Z"),
    ],
)
def test_a_day_begins_when_its_zone_says(console, zone, day, start):
    body = """
        const { parseDay, startOfDay, dayText } = await load('core/zone');
        const [zone, day] = given;
        const at = parseDay(zone, day);
        return [new Date(at).toISOString(), startOfDay(zone, at + 3_600_000), dayText(zone, at)];
    """
    begun, again, named = evaluate(console, body, zone, day)
    assert (begun, named) == (start, day)
    assert again == evaluate(console, "return Date.parse(given[0])", start)


@pytest.mark.parametrize(
    "zone,first,last,days",
    [
        ("America/New_York", "2026-02-21", "2026-03-20", 28),
        ("America/New_York", "2025-10-10", "2025-11-06", 28),
        ("Europe/London", "2026-03-16", "2026-04-12", 28),
        ("Europe/London", "2026-10-12", "2026-11-08", 28),
        ("America/Santiago", "2026-08-20", "2026-09-16", 28),
        ("Asia/Shanghai", "2026-02-21", "2026-03-20", 28),
        ("Asia/Kolkata", "2026-02-21", "2026-02-28", 8),
    ],
)
def test_buckets_of_days_are_named_by_their_days(console, zone, first, last, days):
    body = """
        const { setPreference } = await load('core/preferences');
        const { currentRange } = await load('core/range');
        const { addDays, dayText } = await load('core/zone');
        const { bucketLabel } = await load('core/format');
        const { useLanguage } = await load('core/i18n');
        const { onDays } = await load('core/buckets');
        await useLanguage('en');
        const [zone, from, to, dayMs] = given;
        setPreference('zone', zone);
        const range = await currentRange(new URLSearchParams({ range: 'custom', from, to }));
        // As the server cuts them: days of one offset, the first of them whole.
        const offset = range.offsetMinutes * 60_000;
        const buckets = [];
        for (let at = Math.floor((range.from + offset) / dayMs) * dayMs - offset; at < range.to; at += dayMs) {
          const length = Math.min(at + dayMs, range.to) - Math.max(at, range.from);
          buckets.push({ start: new Date(at).toISOString(), events: length, orders: 1, gmv_minor: 2 });
        }
        const wanted = [];
        for (let day = range.from; day < range.to; day = addDays(zone, day, 1)) wanted.push(day);
        const found = onDays(buckets, dayMs, range, zone);
        return {
          wanted: wanted.map((at) => dayText(zone, at)),
          found: found.map((bucket) => dayText(zone, Date.parse(bucket.start))),
          labels: found.map((bucket) => bucketLabel(bucket.start, dayMs)),
          lost: range.to - range.from - found.reduce((sum, bucket) => sum + bucket.events, 0),
        };
    """
    answer = evaluate(console, body, zone, first, last, DAY_MS)
    assert answer["found"] == answer["wanted"]
    assert (answer["found"][0], answer["found"][-1], len(answer["found"])) == (first, last, days)
    assert len(set(answer["labels"])) == days
    assert answer["lost"] == 0


RANGE = """
    const { setPreference } = await load('core/preferences');
    const { currentRange } = await load('core/range');
    const [zone, query, now] = given;
    setPreference('zone', zone);
    const { from, to, comparison } = await currentRange(new URLSearchParams(query), Date.parse(now));
    const span = (range) => range && [range.from, range.to].map((at) => new Date(at).toISOString().slice(0, 16));
    return { current: span({ from, to }), before: span(comparison) };
"""


@pytest.mark.parametrize(
    "query,first,before",
    [
        # A part of the day before is no day to be held against.
        ("range=today", "2026-06-29T16:00:00.000Z", ["2026-06-29T16:00", "2026-06-30T12:01"]),
        ("range=today", "2026-06-29T16:00:01.000Z", None),
        ("range=custom&from=2026-06-25&to=2026-06-30", "2026-06-19T01:00:00.000Z", None),
        # Of a week, the first day may be a part of one.
        ("range=7d", "2026-06-18T01:00:00.000Z", ["2026-06-17T16:00", "2026-06-24T12:01"]),
        ("range=7d", "2026-06-19T01:00:00.000Z", None),
        ("range=7d&compare=none", "2026-01-01T00:00:00.000Z", None),
        ("range=all", "2026-01-01T00:00:00.000Z", None),
    ],
)
def test_periods_are_compared_where_the_data_reach(console, canned, query, first, before):
    newest = {"last_time": "2026-07-01T12:00:00.000Z", "newest_time": "2026-07-01T12:00:00.000Z"}
    canned.answers["/vocabulary"] = {**VOCABULARY, "first_time": first, **newest}
    assert evaluate(console, RANGE, "Asia/Shanghai", query, "2026-07-01T12:00:00Z")["before"] == before


@pytest.mark.parametrize(
    "days,current,before",
    [
        (
            ("2026-02-21", "2026-03-20"),
            ["2026-02-21T05:00", "2026-03-21T04:00"],
            ["2026-01-24T05:00", "2026-02-21T05:00"],
        ),
        (
            ("2025-10-10", "2025-11-06"),
            ["2025-10-10T04:00", "2025-11-07T05:00"],
            ["2025-09-12T04:00", "2025-10-10T04:00"],
        ),
    ],
)
def test_the_period_before_has_the_same_days_of_the_week_across_a_change_of_the_clock(
    console, canned, days, current, before
):
    canned.answers["/vocabulary"] = {**VOCABULARY, "first_time": "2025-01-01T00:00:00.000Z"}
    query = f"range=custom&from={days[0]}&to={days[1]}"
    answer = evaluate(console, RANGE, "America/New_York", query, "2026-07-01T12:00:00Z")
    assert answer == {"current": current, "before": before}


# Money.

MONEY = """
    const { useLanguage } = await load('core/i18n');
    const { compactMoney, exactMoney } = await load('core/format');
    const [language, minor, currency] = given;
    await useLanguage(language);
    return [exactMoney, compactMoney].map((write) => write({ minor, currency }).replace('\\u00a0', ' '));
"""


@pytest.mark.parametrize(
    "language,minor,currency,exact,compact",
    [
        ("en", 9900, "CNY", "CN¥99.00", "CN¥99.00"),
        ("zh-CN", 9900, "CNY", "¥99.00", "¥99.00"),
        ("en", 9900, "JPY", "¥9,900", "¥9,900"),
        ("zh-CN", 12_345_678, "JPY", "JP¥12,345,678", "JP¥1,235 万"),
        ("en", 12_345_678, "USD", "$123,456.78", "$123k"),
        ("en", 12_345_678, "HKD", "HK$123,456.78", "HK$123k"),
        ("zh-CN", 12_345_678, "USD", "US$123,456.78", "US$12.3 万"),
        ("en", -12_345_678, "CHF", "-CHF 123,456.78", "-CHF 123k"),
        # Intl shows no digits of these; the server counts them.
        ("en", 1_234, "IQD", "IQD 1.234", "IQD 1.234"),
        ("en", 1_234, "CLP", "CLP 1,234", "CLP 1,234"),
    ],
)
def test_money_is_written_with_the_servers_digits(console, language, minor, currency, exact, compact):
    assert evaluate(console, MONEY, language, minor, currency) == [exact, compact]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_two_currencies_look_the_same(console, language):
    body = """
        const { useLanguage } = await load('core/i18n');
        const { exactMoney } = await load('core/format');
        await useLanguage(given[0]);
        return Intl.supportedValuesOf('currency').map((currency) => exactMoney({ minor: 0, currency }));
    """
    signs = [re.sub(r"[\d.,\s]", "", text) for text in evaluate(console, body, language)]
    assert len(signs) > 100
    assert [sign for sign in signs if signs.count(sign) > 1] == []


def test_minor_digits_are_those_of_the_server(console):
    source = (ROOT / "Sources" / "Base" / "Money.swift").read_text()
    cases = re.search(r"switch code \{(.*?)\n        \}", source, flags=re.DOTALL).group(1)
    wanted = {}
    for codes, digits in re.findall(r"case (.*?):\s*(\d)", cases, flags=re.DOTALL):
        wanted |= dict.fromkeys(re.findall(r'"([A-Z]{3})"', codes), int(digits))
    assert len(wanted) > 20 and "default: 2" in cases
    body = """
        const { minorDigits } = await load('core/money');
        return Object.fromEntries(Intl.supportedValuesOf('currency').concat(given[0]).map(
          (code) => [code, minorDigits(code)]));
    """
    found = evaluate(console, body, sorted(wanted))
    assert {code: digits for code, digits in found.items() if digits != 2} == wanted


def test_files_have_amount_and_currency_in_columns_of_their_own(console):
    body = """
        const { moneyColumns } = await load('ui/money_columns');
        const { csvText } = await load('ui/table');
        await (await load('core/i18n')).useLanguage('en');
        const rows = [
          { gmv: [{ minor: 123456, currency: 'CNY' }, { minor: 50, currency: 'JPY' }] },
          { gmv: [{ minor: -100, currency: 'CNY' }] }, { gmv: [] },
        ];
        return csvText(moneyColumns('GMV', rows, (row) => row.gmv), rows);
    """
    text = evaluate(console, body)
    assert text == "\ufeffGMV,Currency,GMV,Currency\r\n1234.56,CNY,50,JPY\r\n-1.00,CNY,,\r\n,,,\r\n"


@pytest.mark.parametrize(
    "value,written",
    [
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("-.5+cmd|'/C calc'!A0", "'-.5+cmd|'/C calc'!A0"),
        ("@here", "'@here"),
        ("\tx", "'\tx"),
        ("\r=1", "\"'\r=1\""),
        ('=HYPERLINK("a,b")', '"\'=HYPERLINK(""a,b"")"'),
        ("-12.5", "-12.5"),
        (-1e-9, "-1e-9"),
        ("+8613800138000", "'+8613800138000"),
        (None, ""),
    ],
)
def test_no_field_of_a_file_is_a_formula(console, value, written):
    body = """
        const { csvText } = await load('ui/table');
        return csvText([{ title: 'a', csv: (row) => row }], given);
    """
    assert evaluate(console, body, value) == f"\ufeffa\r\n{written}\r\n"


# Questions in addresses.


@pytest.mark.parametrize(
    "steps,text",
    [
        ([{"name": "page_view"}, {"name": "order_paid"}], "page_view,order_paid"),
        ([{"name": "page_view", "channel": "live"}], "page_view@live"),
        ([{"name": "a:b"}, {"name": "c,d"}, {"name": "e@f"}], None),
        ([{"name": "加购", "channel": "x@y,z:1"}, {"name": "100%"}], None),
    ],
)
def test_steps_come_back_from_their_address(console, steps, text):
    body = """
        const { stepsFrom, stepsText } = await load('pages/funnel_question');
        const text = stepsText(given[0]);
        return [text, stepsFrom(new URLSearchParams(new URLSearchParams({ steps: text }).toString()).get('steps'))];
    """
    written, read = evaluate(console, body, steps)
    assert read == steps
    assert text is None or written == text


def test_an_audience_comes_back_from_its_address(console):
    body = """
        const { audienceFrom, wholeAudience } = await load('pages/audience_expression');
        const read = (text) => { const one = audienceFrom(text); return one && wholeAudience(one); };
        return JSON.parse(JSON.stringify(given.map(read)));
    """
    did = {"did": {"name": "a,b"}, "at_least": 2, "last_days": 7}
    tree = {"all": [did, {"not": {"any": [did, {"not": did}]}}, {"any": [{"property": "city", "is": "present"}]}]}
    unfinished = {"all": [did, {"property": "city", "is": "=", "value": ""}]}
    odd = [json.dumps({"chose": 1}), "{", json.dumps({"not": {"not": did}})]
    found = evaluate(console, body, *(json.dumps(one) for one in (tree, did, unfinished)), *odd)
    assert found == [tree, {"all": [did]}, {"all": [did]}, None, None, None]


def test_those_whom_a_funnel_lost_at_its_last_step(console):
    body = """
        const { droppedAudience } = await load('pages/audience_expression');
        return JSON.parse(JSON.stringify(droppedAudience(given[0], 1000, { from: 'x' })));
    """
    steps = [{"name": "a"}, {"name": "b", "channel": "live"}]
    assert evaluate(console, body, steps) == {"all": [
        {"sequence": steps[:1], "within_ms": 1000, "from": "x"},
        {"not": {"any": [{"sequence": steps, "within_ms": 1000, "from": "x"}]}},
    ]}


# The live stream.


@pytest.mark.parametrize(
    "totals,states",
    [
        ([1, "end"], ["connecting", "live", "live", "live"]),
        ([1, None], ["connecting", "live", "reconnecting", "live"]),
    ],
)
def test_a_stream_that_ends_by_plan_is_followed_without_a_word(console, canned, totals, states):
    canned.totals = totals
    body = """
        const { followTotals } = await load('core/live');
        const states = [];
        const enough = new Promise((done) => {
            const stop = followTotals(() => {}, (state) => {
                if (states.push(state) === given[0]) { stop(); done(); }
            });
        });
        await enough;
        return states;
    """
    assert evaluate(console, body, len(states)) == states


# Filters of events in an address.


@pytest.mark.parametrize(
    "filter,text",
    [
        ({"name": "a"}, "a"), ({"name": "a,b", "channel": "c@d"}, "a%2Cb@c%40d"),
        ({"name": "a", "where": [{"property": "p", "is": "present"}]}, "a;p=present"),
        ({"name": "a", "where": [{"property": "p", "is": "=", "value": "1"}]}, "a;p=is=1"),
        ({"name": "a", "where": [{"property": "p", "is": "=", "value": 1}]}, "a;p=is=*1"),
        ({"name": "a", "where": [{"property": "p", "is": "=", "value": "*1"}]}, "a;p=is=%2A1"),
        ({"name": "a", "where": [{"property": "p", "is": "=", "value": True}]}, "a;p=is=*true"),
        ({"name": "a", "channel": "c", "where": [
            {"property": "城;", "is": "in", "value": ["杭|州", "b=c"]}, {"property": "q", "is": "<=", "value": -0.5},
        ]}, "a@c;%E5%9F%8E%3B=in=%E6%9D%AD%7C%E5%B7%9E|b%3Dc;q=le=*-0.5"),
    ],
)
def test_a_filter_comes_back_from_the_address_as_it_went(console, filter, text):
    body = """
        const { filterFrom, filterText } = await load('pages/funnel_question');
        return [filterText(given[0]), filterFrom(given[1])];
    """
    assert evaluate(console, body, filter, text) == [text, filter]
