"""The command: import, export, tokens, doctor, and what it says when it cannot."""

import contextlib
import csv
import http.server
import io
import itertools
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import threading
from collections import Counter
from contextlib import contextmanager

import pytest
import requests
from quanyu import BINARY, Server, run, wait_for

MAPPING = {
    "source": "shop",
    "into": "events",
    "records": [
        {
            "fields": {
                "id": {"template": "row-{n}"},
                "person": "who",
                "name": {"const": "order_paid"},
                "time": "at",
                "value": {"amount": "paid", "currency": {"const": "CNY"}},
            }
        }
    ],
}


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(MAPPING))
    return path


def export(data, kind="ndjson", *more):
    return run("export", "--data", data, "--format", kind, *more).stdout


def test_a_csv_is_imported_and_bad_rows_are_named_by_line(tmp_path, mapping):
    table = tmp_path / "orders.csv"
    table.write_text('n,who,at,paid\n1,"li, na",2026-01-01,10\n2,,2026-01-01,5\n3,wu,never,5\n4,wu,2026-01-02,2.50\n')
    done = run("import", "--data", tmp_path / "data", "--file", table, "--map", mapping, check=False)
    said = done.stdout + done.stderr
    assert "line 3" in said and "missing_person" in said
    assert "line 4" in said and "invalid_time" in said
    assert "2 accepted" in said and "2 quarantined" in said
    events = [json.loads(line) for line in export(tmp_path / "data").splitlines()]
    assert [(event["person"], event["value"]["minor"]) for event in events] == [("li, na", 1000), ("wu", 250)]


def test_importing_twice_takes_nothing_twice(tmp_path, mapping):
    table = tmp_path / "orders.ndjson"
    rows = [{"n": number, "who": f"p{number}", "at": "2026-01-01", "paid": 1} for number in range(25)]
    table.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for _ in range(2):
        run("import", "--data", tmp_path / "data", "--file", table, "--map", mapping)
    run("import", "--data", tmp_path / "data", "--file", table, "--map", mapping, "--again")
    assert len(export(tmp_path / "data").splitlines()) == 25


def test_what_is_exported_in_each_format_is_the_same(tmp_path, mapping):
    table = tmp_path / "orders.csv"
    table.write_text("n,who,at,paid\n" + "".join(f"{n},p{n % 3},2026-01-0{n % 9 + 1},{n}\n" for n in range(50)))
    run("import", "--data", tmp_path / "data", "--file", table, "--map", mapping)
    events = [json.loads(line) for line in export(tmp_path / "data").splitlines()]
    rows = list(csv.DictReader(io.StringIO(export(tmp_path / "data", "csv"))))
    assert [row["id"] for row in rows] == [event["id"] for event in events]
    assert [int(row["value_minor"]) for row in rows] == [event["value"]["minor"] for event in events]
    parquet = tmp_path / "events.parquet"
    run("export", "--data", tmp_path / "data", "--format", "parquet", "--out", parquet)
    again = tmp_path / "again.json"
    fields = {"id": "id", "person": "person", "name": "name", "time": "time"}
    again.write_text(json.dumps({"source": "again", "records": [{"fields": fields}]}))
    run("import", "--data", tmp_path / "copy", "--file", parquet, "--map", again)
    copied = [json.loads(line) for line in export(tmp_path / "copy").splitlines()]
    assert [(e["id"], e["time"]) for e in copied] == [(e["id"], e["time"]) for e in events]


def test_export_works_while_the_server_runs(server):
    assert len(export(server.data).splitlines()) > 100


def test_a_token_is_printed_last_and_works(fresh):
    token = fresh.token("read")
    assert fresh.get("/api/v1/vocabulary", token).status_code == 200


@pytest.mark.parametrize(
    "words,expected",
    [
        (["nonsense"], "nonsense"),
        (["serve"], "--data"),
        (["import", "--data", "x"], "--file"),
        (["token", "create", "--data", "x", "--kind", "king"], "king"),
        (["export", "--data", "/nowhere/at/all"], "/nowhere/at/all"),
        (["serve", "--data", "x", "--port", "http"], "port"),
    ],
)
def test_a_wrong_command_line_is_explained(words, expected, tmp_path):
    done = run(*words, check=False, cwd=tmp_path)
    assert done.returncode != 0
    assert expected in done.stdout + done.stderr


BASKETS = 12


def recorded_traffic(path):
    """Twelve baskets of two products each, a day apart, and something else before each."""
    lines = []
    for number in range(BASKETS):
        common = {"person": f"p{number % 3}", "channel": "store", "time": 1767225600000 + number * 86_400_000}
        order = {**common, "subject": f"order:{number}", "value": {"minor": 500, "currency": "CNY"}}
        lines.append({**common, "id": f"view-{number}", "name": "page_view", "time": common["time"] - 1000})
        lines.append({**order, "id": f"order-{number}", "name": "order_paid"})
        for product in [number % 4, number % 4 + 1]:
            line = {**common, "id": f"line-{number}-{product}", "name": "product_purchased"}
            lines.append({**line, "subject": f"product:{product}"})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture
