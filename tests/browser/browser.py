"""browser.py - headless Chromium for tests, driven through chromedriver's WebDriver protocol: Python's library alone.

    if not browser.there():
        sys.exit(browser.SKIPPED)
    with browser.Browser(width=1280, height=900) as page:
        page.open("report.html")
        page.run("return document.title")

Scripts run through the protocol, so that a page's Content-Security-Policy does not stop them.  Costs some 0.5 s a start.
It leaves out what tests here do not need: several windows, cookies, waiting for elements."""
import base64
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

SKIPPED = 77  # a test's exit status that says: not run
NAMES = ("chromium", "chromium-browser", "google-chrome")


def program():
    return next((path for path in map(shutil.which, NAMES) if path), None)


def there():
    """Are Chromium and its driver installed?  Says so where they are not."""
    if program() and shutil.which("chromedriver"):
        return True
    print("skipped: no Chromium with chromedriver here (scripts/setup scripts/packages-browser)")
    return False


class Browser(contextlib.AbstractContextManager):
    def __init__(self, width=1280, height=900):
        self.folder = tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True)
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            self.link = http.client.HTTPConnection("127.0.0.1", self._port(), timeout=300)
            flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     f"--window-size={width},{height}", f"--user-data-dir={self.folder.name}"]
            wanted = {"browserName": "chrome", "goog:chromeOptions": {"binary": program(), "args": flags},
                      "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
            self.session = self._send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        except BaseException:
            self._end()
            raise

    def _port(self):
        for line in self.driver.stdout:
            if "started successfully on port" in line:
                return int(line.split("port")[1].strip(" .\n"))
        raise RuntimeError("chromedriver did not start")

    def _send(self, method, path, body=None):
        self.link.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        answer = json.loads(self.link.getresponse().read())["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise RuntimeError(answer["message"])
        return answer

    def _do(self, method, command, body=None):
        return self._send(method, f"/session/{self.session}/{command}".rstrip("/"), body)

    def open(self, where):
        """Opens a file's path or an address, and returns once its load event is over."""
        address = where if "://" in where else pathlib.Path(where).resolve().as_uri()
        self._do("POST", "url", {"url": address})

    def run(self, script, *arguments):
        """What the script returns; it sees its arguments in `arguments`."""
        return self._do("POST", "execute/sync", {"script": script, "args": list(arguments)})

    def command(self, name, **parameters):
        """A command of the DevTools protocol: "Page.printToPDF", "Emulation.setEmulatedMedia", ..."""
        return self._do("POST", "goog/cdp/execute", {"cmd": name, "params": parameters})

    def size(self, width, height, phone=False):
        """The page's size in pixels, whatever the window's least is."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def scheme(self, name):
        """light or dark, as the page's media queries see it."""
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def messages(self):
        """What the console has got since the last call: errors, warnings and violations of the page's policy, too."""
        return [entry["message"] for entry in self._do("POST", "se/log", {"type": "browser"})]

    def requests(self):
        """Addresses that were asked for since the last call, without those of the browser's own pages."""
        entries = [json.loads(entry["message"])["message"] for entry in self._do("POST", "se/log", {"type": "performance"})]
        addresses = [entry["params"]["request"]["url"] for entry in entries if entry["method"] == "Network.requestWillBeSent"]
        return [address for address in addresses if not address.startswith(("chrome://", "data:"))]

    def load_time(self):
        """Seconds from the start of the navigation to the end of its load event."""
        return self.run("return performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000

    def picture(self, path):
        """Saves what the window shows as PNG."""
        pathlib.Path(path).write_bytes(base64.b64decode(self._do("GET", "screenshot")))

    def _end(self):
        self.driver.terminate()
        self.driver.wait()
        self.driver.stdout.close()
        self.folder.cleanup()

    def __exit__(self, *_):
        try:
            self._do("DELETE", "")
        finally:
            self.link.close()
            self._end()
