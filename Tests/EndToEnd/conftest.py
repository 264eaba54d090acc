"""Fixtures: a server with a little of everything in it, and an empty one."""

import pytest
from quanyu import Server

from shop_week import send_week


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server that has seen a week of a small shop; tests that only read share it."""
    server = Server(tmp_path_factory.mktemp("shared") / "data").start()
    server.create_admin()
    server.write_token = server.token("write", "shop")
    server.read_token = server.token("read")
    server.admin_token = server.token("admin")
    send_week(server)
    server.wait_applied()
    yield server
    assert server.stop() == 0, server.log()


def started(folder):
    server = Server(folder).start()
    server.write_token = server.token("write", "shop")
    server.read_token = server.token("read")
    server.admin_token = server.token("admin")
    yield server
    server.stop()


@pytest.fixture
def fresh(tmp_path):
    """A server on an empty folder, for one test alone."""
    yield from started(tmp_path / "data")


@pytest.fixture(scope="module")
def fresh_module(tmp_path_factory):
    """A server on an empty folder, for the tests of one file."""
    yield from started(tmp_path_factory.mktemp("module") / "data")
