"""As test_crash, for the wire formats whose clients name their events: what was answered for is there exactly once."""

import json
import random
import threading
import time

import pytest
import requests
from quanyu import run

KILL_COUNT = 4
BATCH_MAX = 20
TIME = "2026-01-01T00:00:00Z"
TIME_MS = 1_767_225_600_000


def segment(ids):
    batch = [{"type": "track", "event": "x", "userId": "a", "messageId": i, "timestamp": TIME} for i in ids]
    return "/v1/batch", {"batch": batch}


def rudder(ids):
    return "/v1/batch", segment(ids)[1]


def jitsu(ids):
    message = {"type": "track", "event": "x", "userId": "a", "messageId": ids[0], "timestamp": TIME}
    return "/api/s/s2s/track", message


def posthog(ids):
    batch = [{"event": "x", "distinct_id": "a", "uuid": i, "timestamp": TIME} for i in ids]
    return "/batch", {"batch": batch}


def snowplow(ids):
    schema = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"
    data = [{"e": "pv", "eid": i, "uid": "a", "p": "web", "dtm": str(TIME_MS)} for i in ids]
    return "/com.snowplowanalytics.snowplow/tp2", {"schema": schema, "data": data}


def cloudevents(ids):
    event = {"specversion": "1.0", "source": "/s", "type": "x", "time": TIME, "data": {"person": "a"}}
    return "/api/v1/cloudevents", [{**event, "id": i} for i in ids]


TYPES = {cloudevents: "application/cloudevents-batch+json"}
ONE_AT_A_TIME = {jitsu}


def deliver(server, token, make, ids):
    """Sends until it is answered for, as clients do."""
    path, body = make(ids)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": TYPES.get(make, "application/json")}
    while True:
        try:
            answer = requests.post(server.url + path, data=json.dumps(body), headers=headers, timeout=5)
        except requests.RequestException:
            time.sleep(0.005)
            continue
        if answer.status_code not in (429, 503):
            assert answer.status_code < 300, f"{path}: {answer.status_code} {answer.text[:300]}"
            return
        time.sleep(0.005)


FORMATS = [segment, rudder, jitsu, posthog, snowplow, cloudevents]


@pytest.mark.parametrize("make", FORMATS, ids=lambda make: make.__name__)
def test_what_was_answered_for_is_there_once_after_kills(fresh, make):
    token = fresh.write_token
    acknowledged, failures, is_over = set(), [], threading.Event()

    def work(number):
        chance, batch = random.Random(number), 0
        try:
            while not is_over.is_set():
                count = 1 if make in ONE_AT_A_TIME else chance.randint(1, BATCH_MAX)
                ids = [f"{make.__name__}-{number}-{batch}-{index}" for index in range(count)]
                deliver(fresh, token, make, ids)
                acknowledged.update(ids)
                batch += 1
        except AssertionError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(2)]
    for thread in threads:
        thread.start()
    chance = random.Random(5)
    for _ in range(KILL_COUNT):
        time.sleep(chance.uniform(0.05, 0.3))
        fresh.kill()
        fresh.start()
    is_over.set()
    for thread in threads:
        thread.join(timeout=30)
    assert failures == []
    lines = run("export", "--data", fresh.data, "--format", "ndjson").stdout.splitlines()
    found = [json.loads(line)["id"].split()[-1] for line in lines]  # A CloudEvent's id begins with its source.
    assert len(found) == len(set(found)), "an event is there twice"
    assert acknowledged <= set(found) and acknowledged, f"lost: {sorted(acknowledged - set(found))[:5]}"
