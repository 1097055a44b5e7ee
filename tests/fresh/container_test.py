"""The container file, built for real over a base image made of Debian's base, and its runner started."""

import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from machine import HANG_S, Demo, base_root, copy_sources

BASE_IMAGE = "docker.io/library/debian:12-slim"

SETTINGS = """\
api: {{base_url: "{simulator}", rate_limit: {{per_minute: 0}}, poll: {{first: 100ms, max: 1s}}}}
auth: {{flow: client_credentials, client_id: sim-client, client_secret: sim-secret}}
"""


@unittest.skipUnless(os.geteuid() == 0, "only root may build an image")
class Container(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory(prefix="tokenflex-container.", ignore_cleanup_errors=True)
        cls.addClassCleanup(cls.work.cleanup)
        cls.sources = pathlib.Path(cls.work.name) / "src"
        copy_sources(cls.sources)
        cls.addClassCleanup(cls.buildah, "rm", "--all")
        cls.make_base_image()
        began = time.monotonic()
        for target in ("simulator", "runner"):
            cls.buildah(
                *("build", "--isolation", "chroot", "--pull-never", "--layers", "--network", "host"),
                *("--file", "etl/container/Dockerfile", "--target", target, "--tag", f"tokenflex-{target}", "."),
            )
        print(f"{time.monotonic() - began:7.1f} s  both images")

    @classmethod
    def buildah(cls, *arguments, check=True):
        storage = ("--root", f"{cls.work.name}/storage", "--runroot", f"{cls.work.name}/run", "--storage-driver", "overlay")
        done = subprocess.run(
            ["buildah", *storage, *arguments],
            cwd=cls.sources,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"buildah {arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    @classmethod
    def make_base_image(cls):
        container = cls.buildah("from", "scratch").stdout.strip()
        cls.buildah("add", container, str(base_root()), "/")
        cls.buildah("commit", "--rm", container, BASE_IMAGE)

    def start(self, image, *command, volumes=(), **environment):
        """Exit code and what was said, stdout first."""
        container = self.buildah("from", "--pull-never", f"localhost/{image}").stdout.strip()
        options = [f"--volume={volume}" for volume in volumes]
        options += [f"--env={name}={value}" for name, value in environment.items()]
        done = self.buildah("run", "--isolation", "chroot", *options, container, "--", *command, check=False)
        self.buildah("rm", container)
        return done.returncode, done.stdout + done.stderr

    def test_the_runner_tells_its_version(self):
        code, said = self.start("tokenflex-runner", "tokenflex-etl", "--version")
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"^tokenflex-etl \d+\.\d+\.\d+")

    def test_the_simulator_starts(self):
        code, said = self.start("tokenflex-simulator", "tokenflex-sim", "--help")
        self.assertEqual(code, 0, said)

    def test_the_runner_finds_the_shipped_jobs(self):
        code, said = self.start("tokenflex-runner", "tokenflex-etl", "check")
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"^\d+ jobs checked, nothing found\n")

    def test_the_runner_loads_the_shipped_jobs(self):
        demo = Demo(pathlib.Path(self.work.name) / "demo")
        self.addCleanup(demo.close)
        settings = pathlib.Path(self.work.name) / "tokenflex-etl.yaml"
        settings.write_text(SETTINGS.format(simulator=demo.simulator), encoding="utf-8")
        settings.chmod(0o644)
        code, said = self.start(
            "tokenflex-runner",
            # The demo has loaded the same: without --again, what has not moved since is skipped.
            *("tokenflex-etl", "run", "--again"),
            volumes=(f"{settings}:/etc/tokenflex-etl/tokenflex-etl.yaml:ro", f"{demo.socket}:/postgres"),
            PGHOST="/postgres",
            PGUSER="postgres",
            PGDATABASE="tokenflex",
        )
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"(\d+) of \1 succeeded")


if __name__ == "__main__":
    unittest.main()
