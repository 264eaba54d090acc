"""Attribution through the real server, beside the packages `mta` and `ChannelAttribution` on mta's own paths, and its
intervals, time decay and refunds beside numpy."""

import csv
import io
import json
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import mta
import numpy
import pandas
import pytest
from scipy import stats

FIRST = datetime(2025, 10, 1, tzinfo=UTC)
SEPARATOR = " > "
PERIOD = {"from": "2025-10-01T00:00:00Z", "to": "2025-12-01T00:00:00Z"}
ONE_JOURNEY_EACH = dict(conversion={"name": "order_paid"}, touches=[{"name": "click"}], **PERIOD)
GOLDEN = Path(__file__).with_name("channel_attribution.json")
MODELS = ["first", "last", "last_non_direct", "linear", "time_decay", "position", "markov", "shapley"]


@pytest.fixture(scope="module")
def package(paths):
    """What ChannelAttribution 2.2.5 says of the paths. It comes as source alone, so its answers lie beside this file:
    UPDATE_GOLDEN=1 asks it anew where it is installed."""
    if os.environ.get("UPDATE_GOLDEN") == "1":
        import ChannelAttribution

        known = dict(Data=paths[0], var_path="path", var_conv="total_conversions", sep=SEPARATOR.strip(), flg_pro=False)
        found = ChannelAttribution.heuristic_models(var_value="total_conversion_value", **known)
        heuristics = {one.pop("channel_name").strip(): one for one in found.to_dict("records")}
        answer = {"heuristics": heuristics, "markov": {}}
        for order in (1, 2, 3):
            chain = ChannelAttribution.transition_matrix(var_null="total_null", order=order, **known)
            names = {str(one.id_channel): one.channel_name.strip() for one in chain["channels"].itertuples()}
            edges = [
                (*(tuple(names.get(part, part) for part in state.split(" ")) for state in (one[1], one[2])), one[3])
                for one in chain["transition_matrix"].itertuples()
            ]
            answer["markov"][str(order)] = removal_shares(edges)
        GOLDEN.write_text(json.dumps(answer, indent=1) + "\n")
    return json.loads(GOLDEN.read_text())


@pytest.fixture(scope="module")
def paths():
    """Some of mta's own paths: those of one to five touches by few journeys, of every length and channel."""
    file = Path(mta.__file__).parent / "data" / "data.csv.gz"
    known = pandas.read_csv(file).head(800)
    touches = known.path.str.count(">") + 1
    journeys = known.total_conversions + known.total_null
    few = known[(touches <= 5) & (journeys <= 8)].reset_index(drop=True)
    few["path"] = few.path.str.split(">").map(lambda names: SEPARATOR.join(name.strip() for name in names))
    few["total_conversion_value"] = (few.total_conversion_value * 1000).round().astype(int)
    # Where every way through the chain was gone and converted, summing over paths, as mta does, is solving the chain.
    whole = pandas.DataFrame({
        "path": ["ann > bob", "ann", "bob"], "total_conversions": [3, 1, 2], "total_conversion_value": [0, 0, 0],
        "total_null": [2, 4, 1],
    })
    return few, whole


@pytest.fixture(scope="module")
def visits():
    """People who buy more than once, are touched directly or not, and give some back: one row an event."""
    random = numpy.random.default_rng(11)
    count = 700
    names = random.choice(["page_view", "sign_up", "unsubscribe"], count, p=[0.65, 0.25, 0.1])
    events = pandas.DataFrame({
        "person": random.integers(0, 60, count), "name": names,
        "channel": random.choice(["feed", "live", "direct"], count, p=[0.4, 0.3, 0.3]),
        "time": [FIRST + timedelta(seconds=int(s)) for s in random.integers(0, 20 * 86_400, count)],
        "plan": random.integers(0, 2, count), "minor": random.integers(100, 900, count),
    })
    return events.sort_values("time", kind="stable").reset_index(drop=True)


