"""A headless Chromium, driven through a pipe by the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)."""

import base64
import contextlib
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

CHROMIUM = shutil.which("chromium")

HANG_S = 300

_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage", "--remote-debugging-pipe")


class Chromium:
    """One window. Everything that it is told about the page is in `events`, in its order: (method, parameters)."""

    def __init__(self):
        self._profile = tempfile.TemporaryDirectory(prefix="tokenflex-chromium.", ignore_cleanup_errors=True)
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()

        def place_pipes():
            """The browser reads commands from descriptor 3 and answers on 4."""
            read, write = os.dup(commands), os.dup(answers)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self._process = subprocess.Popen(
            [CHROMIUM, *_FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=place_pipes,
            start_new_session=True,
        )
        os.close(commands)
        os.close(answers)
        self._read = b""
        self._last_id = 0
        self._session = None
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def close(self):
        with contextlib.suppress(OSError, AssertionError):
            self._session = None
            self.call("Browser.close")
        os.close(self._commands)
        os.close(self._answers)
        try:
            self._process.wait(timeout=HANG_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)
            self._process.wait()
        self._profile.cleanup()

    def call(self, method, **parameters):
        """The answer to a command."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last_id:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def _next(self):
        deadline = time.monotonic() + HANG_S
        while b"\0" not in self._read:
            if not select.select([self._answers], [], [], max(0, deadline - time.monotonic()))[0]:
                raise AssertionError("the browser does not answer")
            chunk = os.read(self._answers, 1 << 20)
            if not chunk:
                raise AssertionError("the browser has ended")
            self._read += chunk
        message, self._read = self._read.split(b"\0", 1)
        answer = json.loads(message)
        if "method" in answer:
            self.events.append((answer["method"], answer["params"]))
        return answer

    def open(self, path):
        """Loads a file, and forgets what was said about the one before."""
        self.events.clear()
        self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        while not any(method == "Page.loadEventFired" for method, _ in self.events):
            self._next()

    def show(self, width, height=900, scheme="light"):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def block_scripts(self, blocked):
        self.call("Emulation.setScriptExecutionDisabled", value=blocked)

    def run(self, script):
        """The value of an expression in the page; a promise is awaited."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise AssertionError(f"{script}: {done['exceptionDetails']}")
        return done["result"].get("value")

    @property
    def html(self):
        """The page as it is now. Needs no script."""
        root = self.call("DOM.getDocument", depth=0)["root"]["nodeId"]
        return self.call("DOM.getOuterHTML", nodeId=root)["outerHTML"]

    @property
    def complaints(self):
        """Errors and warnings of the page since it was opened, from its scripts, its policy and the network."""
        found = [parameters for method, parameters in self.events if method == "Runtime.exceptionThrown"]
        found += [parameters["entry"] for method, parameters in self.events if method == "Log.entryAdded"]
        return found + [parameters for method, parameters in self.events if method == "Runtime.consoleAPICalled"]

    @property
    def requests(self):
        return [parameters["request"]["url"] for method, parameters in self.events if method == "Network.requestWillBeSent"]

    def screenshot(self, path):
        """The whole page."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def print(self, path):
        """As A4, as the page's style says."""
        done = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        pathlib.Path(path).write_bytes(base64.b64decode(done["data"]))
