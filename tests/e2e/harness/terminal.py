"""A terminal that a test looks at: tmux, with a server of its own."""

import itertools
import os
import subprocess
import time

from .programs import HANG_S, end, spawn

# Says how the program ended, and stays, also after an interrupt.
_SHELL = 'trap : INT; "$@"; echo "exit code $?"; read -r _'

_numbers = itertools.count()


class Terminal:
    """A program in a window of `columns` by `rows`. tmux and all that runs in it are gone with the test."""

    def __init__(self, command, directory, environment, columns=80, rows=24):
        self._socket = os.path.join(directory, f"tmux{next(_numbers)}")
        environment = {**environment, "TERM": "xterm"}
        self._server = spawn(
            ["tmux", "-S", self._socket, "-f", "/dev/null", "-D"], env=environment, stdin=subprocess.DEVNULL
        )
        self._await_server()
        self._tmux(
            *("new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", str(directory)),
            *("sh", "-c", _SHELL, "sh", *command),
        )

    def _await_server(self):
        deadline = time.monotonic() + HANG_S
        while not self._answers("set-option", "-g", "history-limit", "20000"):
            if self._server.poll() is not None or time.monotonic() > deadline:
                end(self._server)
                raise AssertionError("tmux did not start")
            time.sleep(0.01)

    def _answers(self, *arguments):
        command = ["tmux", "-S", self._socket, *arguments]
        return subprocess.run(command, stderr=subprocess.DEVNULL, timeout=HANG_S, check=False).returncode == 0

    def _tmux(self, *arguments):
        return subprocess.run(
            ["tmux", "-S", self._socket, *arguments], stdout=subprocess.PIPE, text=True, timeout=HANG_S, check=True
        ).stdout

    def resize(self, columns, rows):
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def press(self, *keys):
        """Keys as tmux calls them: C-c."""
        self._tmux("send-keys", *keys)

    def screen(self):
        """The lines that are seen now, without the empty ones below them."""
        text = self._tmux("capture-pane", "-p")
        return text.rstrip("\n").split("\n")

    def everything(self):
        """All lines since the start; those that were wrapped are whole."""
        text = self._tmux("capture-pane", "-p", "-J", "-S", "-")
        return [line.rstrip() for line in text.rstrip("\n").split("\n")]

    def wait_until(self, looks_so):
        """The screen, once looks_so(screen) is true."""
        deadline = time.monotonic() + HANG_S
        while not looks_so(screen := self.screen()):
            if time.monotonic() > deadline:
                raise AssertionError("the screen that was waited for did not come:\n" + "\n".join(screen))
            time.sleep(0.02)
        return screen

    def wait_for_end(self):
        """All lines, once the program has ended."""
        self.wait_until(lambda screen: screen[-1].startswith("exit code "))
        return self.everything()

    def close(self):
        end(self._server)
