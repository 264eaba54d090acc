"""The console's Import page in a real browser: a table from upload to events, a log, a webhook."""

import time

import pytest
import requests
from browser import PHONE, Console
from quanyu import Server, wait_for
from selenium.webdriver.support.ui import Select
from test_import import events, line, orders

WORDS = {"zh-CN": ("已完成", "启用", "跟踪中"), "en": ("Done", "On", "Following")}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("import")
    (folder / "logs").mkdir()
    server = Server(folder / "data", arguments=("--follow-folders", str(folder / "logs"))).start()
    server.create_admin()
    server.admin_token = server.token("admin")
    yield server
    assert server.stop() == 0, server.log()


@pytest.fixture(scope="module")
def console(server):
    console = Console(server.url)
    console.driver.get(server.url + "/sign-in")
    console.look("en", "light")
    console.sign_in(server)
    yield console
    console.driver.quit()


def fill(console, element, text):
    console.driver.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true }))",
        element, text,
    )


def field(console, label):
    """The control below a label, in the dialog where one is open."""
    found = console.driver.execute_script(
        "const root = document.querySelector('dialog[open]') ?? document;"
        "const label = [...root.querySelectorAll('label')].find((one) => one.textContent === arguments[0]);"
        "return label && document.getElementById(label.htmlFor)",
        label,
    )
    assert found, label
    return found


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_table_goes_from_upload_to_events(server, console, tmp_path, language):
    before = events(server)
    table = tmp_path / f"订单 {language}.csv"
    table.write_bytes(orders(300))
    console.look(language, "light")
    console.open("/import")
    console.one("input[type=file]").send_keys(str(table))
    console.one("main form button[type=submit]").click()
    wait_for(lambda: "/import/" in console.driver.current_url)
    wait_for(lambda: len(console.all("main table")) == 2, message="no columns and preview")
    console.settle()
    assert console.text("h1") == table.name
    roles = [Select(one).first_selected_option.get_attribute("value") for one in console.all("main table select")]
    assert roles == ["order", "person", "phone", "time", "amount", "property"]
    # Another role makes another preview.
    Select(console.all("main table select")[5]).select_by_value("leave_out")
    wait_for(
        lambda: len(tables := console.texts("main table")) == 2 and "沪1" not in tables[1],
        message="the preview is the old one",
    )
    console.settle()
    assert "1380013" not in console.texts("main table")[-1]
    assert console.complaints() == [] and console.barriers() == []
    console.size(PHONE)
    assert console.driver.execute_script("return document.documentElement.scrollWidth") <= PHONE
    console.size(1440)
    console.one("main button.is-primary").click()
    wait_for(lambda: WORDS[language][0] in console.text(), message="not done")
    # The second language brings the same orders under another source.
    assert events(server) == before + 299
    assert console.barriers() == []
    console.open("/import")
    assert table.name in console.text() and console.barriers() == []


def test_a_log_is_declared_tried_and_followed(server, console):
    path = server.data.parent / "logs" / "app.log"
    path.write_text(line(1) + "\n")
    console.look("en", "light")
    console.open("/import?view=logs")
    console.one("main .panel-tools button").click()
    Select(field(console, "Format")).select_by_value("json")
    fill(console, field(console, "Files"), "/etc/passwd")
    fill(console, field(console, "Source"), "app")
    fill(console, field(console, "Mapping"), '{"records":[{"fields":{"person":"u","name":"e","time":"t"}}]}')
    Select(field(console, "Begin")).select_by_value("start")
    console.one("dialog details summary").click()
    fill(console, field(console, "Some lines of the log"), line(1))
    console.one("dialog details button").click()
    wait_for(lambda: '"person":"p1"' in console.text("dialog"), message="no trial")
    console.one("dialog .dialog-foot button").click()
    wait_for(lambda: console.all("dialog .error-box"), message="a forbidden path was taken")
    fill(console, field(console, "Files"), str(path))
    before = events(server)
    console.one("dialog .dialog-foot button").click()
    wait_for(lambda: not console.all("dialog"))
    wait_for(lambda: events(server) == before + 1)
    wait_for(lambda: WORDS["en"][2] in console.text("main"))
    wait_for(lambda: console.text("main tbody").split().count("1") >= 2, message="no counts")
    assert console.barriers() == []


def test_a_webhook_is_declared_and_takes_what_is_pushed(server, console):
    console.look("en", "light")
    console.open("/import?view=webhooks")
    console.one("main .panel-tools button").click()
    fill(console, field(console, "Name"), "form")
    fill(console, field(console, "Mapping"), '{"records":[{"fields":{"person":"who","name":{"const":"sign_up"}}}]}')
    Select(field(console, "Proof of the sender")).select_by_value("query_token")
    fill(console, field(console, "Secret"), "s3cret")
    assert console.barriers() == []
    console.one("dialog .dialog-foot button").click()
    wait_for(lambda: "/api/v1/hooks/form" in console.text("dialog pre"))
    before = events(server)
    address = server.url + "/api/v1/hooks/form"
    assert requests.post(address, json={"who": "li"}, timeout=30).status_code == 401
    assert requests.post(address, params={"token": "s3cret"}, json={"who": "li"}, timeout=30).status_code == 200
    assert events(server) == before + 1
    time.sleep(0.1)
    assert [one for one in console.complaints() if "404" not in one and "422" not in one] == []
