"""Long lists of query answers, part by part."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

FIRST = datetime(2025, 6, 1, tzinfo=UTC)
CITIES = 23
QUESTION = {
    "event": {"name": "order_paid"}, "measure": "people", "by": ["city"], "limit": 50,
    "from": (FIRST + timedelta(days=1)).isoformat(), "to": (FIRST + timedelta(days=2)).isoformat(),
    "compare": {"from": FIRST.isoformat(), "to": (FIRST + timedelta(days=1)).isoformat()},
}


@pytest.fixture(scope="module")
def server(fresh_module):
    """Of each of two days some people of each city: the further down a city is in one, the further up in the other."""
    sent = [
        {
            "person": f"{day}-{city}-{number}", "name": "order_paid", "properties": {"city": f"city {city:02}"},
            "time": (FIRST + timedelta(days=day, hours=1)).isoformat(), "channel": "shop",
        }
        for day in (0, 1) for city in range(CITIES) for number in range(city + 1 if day else 2 * CITIES - city)
    ]
    assert fresh_module.post("/api/v1/events", fresh_module.write_token, sent).status_code == 200
    fresh_module.wait_applied()
    return fresh_module


def ask(server, headers=None, kind="segmentation", **changes):
    answer = server.post(f"/api/v1/query/{kind}", server.read_token, {**QUESTION, **changes}, headers=headers)
    assert answer.status_code in (200, 304), answer.text
    return answer


def test_the_parts_are_the_whole(server):
    whole = ask(server).json()
    assert "next" not in whole and len(whole["groups"]) == CITIES
    wanted = {tuple(group["keys"]): group for group in whole["groups"]}
    compared = {one["at"]: one for one in whole["comparison"]["differences"]}
    seen, cursor = [], None
    while not seen or cursor:
        part = ask(server, page={"limit": 9, "cursor": cursor}).json()
        assert part["total"] == whole["total"]
        differences = {one["at"]: one for one in part["comparison"]["differences"]}
        assert differences["/total"] == compared["/total"]
        assert len(differences) == len(part["groups"]) + 1
        for place, group in enumerate(part["groups"]):
            moved = {**compared[f"/groups/{len(seen)}/total"], "at": f"/groups/{place}/total"}
            assert differences[f"/groups/{place}/total"] == moved
            seen.append(group)
        cursor = part["next"]
    assert seen == whole["groups"] and len(seen) == len(wanted)


def test_each_part_has_an_entity_tag_and_csv_all_rows(server):
    page = {"limit": 9}
    first = ask(server, page=page)
    other = ask(server, page={"limit": 9, "cursor": first.json()["next"]})
    assert first.headers["ETag"] != other.headers["ETag"]
    assert ask(server, headers={"If-None-Match": other.headers["ETag"]}, page={
        "limit": 9, "cursor": first.json()["next"]}).status_code == 304
    rows = list(csv.DictReader(io.StringIO(ask(server, headers={"Accept": "text/csv"}, page=page).text)))
    assert len([row for row in rows if row["range"] == "now"]) == CITIES


def test_behind_the_end_there_is_nothing(server):
    part = ask(server, page={"cursor": "1000"}).json()
    assert part["groups"] == [] and part["next"] is None


@pytest.mark.parametrize("kind,question,list_name", [
    ("funnel", {"steps": [{"name": "order_paid"}], "window_ms": 1000, "by": "city", "limit": 50}, "by"),
    ("retention", {"start": {"name": "order_paid"}}, "cohorts"), ("paths", {"anchor": {"name": "order_paid"}}, "paths"),
    ("attribution", {"conversion": {"name": "order_paid"}, "touches": [{"name": "order_paid"}], "by": "city"}, "rows"),
])
def test_other_lists_come_in_parts_too(server, kind, question, list_name):
    body = {**question, "from": FIRST.isoformat(), "to": (FIRST + timedelta(days=2)).isoformat()}

    def ask(page):
        answer = server.post(f"/api/v1/query/{kind}", server.read_token, {**body, "page": page})
        assert answer.status_code == 200, answer.text
        return answer.json()

    whole = ask(None)[list_name]
    one = ask({"limit": 1})
    assert one[list_name] == whole[:1] and one["next"] == ("1" if len(whole) > 1 else None)


@pytest.mark.parametrize("page", [{"limit": 0}, {"limit": 1001}, {"cursor": "x"}, {"cursor": 3}, {"offset": 1}, 5])
def test_a_page_that_there_cannot_be_is_refused(server, page):
    answer = server.post("/api/v1/query/segmentation", server.read_token, {**QUESTION, "page": page})
    assert answer.status_code == 400 and "`page" in answer.json()["detail"]
