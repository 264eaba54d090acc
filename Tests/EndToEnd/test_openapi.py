"""Every operation of the document, asked by schemathesis with good and hostile input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from quanyu import ADMIN_NAME, ADMIN_PASSWORD, ROOT, Server
from shop_week import send_week

HERE = Path(__file__).parent
OWN_TOKEN = "schemathesis"
STREAMS = {"/api/v1/live": b"event: totals", "/api/v1/tail": b"event: rows"}  # And how each begins.


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A server of its own, since users and tokens come and go."""
    server = Server(tmp_path_factory.mktemp("openapi") / "data").start()
    server.create_admin()
    server.write_token = server.token("write", "shop")
    server.admin_token = server.token("admin", OWN_TOKEN)
    send_week(server)
    door = requests.Session()
    answer = door.post(server.url + "/api/v1/session", json={"name": ADMIN_NAME, "password": ADMIN_PASSWORD})
    assert answer.status_code == 200, answer.text
    server.cookies = door.cookies.get_dict()
    yield server
    assert server.stop() == 0, server.log()


def ask(server, folder, headers, *filters):
    """With what fits the document and with what does not; checks and their exceptions are in schemathesis.toml."""
    tokens = server.get("/api/v1/tokens", server.admin_token).json()["tokens"]
    own = next(str(token["id"]) for token in tokens if token["name"] == OWN_TOKEN)
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(HERE / "schemathesis.toml"), "run",
        server.url + "/openapi.json", "--url", server.url,
        *[word for name, value in headers.items() for word in ("--header", f"{name}: {value}")],
        *filters,
        "--mode", "all",
        "--generation-with-security-parameters", "false",
        "--max-examples", os.environ.get("QUANYU_OPENAPI_EXAMPLES", "6"),
        "--generation-deterministic",
        "--request-timeout", "20",
        "--no-color",
    ]
    environment = {
        **os.environ, "SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": str(HERE), "QUANYU_OWN_TOKEN": own,
        "QUANYU_OWN_USER": ADMIN_NAME,
    }
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=600, env=environment)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def test_the_server_keeps_what_its_document_promises(asked, tmp_path):
    # A stream has no end: it is asked below.
    without_streams = [word for path in STREAMS for word in ("--exclude-path", path)]
    ask(asked, tmp_path, {"Authorization": f"Bearer {asked.admin_token}"}, *without_streams)
    assert asked.get("/api/v1/users", asked.admin_token).status_code == 200, "the way in was taken away"


def test_it_keeps_them_with_one_who_is_signed_in(asked, tmp_path):
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in asked.cookies.items()),
        "X-Quanyu-CSRF": asked.cookies["quanyu_csrf"],
    }
    administration = ["--include-path-regex", "^/api/v1/(session|setup|users|tokens)"]
    ask(asked, tmp_path, headers, *administration, "--exclude-operation-id", "signOut")
    mine = requests.get(asked.url + "/api/v1/session", cookies=asked.cookies, timeout=10)
    assert mine.status_code == 200 and mine.json()["user"]["name"] == ADMIN_NAME, "signed out on the way"


@pytest.mark.parametrize(
    "key,query,status,kind",
    [
        ("read", "", 200, "text/event-stream"),
        ("read", "?since=1", 400, "application/problem+json"),
        (None, "", 401, "application/problem+json"),
        ("write", "", 403, "application/problem+json"),
    ],
)
@pytest.mark.parametrize("path", STREAMS)
def test_a_stream_answers_as_documented(asked, path, key, query, status, kind):
    told = json.loads((ROOT / "web" / "openapi.json").read_text())["paths"][path]["get"]["responses"]
    headers = {"Authorization": f"Bearer {asked.token(key)}"} if key else {}
    with requests.get(asked.url + path + query, headers=headers, stream=True, timeout=10) as answer:
        assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (status, kind)
        assert kind in told[str(status)]["content"]
        if status == 200:
            assert next(answer.iter_lines()) == STREAMS[path]
