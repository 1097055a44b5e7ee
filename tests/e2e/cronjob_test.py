"""etl/container/cronjob.yaml: what its container would run, with its settings, its Secret and no directory that is kept."""

import json
import os
import subprocess

import yaml
from harness import CONFIDENTIAL, SOURCE, TESTED_BUILD, InDatabase, LoginTestCase, main, sealed_login

EXAMPLE = SOURCE / "etl" / "container" / "cronjob.yaml"
SECRETS = "/run/secrets/tokenflex-etl"


def documents():
    found = list(yaml.safe_load_all(EXAMPLE.read_text(encoding="utf-8")))
    return {document["kind"]: document for document in found}


class CronJob(InDatabase, LoginTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.documents = documents()
        self.pod = self.documents["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        (self.container,) = self.pod["containers"]

    def mounted(self):
        """The mounts of the container, as paths and the names of what Kubernetes puts there."""
        volumes = {volume["name"]: volume for volume in self.pod["volumes"]}
        return {mount["mountPath"]: volumes[mount["name"]] for mount in self.container["volumeMounts"]}

    def test_mounts_only_its_settings_and_its_secret(self):
        kinds = {path: [kind for kind in volume if kind != "name"] for path, volume in self.mounted().items()}
        self.assertEqual(kinds, {"/etc/tokenflex-etl": ["configMap"], SECRETS: ["secret"]})
        self.assertTrue(self.container["securityContext"]["readOnlyRootFilesystem"])
        self.assertEqual({mount["readOnly"] for mount in self.container["volumeMounts"]}, {True})

    def test_has_every_key_of_its_secret(self):
        keys = set(self.documents["Secret"]["stringData"])
        used = {item["key"] for item in self.mounted()[SECRETS]["secret"]["items"]}
        used |= {
            variable["valueFrom"]["secretKeyRef"]["key"]
            for variable in self.container["env"]
            if "valueFrom" in variable
        }
        self.assertEqual(used, keys)

    def test_repeats_what_may_pass_alone(self):
        job = self.documents["CronJob"]["spec"]["jobTemplate"]["spec"]
        disrupted, failed = job["podFailurePolicy"]["rules"]
        self.assertEqual(disrupted["action"], "Ignore")
        self.assertEqual(disrupted["onPodConditions"], [{"type": "DisruptionTarget", "status": "True"}])
        self.assertEqual(failed["action"], "FailJob")
        self.assertEqual(failed["onExitCodes"], {"operator": "NotIn", "values": [75]})
        self.assertEqual(self.pod["restartPolicy"], "Never")

    def test_files_of_its_secret_are_kept_from_others(self):
        """Kubernetes adds the group's read permission because of fsGroup: the file is root's."""
        self.assertEqual(self.mounted()[SECRETS]["secret"]["defaultMode"], 0o400)
        self.assertEqual(self.pod["securityContext"]["fsGroup"], self.pod["securityContext"]["runAsGroup"])

    def files(self):
        """What is mounted, in a directory of the test's: settings and secrets, as if they were in their places."""
        secrets = self.etl.directory / "secrets"
        secrets.mkdir()
        for name, text in (("client_secret", CONFIDENTIAL["client_secret"]), ("token_key", sealed_login.as_text(self.key))):
            (secrets / name).write_text(text, encoding="ascii")
            (secrets / name).chmod(0o400)
        text = self.documents["ConfigMap"]["data"]["tokenflex-etl.yaml"].replace(SECRETS, str(secrets))
        settings = self.etl.directory / "mounted.yaml"
        quick = {"base_url": self.simulator.url, "rate_limit": {"per_minute": 0}, "poll": {"first": "10ms", "max": "50ms"}}
        settings.write_text(f"{text}api: {json.dumps(quick)}\n", encoding="utf-8")
        return settings

    def environment(self):
        given = {variable["name"]: variable.get("value", "") for variable in self.container["env"]}
        own = {"PGPASSWORD": "", "PGSSLMODE": "disable", **self.database.environment}
        own |= {"TOKENFLEX_CLIENT_ID": CONFIDENTIAL["client_id"], "TOKENFLEX_CONTRACT": "11000000001"}
        self.assertLessEqual(set(own) - {"PGPORT"}, set(given))
        return {"PATH": os.environ["PATH"], **given, **own}

    def run_container(self, settings, name):
        """In a new directory, as a container begins; nothing may be left in it."""
        directory = self.etl.directory / name
        directory.mkdir()
        (directory / "jobs").symlink_to(SOURCE / "jobs")
        done = subprocess.run(
            [TESTED_BUILD / "tokenflex-etl", "--config", settings, "--jobs", "jobs", *self.container["args"]],
            cwd=directory,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([path.name for path in directory.iterdir()], ["jobs"])

    def test_renews_the_login_every_night_and_leaves_nothing_on_disk(self):
        settings = self.files()
        self.log_in()
        for night in ("first", "second"):
            self.revoke(access=True)
            self.run_container(settings, night)
        self.assertEqual((self.simulator.stats["refresh_used"], self.simulator.stats["refresh_reused"]), (2, 0))
        self.assertGreater(self.database.count("tokenflex.daily_product_usage"), 0)


if __name__ == "__main__":
    main()
