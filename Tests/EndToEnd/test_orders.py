"""Orders and the catalogue: imported, told late and out of order, across kills, over HTTP, and in the console."""

import itertools
import json
import random

import pytest
import requests
from browser import DESK, PHONE, Console
from canned import browser, canned, console  # noqa: F401 (fixtures)
from quanyu import Server, run, wait_for
from selenium.webdriver.common.by import By

ORDERS = {
    "source": "douyin", "into": "orders",
    "records": [{"fields": {
        "order": "订单编号", "person": "买家", "status": "订单状态", "amount": "应付", "paid": "实付",
        "refunded": "退款", "created_at": "下单时间", "paid_at": "支付时间", "refunded_at": "退款时间",
    }}],
}
HEADER = "订单编号,买家,订单状态,应付,实付,退款,下单时间,支付时间,退款时间\n"
CATALOGUE = {
    "source": "erp", "into": "catalog",
    "records": [{"fields": {
        "subject": {"template": "{kind}:{id}"}, "title": "title", "brand": "brand", "price": "price", "stock": "stock",
        "as_of": "at",
    }}],
}


def import_table(folder, data, mapping, text, name="table.csv"):
    (folder / "map.json").write_text(json.dumps(mapping))
    (folder / name).write_text(text)
    done = run("import", "--data", data, "--file", folder / name, "--map", folder / "map.json", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_exports_of_two_days_give_one_book_and_the_server_shows_it(tmp_path):
    data = tmp_path / "data"
    monday = HEADER + "".join(
        f"{number},u{number % 7},已支付,10.00,10.00,,2026-01-05 10:00:00,2026-01-05 10:01:00,\n" for number in range(60)
    )
    assert import_table(tmp_path, data, ORDERS, monday, "monday.csv") == "60 accepted, 0 duplicate, 0 refused"
    tuesday = monday.replace("7,u0,已支付,10.00,10.00,,", "7,u0,已退款,10.00,10.00,2.50,", 1)
    assert import_table(tmp_path, data, ORDERS, tuesday, "tuesday.csv") == "1 accepted, 59 duplicate, 0 refused"
    server = Server(data).start()
    try:
        token = server.token("admin")
        totals = server.get("/api/v1/orders/totals", token).json()
        assert [(day["day"], day["orders"], day["net_minor"]) for day in totals["days"]] == [("2026-01-05", 60, 59750)]
        assert not totals["days"][0]["restated"], "a first import of the past restates nothing"
        found = server.get("/api/v1/orders", token, params={"state": "refunded_in_part"}).json()["orders"]
        assert [order["order"] for order in found] == ["7"]
        order = server.get("/api/v1/orders/7", token).json()
        assert [fact["name"] for fact in order["facts"]] == ["order_created", "order_paid", "order_refunded"]
        pages = list(all_orders(server, token, limit=17))
        assert len(pages) == len(set(pages)) == 60
        note = {"source": "douyin", "day": "2026-01-05", "currency": "CNY", "orders": 80, "gross_minor": 80000}
        assert server.post("/api/v1/orders/reconciliation", token, {"totals": [note]}).status_code == 200
        row = server.get("/api/v1/orders/reconciliation", token).json()["rows"][0]
        assert (row["completeness"], row["orders_difference"]) == (0.75, -20)
    finally:
        server.stop()


def all_orders(server, token, **query):
    cursor = None
    while True:
        page = server.get("/api/v1/orders", token, params={**query, **({"cursor": cursor} if cursor else {})}).json()
        yield from (order["order"] for order in page["orders"])
        if not (cursor := page["next"]):
            return


def story_of(number):
    """The facts of one order; the same for a number, and all of them fit."""
    chance = random.Random(number)
    subject, person = f"order:{number}", f"u{number % 9}"
    day = f"2026-01-{1 + number % 20:02}"
    value = {"minor": 1000 + number, "currency": "CNY"}
    facts = [("order_created", "09:00", value), ("order_paid", "09:05", value)]
    if chance.random() < 0.5:
        facts.append(("order_shipped", "12:00", None))
    if chance.random() < 0.3:
        facts.append(("order_refunded", "15:00", {"minor": 300, "currency": "CNY"}))
        facts.append(("order_refunded", "16:00", {"minor": 700 + number, "currency": "CNY"}))
    return [
        {"id": f"{number}-{name}-{time}", "person": person, "name": name, "time": f"{day}T{time}:00Z",
         "subject": subject, **({"value": value} if value else {})}
        for name, time, value in facts
    ]


def book_of(server):
    totals = server.get("/api/v1/orders/totals", server.read_token, params={"from": "2026-01-01"}).json()["days"]
    orders = {}
    for number in range(0, 120, 7):
        order = server.get(f"/api/v1/orders/{number}", server.read_token).json()
        orders[number] = (order["state"], order["net"], [(fact["name"], fact["time"]) for fact in order["facts"]])
    restated = server.get("/api/v1/restatements", server.read_token).json()
    return totals, orders, restated


def test_late_facts_in_any_order_end_the_same_after_kills_and_without_snapshots(fresh):
    facts = list(itertools.chain.from_iterable(story_of(number) for number in range(120)))
    random.Random(3).shuffle(facts)
    fresh.environment = {"QUANYU_SNAPSHOT_SECONDS": "1"}
    for part in range(4):
        for start in range(part * len(facts) // 4, (part + 1) * len(facts) // 4, 20):
            end = min(start + 20, (part + 1) * len(facts) // 4)
            assert fresh.post("/api/v1/events", fresh.write_token, facts[start:end]).status_code == 200
        fresh.kill()
        fresh.start()
    fresh.wait_applied()
    killed = book_of(fresh)
    states = {state for state, _, _ in killed[1].values()}
    assert "refunded" in states and "shipped" in states
    assert sum(day["orders"] for day in killed[0]) == 120
    conflicts = fresh.get("/api/v1/orders", fresh.read_token, params={"conflict": "true"}).json()
    assert conflicts["orders"] == []
    fresh.stop()
    for snapshot in (fresh.data / "snapshots").glob("orders*"):
        snapshot.unlink()
    fresh.start()
    fresh.wait_applied()
    assert book_of(fresh) == killed


def test_another_zone_counts_other_days(fresh):
    event = {"person": "ana", "name": "order_paid", "subject": "order:1", "time": "2026-01-05T17:00:00Z",
             "value": {"minor": 5, "currency": "CNY"}}
    assert fresh.post("/api/v1/events", fresh.write_token, event).status_code == 200
    for zone, day in [("Asia/Shanghai", "2026-01-06"), ("UTC", "2026-01-05")]:
        fresh.stop()
        fresh.environment = {"QUANYU_TIME_ZONE": zone}
        fresh.start()
        fresh.wait_applied()
        totals = fresh.get("/api/v1/orders/totals", fresh.read_token).json()
        assert (totals["time_zone"], [row["day"] for row in totals["days"]]) == (zone, [day])


def test_who_may_only_read_changes_nothing(fresh):
    headers = {"Authorization": f"Bearer {fresh.read_token}"}
    item = fresh.url + "/api/v1/catalogue/product:1"
    assert requests.put(item, json={"title": "x"}, headers=headers, timeout=10).status_code == 403
    totals = {"totals": [{"source": "a", "day": "2026-01-05", "currency": "CNY", "gross_minor": 1}]}
    assert fresh.post("/api/v1/orders/reconciliation", fresh.read_token, totals).status_code == 403
    assert fresh.get("/api/v1/catalogue/product:1", fresh.read_token).status_code == 404


# In the console.


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A shop with orders of four weeks, a catalogue with a past, and what a platform says."""
    folder = tmp_path_factory.mktemp("orders")
    chance = random.Random(1)
    rows = []
    for number in range(400):
        day = f"2026-01-{1 + number % 28:02}"
        price = chance.randrange(20, 400)
        status, refunded, refunded_at = "已完成", "", ""
        if number % 11 == 0:
            status, refunded, refunded_at = "已退款", str(price // 2), f"{day} 20:00:00"
        if number % 13 == 0:
            status, refunded = "待付款", ""
        paid = ("", "") if status == "待付款" else (str(price), f"{day} 10:01:00")
        row = [8000 + number, f"buyer-{number % 90}", status, price, paid[0], refunded, f"{day} 10:00:00", paid[1]]
        rows.append(",".join(map(str, [*row, refunded_at if refunded else ""])) + "\n")
    import_table(folder, folder / "data", ORDERS, HEADER + "".join(rows))
    items = ["kind,id,title,brand,price,stock,at"]
    for week, price in enumerate([59, 55, 49, 52]):
        items += [f"product,tea,明前绿茶,山泉,{price},{400 - week * 120},2026-01-0{1 + week * 2} 08:00:00"]
    cups = range(9)
    items += [f"product,cup-{cup},青瓷杯 {cup},窑里,{30 + cup},{cup},2026-01-01" for cup in cups]
    items += ["room,main,山泉旗舰店直播间,,,,", "coupon,new,新人券,,,,"]
    import_table(folder, folder / "data", CATALOGUE, "\n".join(items) + "\n", "items.csv")
    server = Server(folder / "data").start()
    server.create_admin()
    server.write_token = server.token("write", "shop")
    server.admin_token = server.token("admin")
    bad = {"person": "buyer-1", "name": "order_refunded", "subject": "order:77", "time": "2026-01-28T10:00:00Z",
           "value": {"minor": 9900, "currency": "CNY"}}
    assert server.post("/api/v1/events", server.write_token, bad).status_code == 200
    server.wait_applied()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def page(shop):
    console = Console(shop.url)
    console.driver.get(shop.url + "/sign-in")
    console.look("en", "light")
    console.sign_in(shop)
    yield console
    console.driver.quit()


PAGES = ["/orders", "/orders?view=list", "/orders?view=restated", "/orders?view=reconciliation", "/catalogue",
         "/catalogue/product%3Atea"]


@pytest.mark.parametrize("language,width", [("en", DESK), ("en", PHONE), ("zh-CN", DESK), ("zh-CN", PHONE)])
def test_the_pages_are_whole_in_this_look(page, language, width):
    page.size(width)
    page.look(language, "light")
    problems = []
    for path in PAGES:
        page.open(path)
        problems += [(path, "error", one) for one in page.texts(".error-box")]
        problems += [(path, "console", message) for message in page.complaints()]
        problems += [(path, "axe", barrier) for barrier in page.barriers()]
        if page.driver.execute_script("return document.documentElement.scrollWidth") > width:
            problems.append((path, "wider than the screen"))
    assert problems == []


@pytest.fixture
def english(page):
    page.size(DESK)
    page.look("en", "light")
    return page


def test_the_days_say_what_the_api_says(shop, english):
    english.open("/orders?range=all")
    totals = shop.get("/api/v1/orders/totals", shop.admin_token, params={"from": "2026-01-01"}).json()
    assert f"from {totals['sums'][0]['orders']} paid orders" in english.text(".result-sentence")
    assert f"CN¥{totals['sums'][0]['net_minor'] / 100:,.2f}" in english.text(".result-sentence")
    assert len(english.all("tbody tr")) >= 28


def test_an_order_is_found_and_unfolds_to_its_facts(english):
    english.open("/orders?view=list&range=all&conflict=true")
    orders = english.all("tbody [aria-expanded]")
    assert [order.text for order in orders] == ["77"]
    orders[0].click()
    wait_for(lambda: "No payment of the order is known." in english.text(".unfolded"))
    assert "Refund without a payment" in english.text(".unfolded")
    orders[0].click()
    assert english.all(".unfolded") == []
    state = english.all("main select")[0]
    state.find_element(By.CSS_SELECTOR, "option[value=refunded_in_part]").click()
    wait_for(lambda: "state=refunded_in_part" in english.driver.current_url)
    english.settle()
    assert "No order is like this" in english.text()


def test_totals_of_a_platform_are_typed_and_compared(english, tmp_path):
    english.open("/orders?view=reconciliation")
    values = ["douyin", None, "CNY", "20", "1234.50", ""]
    for box, value in zip(english.all("main form input"), values):
        if value is not None:
            english.driver.execute_script("arguments[0].value = arguments[1]", box, value)
    day = english.all("main form input")[1]
    english.driver.execute_script("arguments[0].value = '2026-01-02'", day)
    english.one("main form button[type=submit]").click()
    wait_for(lambda: "2026-01-02" in english.text(".table"))
    assert "CN¥1,234.50" in english.text(".table")
    table = tmp_path / "report.csv"
    table.write_text("source,day,currency\ndouyin,2026-01-03,CNY,,100.00,\ndouyin,2026-01-04,CNY,x,1,\n")
    english.one("input[type=file]").send_keys(str(table))
    wait_for(lambda: "Line 3 is no total" in english.text())
    assert "2026-01-03" not in english.text(".table")


def test_an_item_is_changed_and_its_past_stays(english):
    english.open("/catalogue?kind=product&query=绿茶")
    assert english.texts("tbody th a") == ["明前绿茶"]
    english.one("tbody th a").click()
    wait_for(lambda: english.all("main form"))
    english.settle()
    price = english.all("main form input")[3]
    english.driver.execute_script("arguments[0].value = '45.50'", price)
    english.one("main form button[type=submit]").click()
    wait_for(lambda: "CN¥45.50" in english.text(".facts"))
    assert "CN¥52.00" in english.text() and "user:admin" in english.text()


def test_restatements_say_from_what_to_what_and_why(console, canned):  # noqa: F811
    row = {
        "id": 1, "day": "2026-01-05", "currency": "CNY", "received_at": "2026-01-07T02:00:00.000Z", "source": "douyin",
        "name": "order_refunded", "order": "8001", "event": "e1", "sequence": 9, "sequence_last": 12, "facts": 4,
        "changes": [
            {"metric": "refunded", "before": 0, "after": 2500}, {"metric": "net", "before": 9900, "after": 7400},
        ],
    }
    asked = []

    def restatements(query):
        asked.append(query)
        return {"restatements": [row], "next": None, "total": 1}

    canned.answers["/restatements"] = restatements
    console.open("/orders?view=restated&day=2026-01-05")
    text = console.text(".table")
    for words in ["CN¥99.00", "CN¥74.00", "Order refunded", "Order 8001", "and 3 more", "douyin"]:
        assert words in text
    assert asked[0]["day"] == ["2026-01-05"]
    console.one("main select").find_element(By.CSS_SELECTOR, "option[value=net]").click()
    wait_for(lambda: "metric=net" in console.driver.current_url)
    console.settle()
    assert "CN¥25.00" not in console.text(".table")
