"""Funnels of every kind through the real server, beside plain Python over the same events, and numpy."""

import csv
import io
from datetime import UTC, datetime, timedelta

import numpy
import pytest
from scipy import stats

START = datetime(2025, 6, 1, 12, tzinfo=UTC)
STEPS = ["product_view", "add_to_cart", "order_paid"]
NAMES = [*STEPS, "remove_from_cart", "like"]
MINUTES = 120
WINDOW_S = 1500


@pytest.fixture(scope="module")
def show(fresh_module):
    """Two hours of a show: what people did, second by second, while products were pinned."""
    server = fresh_module
    random = numpy.random.default_rng(5)
    events = [
        {
            "person": f"p{random.integers(0, 40)}", "name": str(random.choice(NAMES)), "at": int(at),
            "properties": {"room": "r1", "city": str(random.choice(["杭州", "宁波"]))},
        } for at in sorted(random.choice(MINUTES * 60, 400, replace=False))
    ]
    pins = [{"at": at, "product": f"product:{number}"} for number, at in enumerate([600, 3000, 6000])]
    sent = [{**one, "time": (START + timedelta(seconds=one["at"])).isoformat()} for one in events]
    for one in sent:
        del one["at"]
    sent += [
        {
            "person": "host", "name": "product_pinned", "subject": pin["product"], "properties": {"room": "r1"},
            "time": (START + timedelta(seconds=pin["at"])).isoformat(),
        } for pin in pins
    ]
    assert server.post("/api/v1/events", server.write_token, sent).status_code == 200
    server.wait_applied()

    def ask(**question):
        answer = server.post("/api/v1/query/funnel", server.read_token, {
            "steps": [{"name": name} for name in STEPS], "window_ms": WINDOW_S * 1000, "from": START.isoformat(),
            "to": (START + timedelta(minutes=MINUTES)).isoformat(), "times": True, **question,
        })
        assert answer.status_code == 200, answer.text
        return answer.json()

    people = {}
    for one in events:
        people.setdefault(one["person"], []).append((one["at"], one["name"]))
    ask.csv = lambda **question: csv.DictReader(io.StringIO(server.post(
        "/api/v1/query/funnel", server.read_token, {
            "steps": [{"name": name} for name in STEPS], "window_ms": WINDOW_S * 1000, "from": START.isoformat(),
            "to": (START + timedelta(minutes=MINUTES)).isoformat(), **question,
        }, headers={"Accept": "text/csv"}).text))
    return ask, people, pins


def ordered(events, level, within=None, excluded=None):
    """(start, end) of every chain of the first steps, by trying all."""
    chains = [(at, at) for at, name in events if name == STEPS[0]]
    for step in range(1, level):
        chains = {
            (start, at) for start, last in chains for at, name in events
            if name == STEPS[step] and last <= at <= start + WINDOW_S
            and at - last <= (within or {}).get(step, WINDOW_S)
            and not any(name == excluded and last < other <= at for other, name in events)
        }
    return chains


def strict(events, level):
    runs = [events[at:at + level] for at in range(len(events) - level + 1)]
    return [
        (run[0][0], run[-1][0]) for run in runs
        if [name for _, name in run] == STEPS[:level] and run[-1][0] - run[0][0] <= WINDOW_S
    ]


def whatever(events, level):
    chains = []
    for end, _ in events:
        latest = [max((at for at, name in events if name == step and end - WINDOW_S <= at <= end), default=None)
                  for step in STEPS]
        found = [at for at in latest if at is not None]
        if len(found) >= level:
            chains.append((min(found), end))
    return chains


def first(chains):
    """The chain that ended first; of those the one that began last."""
    return min(chains, key=lambda chain: (chain[1], -chain[0]), default=None)


def reached(people, chains_of):
    """Of each step, the chain by which each person first got there."""
    return [[chain for events in people.values() if (chain := first(chains_of(events, level)))] for level in (1, 2, 3)]


CASES = {
    "ordered": ({}, ordered),
    "ordered with windows and an exclusion": (
        {
            "steps": [{"name": STEPS[0]}, {"name": STEPS[1], "within_ms": 400_000}, {"name": STEPS[2]}],
            "exclusions": [{"event": {"name": "remove_from_cart"}}],
        }, lambda events, level: ordered(events, level, {1: 400}, "remove_from_cart")),
    "strict": ({"order": "strict"}, strict),
    "any": ({"order": "any"}, whatever),
}


@pytest.mark.parametrize("case", CASES)
def test_people_and_times_are_those_of_trying_every_chain(show, case):
    ask, people, _ = show
    question, chains_of = CASES[case]
    answer = ask(**question)
    wanted = reached(people, chains_of)
    assert [step["people"] for step in answer["steps"]] == [len(chains) for chains in wanted]
    assert 0 < len(wanted[1]) < len(people)
    for times, chains in zip(answer["times"], wanted):
        durations = [(end - start) * 1000 for start, end in chains]
        assert times["people"] == len(durations)
        for quantile in times["quantiles"]:
            assert quantile["ms"] == numpy.quantile(durations, quantile["share"], method="inverted_cdf")
        bounds = [-1, *answer["bounds_ms"], float("inf")]
        assert times["counts"] == [
            sum(low < one <= high for one in durations) for low, high in zip(bounds, bounds[1:])
        ]


def test_a_show_is_told_by_minute_and_by_pinned_product(show):
    ask, people, pins = show
    wanted = reached(people, ordered)
    last = {}  # Of each person the chain that got farthest.
    for events in people.values():
        for level in (1, 2, 3):
            if chain := first(ordered(events, level)):
                last[id(events)] = (level, chain)
    minutes, products = {}, {}
    for level, (start, _) in last.values():
        product = next((pin["product"] for pin in reversed(pins) if pin["at"] <= start), None)
        for groups, key in [(minutes, str(start // 60)), (products, product)]:
            row = groups.setdefault(key, [0, 0, 0])
            for step in range(level):
                row[step] += 1
    assert {row["key"]: row["people"] for row in ask(by="minute")["by"]} == minutes
    assert {row["key"]: row["people"] for row in ask(by="pinned_product")["by"]} == products
    assert None in products and len(products) > 2
    for row in ask(by="pinned_product")["by"]:
        for count, share in zip(row["people"], row["rates_from_first"], strict=True):
            interval = stats.binomtest(count, row["people"][0]).proportion_ci(method="wilson")
            assert (share["rate"], share["low"], share["high"]) == pytest.approx((
                count / row["people"][0], interval.low, interval.high))
    cities = ask(by="city", steps=[{"name": STEPS[0]}, {"name": STEPS[2]}])["by"]
    assert sum(row["people"][0] for row in cities) == len(wanted[0])


def test_the_csv_has_the_same_numbers(show):
    ask, _, _ = show
    answer, rows = ask(), list(ask.csv())
    assert [int(row["people"]) for row in rows] == [step["people"] for step in answer["steps"]]
    assert [float(row["low"]) for row in rows] == [step["rate_from_first"]["low"] for step in answer["steps"]]
    grouped = ask(by="channel")["by"]
    by_channel = [[int(row["people"]) for row in ask.csv(by="channel") if row["key"] == (one["key"] or "")]
                  for one in grouped if not one["others"]]
    assert by_channel == [one["people"] for one in grouped if not one["others"]]
