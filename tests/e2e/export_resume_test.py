"""A run that died by export is resumed where it stood: no second export is asked for."""

import signal

from harness import CONTRACT, ExportCase, cases, main
from harness.export import ROWS

QUICK = {"first": "10ms", "max": "50ms"}
NEVER = {"first": "10m", "max": "10m"}


class ResumeCase(ExportCase):
    """The run that is ended would change every row."""

    def setUp(self):
        super().setUp()
        self.simulator.restate(every=1)

    def held(self, *rules):
        self.simulator.script(*rules)
        running = self.etl.start_run()
        self.simulator.wait_for_held()
        return running

    def in_request(self):
        return self.held({"on": "export_submit", "nth": 1, "hold": True})

    def after_request(self):
        self.etl.write_settings({"api": {"poll": NEVER}})
        running = self.etl.start_run()
        self.database.wait_until("exists (select from tokenflex_etl.run where status = 'running' and export_key <> '')")
        return running

    def in_poll(self):
        return self.held({"on": "export_status", "nth": 2, "hold": True})

    def before_download(self):
        return self.held({"on": "download", "nth": 1, "hold": True})

    def in_download(self):
        """Held where it goes on, some rows into the file."""
        return self.held({"on": "download", "nth": 1, "close_at": 9000}, {"on": "download", "nth": 2, "hold": True})

    def end(self, running, number=signal.SIGKILL):
        running.signal(number)
        result = running.wait()
        self.database.wait_until_left()
        return result

    def make_way(self):
        self.simulator.script()
        self.simulator.release()
        self.etl.write_settings({"api": {"poll": QUICK}})

    def run_to_the_end(self):
        self.make_way()
        result = self.etl.run_well()
        run = result.one_run
        self.assertEqual((run["source"], run["rows_updated"], run["rows_inserted"]), ("export", ROWS, 0))
        self.assert_all_rows_arrived()
        self.assertEqual(self.database.value("select count(*) from tokenflex_etl.run where status = 'running'"), "0")
        self.assertEqual(self.database.value("select count(export_key) from tokenflex_etl.run"), "0")
        self.assertEqual(self.simulator.stats["download_with_authorization"], 0)
        return result


MOMENTS = {
    "while_the_export_is_made": ResumeCase.after_request,
    "in_a_poll": ResumeCase.in_poll,
    "before_the_download": ResumeCase.before_download,
    "in_the_middle_of_the_download": ResumeCase.in_download,
}


@cases(MOMENTS)
class Killed(ResumeCase):
    """kill -9: nothing half-loaded, and the next run makes no second request."""

    def check(self, reach):
        running = reach(self)
        self.assertEqual(self.end(running).exit_code, -signal.SIGKILL)
        result = self.run_to_the_end()
        self.assertEqual(self.count("export_submit", "export_list", "export_delete"), (1, 0, 1))
        self.assertEqual(len([line for line in result.log("info") if "resuming the" in line]), 1)


@cases(MOMENTS)
class AskedToStop(ResumeCase):
    """SIGTERM: 75 within five seconds, and the next run makes no second request."""

    def check(self, reach):
        running = reach(self)
        self.assertEqual(self.end(running, signal.SIGTERM).exit_code, 75)
        self.run_to_the_end()
        self.assertEqual(self.count("export_submit", "export_list", "export_delete"), (1, 0, 1))


class KilledAroundTheRequest(ResumeCase):
    def test_looks_for_what_was_made_all_the_same(self):
        self.end(self.in_request())
        self.make_way()
        self.simulator.wait_for("export_submit")
        self.run_to_the_end()
        self.assertEqual(self.count("export_submit", "export_list", "export_delete"), (1, 1, 1))

    def test_makes_what_was_not(self):
        self.end(self.held({"on": "export_submit", "nth": 1, "hold": True, "close": "before"}))
        self.simulator.release()
        self.run_to_the_end()
        self.assertEqual(self.count("export_list", "export_delete"), (1, 1))


class LostAnswer(ResumeCase):
    def test_of_an_export_that_the_list_lacked_is_looked_for_although_the_next_request_was_refused(self):
        self.simulator.script(
            {"on": "export_submit", "nth": 1, "close": "after"},
            {"on": "export_list", "nth": 1, "status": 200, "body": "[]"},
            {"on": "export_submit", "nth": 2, "status": 403},
        )
        self.assert_failed(self.etl.run(), 77, "403")
        self.run_to_the_end()
        self.assertEqual(self.count("export_submit", "export_list", "export_delete"), (2, 2, 1))


