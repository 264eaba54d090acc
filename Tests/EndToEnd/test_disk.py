"""What a disk without space left does to a running server."""

import resource

from quanyu import Server, run, wait_for

LIMIT_BYTES = 1 << 20  # A file may grow to this; each snapshot and database of the tests stays below.


def limit_files():
    """As a full disk: a write beyond the limit fails. The signal that goes with it is the server's to ignore."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT_BYTES, resource.RLIM_INFINITY))


def events(batch, count=20):
    padding = "x" * 4000
    return [
        {"id": f"{batch}-{index}", "person": f"p{index}", "name": "click", "properties": {"padding": padding}}
        for index in range(count)
    ]


def exported_ids(server):
    lines = run("export", "--data", server.data, "--format", "csv").stdout.splitlines()
    return {line.split(",")[0] for line in lines[1:]}


def test_a_full_disk_refuses_what_it_cannot_keep_and_loses_nothing(tmp_path):
    server = Server(tmp_path / "data", before=limit_files).start()
    write, read = server.token("write", "shop"), server.token("read")
    acknowledged = set()
    for batch in range(100):
        sent = events(batch)
        answer = server.post("/api/v1/events", write, sent)
        if answer.status_code != 200:
            break
        acknowledged.update(event["id"] for event in sent)
    assert answer.status_code == 503, answer.text
    assert answer.json()["code"] == "unavailable" and "disk is full" in answer.json()["detail"]
    assert int(answer.headers["Retry-After"]) > 0
    assert acknowledged, "the disk was full at once"
    again = server.post("/api/v1/events", write, events("again"))
    assert again.status_code == 503
    server.wait_applied()
    assert server.get("/api/v1/vocabulary", read).json()["events"] == len(acknowledged)
    small = {"id": "small", "person": "a", "name": "click"}  # There is room for this one.
    if server.post("/api/v1/events", write, small).status_code == 200:
        acknowledged.add("small")
    assert server.stop() == 0, server.log()
    server.before = None
    server.start()
    server.wait_applied()
    assert server.get("/api/v1/vocabulary", read).json()["events"] == len(acknowledged)
    assert server.post("/api/v1/events", write, events("later")).status_code == 200
    assert exported_ids(server) == acknowledged | {event["id"] for event in events("later")}
    assert server.stop() == 0


def test_a_quarantine_that_cannot_keep_refuses_the_whole_request(tmp_path):
    server = Server(tmp_path / "data", before=limit_files).start()
    write = server.token("write", "shop")
    statuses = []
    for batch in range(100):
        bad = [{"id": f"{batch}-{index}", "name": "click", "padding": "x" * 20_000} for index in range(10)]
        good = {"id": f"good-{batch}", "person": "a", "name": "click"}
        answer = server.post("/api/v1/events", write, [*bad, good])
        statuses.append(answer.status_code)
        if answer.status_code != 200:
            break
    assert statuses[0] == 200 and statuses[-1] == 503, statuses
    assert int(answer.headers["Retry-After"]) > 0
    wait_for(lambda: server.post("/api/v1/events", write, {"person": "a", "name": "click", "id": "alone"}).ok)
    assert server.stop() == 0, server.log()
    server.before = None
    server.start()
    assert exported_ids(server) == {f"good-{batch}" for batch in range(len(statuses) - 1)} | {"alone"}
    answer = server.post("/api/v1/events", write, [*bad, good])
    assert [receipt["status"] for receipt in answer.json()["receipts"]] == ["quarantined"] * 10 + ["accepted"]
    assert server.stop() == 0