def shop(fresh):
    """A server that has something to choose from."""
    views = [{"person": "p0", "name": "product_view", "subject": f"product:{number}"} for number in range(5)]
    assert fresh.post("/api/v1/events", fresh.write_token, views).status_code == 200
    fresh.wait_applied()
    return fresh


class Door(http.server.ThreadingHTTPServer):
    """Stands before a server: to some requests it answers a status of its own."""

    def __init__(self, url, refusal):
        super().__init__(("127.0.0.1", 0), Passage)
        self.behind, self.refusal, self.numbers = url, refusal, itertools.count()
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Passage(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = self.server.refusal(next(self.server.numbers)), b"{}"
        if status is None:
            headers = {name: self.headers[name] for name in ["Authorization", "Content-Type"]}
            behind = requests.post(self.server.behind + self.path, data=body, headers=headers, timeout=30)
            status, answer = behind.status_code, behind.content
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def replay(url, server, traffic, progress, **options):
    words = [BINARY.with_name("replay"), "--server", url, "--token", server.write_token, "--progress", progress]
    return subprocess.run([*words, traffic], capture_output=True, text=True, timeout=120, **options)


def told(server):
    """How often each thing was told to the server, by name."""
    server.wait_applied()
    return Counter(json.loads(line)["name"] for line in export(server.data).splitlines())


def test_a_replay_that_failed_goes_on_with_the_decision_it_had(shop, tmp_path):
    traffic, progress = recorded_traffic(tmp_path / "traffic.ndjson"), tmp_path / "progress"
    # Each basket takes four requests (three lists, one outcome), and what is before it one: the seventh outcome fails.
    door = Door(shop.url, refusal=lambda number: 500 if number >= 34 else None)
    failed = replay(door.url, shop, traffic, progress)
    assert failed.returncode == 1 and "500" in failed.stdout
    assert (told(shop)["decision"], told(shop)["order_paid"]) == (7, 6)
    done = replay(shop.url, shop, traffic, progress)
    assert done.returncode == 0, done.stdout
    assert (told(shop)["decision"], told(shop)["order_paid"]) == (BASKETS, BASKETS)
    assert "Replaying 11 of 24 moments" in done.stdout
    assert "Moments 1 to 24 of 24" in done.stdout and f"over {BASKETS} baskets" in done.stdout
    again = replay(shop.url, shop, traffic, progress)
    assert "All 24 moments were replayed before" in again.stdout and f"over {BASKETS} baskets" in again.stdout
    assert told(shop)["decision"] == BASKETS


def test_a_replay_tries_again_what_the_server_could_not_take(shop, tmp_path):
    traffic = recorded_traffic(tmp_path / "traffic.ndjson")
    door = Door(shop.url, refusal=lambda number: 503 if number % 20 == 4 else None)
    done = replay(door.url, shop, traffic, tmp_path / "progress")
    assert done.returncode == 0, done.stdout
    assert "503" in done.stdout
    assert (told(shop)["decision"], told(shop)["order_paid"]) == (BASKETS, BASKETS)


def test_a_replay_that_was_interrupted_goes_on_there(shop, tmp_path):
    traffic, progress = recorded_traffic(tmp_path / "traffic.ndjson"), tmp_path / "progress"
    words = [BINARY.with_name("replay"), "--server", shop.url, "--token", shop.write_token]
    slowly = subprocess.Popen(
        [*words, "--speed", "200000", "--progress", progress, traffic], stdout=subprocess.PIPE, text=True
    )
    wait_for(lambda: told(shop)["order_paid"] >= 2)
    slowly.send_signal(signal.SIGINT)
    said, _ = slowly.communicate(timeout=30)
    assert slowly.returncode == 130, said
    before = told(shop)["order_paid"]
    assert before < BASKETS and f"over {before} baskets" in said
    assert replay(shop.url, shop, traffic, progress).returncode == 0
    assert (told(shop)["decision"], told(shop)["order_paid"]) == (BASKETS, BASKETS)


@contextmanager
def open_files(soft):
    """What is started meanwhile may have so many files open."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_journal_of_many_segments_needs_no_higher_soft_limit(tmp_path, mapping):
    server = Server(tmp_path / "data", environment={"QUANYU_JOURNAL_SEGMENT_BYTES": "65536"}).start()
    token = server.token("write", "shop")
    for number in range(80):
        events = [{"person": "ana", "name": "click", "properties": {"note": "x" * 30_000, "n": number}}] * 3
        assert server.post("/api/v1/events", token, events).status_code == 200
    assert server.stop() == 0
    assert len(list((server.data / "journal").glob("*.journal"))) > 64
    table = tmp_path / "orders.csv"
    table.write_text("n,who,at,paid\n1,ana,2026-01-01,10\n")
    with open_files(64):
        run("import", "--data", server.data, "--file", table, "--map", mapping)
        assert len(export(server.data).splitlines()) == 241
        server.start()
    assert server.stop() == 0


def test_doctor_says_how_many_files_may_be_open_and_how_to_mend_it(tmp_path):
    enough = run("doctor", "--data", tmp_path / "data", "--port", "0").stdout
    assert "ok     open files: at most" in enough
    few = ["sh", "-c", 'ulimit -n 300; exec "$@"', "sh", str(BINARY), "doctor", "--port", "0"]
    few += ["--data", str(tmp_path / "data")]
    done = subprocess.run(few, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "watch  open files: at most 300, and 1128 may be needed" in done.stdout
    assert "ulimit -Hn" in done.stdout


def test_help_version_and_doctor_answer(tmp_path):
    assert "serve" in run("help").stdout
    for command in ["serve", "import", "export", "token", "doctor"]:
        assert "usage" in run("help", command).stdout.lower()
    assert run("version").stdout.startswith("quanyu ")
    report = run("doctor", "--data", tmp_path / "data", "--port", "0").stdout
    assert "DuckDB" in report and "disk" in report.lower() and "clock" in report.lower()
    for name in ["libmicrohttpd", "SQLite", "libsodium", "zstd", "simdjson"]:
        assert re.search(rf"{name} \d+\.\d+", report), report


def doctor(server, *arguments):
    """Its exit code and what it says."""
    arguments = arguments or ("--port", "0")
    done = run("doctor", "--data", server.data, *arguments, check=False)
    return done.returncode, done.stdout


def content(folder):
    """All but the readers' marks, which SQLite keeps beside a database."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return {path: path.read_bytes() for path in files}


def test_doctor_looks_into_the_folder_and_changes_nothing(fresh):
    for name in ["one", "two", "three"]:
        event = {"person": "a", "name": "click", "id": name, "properties": {"mark": f"<{name}>"}}
        assert fresh.post("/api/v1/events", fresh.write_token, event).status_code == 200
    port = fresh.url.split(":")[-1]
    code, report = doctor(fresh, "--port", port)
    assert code == 0 and f"process {fresh.process.pid} has the folder" in report, report
    assert "is in use, and process" in report
    assert fresh.stop() == 0
    before = content(fresh.data)
    code, report = doctor(fresh, "--port", port)
    assert code == 0 and "none runs on this folder" in report, report
    assert f":{port} is free" in report
    assert "ok     control database" in report and "ok     journal: 6 records" in report
    assert content(fresh.data) == before


def test_doctor_tells_a_torn_end_and_damage_before_a_start(fresh):
    for name in ["one", "two"]:
        event = {"person": "a", "name": "click", "id": name, "properties": {"mark": f"<{name}>"}}
        assert fresh.post("/api/v1/events", fresh.write_token, event).status_code == 200
    assert fresh.stop() == 0
    (segment,) = (fresh.data / "journal").glob("*.journal")
    whole = segment.read_bytes()
    segment.write_bytes(whole + b"torn")
    code, report = doctor(fresh)
    assert code == 0 and "watch  journal: 4 bytes at the end" in report, report
    segment.write_bytes(whole.replace(b"<one>", b"<eno>"))
    code, report = doctor(fresh)
    assert code == 1 and f"{segment} is damaged at byte" in report and "1 records lost" in report, report
    assert not list((fresh.data / "journal").glob("*.cut"))
    segment.write_bytes(b"QYJ1" + whole[4:20])
    assert "another version" in doctor(fresh)[1]


def test_doctor_tells_a_control_database_that_cannot_be_used(fresh):
    assert fresh.stop() == 0
    database = fresh.data / "control.sqlite"
    whole = database.read_bytes()
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO migration (id, sql) VALUES ('9999-later', 'SELECT 1')")
    code, report = doctor(fresh)
    assert code == 1 and "written by a later version" in report, report
    database.write_bytes(b"no database" + whole[11:])
    code, report = doctor(fresh)
    assert code == 1 and "bad    control database" in report, report


def test_doctor_tells_a_port_that_another_program_has(fresh, tmp_path):
    port = fresh.url.split(":")[-1]
    done = run("doctor", "--data", tmp_path / "other", "--port", port, check=False)
    assert done.returncode == 1
    assert "bad    port" in done.stdout and "another program uses this port" in done.stdout
