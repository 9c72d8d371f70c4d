"""A Chromium without a window, driven through its debugging port: open a page, run a script, press keys.

Whatever a page logs as an error, throws, or asks of the network is kept in `problems`.
"""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request

import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find():
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    def __init__(self, width=1280, height=900, dark=False):
        self.profile = tempfile.mkdtemp(prefix="fool-browser-")
        self.process = subprocess.Popen(
            [find(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--hide-scrollbars", "--remote-debugging-port=0", "--remote-allow-origins=*",
             f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self.profile, "XDG_CONFIG_HOME": self.profile, "XDG_CACHE_HOME": self.profile})
        self.problems = []
        self.number = 0
        try:
            self.socket = websocket.create_connection(self.address(), timeout=120)
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.send(f"{domain}.enable")
            self.resize(width, height)
            self.send("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        except BaseException:
            self.close()
            raise

    def address(self):
        port_file = os.path.join(self.profile, "DevToolsActivePort")
        for _ in range(3000):  # five minutes, for machines that are busy
            if os.path.exists(port_file):
                port = open(port_file, encoding="ascii").read().split("\n")[0]
                if port:
                    pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
                    page = next((p for p in pages if p["type"] == "page"), None)
                    if page:
                        return page["webSocketDebuggerUrl"]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError("the browser did not start")

    def send(self, method, **params):
        self.number += 1
        number = self.number
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.hear(message)

    def hear(self, message):
        method, params = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.problems.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.problems.append(str(params["args"]))
        elif method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if not url.startswith(("data:", "file:", "about:", "blob:")):
                self.problems.append(f"asked for {url}")

    def resize(self, width, height):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)

    def open(self, path, hash_=""):
        self.send("Page.navigate", url="file://" + os.path.abspath(path) + hash_)
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'")

    def run(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description", expression))
        return result["result"].get("value")

    def wait(self, condition):
        for _ in range(6000):
            if self.run(f"Boolean({condition})"):
                return
            time.sleep(0.05)
        raise RuntimeError(f"never came true: {condition}")

    def key(self, key, code=0, text=None):
        codes = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
                 "ArrowDown": 40, "Home": 36, "End": 35}
        more = {"text": "\r"} if key == "Enter" else {"text": text} if text else {}
        base = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, code)}
        self.send("Input.dispatchKeyEvent", type="keyDown", **base, **more)
        self.send("Input.dispatchKeyEvent", type="keyUp", **base)

    def write(self, text):
        for letter in text:
            self.key(letter, ord(letter.upper()), letter)

    def screenshot(self, path, whole=False):
        params = {"format": "png"}
        if whole:
            size = self.send("Page.getLayoutMetrics")["cssContentSize"]
            params.update(captureBeyondViewport=True,
                          clip={"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000), "scale": 1})
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.send("Page.captureScreenshot", **params)["data"]))

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
