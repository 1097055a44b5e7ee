"""The dashboards of Grafana and the alert rules of Prometheus, against the demo's data and the metrics that a run writes."""

import datetime
import json
import re
import subprocess
import tempfile
import unittest

import yaml
from harness import CLIENT, CONTRACT, SOURCE, EtlTestCase, cases, exposition, grafana, main
from harness.programs import PROMTOOL

FOLDER = SOURCE / "etl" / "grafana"
DASHBOARDS = {path.stem: grafana.load(path) for path in sorted((FOLDER / "dashboards").glob("*.json"))}
USAGE, TOOL = DASHBOARDS["tokenflex-usage"], DASHBOARDS["tokenflex-etl"]
RULES = FOLDER / "tokenflex-etl.rules.yaml"
DATA_SOURCES = {"tokenflex-usage": "grafana-postgresql-datasource", "tokenflex-etl": "prometheus"}


# Of the demo's data, which lasts and is equal, no run writes these.
SOMETIMES = {"tokenflex_etl_reconciliation_difference_tokens", "tokenflex_etl_runs_out_timestamp_seconds"}


def names(dashboard):
    return [variable["name"] for variable in dashboard["templating"]["list"]]


@cases({name.replace("-", "_"): name for name in DASHBOARDS})
class Layout(unittest.TestCase):
    def check(self, name):
        dashboard = DASHBOARDS[name]
        self.check_ids(dashboard)
        self.check_grid(dashboard)
        self.check_words(dashboard)
        self.check_data_source(dashboard, DATA_SOURCES[name])

    def check_ids(self, dashboard):
        ids = [panel["id"] for panel in grafana.panels(dashboard)]
        self.assertEqual(sorted(ids), sorted(set(ids)))
        self.assertIsNone(dashboard["id"])
        self.assertIn("contract", names(dashboard))

    def check_grid(self, dashboard):
        taken = {}
        for panel in grafana.panels(dashboard):
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            for x in range(place["x"], place["x"] + place["w"]):
                for y in range(place["y"], place["y"] + place["h"]):
                    self.assertNotIn((x, y), taken, f"{panel['title']} lies on {taken.get((x, y))}")
                    taken[x, y] = panel["title"]
        height = 1 + max(y for _, y in taken)
        self.assertEqual(len(taken), 24 * height, "there are gaps")

    def check_words(self, dashboard):
        titles = [panel["title"] for panel in grafana.panels(dashboard)]
        self.assertEqual(len(titles), len(set(titles)))
        for panel in grafana.panels(dashboard):
            if panel["type"] == "row":
                continue
            self.assertRegex(panel["description"], r"^[A-Z].*\.$", panel["title"])
            defaults = panel["fieldConfig"]["defaults"]
            self.assertTrue("unit" in defaults or "color" in defaults or panel["type"] == "table", panel["title"])

    def check_data_source(self, dashboard, plugin):
        self.assertEqual(dashboard["templating"]["list"][0]["query"], plugin)
        for panel in grafana.panels(dashboard):
            for source in [panel.get("datasource"), *(target["datasource"] for target in panel.get("targets", []))]:
                self.assertIn(source, (None, {"type": plugin, "uid": "${datasource}"}), panel["title"])


class DemoCase(EtlTestCase):
    """The shipped jobs and the report views, as the demo has them, and a night after which something was restated."""

    def setUp(self):
        super().setUp()
        self.metrics_file = self.etl.directory / "tokenflex_etl.prom"
        budget = {"name": "All", "contract": CONTRACT, "tokens": 1000, "period": "month", "warn_at": ["80%"]}
        self.etl.write_settings(
            {
                "auth": CLIENT,
                "run": {"metrics_file": str(self.metrics_file)},
                "api": {"rate_limit": {"per_minute": 1000}},
                "budgets": [budget],
            }
        )
        self.tool("run")
        self.simulator.restate(every=50)
        self.tool("run")
        self.tool("init", "--reports")

    def tool(self, *arguments):
        settings = str(self.etl.directory / "tokenflex-etl.yaml")
        done = self.etl.call("--config", settings, "--jobs", str(SOURCE / "jobs"), "--output", "json", *arguments)
        self.assertEqual(done.exit_code, 0, done.stderr)

    def metrics(self):
        files = (self.metrics_file, self.metrics_file.with_name("tokenflex_etl_run.prom"))
        return exposition.read("".join(file.read_text(encoding="utf-8") for file in files))