class NotResumed(ResumeCase):
    def assert_asked_anew(self, *arguments):
        self.make_way()
        result = self.etl.run_well(*arguments)
        self.assertEqual(self.count("export_submit"), (2,))
        return result

    def test_where_the_body_has_changed(self):
        self.end(self.in_poll())
        self.etl.write_job(source="export", query={"where": "userName LIKE 'admin%'"}, target={"table": "fewer"})
        result = self.assert_asked_anew()
        self.assertEqual([line for line in result.log("info") if "resuming the" in line], [])

    def test_where_the_run_is_to_replace_what_is_loaded(self):
        self.end(self.in_poll())
        self.assert_asked_anew("--rebuild")

    def test_where_the_service_has_it_no_more(self):
        for status in (404, 410):
            with self.subTest(status=status):
                self.simulator.reset_stats()
                self.end(self.in_poll())
                self.make_way()
                self.simulator.script({"on": "export_status", "nth": 1, "status": status})
                self.etl.run_well()
                self.assertEqual(self.count("export_submit", "export_delete"), (2, 1))
                self.assert_all_rows_arrived()

    def test_where_it_is_gone_whenever_it_is_asked_for(self):
        self.simulator.script({"on": "export_status", "times": -1, "from": 1, "status": 404})
        self.assert_failed(self.etl.run(), 69, "no longer has the export, twice")
        self.assertEqual(self.count("export_submit"), (2,))

    def test_where_it_was_loaded(self):
        self.run_to_the_end()
        self.assert_asked_anew()

    def test_twice_is_still_one_request(self):
        self.end(self.in_poll())
        self.end(self.in_download())
        self.run_to_the_end()
        self.assertEqual(self.count("export_submit"), (1,))


class Leftovers(ExportCase):
    """What has been loaded does not stay at the service, whatever became of the run."""

    def run_without_delete(self):
        """A run that dies between its COMMIT and the DELETE."""
        self.run_and_die({"on": "export_delete", "nth": 1})

    def test_a_run_that_has_just_finished_deletes_its_own(self):
        self.run_without_delete()
        self.simulator.reset_stats()
        self.etl.run_well()
        self.assertEqual(self.count("export_delete"), (1,))

    def test_the_next_export_deletes_what_the_last_run_could_not(self):
        self.etl.write_settings({"api": {"retries": 0}})
        self.simulator.script({"on": "export_delete", "status": 500, "times": -1})
        self.etl.run_well()
        self.an_hour_later()
        self.simulator.script()
        self.simulator.reset_stats()
        result = self.etl.run_well()
        self.assertEqual(self.count("export_submit", "export_delete"), (1, 2))
        self.assertEqual(result.one_run["requests"], self.simulator.stats["budgeted"])
        self.assertEqual(self.database.value("select count(export_key) from tokenflex_etl.run"), "0")

    def test_a_run_that_dies_after_its_commit_is_cleared_up_after(self):
        self.run_without_delete()
        self.assertEqual(self.last_run("status, export_key is not null"), ("succeeded", "t"))
        self.an_hour_later()
        self.assert_nothing_changed(self.etl.run_well())
        self.assertEqual(self.count("export_submit"), (2,))
        self.assertEqual(self.database.value("select count(export_key) from tokenflex_etl.run"), "0")

    def test_one_that_may_still_be_resumed_stays(self):
        self.etl.write_job("other", source="export")
        self.database.execute(
            "insert into tokenflex_etl.run (job, contract_number, source, status, host, pid, export_name, export_key,"
            f" submitted_at) values ('other', '{CONTRACT}', 'export', 'failed', 'h', 1, 'n', 'k', now())"
        )
        self.etl.run_well("usage")
        self.assertEqual(self.database.value("select count(export_key) from tokenflex_etl.run"), "1")

    def test_one_that_was_not_resumed_for_a_week_goes(self):
        self.database.execute(
            "insert into tokenflex_etl.run (job, contract_number, source, status, host, pid, export_name, export_key,"
            f" submitted_at) values ('gone', '{CONTRACT}', 'export', 'failed', 'h', 1, 'n', 'k',"
            " now() - interval '8 days')"
        )
        self.etl.run_well()
        self.assertEqual(self.database.value("select count(export_key) from tokenflex_etl.run"), "0")


if __name__ == "__main__":
    main()