def journey_events(paths, touch, conversion):
    """A person for each journey of each path: touches an hour apart, and the conversion, if any, an hour later."""
    for row, path in enumerate(paths.itertuples()):
        keys = path.path.split(SEPARATOR)
        value, rest = divmod(path.total_conversion_value, max(path.total_conversions, 1))
        for number in range(path.total_conversions + path.total_null):
            person = f"{touch}-{row}-{number}"
            at = [(FIRST + timedelta(hours=hour)).isoformat() for hour in range(len(keys) + 1)]
            yield from (dict(person=person, name=touch, channel=key, time=time) for key, time in zip(keys, at))
            if number < path.total_conversions:
                worth = dict(minor=int(value + (rest if number == 0 else 0)), currency="CNY")
                yield dict(person=person, name=conversion, channel="shop", time=at[-1], value=worth)


@pytest.fixture(scope="module")
def asked(fresh_module, paths, visits):
    """Asks a server that knows of all paths and visits; each have names of their own."""
    few, whole = paths
    sent = [
        dict(
            person=f"v{one.person}", name=one.name, channel=one.channel, time=one.time.isoformat(),
            subject=f"item:{one.plan}", **({} if one.name == "page_view" else dict(
                value=dict(minor=int(one.minor), currency="CNY")))
        ) for one in visits.itertuples()
    ]
    sent += [*journey_events(few, "click", "order_paid"), *journey_events(whole, "search", "follow")]
    for begin in range(0, len(sent), 1000):
        answer = fresh_module.post("/api/v1/events", fresh_module.write_token, sent[begin:begin + 1000])
        assert answer.status_code == 200
    fresh_module.wait_applied()
    return lambda body, **more: fresh_module.post(
        "/api/v1/query/attribution", fresh_module.read_token, body, headers=more
    )


def credits(answer, model, part="count"):
    return {row["key"]: row["models"][model][part] for row in answer["rows"]}


def values(answer, model):
    return {row["key"]: row["models"][model]["values"][0]["minor"] for row in answer["rows"]}


def near(found, wanted, abs=1e-6):
    """Whoever is not wanted at all has nothing."""
    assert {key: value for key, value in found.items() if value != 0} == pytest.approx(
        {key: value for key, value in wanted.items() if value != 0}, abs=abs
    )


def test_first_last_and_linear_are_those_of_channel_attribution(asked, package):
    answer = asked(ONE_JOURNEY_EACH).json()
    for mine, theirs in {"first": "first_touch", "last": "last_touch", "linear": "linear_touch"}.items():
        wanted = package["heuristics"].items()
        near(credits(answer, mine), {key: found[f"{theirs}_conversions"] for key, found in wanted})
        # Amounts are whole minor units.
        near(values(answer, mine), {key: found[f"{theirs}_value"] for key, found in wanted}, abs=1)


def test_heuristics_and_shapley_are_those_of_mta(asked, paths, capsys):
    answer = asked(ONE_JOURNEY_EACH).json()
    theirs = mta.MTA(paths[0], allow_loops=True, add_timepoints=False, normalize_by_default=False)
    theirs.first_touch().last_touch().linear(share="proportional").position_based()
    names = {"first": "first_touch", "last": "last_touch", "linear": "linear", "position": "pos_based"}
    for mine, name in names.items():
        near(credits(answer, mine), theirs.attribution[name])
    near(credits(answer, "shapley"), theirs.linear(share="same").attribution["linear"])
    # mta's Shapley value goes through all coalitions for each coalition: of five channels, that can be waited for.
    five = paths[0][~paths[0].path.str.contains("theta|iota|kappa|lambda|mi|eta$|zeta")]
    shapley = mta.MTA(five, allow_loops=True, add_timepoints=False, normalize_by_default=False).shapley()
    near(shapley.attribution["shapley"], shapley.linear(share="same").attribution["linear"])


def removal_shares(edges):
    """Of a chain of states, each what was touched last: each channel's share of the sum of removal effects."""
    places = {state: place for place, state in enumerate(sorted({edge[0] for edge in edges}))}
    matrix, ends = numpy.zeros((len(places), len(places))), numpy.zeros(len(places))
    for begin, end, odds in edges:
        if end == ("(conversion)",):
            ends[places[begin]] = odds
        elif end != ("(null)",):
            matrix[places[begin], places[end]] = odds
    channels = {channel for state in places for channel in state} - {"(start)"}

    def probability(removed=None):
        kept = numpy.array([removed not in state for state in places])
        return numpy.linalg.solve(numpy.eye(len(places)) - matrix * kept, ends * kept)[places[("(start)",)]]

    effects = {channel: 1 - probability(channel) / probability() for channel in channels}
    return {channel: effects[channel] / sum(effects.values()) for channel in sorted(channels)}


