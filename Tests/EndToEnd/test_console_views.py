"""What the pages of measures have in common: another period beside the one looked at, and files to take away."""

from datetime import timedelta

import pytest
from browser import Console
from quanyu import wait_for
from selenium.webdriver.common.keys import Keys
from shop_week import END

LAST = (END - timedelta(days=1)).date()
DAYS = f"range=custom&from={LAST - timedelta(days=1)}&to={LAST}"
FUNNEL = f"/funnel?{DAYS}&steps=product_view,order_paid"


@pytest.fixture(scope="module")
def english(server):
    console = Console(server.url)
    console.driver.get(server.url + "/sign-in")
    console.look("en", "light")
    console.sign_in(server)
    yield console
    console.driver.quit()


def compare_with(english, words):
    english.one(".range-control button").click()
    (item,) = [one for one in english.all("[role^=menuitem]") if one.text.startswith(words)]
    item.click()


def test_a_period_is_held_against_another_in_the_address(english):
    english.open(FUNNEL)
    assert "−" in english.text(".result-sentence") or "+" in english.text(".result-sentence")
    assert "Dashed: " in english.text() and "Difference" in english.texts("th")
    compare_with(english, "Nothing")
    wait_for(lambda: "compare=none" in english.driver.current_url)
    english.settle()
    assert "Difference" not in english.texts("th")
    compare_with(english, "Chosen period")
    first = LAST - timedelta(days=3)
    for field, day in zip(english.all("dialog input[type=date]"), (first, first), strict=True):
        english.driver.execute_script("arguments[0].value = arguments[1]", field, str(day))
    english.click("Apply", "dialog")
    wait_for(lambda: f"compare=custom&compare_from={first}&compare_to={first}" in english.driver.current_url)
    english.settle()
    assert f"{first.strftime('%b')} {first.day}, {first.year}" in english.text(".result-sentence")
    compare_with(english, "Same days last year")
    wait_for(lambda: "compare=year" in english.driver.current_url)
    english.settle()
    assert "Difference" not in english.texts("th"), "a year ago nothing was there"


@pytest.mark.parametrize("keys,extension,begin", [
    ([Keys.HOME], "csv", "\ufeffStep,".encode()), ([Keys.HOME, Keys.ARROW_DOWN], "svg", b"<svg "),
    ([Keys.END], "png", b"\x89PNG"),
])
def test_a_chart_is_taken_away_by_keyboard_under_the_name_of_its_page_and_period(
    english, tmp_path, keys, extension, begin
):
    english.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    english.open(FUNNEL)
    wait_for(lambda: english.all(".chart[data-drawn]"))
    english.one("main [aria-haspopup=menu]").send_keys(Keys.ENTER)
    english.press(*keys, Keys.ENTER)
    file = tmp_path / f"funnel_{LAST - timedelta(days=1)}_{LAST}.{extension}"
    wait_for(file.exists, message=f"no {file.name} among {list(tmp_path.iterdir())}")
    content = file.read_bytes()
    assert content.startswith(begin)
    assert extension != "svg" or ("Product view" in content.decode() and content.count(b"<path") > 4)
    assert english.focused().get_attribute("aria-haspopup") == "menu", "the focus is back where it was"
    assert not english.all("main .menu:not([hidden])")


def test_a_long_table_is_shown_page_by_page(server, english):
    question = {"event": {"name": "product_view"}, "by": ["subject", "channel"], "from": "2020-01-01T00:00:00Z"}
    count = len(server.post("/api/v1/query/segmentation", server.read_token, question).json()["groups"])
    assert count > 60
    english.open("/segmentation?range=all&compare=none&event=product_view&by=subject,channel")
    table = ".flush-table tbody tr"
    assert len(english.all(table)) == 50
    first = english.texts(f"{table} th")[0]
    assert f"1–50 of {count}" in english.text(".flush-table .pager")
    english.click("Next page", ".flush-table .pager")
    wait_for(lambda: f"51–{min(100, count)} of {count}" in english.text(".flush-table .pager"))
    assert len(english.all(table)) == min(100, count) - 50
    assert english.driver.execute_script("return document.documentElement.scrollWidth") <= 1440
    english.click("Previous page", ".flush-table .pager")
    wait_for(lambda: english.texts(f"{table} th")[0] == first and len(english.all(table)) == 50)
