"""A run that cannot begin is a failed night in status, metrics and report, for every contract it would have loaded."""

from harness import CONTRACT, EtlTestCase, HtmlReport, exposition, main

OTHER = "EU-1100"
CONTRACTS = [{"number": number, "name": "n", "active": True} for number in (CONTRACT, OTHER)]


class Refused(EtlTestCase):
    def setUp(self):
        super().setUp()
        self.metrics_file = self.etl.directory / "tokenflex_etl.prom"
        self.page = self.etl.directory / "report.html"
        self.etl.write_settings(
            {
                "api": {"retries": 0, "rate_limit": {"account": "ours"}},
                "run": {"metrics_file": str(self.metrics_file), "report_file": str(self.page)},
            }
        )
        self.simulator.config(contracts=CONTRACTS)

    def statuses(self, job):
        """By contract of the job: the last status, and what is wrong."""
        done = self.etl.call(*self.etl.command("--output", "json", "status", job))
        return {entry["contract_number"]: (entry["last_status"], entry["error"]) for entry in done.json["jobs"]}

    def expect_failed(self, job, contracts, text):
        statuses = self.statuses(job)
        metrics = exposition.read(self.metrics_file.read_text(encoding="utf-8"))
        for contract in contracts:
            self.assertEqual(statuses[contract][0], "failed")
            self.assertIn(text, statuses[contract][1])
            labels = {"job_name": job, "contract_number": contract}
            self.assertEqual(metrics.value("job_last_run_succeeded", **labels), 0)
        section = HtmlReport(self.page.read_text(encoding="utf-8")).section("Failed jobs")
        self.assertEqual(len(section.tables), 1)

    def test_because_the_contracts_could_not_be_listed(self):
        self.etl.write_job(contract="active")
        self.etl.run_well()
        self.simulator.script({"on": "contract", "status": 503})
        refused = self.etl.run()
        self.assertEqual(refused.exit_code, 69)
        self.assertEqual([run["contract_number"] for run in refused.runs], [CONTRACT, OTHER])
        self.assertEqual({run["status"] for run in refused.runs}, {"failed"})
        self.expect_failed("usage", (CONTRACT, OTHER), "503")
        self.etl.run_well()
        self.assertEqual({status for status, _ in self.statuses("usage").values()}, {"succeeded"})

    def test_and_contracts_that_nobody_has_listed_yet_are_not_made_up(self):
        self.etl.write_job(contract="active")
        self.simulator.script({"on": "contract", "status": 503})
        refused = self.etl.run()
        self.assertEqual(refused.exit_code, 69)
        self.assertEqual([run["contract_number"] for run in refused.runs], ["active"])
        self.assertEqual(self.database.count("tokenflex_etl.run"), 0)

    def test_because_nobody_can_log_in(self):
        self.etl.write_job("listed", contract=CONTRACT)
        self.etl.write_job("found", contract="active")
        self.etl.run_well()
        login = {"flow": "refresh_token", "client_id": "test-client", "access_token": None}
        login["token_file"] = str(self.etl.directory / "none.json")
        for changes, exit_code, text in (({}, 77, "logged in"), ({"client_id": None}, 78, "client id")):
            self.etl.write_settings({"auth": {**login, **changes}})
            refused = self.etl.run()
            self.assertEqual((refused.exit_code, refused.runs), (exit_code, []))
            self.expect_failed("listed", (CONTRACT,), text)
            self.expect_failed("found", (CONTRACT, OTHER), text)

    def test_in_an_empty_database_it_only_says_why(self):
        self.etl.write_job()
        self.etl.write_settings({"auth": {"client_id": None, "flow": "refresh_token", "access_token": None}})
        refused = self.etl.run()
        self.assertEqual(refused.exit_code, 78)
        self.assertNotIn("will not show", refused.stderr)
        self.assertFalse(self.database.has_table("tokenflex_etl.run"))

    def test_because_of_a_rebuild_that_is_not_possible(self):
        self.etl.write_job()
        self.etl.run_well()
        self.database.execute("create table child () inherits (tokenflex.usage)")
        self.etl.write_job(query={"fields": ["usageDate", "productName"]})
        refused = self.etl.run("--rebuild")
        self.assertNotEqual(refused.exit_code, 0)
        self.expect_failed("usage", (CONTRACT,), "")


if __name__ == "__main__":
    main()
