"""Tables into a running server, webhooks, and logs that are followed, each counted to the last event."""

import hashlib
import hmac
import json
import os
import shutil
import subprocess
import time

import pytest
import requests
from quanyu import Server, run, wait_for

LOG_MAPPING = {"records": [{"fields": {"person": "u", "name": "e", "time": "t"}}]}
PAGE_MAPPING = {
    "records": [
        {
            "fields": {
                "name": {"const": "page_view"},
                "person": "query.u",
                "time": "time",
                "subject": {
                    "match": "path",
                    "patterns": {"/product/{id}": "product:{id}"},
                    "else": {"template": "page:{path}"},
                },
            }
        }
    ]
}


@pytest.fixture
def logs(tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


@pytest.fixture
def following(tmp_path, logs):
    """A server that may follow files of one folder."""
    server = Server(tmp_path / "data", arguments=("--follow-folders", str(logs))).start()
    server.admin_token = server.token("admin")
    yield server
    server.stop()


def put(server, path, body):
    return requests.put(
        server.url + path, json=body, headers={"Authorization": f"Bearer {server.admin_token}"}, timeout=60
    )


def follow(server, pattern, **changes):
    body = {"pattern": str(pattern), "format": "json", "mapping": LOG_MAPPING, "source": "web", "beginning": "start"}
    answer = server.post("/api/v1/logs", server.admin_token, {**body, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def log_state(server, source="web"):
    logs = server.get("/api/v1/logs", server.admin_token).json()["logs"]
    return next(one for one in logs if one["source"] == source)


def line(number):
    return json.dumps({"u": f"p{number % 50}", "e": "page_view", "t": 1_700_000_000_000 + number})


def write(path, numbers):
    with open(path, "a") as file:
        for number in numbers:
            file.write(line(number) + "\n")


def wait_read(server, count):
    """Until as many events are there; then no more come."""
    wait_for(lambda: events(server) >= count, timeout=60, message=f"not {count} events")
    time.sleep(0.6)
    assert events(server) == count, log_state(server)


def events(server):
    server.wait_applied()
    return server.get("/api/v1/vocabulary", server.admin_token).json()["events"]


def test_a_log_is_followed_through_renaming_truncation_and_half_lines(following, logs):
    path = logs / "access.log"
    write(path, range(100))
    follow(following, path)
    wait_read(following, 100)
    # The writer goes on in the renamed file for a while, as NGINX does until it is told.
    path.rename(logs / "access.log.1")
    write(logs / "access.log.1", range(100, 150))
    write(path, range(150, 200))
    write(logs / "access.log.1", range(200, 220))
    wait_read(following, 220)
    # A line without its end waits for it.
    half = line(220)
    with open(path, "a") as file:
        file.write(half[:20])
        file.flush()
        time.sleep(0.7)
        assert events(following) == 220
        file.write(half[20:] + "\n")
    wait_read(following, 221)
    # copytruncate.
    shutil.copy(path, logs / "access.log.2")
    os.truncate(path, 0)
    time.sleep(0.7)
    write(path, range(221, 250))
    wait_read(following, 250)
    state = log_state(following)
    assert state["totals"]["accepted"] == 250 and state["lag_bytes"] == 0 and state["failure"] is None


def test_lines_that_cannot_be_read_are_set_aside_and_read_anew(following, logs):
    path = logs / "app.log"
    with open(path, "wb") as file:
        file.write(line(1).encode() + b"\n{broken\n\n" + b'{"u":"\xff"}\n' + b"x" * 3_000_000 + b"\n")
        file.write(line(2).encode() + b"\n" + b'{"u":"li","action":"click"}\n')
    log = follow(following, path, skip_anonymous=False)
    wait_read(following, 2)
    reasons = following.get("/api/v1/quarantine", following.admin_token).json()["by_reason"]
    assert reasons == {"malformed_json": 1, "invalid_encoding": 1, "too_large": 1, "missing_name": 1}
    mended = {"records": [{"fields": {"person": "u", "name": "action"}}]}
    body = {"pattern": str(path), "format": "json", "mapping": mended, "source": "web"}
    assert put(following, f"/api/v1/logs/{log}", body).status_code == 200
    items = following.get("/api/v1/quarantine?reason=missing_name", following.admin_token).json()["items"]
    replayed = following.post(
        "/api/v1/quarantine/replay", following.admin_token, {"ids": [item["id"] for item in items]}
    )
    assert replayed.json()["accepted"] == 1, replayed.text


def test_kills_and_rotations_while_stopped_lose_and_repeat_nothing(following, logs):
    path = logs / "access.log"
    follow(following, path)
    written = 10
    write(path, range(written))
    wait_read(following, written)
    for turn in range(6):
        write(path, range(written, written + 2000))
        written += 2000
        time.sleep(0.05 * turn)
        following.kill()
        if turn % 2 == 0:
            write(path, range(written, written + 10))
            written += 10
            path.rename(logs / f"access.log.{turn}")
            write(path, range(written, written + 10))
            written += 10
        following.start()
        wait_for(lambda: log_state(following)["files"], message="the new file is not met")
    wait_read(following, written)
    people = following.get("/api/v1/people/p7", following.admin_token).json()
    assert people, "a person of the log is there"


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_file_that_came_and_went_between_two_looks_is_read_too(following, logs, is_stopped):
    path, first, second = logs / "a.log", logs / "a.log.1", logs / "a.log.2"
    write(logs / "a.log.9", range(900, 905))  # From before: none of the log's.
    write(path, range(10))
    follow(following, path)
    wait_read(following, 10)
    if is_stopped:
        following.stop()
    path.rename(first)
    write(path, range(10, 20))
    first.rename(second)
    path.rename(first)
    write(path, range(20, 30))
    if is_stopped:
        following.start()
    wait_read(following, 30)
    time.sleep(0.6)
    assert events(following) == 30


@pytest.mark.parametrize("name", ["access.log.2", "access.log-20261125"])
def test_what_was_compressed_while_nobody_looked_is_read_on_from_its_place(following, logs, name):
    path = logs / "access.log"
    write(path, range(2000))
    follow(following, path)
    wait_read(following, 2000)
    # Compressed while it is held open: it is read to its end as it was.
    write(path, range(2000, 2100))
    path.rename(logs / "access.log.1")
    subprocess.run(["gzip", logs / "access.log.1"], check=True)
    write(path, range(2100, 2200))
    wait_read(following, 2200)
    # Compressed, and one that came and went, while the server was killed in the middle of reading.
    write(path, range(2200, 60_000))
    time.sleep(0.3)
    following.kill()
    write(path, range(60_000, 60_100))
    path.rename(logs / name)
    subprocess.run(["gzip", logs / name], check=True)
    write(path, range(60_100, 60_200))
    path.rename(logs / "access.log.3")
    subprocess.run(["gzip", logs / "access.log.3"], check=True)
    write(path, range(60_200, 60_300))
    following.start()
    wait_read(following, 60_300)
    # What is read already is not read again.
    following.stop()
    following.start()
    write(path, range(60_300, 60_310))
    wait_read(following, 60_310)
    state = log_state(following)
    assert state["totals"]["accepted"] == 60_310 and state["failure"] is None, state


def test_from_the_end_only_new_lines_count_and_later_files_are_read_whole(following, logs):
    path = logs / "a.log"
    write(path, range(10))
    follow(following, logs / "*.log", beginning="end")
    time.sleep(0.8)
    write(path, range(10, 15))
    write(logs / "b.log", range(15, 20))
    wait_read(following, 10)


def test_only_files_of_allowed_folders_are_followed(following, logs, tmp_path):
    secret = tmp_path / "secret.log"
    secret.write_text(line(1) + "\n")
    body = {"format": "json", "mapping": LOG_MAPPING, "beginning": "start"}
    for pattern in [str(secret), str(logs / ".." / "secret.log"), "relative.log", "/*/x.log"]:
        answer = following.post(
            "/api/v1/logs", following.admin_token, {**body, "pattern": pattern, "source": "s"}
        )
        assert answer.status_code == 422, pattern
    (logs / "link.log").symlink_to(secret)
    follow(following, logs / "link.log")
    time.sleep(0.8)
    assert events(following) == 0


COMBINED = '127.0.0.1 - - [14/Nov/2023:22:13:20 +0000] "GET {path} HTTP/1.1" 200 5 "-" "curl/8.0"'


def test_nginx_lines_become_page_views(following, logs):
    path = logs / "access.log"
    path.write_text("".join(COMBINED.format(path=one) + "\n" for one in ["/product/7?u=li", "/about?u=li", "/about"]))
    follow(following, path, format="nginx", mapping=PAGE_MAPPING)
    wait_read(following, 2)
    assert log_state(following)["totals"]["skipped"] == 1
    assert "product:7" in following.get("/api/v1/people/li", following.admin_token).text


@pytest.mark.skipif(not shutil.which("nginx"), reason="NGINX is not installed")
def test_a_real_nginx_is_followed_through_its_own_rotation(following, logs, tmp_path):
    home = tmp_path / "nginx"
    (home / "logs").mkdir(parents=True)
    port = 18_000 + os.getpid() % 2000
    form = "'$remote_addr [$time_local] \"$request\" $status \"$http_user_agent\" $request_time'"
    (home / "nginx.conf").write_text(
        f"pid {home}/pid; error_log {home}/error.log; worker_processes 1; events {{ }}\n"
        f"http {{ log_format own {form}; access_log {logs}/access.log own;\n"
        + "".join(f"{kind}_temp_path {home}/{kind};\n" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        + f"server {{ listen 127.0.0.1:{port}; location / {{ return 200 ok; }} }} }}\n"
    )
    command = ["nginx", "-p", str(home), "-c", str(home / "nginx.conf")]
    subprocess.run(command, check=True, capture_output=True)
    try:
        follow(following, logs / "access.log", format="nginx", line_format=form, mapping=PAGE_MAPPING)
        agent = {"User-Agent": 'odd "agent" \\ 中'.encode()}
        for number in range(300):
            requests.get(f"http://127.0.0.1:{port}/product/{number}?u=p{number % 7}", headers=agent, timeout=10)
            if number in (100, 200):
                (logs / "access.log").rename(logs / f"access.log.{number}")
            if number in (130, 230):
                subprocess.run([*command, "-s", "reopen"], check=True, capture_output=True)
        wait_read(following, 300)
    finally:
        subprocess.run([*command, "-s", "stop"], check=True, capture_output=True)


# Webhooks.


def test_a_signed_webhook_of_a_shop_is_taken_once(following):
    mapping = {
        "elements": "/orders",
        "records": [
            {
                "when": "paid",
                "fields": {
                    "id": {"template": "order-{id}"},
                    "person": "customer.id",
                    "name": {"const": "order_paid"},
                    "value": {"amount": {"number": "total"}, "currency": {"const": "CNY"}},
                },
            }
        ],
    }
    declared = {
        "mapping": mapping,
        "check": {"kind": "hmac", "header": "X-Hub-Signature-256", "prefix": "sha256="},
        "secret": "tell nobody",
    }
    assert put(following, "/api/v1/webhooks/shop", declared).status_code == 200
    body = json.dumps(
        {"orders": [{"id": n, "paid": n % 2, "customer": {"id": "li"}, "total": "¥9.90"} for n in range(10)]}
    ).encode()
    signature = "sha256=" + hmac.new(b"tell nobody", body, hashlib.sha256).hexdigest()

    def push(headers):
        return requests.post(following.url + "/api/v1/hooks/shop", data=body, headers=headers, timeout=30)

    assert push({}).status_code == 401
    first = push({"X-Hub-Signature-256": signature, "Content-Type": "application/json"})
    assert first.status_code == 200 and "accepted=5" in first.headers["X-Quanyu-Receipt"]
    following.kill()
    following.start()
    assert "duplicate=5" in push({"X-Hub-Signature-256": signature}).headers["X-Quanyu-Receipt"]
    assert events(following) == 5
    database = b"".join(path.read_bytes() for path in following.data.glob("control.sqlite*"))
    assert b"tell nobody" not in database
    assert (following.data / "secret.key").stat().st_mode & 0o077 == 0


# Tables.


def upload(server, name, content, format):
    job = server.post(
        "/api/v1/imports", server.admin_token, {"file_name": name, "format": format, "bytes": len(content)}
    ).json()
    for offset in range(0, len(content), 1 << 20):
        answer = requests.put(
            f"{server.url}/api/v1/imports/{job['id']}/content",
            params={"offset": offset},
            data=content[offset : offset + (1 << 20)],
            headers={"Authorization": f"Bearer {server.admin_token}", "Content-Type": "application/octet-stream"},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
    return job["id"]


def orders(count):
    rows = "".join(
        f"A{n},{n % 1000},1380013{n % 10000:04},2026-01-{n % 28 + 1:02} 10:00,¥{n % 90}.50,沪{n % 5}\n"
        if n % 5000 != 7
        else f"A{n},,,never,x,\n"
        for n in range(count)
    )
    return ("订单号,会员编号,手机号,支付时间,金额,门店\n" + rows).encode()


def job_of(server, job):
    return server.get(f"/api/v1/imports/{job}", server.admin_token).json()


def act(server, job, verb, body=None):
    return server.post(f"/api/v1/imports/{job}/{verb}", server.admin_token, body)


def test_an_uploaded_table_is_guessed_shown_and_taken_through_kills(following):
    count = 120_000
    job = upload(following, "orders.csv", orders(count), "csv")
    guess = act(following, job, "guess", {"source": "till", "zone": "+08:00"}).json()["guess"]
    roles = {column["name"]: column["role"] for column in guess["columns"]}
    assert roles == {
        "订单号": "order", "会员编号": "person", "手机号": "phone", "支付时间": "time", "金额": "amount", "门店": "property",
    }
    preview = act(following, job, "preview", {"mapping": guess["mapping"]}).json()
    assert preview["taken"] == 999 and preview["refused"] == 1
    assert "1380013" not in json.dumps([one for one in preview["records"] if one["status"] == "accepted"])
    assert act(following, job, "start", {"mapping": guess["mapping"]}).status_code == 200
    assert act(following, job, "start", {"mapping": guess["mapping"]}).status_code == 409
    for _ in range(3):
        time.sleep(0.7)
        following.kill()
        following.start()
    wait_for(lambda: job_of(following, job)["state"] == "done", timeout=120, message="not done")
    done = job_of(following, job)
    bad = len([n for n in range(count) if n % 5000 == 7])
    assert done["refused"] == bad and done["accepted"] + done["duplicate"] == count - bad
    assert events(following) == count - bad
    refused = following.get(f"/api/v1/imports/{job}/refused", following.admin_token).text.splitlines()
    assert [json.loads(one)["line"] for one in refused] == [n + 2 for n in range(count) if n % 5000 == 7]
    assert not list((following.data / "imports").glob("*.csv"))


def test_an_import_is_paused_resumed_and_cancelled(following):
    job = upload(following, "orders.csv", orders(60_000), "csv")
    mapping = act(following, job, "guess", {}).json()["guess"]["mapping"]
    act(following, job, "start", {"mapping": mapping})
    paused = act(following, job, "pause").json()
    assert paused["state"] in ("paused", "done"), paused
    if paused["state"] == "paused":
        before = events(following)
        time.sleep(0.5)
        assert events(following) == before
        assert act(following, job, "resume").json()["state"] == "running"
    assert act(following, job, "cancel").json()["state"] in ("cancelled", "done")
    other = upload(following, "small.ndjson", b'{"user_id":1,"event":"click"}\n{"event":"click"}\n', "ndjson")
    mapping = act(following, other, "guess", {}).json()["guess"]["mapping"]
    act(following, other, "start", {"mapping": mapping})
    wait_for(lambda: job_of(following, other)["state"] == "done")
    assert (job_of(following, other)["accepted"], job_of(following, other)["refused"]) == (1, 1)
    actions = [one["state"] for one in following.get("/api/v1/imports", following.admin_token).json()["imports"]]
    assert actions[0] == "done" and actions[1] in ("cancelled", "done")


def test_lists_of_refused_rows_go_after_thirty_days_and_open_tables_stay(following):
    job = upload(following, "a.ndjson", b'{"event":"click"}\n', "ndjson")
    act(following, job, "start", {"mapping": {"records": [{"fields": {"name": "event"}}]}})
    wait_for(lambda: job_of(following, job)["state"] == "done")
    upload(following, "b.csv", b"a\n1\n", "csv")
    folder = following.data / "imports"
    (folder / "99.csv").write_text("left by a crash")
    assert sorted(path.name for path in folder.iterdir()) == ["1.refused.ndjson", "2.csv", "99.csv"]
    old = time.time() - 31 * 86_400
    for name in ["1.refused.ndjson", "2.csv"]:
        os.utime(folder / name, (old, old))
    following.stop()
    following.start()
    assert [path.name for path in folder.iterdir()] == ["2.csv"]
    assert following.get(f"/api/v1/imports/{job}/refused", following.admin_token).status_code == 404


def test_pieces_out_of_order_and_tables_that_are_none_are_refused(following):
    job = following.post(
        "/api/v1/imports", following.admin_token, {"file_name": "x.csv", "format": "csv", "bytes": 10}
    ).json()["id"]
    headers = {"Authorization": f"Bearer {following.admin_token}", "Content-Type": "application/octet-stream"}

    def piece(offset, data):
        url = f"{following.url}/api/v1/imports/{job}/content"
        return requests.put(url, params={"offset": offset}, data=data, headers=headers, timeout=30).status_code

    assert piece(5, b"12345") == 409
    assert piece(0, b"a,b\n1,2\n34567") == 413
    assert piece(0, b"a,b\n1") == 200 and piece(0, b"a,b\n1") == 200
    assert act(following, job, "guess", {}).status_code == 409
    assert piece(5, b",2\n3\n") == 200
    guess = act(following, job, "guess", {}).json()
    assert [one["row"] for one in guess["refused"]] == [3]
    broken = upload(following, "x.parquet", b"not parquet at all", "parquet")
    assert act(following, broken, "guess", {}).status_code == 422
    huge = {"file_name": "x.csv", "format": "csv", "bytes": 1 << 40}
    assert following.post("/api/v1/imports", following.admin_token, huge).status_code == 413


def test_a_mapping_is_proposed_on_the_command_line_and_then_used(tmp_path):
    (tmp_path / "orders.csv").write_bytes(orders(100))
    mapping = tmp_path / "m.json"
    said = run("map", "--file", tmp_path / "orders.csv", "--out", mapping, "--source", "till")
    assert "phone" in said.stderr and "+08:00" in said.stderr
    done = run("import", "--data", tmp_path / "data", "--file", tmp_path / "orders.csv", "--map", mapping)
    assert done.stdout == "99 accepted, 0 duplicate, 1 quarantined\n"
    exported = run("export", "--data", tmp_path / "data").stdout.splitlines()
    assert len(exported) == 99 and "1380013" not in "".join(exported)
    assert json.loads(exported[0])["source"] == "till"