def chain(paths, order):
    """ChannelAttribution's: states are so many touches in a row; a path of fewer is a state of its own."""
    counts = Counter()
    for one in paths.itertuples():
        keys = one.path.split(SEPARATOR)
        windows = [tuple(keys[at:at + order]) for at in range(max(1, len(keys) - order + 1))]
        states = [("(start)",), *windows]
        for edge in zip(states, states[1:]):
            counts[edge] += one.total_conversions + one.total_null
        counts[states[-1], ("(conversion)",)] += one.total_conversions
        counts[states[-1], ("(null)",)] += one.total_null
    totals = Counter()
    for (begin, _), count in counts.items():
        totals[begin] += count
    return [(begin, end, count / totals[begin]) for (begin, end), count in counts.items() if count > 0]


@pytest.mark.parametrize("order", [1, 2, 3])
def test_markov_is_the_chain_of_channel_attribution_solved(asked, paths, package, order):
    answer = asked({**ONE_JOURNEY_EACH, "markov_order": order}).json()
    wanted = package["markov"][str(order)]
    near(removal_shares(chain(paths[0], order)), wanted, abs=1e-12)
    near(credits(answer, "markov", "share"), wanted)
    total = answer["conversions"]["count"]
    near(credits(answer, "markov"), {name: share * total for name, share in wanted.items()})


def test_where_all_ways_are_gone_markov_is_that_of_mta(asked, paths, capsys):
    answer = asked({**ONE_JOURNEY_EACH, "conversion": {"name": "follow"}, "touches": [{"name": "search"}]}).json()
    theirs = mta.MTA(paths[1], allow_loops=True, add_timepoints=False, normalize_by_default=False).markov()
    effects = theirs.attribution["markov"]
    near(credits(answer, "markov", "share"), {name: one / sum(effects.values()) for name, one in effects.items()})


VISITS = dict(
    conversion={"name": "sign_up"}, refund={"name": "unsubscribe"}, touches=[{"name": "page_view"}],
    look_back_ms=4 * 86_400_000, half_life_ms=86_400_000, **PERIOD,
)


def journeys(visits):
    """For each sign-up: the person, the touches as (channel, age in days), the amount, and what was given back."""
    for person, own in visits.groupby("person", sort=False):
        own = list(own.itertuples())
        for place, one in enumerate(own):
            if one.name != "sign_up":
                continue
            before = max((at for at in range(place) if own[at].name == "sign_up"), default=-1)
            led = [own[at] for at in range(before + 1, place) if own[at].name == "page_view"]
            touches = [(touch.channel, (one.time - touch.time) / timedelta(days=1)) for touch in led]
            later = [
                at for at in range(place + 1, len(own)) if own[at].name != "page_view" and own[at].plan == one.plan
            ]
            until = next((at for at in later if own[at].name == "sign_up"), len(own))
            back = min(one.minor, sum(own[at].minor for at in later if at < until))
            yield person, [touch for touch in touches if touch[1] <= 4], one.minor, back


def weights(touches):
    """How each model that looks at one journey divides it."""
    count = len(touches)
    yield "first", [1.0] + [0.0] * (count - 1)
    yield "last", [0.0] * (count - 1) + [1.0]
    others = [at for at in range(count) if touches[at][0] != "direct"]
    chosen = others[-1] if others else count - 1
    yield "last_non_direct", [float(at == chosen) for at in range(count)]
    yield "linear", [1 / count] * count
    decayed = numpy.exp2([-age for _, age in touches])
    yield "time_decay", decayed / decayed.sum()
    yield "position", [0.4, *[0.2 / (count - 2)] * (count - 2), 0.4] if count > 2 else [1 / count] * count


