"""What is acknowledged is there exactly once, whenever the process dies."""

import contextlib
import json
import os
import random
import re
import threading
import time

import pytest
import requests
from quanyu import Server, run, wait_for

KILL_COUNT = int(os.environ.get("QUANYU_KILL_COUNT", "50"))
BATCH_MAX = 40


class Sender(threading.Thread):
    """Sends batches until told to stop, and retries each with the same ids until it is acknowledged."""

    def __init__(self, server, token, number):
        super().__init__(daemon=True)
        self.server, self.token, self.number = server, token, number
        self.acknowledged = set()
        self.failures = []
        self.done = threading.Event()
        self.may_go_on = threading.Event()  # Cleared while the test looks: nothing begins then.
        self.may_go_on.set()

    def run(self):
        session = requests.Session()
        batch = 0
        while not self.done.is_set():
            self.may_go_on.wait()
            ids = [f"s{self.number}-{batch}-{index}" for index in range(random.Random(batch).randint(1, BATCH_MAX))]
            if self.deliver(session, events_of(ids, batch)):
                self.acknowledged.update(ids)
                batch += 1

    def deliver(self, session, events):
        while not self.done.is_set():
            try:
                answer = session.post(
                    self.server.url + "/api/v1/events",
                    json=events,
                    headers={"Authorization": f"Bearer {self.token}"},
                    timeout=5,
                )
            except requests.RequestException:
                time.sleep(0.005)
                continue
            if answer.status_code == 200:
                statuses = {receipt["status"] for receipt in answer.json()["receipts"]}
                if not statuses <= {"accepted", "duplicate"}:
                    self.failures.append(answer.text[:500])
                return True
            if answer.status_code != 503:
                self.failures.append(f"{answer.status_code} {answer.text[:500]}")
                return False
        return False


def events_of(ids, batch=0):
    return [{"id": i, "person": f"p{batch % 17}", "name": "click", "time": "2026-01-01T00:00:00Z"} for i in ids]


def exported_ids(server):
    lines = run("export", "--data", server.data, "--format", "ndjson").stdout.splitlines()
    return [json.loads(line)["id"] for line in lines]


@pytest.mark.parametrize("keys_in_memory", [None, 100], ids=["keys in memory", "keys in files"])
def test_every_acknowledged_event_is_there_once_after_each_of_many_kills(tmp_path, keys_in_memory):
    limit = {"QUANYU_JOURNAL_KEYS_IN_MEMORY_MAX": str(keys_in_memory)} if keys_in_memory else {}
    server = Server(tmp_path / "data", environment={"QUANYU_SNAPSHOT_SECONDS": "1", **limit}).start()
    token, read = server.token("write", "crash"), server.token("read")
    chance = random.Random(11)
    senders = [Sender(server, token, number) for number in range(3)]
    for sender in senders:
        sender.start()
    known = set()
    for kill in range(KILL_COUNT):
        time.sleep(chance.uniform(0.01, 0.25))
        server.kill()
        acknowledged = acknowledged_by(senders)
        server.start()
        with pause(senders):
            check_new(server, token, acknowledged - known)
            check_count(server, read, senders, len(acknowledged))
            known = acknowledged
            if kill % 10 == 9:
                check_once(server, senders)
    for sender in senders:
        sender.done.set()
    for sender in senders:
        sender.join(timeout=10)
    check_once(server, senders)
    server.wait_applied()
    total = server.get("/api/v1/vocabulary", read).json()["events"]
    assert total == len(exported_ids(server))
    keys = list((server.data / "journal").glob("*.keys"))
    assert bool(keys) == bool(keys_in_memory), "keys are in files where there is no room in memory, and only there"
    assert "a file of keys is not" not in server.log(whole=True), "a kill left a file that is not what the journal says"
    assert server.stop() == 0


