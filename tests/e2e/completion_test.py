"""The completions, in the shells that they are for: what each of them offers for a line that somebody is typing."""

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import time
import unittest

from harness import SOURCE, TESTED_BUILD, CliTestCase, cases, main
from harness.programs import HANG_S

COMPLETIONS = SOURCE / "etl" / "completion"

JOBS = ["cloud_usage", "daily_usage"]

# What stands on the line, the last word being typed, and what may come of that word.
OFFERED = {
    "command": ("ru", ["run"]),
    "command_behind_an_option": ("--output json sta", ["status"]),
    "job": ("run dai", ["daily_usage"]),
    "any_job": ("run ", JOBS),
    "second_job": ("check cloud_usage dai", ["daily_usage"]),
    "job_of_another_directory": ("--jobs other run ", ["elsewhere"]),
    "job_of_a_directory_that_is_not_there": ("-j nowhere run ", []),
    "tag": ("run --tag ni", ["nightly"]),
    "word_of_a_command": ("auth log", ["login", "logout"]),
    "topic_of_help": ("help sett", ["settings"]),
    "option_of_the_command": ("run --re", ["--rebuild"]),
    "no_option_of_another_command": ("auth --re", []),
    "global_option": ("run --log-f", ["--log-format"]),
    "value_of_an_option": ("--log-level e", ["error"]),
    "value_behind_an_equals_sign": ("--log-format=j", ["json"]),
    "file": ("--config set", ["settings.yaml"]),
    "directory": ("--jobs oth", ["other/"]),
    "nothing_for_a_date": ("run --from ", []),
    "nothing_for_scripts_only": ("compl", []),
}


class ShellCase(CliTestCase):
    shell = ""

    def setUp(self):
        super().setUp()
        if not shutil.which(self.shell):
            self.skipTest(f"no {self.shell} here")
        self.etl.write_job("daily_usage", tags=["nightly"], description="It's $HOME: a day")
        self.etl.write_job("cloud_usage", tags=["nightly"])
        # A file that cannot be read does not cost the names of the others.
        self.etl.write_job_text("broken.yaml", "contract: [")
        other = self.etl.directory / "other"
        other.mkdir()
        shutil.copy(self.etl.jobs / "cloud_usage.yaml", other / "elsewhere.yaml")
        (self.etl.directory / "settings.yaml").touch()
        self.environment = {**self.etl.environment, "PATH": f"{TESTED_BUILD}:{os.environ['PATH']}", "TERM": "dumb"}

    def read_shell(self, *arguments):
        done = subprocess.run(
            arguments,
            cwd=self.etl.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=False,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()


@cases(OFFERED)
class Bash(ShellCase):
    """As readline would call the function; it breaks words at `=`."""

    shell = "bash"

    def check(self, expected):
        line, offered = expected
        words = re.findall(r"=|[^ =]+", f"tokenflex-etl {line}")
        if line.endswith(" "):
            words.append("")
        script = "; ".join(
            [
                f"source {shlex.quote(str(COMPLETIONS / 'tokenflex-etl.bash'))}",
                f"COMP_WORDS=({shlex.join(words)}) COMP_CWORD={len(words) - 1}",
                "complete -p tokenflex-etl | grep -q -- '-F _tokenflex_etl tokenflex-etl'",
                "_tokenflex_etl tokenflex-etl",
                'printf "%s\\n" "${COMPREPLY[@]}"',
            ]
        )
        found = self.read_shell("bash", "--norc", "-c", f"set -u; {script}")
        # readline itself puts the slash behind a directory.
        self.assertEqual(sorted(filter(None, found)), [word.rstrip("/") for word in offered])


class FishCase(ShellCase):
    shell = "fish"

    def complete(self, line):
        source = shlex.quote(str(COMPLETIONS / "tokenflex-etl.fish"))
        script = f"source {source}; complete -C {shlex.quote(f'tokenflex-etl {line}')}"
        return self.read_shell("fish", "--no-config", "-c", script)


@cases(OFFERED)
class Fish(FishCase):
    def check(self, expected):
        line, offered = expected
        found = {entry.split("\t")[0].rpartition("=")[2] for entry in self.complete(line)}
        self.assertEqual(sorted(found), offered)


class FishDescriptions(FishCase):
    def test_of_jobs_are_theirs(self):
        self.assertEqual(self.complete("run dai"), ["daily_usage\tIt's $HOME: a day"])


# What is added to the list of matches is written to a file too; calls that only fill arrays (-O, -A, -D) are none.
_ZSH = """\
PS1=; PS2=; unsetopt beep auto_list prompt_cr prompt_sp
fpath=({functions} $fpath); autoload -Uz compinit; compinit -D -u
compadd() {{
  [[ ${{@[1,(i)(-|--)]}} == *-(O|A|D)\\ * ]] && {{ builtin compadd "$@"; return }}
  local -a kept
  builtin compadd -A kept "$@"
  print -rl -- $kept >>{found}
  builtin compadd "$@"
}}
finish() {{ print END >>{found}; BUFFER=; }}; zle -N finish; bindkey '^X' finish; bindkey '^I' complete-word
print READY >>{found}
"""


class ZshTerminal:
    """An interactive zsh, and a file that it writes to what it would offer."""

    def __init__(self, directory, environment):
        self._found = directory / "found"
        self._found.touch()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.execvpe("zsh", ["zsh", "-f", "-i"], environment)
        functions = directory / "functions"
        functions.mkdir()
        shutil.copy(COMPLETIONS / "tokenflex-etl.zsh", functions / "_tokenflex-etl")
        script = directory / "prepare.zsh"
        script.write_text(_ZSH.format(functions=functions, found=self._found), encoding="utf-8")
        self._type(f"source {script}\n")
        self._await("READY")

    def _type(self, text):
        os.write(self._terminal, text.encode())

    def _await(self, mark):
        """The lines of the file up to the mark, which is taken off with them."""
        screen = b""
        deadline = time.monotonic() + HANG_S
        while mark not in (lines := self._found.read_text(encoding="utf-8").splitlines()):
            if select.select([self._terminal], [], [], 0.02)[0]:
                screen += os.read(self._terminal, 65536)
            if time.monotonic() > deadline:
                raise AssertionError(f"zsh shows no {mark}: {screen.decode(errors='replace')}")
        self._found.write_text("", encoding="utf-8")
        return lines[: lines.index(mark)]

    def offered(self, line):
        self._type(f"tokenflex-etl {line}\t\x18")
        return sorted({word for word in self._await("END") if word})

    def close(self):
        os.close(self._terminal)
        os.waitpid(self.pid, 0)


@cases(OFFERED)
class Zsh(ShellCase):
    shell = "zsh"

    def check(self, expected):
        line, offered = expected
        terminal = ZshTerminal(self.etl.directory, self.environment)
        self.addCleanup(terminal.close)
        self.assertEqual(terminal.offered(line), [word.rstrip("/") for word in offered])


class EveryShell(unittest.TestCase):
    def test_is_installed(self):
        """So that none of the tests above is skipped for ever: install_packages.sh test brings them."""
        for shell in ("bash", "zsh", "fish"):
            self.assertTrue(shutil.which(shell), shell)


if __name__ == "__main__":
    main()
