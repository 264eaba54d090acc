"""What a rough world does to a server: too many who are slow, the same batch many times at once, clocks that jump."""

import json
import resource
import socket
import struct
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from quanyu import run

SLOW_COUNT = 10_000
MEMORY_GROWTH_MAX = 400 << 20  # Of the server, for that many connections: 40 kB each.
HERE = Path(__file__).resolve().parent
DAY = 86_400


def resident_bytes(server):
    with open(f"/proc/{server.process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def exported(server):
    return [json.loads(line) for line in run("export", "--data", server.data, "--format", "ndjson").stdout.splitlines()]


def test_the_same_batch_from_eight_connections_at_once_counts_once(fresh):
    for number in range(10):
        batch = [{"id": f"b{number}-{index}", "person": "ana", "name": "click"} for index in range(500)]
        start = threading.Barrier(8)

        def send(_, batch=batch, start=start):
            session = requests.Session()
            start.wait()
            headers = {"Authorization": f"Bearer {fresh.write_token}"}
            return session.post(fresh.url + "/api/v1/events", json=batch, headers=headers, timeout=60).json()

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, range(8)))
        assert sum(answer["accepted"] for answer in answers) == 500
        assert sum(answer["duplicate"] for answer in answers) == 7 * 500
        # Each event was new to one request alone.
        for index in range(500):
            assert [answer["receipts"][index]["status"] for answer in answers].count("accepted") == 1
    ids = [event["id"] for event in exported(fresh)]
    assert len(ids) == len(set(ids)) == 5000


@pytest.fixture
def many_files():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] != resource.RLIM_INFINITY and before[1] < SLOW_COUNT + 1000:
        pytest.skip(f"this system lets a process open {before[1]} files at most")
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_ten_thousand_slow_connections_cost_little_and_keep_nobody_out(fresh, many_files):
    fresh.stop()
    fresh.environment = {"QUANYU_CONNECTIONS_MAX": str(SLOW_COUNT + 500), "QUANYU_IDLE_TIMEOUT_SECONDS": "15"}
    fresh.start()
    before = resident_bytes(fresh)
    address = urlsplit(fresh.url)
    head = (
        f"POST /api/v1/events HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {fresh.write_token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n["
    ).encode()
    slow = []
    try:
        for number in range(SLOW_COUNT):
            connection = socket.create_connection((address.hostname, address.port), timeout=30)
            # Some stop in the head, some in the body.
            connection.sendall(head[: 40 if number % 2 else len(head)])
            slow.append(connection)
        latencies = []
        for number in range(100):
            start = time.monotonic()
            event = {"id": f"e{number}", "person": "ana", "name": "click"}
            assert fresh.post("/api/v1/events", fresh.write_token, event).status_code == 200
            latencies.append(time.monotonic() - start)
        growth = resident_bytes(fresh) - before
        print(f"{len(slow)} slow connections: {growth >> 20} MB more, median answer {sorted(latencies)[50]:.3f} s")
        assert growth < MEMORY_GROWTH_MAX
        deadline = time.time() + 90
        for connection in slow:  # Each is ended by the server: with an answer where its request was begun, or without.
            connection.settimeout(max(1, deadline - time.time()))
            try:
                while connection.recv(4096):
                    pass
            except ConnectionResetError:
                pass
    finally:
        for connection in slow:
            connection.close()
    assert len(exported(fresh)) == 100


class JumpingClock:
    """The wall clock of a server, some seconds from the true one."""

    def __init__(self, folder):
        self.library, self.file = folder / "clock.so", folder / "clock"
        self.jump_to(0)
        words = ["g++", "-x", "c", "-shared", "-fPIC", "-O1", "-o", self.library, HERE / "jumping_clock.c", "-ldl"]
        subprocess.run(words, check=True)
        self.environment = {"LD_PRELOAD": str(self.library), "JUMPING_CLOCK": str(self.file)}

    def jump_to(self, seconds):
        with open(self.file, "r+b" if self.file.exists() else "wb") as file:
            file.write(struct.pack("<q", seconds))


def test_a_clock_that_jumps_loses_nothing_and_counts_nothing_twice(tmp_path, fresh):
    clock = JumpingClock(tmp_path)
    fresh.stop()
    fresh.environment = clock.environment
    fresh.start()
    sent, received = [], []

    def send(count):
        batch = [{"id": f"e{len(sent) + index}", "person": "ana", "name": "click"} for index in range(count)]
        sent.extend(event["id"] for event in batch)
        answer = fresh.post("/api/v1/events", fresh.write_token, batch)
        assert (answer.status_code, answer.json()["accepted"]) == (200, count), answer.text
        return answer.headers["X-Quanyu-Receipt"].split(";")[0]

    for seconds in [0, 400 * DAY, -30 * DAY, 0, -1, 3600]:
        clock.jump_to(seconds)
        kept = fresh.get(f"/api/v1/receipts/{send(20)}", fresh.read_token)
        assert (kept.status_code, kept.json()["accepted"]) == (200, 20), "a receipt can be had at once"
        received.append(datetime.fromisoformat(kept.json()["received_at"]).timestamp() - time.time())
        again = fresh.post("/api/v1/events", fresh.write_token, [{"id": sent[0], "person": "ana", "name": "click"}])
        assert again.json()["duplicate"] == 1
        assert fresh.get("/api/v1/sources", fresh.read_token).status_code == 200
    assert received == pytest.approx([0, 400 * DAY, -30 * DAY, 0, -1, 3600], abs=30), "the clock did jump"
    fresh.wait_applied()
    fresh.kill()
    fresh.start()
    fresh.wait_applied()
    assert sorted(event["id"] for event in exported(fresh)) == sorted(sent)
    assert fresh.get("/api/v1/vocabulary", fresh.read_token).json()["events"] == len(sent)
