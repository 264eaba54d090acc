"""A real `quanyu serve` for the tests: started, asked, killed and started again."""

import os
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests
from selenium.common.exceptions import StaleElementReferenceException

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("QUANYU_BIN", ROOT / ".build" / "debug" / "quanyu"))
ADMIN_NAME = "admin"
ADMIN_PASSWORD = "correct horse battery"


def run(*arguments, check=True, **options):
    """Runs one command to its end."""
    return subprocess.run(
        [str(BINARY), *map(str, arguments)], check=check, capture_output=True, text=True, timeout=300, **options
    )


@dataclass
class Server:
    """One server process on one data folder."""

    data: Path
    arguments: tuple = ()
    environment: dict = field(default_factory=dict)
    before: object = None  # Called in the process before it becomes the server.
    process: subprocess.Popen = None
    url: str = ""
    setup_link: str = ""
    output: list = field(default_factory=list)
    admin_name: str = ADMIN_NAME
    admin_password: str = ADMIN_PASSWORD

    def start(self, timeout=60):
        self.output = []
        self.url = ""
        self.process = subprocess.Popen(
            [str(BINARY), "serve", "--data", str(self.data), "--port", "0", *self.arguments],
            stdout=subprocess.PIPE,
            stderr=open(self.data.parent / f"{self.data.name}.log", "ab"),
            text=True,
            env={**os.environ, **self.environment},
            preexec_fn=self.before,
        )
        ready = threading.Event()
        threading.Thread(target=self._read, args=(self.process, ready), daemon=True).start()
        deadline = time.time() + timeout
        while not ready.wait(0.05):
            if time.time() > deadline or self.process.poll() is not None:
                self.process.kill()
                raise AssertionError(f"no server: {self.output} {self.log()}")
        while requests.get(self.url + "/health/ready", timeout=10).status_code != 200:
            assert time.time() < deadline, "not ready: " + self.log()
            time.sleep(0.02)
        return self

    def _read(self, process, ready):
        for line in process.stdout:
            self.output.append(line)
            if link := re.search(r"(http://\S+/setup\?link=\S+)", line):
                self.setup_link = link.group(1)
            elif served := re.search(r"(http://[^\s/]+)", line):
                self.url = self.url or served.group(1)
                ready.set()

    def log(self, whole=False):
        text = (self.data.parent / f"{self.data.name}.log").read_text()
        return text if whole else text[-5000:]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)
        return self.process.returncode

    def token(self, kind, name=None):
        words = ["token", "create", "--data", self.data, "--kind", kind]
        return run(*words, *(["--name", name] if name else [])).stdout.strip().splitlines()[-1]

    def create_admin(self):
        """Follows the one-time link, as a person would."""
        deadline = time.time() + 10
        while not self.setup_link:
            assert time.time() < deadline, f"no setup link in {self.output}"
            time.sleep(0.02)
        link = self.setup_link.split("link=")[1]
        answer = requests.post(
            self.url + "/api/v1/setup",
            json={"link": link, "name": ADMIN_NAME, "password": ADMIN_PASSWORD},
            timeout=30,
        )
        assert answer.status_code in (200, 201, 204), answer.text
        return self

    def get(self, path, token, **options):
        return requests.get(
            self.url + path, headers={"Authorization": f"Bearer {token}"}, timeout=60, **options
        )

    def post(self, path, token, body, headers=None, **options):
        return requests.post(
            self.url + path, json=body, headers={"Authorization": f"Bearer {token}", **(headers or {})}, timeout=60,
            **options
        )

    def wait_applied(self, timeout=30):
        """Until everything in the journal is in the timeline."""
        deadline = time.time() + timeout
        while True:
            state = requests.get(self.url + "/health/ready", timeout=10).json()
            if state["timeline_sequence"] >= state["journal_sequence"]:
                return
            assert time.time() < deadline, state
            time.sleep(0.02)


def wait_for(condition, timeout=15, message="not in time"):
    """What the condition gives once it holds; a page that redraws while it is looked at does not hold it yet."""
    deadline = time.monotonic() + timeout
    while not (value := _unless_redrawn(condition)):
        assert time.monotonic() < deadline, message
        time.sleep(0.05)
    return value


def _unless_redrawn(condition):
    try:
        return condition()
    except StaleElementReferenceException:
        return None
