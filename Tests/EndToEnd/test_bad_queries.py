"""What no query can answer is refused at once and in words, and nobody else's query notices."""

import json
import threading
import time

import pytest
import requests

REFUSED_WITHIN_S = 0.2
HUGE = "x" * 1_000_000
VIEW = {"name": "product_view"}
PAID = {"name": "order_paid"}
DEEP = 40  # Levels of an audience, within what JSON may have.


def nested(levels):
    one = {"did": VIEW}
    for _ in range(levels):
        one = {"not": one}
    return one


def condition(**of):
    return {"name": "order_paid", "where": [{"property": "price", "is": ">=", "value": 1, **of}]}


# A question that each kind answers, and the member of it that says which events are meant.
KINDS = {
    "funnel": ({"steps": [VIEW, PAID], "window_ms": 86_400_000}, None),
    "retention": ({"start": VIEW, "return": PAID}, "start"),
    "survival": ({"start": VIEW, "end": PAID}, "end"),
    "paths": ({"anchor": VIEW}, "anchor"),
    "lifecycle": ({"active": VIEW}, "active"),
    "stickiness": ({"active": VIEW}, "active"),
    "sessions": ({"events": VIEW}, "events"),
    "dwell": ({}, None),
    "stages": ({"model": "o5a"}, None),
    "rfm": ({}, None),
    "attribution": ({"conversion": PAID, "touches": [VIEW]}, "conversion"),
    "segmentation": ({"event": VIEW}, "event"),
    "metric": ({"metric": "gmv"}, None),
    "metrics": ({}, None),
    "metric-rows": ({"metric": "gmv"}, None),
    "drivers": (
        {"from": "2025-05-02T00:00:00Z", "to": "2025-05-03T00:00:00Z",
         "before": {"from": "2025-05-01T00:00:00Z", "to": "2025-05-02T00:00:00Z"}}, None),
    "audience": ({"audience": {"did": VIEW}}, None),
    "audience-overlap": ({"audiences": [{"did": VIEW}, {"did": PAID}]}, None),
    "audience-difference": ({"audience": {"did": VIEW}, "from": "2025-05-01T00:00:00Z"}, None),
}

# Of every kind: what is changed of its question, or the whole body.
ANY = [
    b"", b"{", b"[]", b"\xff\xfe", b'"steps"', b"[" * 5000 + b"]" * 5000, b'{"a":' * 63 + b"1" + b"}" * 63,
    {"no_such_field": 1}, {HUGE: 1}, {"identities": "tomorrow"}, {"identities": HUGE},
]
OF_PERIODS = [
    {"from": "2025-05-02T00:00:00Z", "to": "2025-05-01T00:00:00Z"}, {"from": "0000-00-00T00:00:00Z"},
    {"from": "9999-12-31T23:59:59Z"}, {"to": "2025-02-30T00:00:00Z"}, {"to": 1e308}, {"from": HUGE}, {"to": []},
]
OF_FILTERS = [
    {}, {"name": ""}, {"name": HUGE}, {"name": 7}, {"name": "a\nb"}, {"channel": HUGE}, {"subject": "nothing"},
    {"subject_kind": "planet"}, {"nome": "order_paid"}, condition(property=HUGE), condition(value="many"),
    condition(**{"is": "~"}), condition(**{"is": "in", "value": []}), condition(**{"is": "in", "value": ["a"] * 1001}),
    {"name": "order_paid", "where": [{"property": "price", "is": "present"}] * 17}, [], "order_paid",
]
OF_KINDS = [
    ("funnel", {"steps": []}), ("funnel", {"steps": [VIEW] * 10_000}), ("funnel", {"steps": None}),
    ("funnel", {"window_ms": 0}), ("funnel", {"window_ms": -1}), ("funnel", {"window_ms": 2**63}),
    ("funnel", {"window_ms": 1e300}), ("funnel", {"window_ms": "a day"}), ("funnel", {"order": "random"}),
    ("funnel", {"steps": [{**VIEW, "within_ms": 0}, PAID]}), ("funnel", {"steps": [VIEW, {"name": HUGE}]}),
    ("funnel", {"exclusions": [{"event": PAID, "after": 2, "before": 1}]}), ("funnel", {"by": HUGE}),
    ("funnel", {"exclusions": [{"event": PAID}] * 10_000}), ("funnel", {"limit": 10**9}),
    ("retention", {"columns": 10**6}), ("retention", {"period": "hour"}), ("retention", {"time_zone": "Mars/Base"}),
    ("survival", {"units": 10**9}), ("survival", {"groups": HUGE}), ("survival", {"unit": "aeon"}),
    ("paths", {"depth": 1000}), ("paths", {"nodes": 10**6}), ("paths", {"gap_ms": 0}), ("paths", {"by": "moon"}),
    ("paths", {"steps": [VIEW] * 10_000}), ("paths", {"steps": [VIEW], "except": [PAID]}),
    ("stickiness", {"window_days": 10**6}), ("lifecycle", {"period": "minute"}),
    ("lifecycle", {"from": "1970-01-01T00:00:00Z", "to": "2999-12-31T00:00:00Z"}),
    ("sessions", {"gap_ms": -1}), ("dwell", {"cap_ms": 0}), ("dwell", {"rooms": 10**9}),
    ("stages", {"model": "no_such_model"}), ("stages", {"model": {"stages": []}}), ("stages", {"model": HUGE}),
    ("stages", {"list": {"was": "outside", "is": "moon"}}), ("stages", {"list": {"was": "outside", "is": "A5",
                                                                                "limit": 0}}),
    ("rfm", {"limit": -1}), ("rfm", {"list": {"segment": "best"}}),
    ("attribution", {"touches": []}), ("attribution", {"touches": [VIEW] * 10_000}),
    ("attribution", {"half_life_ms": 0}), ("attribution", {"markov_order": 9}), ("attribution", {"shapley": "guess"}),
    ("attribution", {"look_back_ms": -1}), ("attribution", {"by": HUGE}), ("attribution", {"direct": ["a"] * 1000}),
    ("segmentation", {"measure": "sorrow"}), ("segmentation", {"measure": "quantile", "quantile": 2}),
    ("segmentation", {"by": ["channel", "channel"]}), ("segmentation", {"by": ["a", "b", "c"]}),
    ("segmentation", {"limit": 10**9}), ("segmentation", {"currency": "gold"}),
    ("segmentation", {"period": "day", "from": "1970-01-01T00:00:00Z", "to": "2999-12-31T00:00:00Z"}),
    ("segmentation", {"people": "about"}), ("segmentation", {"measure": "people", "precision": 40}),
    ("segmentation", {"measure": "people", "people": "approximate", "precision": 16, "by": ["channel", "name"],
                      "limit": 200}),
    ("metric", {"metric": "happiness"}), ("metric", {"metric": HUGE}), ("metric", {"parameters": {"x": 1}}),
    ("metric", {"by": ["planet", "planet"]}), ("metric-rows", {"offset": -1}), ("metrics", {"parameters": 3}),
    ("drivers", {"before": {"from": 1}}),
    ("audience", {"audience": {}}), ("audience", {"audience": nested(DEEP)}), ("audience", {"audience": {"all": []}}),
    ("audience", {"audience": {"all": [{"did": VIEW}] * 10_000}}), ("audience", {"audience": None}),
    ("audience", {"audience": {"did": VIEW, "at_least": 5, "at_most": 1}}),
    ("audience", {"audience": {"sequence": [VIEW] * 10_000, "within_ms": 1}}),
    ("audience", {"audience": {"aggregate": "sum", "of": "price"}}),
    ("audience-overlap", {"audiences": []}), ("audience-overlap", {"audiences": [{"did": VIEW}] * 100}),
    ("audience-overlap", {"audiences": ["no_such_audience", {"did": VIEW}]}),
    ("audience-difference", {"audience": nested(DEEP)}),
]


