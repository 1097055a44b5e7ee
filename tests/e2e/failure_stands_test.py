"""A failed night stays one in status, metrics and report until its days are loaded: success with other days does not hide it."""

from harness import CONTRACT, EtlTestCase, HtmlReport, exposition, main
from harness.usage import day

JOB = "usage"


class FailureStands(EtlTestCase):
    def setUp(self):
        super().setUp()
        self.metrics_file = self.etl.directory / "tokenflex_etl.prom"
        self.page = self.etl.directory / "report.html"
        self.etl.write_settings({"run": {"metrics_file": str(self.metrics_file), "report_file": str(self.page)}})
        self.etl.write_job(JOB, window={"field": "usageDate", "last": "14 days"})
        self.etl.run_well()
        self.simulator.script({"on": "submit", "status": 400})
        self.assertNotEqual(self.etl.run().exit_code, 0)

    def told(self):
        """Whether status, the metrics and the report have the failure; they must agree."""
        done = self.etl.call(*self.etl.command("--output", "json", "status"))
        (job,) = done.json["jobs"]
        failed = job["problem"] is not None
        metrics = exposition.read(self.metrics_file.read_text(encoding="utf-8"))
        labels = {"job_name": JOB, "contract_number": CONTRACT}
        self.assertEqual(metrics.value("job_last_run_succeeded", **labels), 0 if failed else 1)
        self.assertEqual(metrics.value("job_consecutive_failures", **labels), 1 if failed else 0)
        section = HtmlReport(self.page.read_text(encoding="utf-8")).section("Failed jobs")
        self.assertEqual(len(section.tables), 1 if failed else 0)
        return failed

    def last_success(self):
        metrics = exposition.read(self.metrics_file.read_text(encoding="utf-8"))
        return metrics.value("job_last_success_timestamp_seconds", job_name=JOB, contract_number=CONTRACT)

    def run_days(self, first, end):
        self.etl.run_well("--again", "--from", day(first), "--to", day(end))

    def test_other_days_do_not_hide_it(self):
        before = self.last_success()
        for first, end in ((-60, -30), (-2, 0), (-14, -1)):
            self.run_days(first, end)
            self.assertTrue(self.told())
        self.assertEqual(self.last_success(), before)

    def test_its_own_days_end_it(self):
        self.run_days(-14, 0)
        self.assertFalse(self.told())

    def test_the_next_night_ends_it(self):
        self.run_days(-60, -30)
        self.etl.run_well()
        self.assertFalse(self.told())


if __name__ == "__main__":
    main()