class Queries(DemoCase):
    def sql(self, text):
        now = datetime.datetime.now(datetime.timezone.utc)
        begin, end = ((now + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (-365, 0))
        contracts = [value for (value,) in self.database.rows("select distinct contract_number from tokenflex_etl.run")]
        return grafana.sql(text, begin, end, {"schema": "tokenflex", "contract": contracts})

    def test_every_panel_of_usage_has_rows(self):
        seen = 0
        for title, text in grafana.queries(USAGE):
            with self.subTest(title):
                rows = self.database.rows(self.sql(text))
                self.assertGreater(len(rows), 0)
                self.assertTrue(any(value not in (None, "") for row in rows for value in row), rows)
                seen += 1
        self.assertGreater(seen, 12)

    def test_the_contracts_to_choose_are_those_that_are_loaded(self):
        (variable,) = [variable for variable in USAGE["templating"]["list"] if variable["name"] == "contract"]
        self.assertEqual(
            self.database.rows(self.sql(variable["query"])),
            self.database.rows("select distinct contract_number from tokenflex.report_freshness order by 1"),
        )

    def test_the_days_are_those_of_the_view(self):
        (text,) = [text for title, text in grafana.queries(USAGE) if title == "Tokens by day"]
        shown = self.database.rows(f'select sum("Desktop" + "Cloud" + "By hand") from ({self.sql(text)}) s')
        expected = "select sum(tokens_consumed) from tokenflex.report_daily_burn where usage_date > now() - interval '365 days'"
        self.assertEqual(shown, self.database.rows(expected))

    def test_a_role_that_only_reads_the_views_is_enough(self):
        self.database.execute("create role viewer login")
        self.addCleanup(self.database.execute, "drop owned by viewer; drop role viewer")
        self.etl.write_settings({"database": {"grant_select_to": ["viewer"]}})
        self.tool("init", "--reports")
        for title, text in grafana.queries(USAGE):
            with self.subTest(title):
                self.database.execute(f"set role viewer; {self.sql(text)};")


class Metrics(DemoCase):
    def test_every_metric_that_is_named_is_one_that_a_run_writes(self):
        written = set(self.metrics().types)
        named = {title: grafana.metrics(text) for title, text in grafana.queries(TOOL)}
        named |= {rule["alert"]: grafana.metrics(rule["expr"]) for rule in rules()}
        for title, metrics in named.items():
            self.assertGreater(len(metrics), 0, title)
            self.assertLessEqual(metrics - SOMETIMES, written, title)
        all_there_are = re.findall(r"^(tokenflex_etl_\w+)", self.etl.call("help", "metrics").stdout, re.MULTILINE)
        self.assertLessEqual(SOMETIMES | written, set(all_there_are))

    def test_every_label_that_is_chosen_by_is_one_of_its_metric(self):
        samples = self.metrics().samples
        for title, text in grafana.queries(TOOL):
            for metric, labels in re.findall(r"(tokenflex_etl_job_\w+){([^}]*)}", text):
                (have,) = {frozenset(name for name, _ in of) for name, of in samples if name == metric}
                self.assertLessEqual(set(re.findall(r"(\w+)=", labels)), have, title)


def rules():
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return group["rules"]


class Rules(unittest.TestCase):
    def test_have_a_severity_and_say_what_to_do(self):
        for rule in rules():
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"))
            self.assertEqual(set(rule["annotations"]), {"summary", "description"}, rule["alert"])

    def test_have_the_one_of_the_page_of_operations(self):
        page = (SOURCE / "etl" / "docs" / "operations.md").read_text(encoding="utf-8")
        alert = re.search(r"`(time\(\) - tokenflex_etl_job_last_success_timestamp_seconds > [^`]*)`", page)[1]
        self.assertIn(alert, [rule["expr"] for rule in rules()])

    @unittest.skipUnless(PROMTOOL, "there is no promtool")
    def test_are_ones_that_prometheus_takes(self):
        done = subprocess.run([PROMTOOL, "check", "rules", RULES], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @unittest.skipUnless(PROMTOOL, "there is no promtool")
    def test_expressions_of_the_dashboard_are_ones_that_prometheus_takes(self):
        records = [{"record": "r", "expr": re.sub(r"\$\w+", ".*", text)} for _, text in grafana.queries(TOOL)]
        groups = [{"name": f"group {number}", "rules": [record]} for number, record in enumerate(records)]
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump({"groups": groups}, file)
            file.flush()
            done = subprocess.run([PROMTOOL, "check", "rules", file.name], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @unittest.skipUnless(PROMTOOL, "there is no promtool")
    def test_tell_of_a_job_that_has_not_succeeded_for_a_day_and_of_no_other(self):
        series = 'tokenflex_etl_job_last_success_timestamp_seconds{{job_name="{}",contract_number="1"}}'
        tests = {
            "rule_files": [str(RULES)],
            "tests": [
                {
                    "interval": "1m",
                    "input_series": [
                        {"series": series.format("late"), "values": "0x1700"},
                        {"series": series.format("fresh"), "values": "0+60x1700"},
                    ],
                    "alert_rule_test": [
                        {"alertname": "TokenflexJobStale", "eval_time": "25h", "exp_alerts": []},
                        {
                            "alertname": "TokenflexJobStale",
                            "eval_time": "27h",
                            "exp_alerts": [self.expected_alert("late")],
                        },
                    ],
                }
            ],
        }
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(tests, file)
            file.flush()
            done = subprocess.run([PROMTOOL, "test", "rules", file.name], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @staticmethod
    def expected_alert(job):
        (rule,) = [rule for rule in rules() if rule["alert"] == "TokenflexJobStale"]
        summary = rule["annotations"]["summary"]
        summary = summary.replace("{{ $labels.job_name }}", job).replace("{{ $labels.contract_number }}", "1")
        return {
            "exp_labels": {"severity": "critical", "job_name": job, "contract_number": "1"},
            "exp_annotations": {**rule["annotations"], "summary": summary},
        }


class Provisioning(unittest.TestCase):
    def test_names_the_place_where_the_dashboards_are_installed(self):
        (provider,) = yaml.safe_load((FOLDER / "provisioning/dashboards/tokenflex-etl.yaml").read_text())["providers"]
        self.assertEqual(provider["options"]["path"], "/usr/share/tokenflex-etl/grafana/dashboards")
        self.assertIn("grafana", (SOURCE / "etl/packaging/package.cmake").read_text())

    def test_of_the_compose_file_mounts_what_is_there(self):
        compose = yaml.safe_load((SOURCE / "docker-compose.yml").read_text(encoding="utf-8"))
        for name, service in compose["services"].items():
            for volume in service.get("volumes", []):
                source = volume.split(":")[0] if isinstance(volume, str) else volume["source"]
                if source.startswith("./"):
                    self.assertTrue((SOURCE / source).exists(), f"{name}: {source}")
                else:
                    self.assertIn(source, compose["volumes"], name)

    def test_of_the_compose_file_serves_the_report_where_the_settings_write_it(self):
        compose = yaml.safe_load((SOURCE / "docker-compose.yml").read_text(encoding="utf-8"))
        demo = yaml.safe_load((SOURCE / "etl/demo/demo.yaml").read_text(encoding="utf-8"))
        self.assertEqual(demo["run"]["report_file"], "/var/lib/tokenflex-etl/index.html")
        self.assertIn("report:/var/lib/tokenflex-etl", compose["services"]["exporter"]["volumes"])
        (volume,) = compose["services"]["page"]["volumes"]
        self.assertEqual((volume["source"], volume["target"]), ("report", "/usr/share/nginx/html"))

    def test_of_the_compose_file_gives_grafana_its_database(self):
        compose = yaml.safe_load((SOURCE / "docker-compose.yml").read_text(encoding="utf-8"))
        given = compose["services"]["grafana"]["environment"]
        text = (FOLDER / "provisioning/datasources/tokenflex-etl.yaml").read_text(encoding="utf-8")
        wanted = re.findall(r"\$(\w+)", re.sub(r"(?m)^#.*", "", text))
        self.assertGreater(len(wanted), 3)
        self.assertLessEqual(set(wanted), set(given))


if __name__ == "__main__":
    main()
