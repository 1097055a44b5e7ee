"""The program under test: its settings and jobs in a folder of their own, and what came of running it."""

import copy
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import time

from .programs import HANG_S, TESTED_BUILD, await_end, read_to_end, spawn
from .simulator import ACCESS_TOKEN

CONTRACT = "11000000001"

_SANITIZERS = ("AddressSanitizer", "LeakSanitizer", "UndefinedBehaviorSanitizer", "runtime error:")
_LOG_LINE = re.compile(r"^\S+ (error|warn|info|debug) +(.*)$")


@dataclasses.dataclass
class Result:
    exit_code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def runs(self):
        return self.json["runs"]

    @property
    def one_run(self):
        (run,) = self.runs
        return run

    def log(self, level):
        """The messages of a level, without their time."""
        lines = (_LOG_LINE.match(line) for line in self.stderr.splitlines())
        return [line[2] for line in lines if line and line[1] == level]

    @property
    def error(self):
        """The one error in the log."""
        errors = self.log("error")
        if len(errors) != 1:
            raise AssertionError(f"one error line was expected, not {len(errors)}:\n{self.stderr}")
        return errors[0]


class Running:
    """A run that has begun."""

    def __init__(self, command, directory, environment):
        self._out = open(directory / "stdout", "w+", encoding="utf-8")
        self._err = open(directory / "stderr", "w+", encoding="utf-8")
        self._started = time.monotonic()
        self._process = spawn(
            command, cwd=directory, env=environment, stdin=subprocess.PIPE, stdout=self._out, stderr=self._err
        )
        self._ended = False

    @property
    def pid(self):
        return self._process.pid

    @property
    def stderr_path(self):
        return self._err.name

    def signal(self, number):
        self._process.send_signal(number)

    def has_ended(self):
        """Whether wait() would return at once."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def type(self, text):
        """What somebody types; nothing more comes after it."""
        self._process.stdin.write(text.encode())
        self._process.stdin.close()

    def wait_for_stderr(self, pattern):
        """The match of a regular expression, once stderr has it."""
        deadline = time.monotonic() + HANG_S
        while not (match := self.search_stderr(pattern)):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"stderr has no {pattern}:\n{self._read_stderr()}")
            time.sleep(0.01)
        return match

    def search_stderr(self, pattern):
        """The match of a regular expression, where stderr has it by now."""
        return re.search(pattern, self._read_stderr())

    def _read_stderr(self):
        with open(self._err.name, encoding="utf-8") as file:
            return file.read()

    def wait(self):
        exit_code = await_end(self._process)
        seconds = time.monotonic() - self._started
        self._ended = True
        self._process.stdin.close()
        texts = []
        for file in (self._out, self._err):
            file.seek(0)
            texts.append(file.read())
            file.close()
        if any(word in texts[1] for word in _SANITIZERS):
            raise AssertionError(f"a sanitizer complains:\n{texts[1]}")
        return Result(exit_code, *texts, seconds)

    def close(self):
        if not self._ended:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._out.close()
            self._err.close()


# Of the default job: its columns in the result, and in the table.
DEFAULT_COLUMNS = {
    "usageDate": "usage_date",
    "productName": "product_name",
    "userName": "user_name",
    "tokensConsumed": "tokens_consumed",
}


def default_settings():
    """Settings that wait for nothing."""
    return {
        "api": {
            "rate_limit": {"per_minute": 0},
            "poll": {"first": "10ms", "max": "50ms"},
            "retry_wait": "20ms",
        },
        "auth": {"flow": "access_token", "access_token": ACCESS_TOKEN},
    }


def default_job():
    return {
        "contract": CONTRACT,
        "query": {"fields": ["usageDate", "productName", "userName"], "metrics": ["tokensConsumed"]},
        # Tests that set the number of rows have a service whose summary agrees with nothing.
        "reconcile": "off",
    }


def merged(base, changes):
    """A copy of base in which changes have their way; None takes a key out."""
    result = copy.deepcopy(base)
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result


class Etl:
    def __init__(self, directory, database=None, simulator=None, build=TESTED_BUILD):
        self.directory = pathlib.Path(directory)
        self.jobs = self.directory / "jobs"
        self.jobs.mkdir()
        self.use_build(build)
        self._running = []
        self.launcher = ()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory),
            "LC_ALL": "C.UTF-8",
        }
        for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        if database:
            self.environment.update(database.environment)
        if simulator:
            self.write_settings({"api": {"base_url": simulator.url}})

    def use_build(self, build):
        self.binary = str(build / "tokenflex-etl")

    def write_settings(self, changes):
        """The default settings with changes, as tokenflex-etl.yaml: JSON is YAML too."""
        path = self.directory / "tokenflex-etl.yaml"
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else default_settings()
        path.write_text(json.dumps(merged(before, changes), indent=1), encoding="utf-8")

    def write_job(self, name="usage", **changes):
        """The default job with changes, in jobs/NAME.yaml."""
        text = json.dumps(merged(default_job(), changes), indent=1, ensure_ascii=False)
        self.write_job_text(f"{name}.yaml", text)

    def write_job_text(self, file, text):
        (self.jobs / file).write_text(text, encoding="utf-8")

    def next_working_directory(self):
        """Where the next call will run: an empty folder, unless somebody puts something there."""
        directory = self.directory / f"run{len(self._running)}"
        directory.mkdir(exist_ok=True)
        return directory

    def start(self, *arguments):
        command = [*self.launcher, self.binary, *arguments]
        running = Running(command, self.next_working_directory(), self.environment)
        self._running.append(running)
        return running

    def call(self, *arguments):
        """Any command, as it stands."""
        return self.start(*arguments).wait()

    def command(self, *arguments):
        """Options that name the settings and jobs written here, then what is given."""
        return ("--config", str(self.directory / "tokenflex-etl.yaml"), "--jobs", str(self.jobs), *arguments)

    def start_run(self, *arguments):
        return self.start(*self.command("--output", "json", "run", *arguments))

    def run(self, *arguments):
        """The jobs, with the result as JSON."""
        return self.start_run(*arguments).wait()

    def run_well(self, *arguments):
        """The same, where success is taken for granted."""
        result = self.run(*arguments)
        if result.exit_code != 0:
            raise AssertionError(f"run ended with {result.exit_code}:\n{result.stderr}")
        return result

    def run_into(self, stderr, *options, **environment):
        """A run well ended, with stderr as it is given."""
        subprocess.run(
            [self.binary, *self.command(*options, "run")],
            env={**self.environment, **environment},
            cwd=self.next_working_directory(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            timeout=HANG_S,
            check=True,
        )

    def run_on_terminal(self, *options, **environment):
        """The same with a terminal; returns what was written to it."""
        master, slave = os.openpty()
        try:
            try:
                self.run_into(slave, *options, **environment)
            finally:
                os.close(slave)
            return read_to_end(master)
        finally:
            os.close(master)

    def close(self):
        for running in self._running:
            running.close()