def body_of(kind, change):
    return change if isinstance(change, bytes) else json.dumps({**KINDS[kind][0], **change}).encode()


CASES = [(kind, body_of(kind, change)) for kind in KINDS for change in ANY]
CASES += [
    (kind, body_of(kind, change)) for kind, (good, _) in KINDS.items() for change in OF_PERIODS
    if kind not in ("audience", "audience-overlap")
]
CASES += [(kind, body_of(kind, {member: one})) for kind, (_, member) in KINDS.items() if member for one in OF_FILTERS]
CASES += [(kind, body_of(kind, change)) for kind, change in OF_KINDS]


@pytest.fixture(scope="module")
def door(server):
    """A connection that is kept, as a page's is."""
    door = requests.Session()
    door.headers = {"Authorization": f"Bearer {server.read_token}", "Content-Type": "application/json"}
    yield lambda kind, body: door.post(f"{server.url}/api/v1/query/{kind}", data=body, timeout=60)
    door.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_question_is_answered(door, kind):
    assert door(kind, json.dumps(KINDS[kind][0]).encode()).status_code == 200


@pytest.fixture
def neighbour(server):
    """Someone who asks the same good question all the while, and what they were answered."""
    answers, done = [], threading.Event()

    def ask():
        while not done.is_set():
            began = time.monotonic()
            answer = server.post("/api/v1/query/funnel", server.read_token, KINDS["funnel"][0])
            answers.append((answer.status_code, answer.json().get("steps"), time.monotonic() - began))

    thread = threading.Thread(target=ask)
    thread.start()
    yield answers
    done.set()
    thread.join()


def refusal(door, kind, body):
    """What is wrong with how it is refused; a machine that is busy elsewhere may be slow twice."""
    for _ in range(3):
        began = time.monotonic()
        answer = door(kind, body)
        took = time.monotonic() - began
        problem = answer.json() if "json" in answer.headers["Content-Type"] else {}
        told = problem.get("detail", "")
        if not 400 <= answer.status_code < 500 or not problem.get("code") or not 10 <= len(told) <= 1000:
            return kind, body[:200], answer.status_code, told[:200]
        if took <= REFUSED_WITHIN_S:
            return None
    return kind, body[:200], f"{took * 1000:.0f} ms"


def test_a_bad_question_is_refused_at_once_in_words_and_troubles_nobody(door, neighbour):
    assert [wrong for kind, body in CASES if (wrong := refusal(door, kind, body))] == []
    assert len(neighbour) > 10
    assert {status for status, _, _ in neighbour} == {200}
    assert all(steps == neighbour[0][1] for _, steps, _ in neighbour)
    assert max(took for _, _, took in neighbour) < 1


@pytest.mark.parametrize("kind", [kind for kind, (_, member) in KINDS.items() if member])
@pytest.mark.parametrize("nothing", [
    {"name": "never_sent"}, {"name": "order_paid", "channel": "nowhere"},
    {"name": "order_paid", "where": [
        {"property": "price", "is": ">", "value": 10}, {"property": "price", "is": "<", "value": 5}]},
    {"name": "order_paid", "where": [{"property": "never_sent", "is": "present"}]},
])
def test_what_nothing_can_meet_is_counted_as_nothing(door, kind, nothing):
    good, member = KINDS[kind]
    assert door(kind, json.dumps({**good, member: nothing}).encode()).status_code == 200
