"""A week of a small live shop, the same on every run: people browse, are shown things, and buy."""

import random
from datetime import datetime, timedelta, timezone

PRODUCTS = [f"product:{number}" for number in range(1, 41)]
CHANNELS = ["live", "feed", "app", "web"]
END = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)


def iso(time):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def week_events(people=60, seed=7):
    """Browsing and orders of seven days up to now, oldest first."""
    chance = random.Random(seed)
    events = []
    for number in range(people):
        person, channel = f"viewer-{number:03d}", CHANNELS[number % len(CHANNELS)]
        tastes = chance.sample(PRODUCTS, 6)
        for visit in range(chance.randint(1, 6)):
            time = END - timedelta(minutes=chance.randint(60, 7 * 24 * 60))
            events.append((time, dict(person=person, channel=channel, name="page_view", subject="page:/home")))
            for product in chance.sample(tastes, chance.randint(1, 4)):
                time += timedelta(seconds=40)
                events.append((time, dict(person=person, channel=channel, name="product_view", subject=product)))
                if chance.random() < 0.5:
                    time += timedelta(seconds=30)
                    events.append((time, dict(person=person, channel=channel, name="add_to_cart", subject=product)))
                    if chance.random() < 0.6:
                        time += timedelta(seconds=60)
                        price = dict(minor=chance.randint(990, 39900), currency="CNY")
                        order = dict(person=person, channel=channel, name="order_paid", value=price)
                        events.append((time, dict(order, subject=f"order:{number}-{visit}-{product[8:]}")))
                        bought = dict(person=person, channel=channel, name="product_purchased", value=price)
                        events.append((time, dict(bought, subject=product)))
    events.sort(key=lambda event: event[0])
    return [dict(event, time=iso(time), id=f"week-{index}") for index, (time, event) in enumerate(events)]


def send_week(server):
    events = week_events()
    answer = server.post("/api/v1/events", server.write_token, events)
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == len(events), answer.text
    server.wait_applied()
    bad = [dict(name="click"), dict(person="viewer-000", name="click", time="yesterday")]
    assert server.post("/api/v1/events", server.write_token, bad).status_code == 422
    for number in range(12):
        person = f"viewer-{number:03d}"
        question = dict(person=person, surface="home", count=4, channel="app")
        decision = server.post("/api/v1/decide", server.write_token, question).json()
        shown = [choice["subject"] for choice in decision["choices"]]
        seen = dict(person=person, channel="app", decision=decision["decision"])
        outcome = [dict(seen, name="product_exposure", subject=subject) for subject in shown]
        if number % 2 == 0:
            outcome.append(dict(seen, name="product_click", subject=shown[0]))
        assert server.post("/api/v1/events", server.write_token, outcome).status_code == 200
