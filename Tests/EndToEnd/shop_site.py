"""A shop's site at an origin of its own, and the network between its pages and the server, which can be cut."""

import json
import socket
import threading
import time
from collections import Counter
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from quanyu import run, wait_for


class Wire:
    """The network between the shop's pages and the server, which can be cut in several ways."""

    def __init__(self, url):
        self.target = ("127.0.0.1", int(url.rsplit(":", 1)[1]))
        self.mode = "open"
        self.requests = []  # Of each that came: the time and the first line.
        self.sent = Counter()  # How often each event came, by id.
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def posts(self):
        return [when for when, line in self.requests if line.startswith("POST /api/v1/events")]

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        """One request a connection."""
        with closing(connection):
            if self.mode == "cut":
                return
            try:
                request = self._read(connection)
                if not request:
                    return
                self.requests.append((time.time(), request.split(b"\r\n")[0].decode()))
                if request.startswith(b"POST /api/v1/events"):
                    self.sent.update(event["id"] for event in json.loads(request.partition(b"\r\n\r\n")[2]))
                if self.mode == "busy" and request.startswith(b"POST"):
                    head = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 4\r\nAccess-Control-Allow-Origin: *\r\n"
                    more = "Access-Control-Expose-Headers: Retry-After\r\nContent-Length: 0\r\n\r\n"
                    connection.sendall((head + more).encode())
                    return
                answer = self._ask(request)
                if self.mode != "deaf" or request.startswith(b"GET"):
                    connection.sendall(answer)
            except OSError:
                return

    @staticmethod
    def _read(connection):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
        while len(body) < int((lengths or [b"0"])[0]):
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def _ask(self, request):
        request = request.replace(b"\r\nConnection: keep-alive\r\n", b"\r\nConnection: close\r\n", 1)
        with socket.create_connection(self.target, timeout=30) as server:
            server.sendall(request)
            pieces = []
            while piece := server.recv(65536):
                pieces.append(piece)
        return b"".join(pieces)


class Shop:
    """A site of one kind of page, at an origin of its own."""

    def __init__(self, server, wire, browser):
        self.server, self.wire, self.browser, self.driver = server, wire, browser, browser.driver
        self.body, self.attributes = "", 'data-heartbeat="60"'
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                page = shop.page().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                own = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
                policy = f"{own}; script-src {wire.url}; connect-src {wire.url}"
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def page(self):
        source = f'src="{self.wire.url}/sdk/quanyu.js" data-key="{self.server.write_token}"'
        script = f"<script {source} {self.attributes} defer></script>"
        return (
            f'<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">{script}</head>'
            f"<body>{self.body}</body></html>"
        )

    def open(self, path="/", body=None):
        self.body = self.body if body is None else body
        self.driver.get(self.url + path)
        wait_for(lambda: self.js("return Boolean(window.quanyu && window.quanyu.track)"), message="no SDK")

    def js(self, code, *given):
        return self.driver.execute_script(code, *given)

    def track(self, numbers, name="step"):
        self.js("for (const n of arguments[0]) quanyu.track(arguments[1], { n });", list(numbers), name)

    def queued(self):
        return self.js("return Object.keys(localStorage).filter((name) => name.startsWith('quanyu.e.'))")

    def events(self, *names):
        """All that the server has on disk, by time; with the numbers that the SDK gave them, apart from the rest."""
        lines = run("export", "--data", self.server.data, "--format", "ndjson").stdout.splitlines()
        events = [json.loads(line) for line in lines]
        assert len({event["id"] for event in events}) == len(events)
        for event in events:
            event["number"] = event.get("properties", {}).pop("stream_number", None)
        return sorted((event for event in events if not names or event["name"] in names), key=lambda e: e["time"])

    def wait(self, count, *names, timeout=20):
        wait_for(
            lambda: len(self.events(*names)) >= count, timeout, f"{count} {names} expected, {self.events()} came"
        )
        return self.events(*names)

    def settle(self):
        """Until all is sent and answered for."""
        wait_for(lambda: not self.queued(), message=f"not sent: {self.queued()}")
