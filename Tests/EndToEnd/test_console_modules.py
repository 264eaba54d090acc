"""The console's modules in a real browser, over tables of cases."""

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