def test_a_broken_file_of_keys_is_told_of_and_made_again(tmp_path):
    arguments = ("--journal-keys-in-memory-max", "100")
    server = Server(tmp_path / "data", arguments=arguments).start()
    token, read = server.token("write", "crash"), server.token("read")
    ids = [f"event-{index}" for index in range(1000)]
    for begin in range(0, len(ids), 100):
        assert server.post("/api/v1/events", token, events_of(ids[begin : begin + 100])).status_code == 200
    folder = server.data / "journal"
    wait_for(lambda: list(folder.glob("*.keys")), timeout=30)
    assert server.stop() == 0
    broken = min(folder.glob("*.keys"))
    content = bytearray(broken.read_bytes())
    content[len(content) // 2] ^= 1
    broken.write_bytes(content)
    report = run("doctor", "--data", server.data, "--port", "0", check=False).stdout
    assert f"watch  keys of older events: {broken}" in report, report
    server.start()
    assert str(broken) in server.log()
    check_new(server, token, ids)
    metrics = server.get("/metrics", read).text
    assert re.search(r"^quanyu_journal_key_runs [1-9]", metrics, re.MULTILINE), metrics
    assert server.stop() == 0
    assert sorted(exported_ids(server)) == sorted(ids)


@contextlib.contextmanager
def pause(senders):
    for sender in senders:
        sender.may_go_on.clear()
    yield
    for sender in senders:
        sender.may_go_on.set()


def acknowledged_by(senders):
    return set().union(*(set(sender.acknowledged) for sender in senders))


def check_new(server, token, ids):
    """Each of them is known already: sent again, none is taken."""
    ids = sorted(ids)
    for begin in range(0, len(ids), 1000):
        answer = server.post("/api/v1/events", token, events_of(ids[begin : begin + 1000]))
        assert answer.status_code == 200, answer.text[:500]
        lost = [receipt["id"] for receipt in answer.json()["receipts"] if receipt["status"] != "duplicate"]
        assert lost == [], f"lost: {lost[:5]}"


def check_count(server, read, senders, least):
    """As many as were acknowledged, but for the one batch that each sender may have on its way."""
    wanted = requests.get(server.url + "/health/ready", timeout=10).json()["journal_sequence"]
    ready = lambda: requests.get(server.url + "/health/ready", timeout=10).json()["timeline_sequence"]  # noqa: E731
    wait_for(lambda: ready() >= wanted, timeout=30)
    count = server.get("/api/v1/vocabulary", read).json()["events"]
    most = len(acknowledged_by(senders)) + BATCH_MAX * len(senders)
    assert least <= count <= most, "events are lost, or there twice"


def check_once(server, senders):
    acknowledged = acknowledged_by(senders)
    ids = exported_ids(server)
    assert len(ids) == len(set(ids)), "an event is there twice"
    assert acknowledged <= set(ids), f"lost: {sorted(acknowledged - set(ids))[:5]}"
    assert [failure for sender in senders for failure in sender.failures] == []
    assert len(acknowledged) > 0


def test_a_second_process_on_the_folder_refuses(fresh):
    second = run("serve", "--data", fresh.data, "--port", "0", check=False)
    assert second.returncode != 0
    assert "another" in (second.stdout + second.stderr).lower()
    assert fresh.get("/health/live", "").status_code == 200


def test_a_stop_finishes_what_was_accepted(fresh):
    event = {"person": "a", "name": "click", "id": "last"}
    assert fresh.post("/api/v1/events", fresh.write_token, event).status_code == 200
    assert fresh.stop() == 0
    assert exported_ids(fresh) == ["last"]


@pytest.mark.parametrize("name", ["timeline", "decide"])
def test_a_broken_snapshot_costs_a_replay_and_nothing_else(fresh, name):
    events = [{"person": "a", "name": "product_view", "subject": "product:1"}] * 1 + [
        {"person": f"p{index}", "name": "click"} for index in range(20)
    ]
    assert fresh.post("/api/v1/events", fresh.write_token, events).status_code == 200
    assert fresh.stop() == 0
    snapshots = list((fresh.data / "snapshots").glob(f"{name}*"))
    assert snapshots, "no snapshot was saved at the stop"
    for path in snapshots:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
    fresh.start()
    fresh.wait_applied()
    assert fresh.get("/api/v1/vocabulary", fresh.read_token).json()["events"] == len(events)


@pytest.mark.parametrize("place", [0, 12, 29])
def test_a_damaged_byte_of_the_journal_costs_its_record_and_nothing_else(fresh, place):
    ids = [f"event-{index}" for index in range(30)]
    for name in ids:
        event = {"person": "a", "name": "click", "id": name, "properties": {"mark": f"<{name}>"}}
        assert fresh.post("/api/v1/events", fresh.write_token, event).status_code == 200
    assert fresh.stop() == 0
    for snapshot in (fresh.data / "snapshots").iterdir():
        snapshot.unlink()
    (segment,) = (fresh.data / "journal").glob("*.journal")
    content = bytearray(segment.read_bytes())
    content[content.index(f"<{ids[place]}>".encode())] ^= 1
    segment.write_bytes(content)
    fresh.start()
    fresh.wait_applied()
    left = [name for name in ids if name != ids[place]]
    assert exported_ids(fresh) == left
    assert fresh.get("/api/v1/vocabulary", fresh.read_token).json()["events"] == len(left)
    assert str(segment) in fresh.log() and '"records_lost":1' in fresh.log()
    assert "quanyu_journal_records_lost 1" in fresh.get("/metrics", fresh.read_token).text
    event = {"person": "a", "name": "click", "id": ids[place]}
    assert fresh.post("/api/v1/events", fresh.write_token, event).json()["receipts"][0]["status"] == "accepted"
    assert fresh.stop() == 0
    assert sorted(exported_ids(fresh)) == sorted(ids)