def test_decay_refunds_and_intervals_are_what_numpy_says(asked, visits):
    answer = asked(VISITS).json()
    rows = []
    for person, touches, minor, back in journeys(visits):
        for model, shares in weights(touches) if touches else []:
            rows += [(person, model, channel, share, minor, back) for (channel, _), share in zip(touches, shares)]
    wanted = pandas.DataFrame(rows, columns=["person", "model", "channel", "credit", "minor", "back"])
    people = wanted[wanted.model == "first"].groupby("person").credit.sum()
    assert answer["conversions"]["count"] == people.sum() and people.max() > 1
    back = wanted[(wanted.model == "first") & (wanted.minor == wanted.back)].credit.sum()
    assert answer["conversions"]["refunded"] == back > 0
    untouched = sum(not touches for _, touches, _, _ in journeys(visits))
    assert answer["without_touch"]["count"] == untouched > 0
    for row in answer["rows"]:
        for model, mine in wanted[wanted.channel == row["key"]].groupby("model"):
            found = row["models"][model]
            assert found["count"] == pytest.approx(mine.credit.sum(), abs=1e-6)
            assert found["net"] == pytest.approx(mine.credit[mine.back < mine.minor].sum(), abs=1e-6)
            [value] = found["values"]
            assert value["refunded_minor"] == pytest.approx((mine.credit * mine.back).sum(), abs=1)
            assert value["net_minor"] == pytest.approx((mine.credit * (mine.minor - mine.back)).sum(), abs=1)
            top = mine.groupby("person").credit.sum().reindex(people.index, fill_value=0).to_numpy()
            share = top.sum() / people.sum()
            error = numpy.std(top - share * people, ddof=1) / numpy.sqrt(len(people)) / people.mean()
            margin = stats.t.ppf(0.975, len(people) - 1) * error
            ends = (pytest.approx(max(0, share - margin), abs=1e-9), pytest.approx(min(1, share + margin), abs=1e-9))
            assert (found["low"], found["high"]) == ends


@pytest.mark.parametrize("body", [
    {**ONE_JOURNEY_EACH, "shapley": "rate"}, VISITS, {**VISITS, "leads_to": "each"},
    {**VISITS, "repeats": "merge", "by": "item"},
])
def test_credits_add_up_to_the_last_digit(asked, body):
    answer = json.loads(asked(body).text, parse_float=Decimal, parse_int=Decimal)
    total = answer["conversions"]
    for model in MODELS:
        found = [row["models"][model] for row in answer["rows"]]
        for part in ("count", "refunded", "net"):
            assert sum(one[part] for one in found) == total[part]
        for part in ("minor", "refunded_minor", "net_minor"):
            assert sum(one["values"][0][part] for one in found) == total["values"][0][part]
    shares = numpy.array([[float(row["models"][model]["share"]) for row in answer["rows"]] for model in MODELS])
    distances = numpy.abs(shares[:, None] - shares[None]).sum(axis=2) / 2
    index = distances.sum() / (len(MODELS) * (len(MODELS) - 1))
    assert float(answer["disagreement"]["index"]) == pytest.approx(index, abs=1e-12)
    errors = [row["models"]["shapley"]["error"] for row in answer["rows"]]
    if "shapley" in body:  # More than ten channels: orders are sampled.
        assert len(errors) == 11 and all(0 < error < Decimal("0.02") for error in errors)
    else:
        assert errors == [None] * len(errors)


def test_a_question_that_cannot_be_asked_is_refused(asked):
    for body, said in [
        ({}, "conversion"), ({"conversion": {"name": "a"}}, "touches"),
        ({**ONE_JOURNEY_EACH, "by": 7}, "by"), ({**ONE_JOURNEY_EACH, "markov_order": 4}, "markov_order"),
        ({**ONE_JOURNEY_EACH, "direct": [1]}, "direct"), ({**ONE_JOURNEY_EACH, "half_life_ms": 0}, "half_life_ms"),
    ]:
        answer = asked(body)
        assert answer.status_code == 400 and f"`{said}`" in answer.json()["detail"]


def test_csv_has_a_row_for_each_key_model_and_currency(asked):
    answer = asked(VISITS).json()
    text = asked(VISITS, Accept="text/csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(answer["rows"]) * len(MODELS)
    for row in rows:
        [known] = [one for one in answer["rows"] if one["key"] == row["key"]]
        credit = known["models"][row["model"]]
        assert float(row["count"]) == credit["count"] and int(row["net_minor"]) == credit["values"][0]["net_minor"]
        assert row["low"] == "" if credit["low"] is None else float(row["low"]) == credit["low"]
