"""A server of the console's files with canned answers, for what a real one seldom says."""

import json
import mimetypes
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from browser import Console
from quanyu import ROOT

WEB = ROOT / "web"
ECHARTS = ROOT / "build" / "third-party" / "web" / "echarts.min.js"
SESSION = {
    "user": {"name": "ana", "role": "admin"},
    "permissions": ["send", "decide", "read", "operate", "administer"],
    "version": "0",
    "currency": "CNY",
}
VOCABULARY = {
    "names": ["add_to_cart", "order_paid", "page_view", "a:b,c@d", "product_view"],
    "channels": ["live", "on@air,1:2"],
    "properties": [],
    "surfaces": ["home"],
    "first_time": "2024-01-01T00:00:00.000Z",
    "last_time": "2024-07-01T12:00:00.000Z",
    "newest_time": "2024-07-01T12:00:00.000Z",
    "people": 9,
    "events": 90,
}


class Refusal(Exception):
    """An answer that is a problem."""

    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


class Canned:
    """`answers` are by path below /api/v1: a value, a function of the query, or a `Refusal`; `totals` are streamed.

    `hear` is told the path and the body of each question that has one.
    """

    def __init__(self):
        self.reset()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def reset(self):
        self.answers = {"/session": SESSION}
        self.totals = []  # Numbers of events; "end" ends the stream by plan, None without a word.
        self.missing = set()
        self.hear = None

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def _handler(canned):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                address = urlsplit(self.path)
                if address.path == "/api/v1/live":
                    self.stream()
                elif address.path.startswith("/api/v1/"):
                    self.answer(address.path.removeprefix("/api/v1"), parse_qs(address.query))
                else:
                    self.file(address.path)

            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                path = urlsplit(self.path).path.removeprefix("/api/v1")
                if canned.hear:
                    canned.hear(path, json.loads(body))
                self.answer(path, {})

            do_POST = do_PUT

            def answer(self, path, query):
                found = canned.answers.get(path, Refusal(404, "not_found"))
                found = found(query) if callable(found) else found
                if isinstance(found, Refusal):
                    problem = {"title": found.code, "status": found.status, "code": found.code}
                    self.send(found.status, "application/problem+json", json.dumps(problem).encode())
                else:
                    self.send(200, "application/json", json.dumps(found).encode())

            def file(self, path):
                file = ECHARTS if path.startswith("/vendor/") else WEB / path.lstrip("/")
                if path in canned.missing or (path.startswith("/assets/") and not file.is_file()):
                    self.send(404, "text/plain", b"")
                elif path.startswith(("/assets/", "/vendor/")):
                    self.send(200, mimetypes.guess_type(file.name)[0], file.read_bytes())
                else:
                    self.send(200, "text/html", (WEB / "index.html").read_bytes())

            def stream(self):
                if isinstance(canned.totals, Refusal):
                    return self.send(canned.totals.status, "application/problem+json", b"{}")
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                for events in canned.totals:
                    if events is None:
                        return None
                    if events == "end":
                        return self.wfile.write(b"event: end\ndata: {}\n\n")
                    data = json.dumps({"events": events, "people": 1, "sequence": events})
                    self.wfile.write(f"event: totals\ndata: {data}\n\n".encode())
                    time.sleep(0.3)
                time.sleep(30)

            def send(self, status, kind, body):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Set-Cookie", "quanyu_csrf=canned; Path=/")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


@pytest.fixture(scope="module")
def canned():
    canned = Canned()
    yield canned
    canned.stop()


@pytest.fixture(scope="module")
def browser(canned):
    browser = Console(canned.url)
    yield browser
    browser.driver.quit()


@pytest.fixture
def console(canned, browser):
    canned.reset()
    canned.answers["/vocabulary"] = VOCABULARY
    browser.driver.get(canned.url + "/assets/icon.svg")
    browser.driver.get(canned.url + "/not-found")
    browser.look("en", "light")
    browser.complaints()
    return browser
