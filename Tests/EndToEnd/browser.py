"""Headless Chromium for the tests of the console."""

import base64
import json
import shutil
from pathlib import Path

import axe_core_python
from quanyu import wait_for
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
DESK, PHONE = 1440, 390
# Something is still on its way: a skeleton, an old answer, a chart that is not drawn.
WAITING = ".skeleton, .is-stale, .asking:empty, .chart:not([hidden]):not([data-drawn])"


class Console:
    """One browser at one server."""

    def __init__(self, url, program="chromium-headless-shell"):
        """The shell asks for two thirds of the processor's time that `chromium` does; its tabs are always in sight."""
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which(program)
        for argument in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--force-prefers-reduced-motion"]:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.url = url
        self.size(DESK)

    def size(self, width, height=900):
        metrics = dict(width=width, height=height, deviceScaleFactor=1, mobile=width == PHONE)
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def look(self, language, theme):
        stored = json.dumps({"language": language, "theme": theme, "zone": "Asia/Shanghai"})
        self.driver.execute_script("localStorage.setItem('quanyu', arguments[0])", stored)

    def open(self, path):
        self.driver.get(self.url + path)
        self.settle()

    def settle(self):
        """Until a page is there and nothing on it is on its way."""
        wait_for(lambda: self.all("h1") and not self.all(WAITING), message=f"{self.driver.current_url} is not done")

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return wait_for(lambda: self.all(selector), message=f"no {selector}")[0]

    def text(self, selector="main"):
        """What is read there now; pages redraw, so an element is not held on to."""
        self.one(selector)
        return self.driver.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def texts(self, selector):
        """What each of them reads, all at one instant."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText.trim())", selector
        )

    def click(self, words, within="main"):
        """Clicks the button or link that reads so, as soon as it is there."""

        def clicked():
            found = self.driver.execute_script(
                "return [...document.querySelectorAll(`:is(${arguments[0]}) :is(button, a)`)]"
                ".find((one) => one.checkVisibility() && one.innerText.trim() === arguments[1])",
                within, words,
            )
            if found:
                found.click()
            return found

        wait_for(clicked, message=f"no “{words}” in {within}")

    def words(self):
        """What the page is built of, in its own words: places, headings, names of figures and columns, buttons."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll('nav a, h1, h2, main dt, main thead th, main button')]"
            ".filter((one) => one.checkVisibility()).map((one) => one.innerText.trim().replace(/\\s+/g, ' '))"
            ".filter((words) => words && !/\\d/.test(words))"
        )

    def patches(self, path):
        """Width and height of a picture, and how bright its patches are, of 255, row by row."""
        return self.driver.execute_async_script(
            """
            const [data, done] = arguments;
            const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
            createImageBitmap(new Blob([bytes], { type: 'image/png' })).then((image) => {
              const [columns, rows] = [48, 32];
              const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
              context.drawImage(image, 0, 0);
              const [width, height] = [Math.floor(image.width / columns), Math.floor(image.height / rows)];
              const patches = [];
              for (let row = 0; row < rows; row += 1) {
                for (let column = 0; column < columns; column += 1) {
                  const { data } = context.getImageData(column * width, row * height, width, height);
                  let sum = 0;
                  for (let at = 0; at < data.length; at += 4) sum += (data[at] + data[at + 1] + data[at + 2]) / 3;
                  patches.push(sum / (data.length / 4));
                }
              }
              done([[image.width, image.height], patches]);
            });
            """,
            base64.b64encode(path.read_bytes()).decode(),
        )

    def press(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def chord(self, held, key):
        webdriver.ActionChains(self.driver).key_down(held).send_keys(key).key_up(held).perform()

    def focused(self):
        return self.driver.switch_to.active_element

    def complaints(self):
        """What the browser's console says that is not merely information."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def barriers(self):
        """What axe finds that is serious or critical, with the places."""
        if not self.driver.execute_script("return Boolean(window.axe)"):
            self.driver.execute_script(AXE)
        found = self.driver.execute_async_script(
            "const done = arguments[0];"
            "axe.run(document, { resultTypes: ['violations'] }).then((result) => done(result.violations))"
        )
        return [
            (violation["id"], [node["target"] for node in violation["nodes"]][:5])
            for violation in found
            if violation["impact"] in ("serious", "critical")
        ]

    def sign_in(self, server):
        """By keyboard alone: the first field has the focus."""
        self.open("/sign-in")
        wait_for(lambda: self.focused().get_attribute("name") == "username")
        self.press(server.admin_name, Keys.TAB, server.admin_password, Keys.ENTER)
        wait_for(lambda: self.driver.current_url.endswith("/overview"), message="not signed in")
        self.settle()
