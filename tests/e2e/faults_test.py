"""Faults of the network and the service: those that pass are survived and paid for, the others end the run plainly."""

import itertools

from harness import ACCESS_TOKEN, CLIENT, EtlTestCase, cases, main


class FaultsCase(EtlTestCase):
    """Three pages behind a submit and a poll that is too early: five requests where nothing goes wrong."""

    simulator_settings = {"rows": 250}

    def setUp(self):
        super().setUp()
        self.write_job()

    def write_job(self, **changes):
        self.etl.write_job("usage", page_size=100, **changes)

    def assert_survived(self, *rules):
        self.simulator.script(*rules)
        result = self.etl.run_well()
        self.assert_all_rows_arrived()
        return result

    def assert_refused(self, exit_code, *words):
        result = self.etl.run()
        self.assert_failed(result, exit_code, *words)
        self.assert_nothing_visible()
        return result

    def attempts(self):
        """Requests to the API that reached the simulator."""
        requests = self.simulator.stats["requests"]
        return requests["submit"] + requests["poll"] + requests["page"]


PASSING = {
    "status_500": {"status": 500},
    "status_502": {"status": 502},
    "closed_before_the_effect": {"close": "before"},
    "closed_after_the_effect": {"close": "after"},
    "cut_in_the_body": {"close_at": 100},
    "cut_in_the_status_line": {"close_in_header": 10},
    "cut_in_the_header": {"close_in_header": 25},
    "cut_before_the_blank_line": {"close_in_header": 10000},
    "bad_request_cut_in_its_header": {"status": 400, "close_in_header": 40},
    "forbidden_cut_in_its_header": {"status": 403, "close_in_header": 30},
    "no_json": {"status": 200, "body": "<html>busy</html>"},
    "empty": {"status": 200, "body": ""},
    "a_list": {"status": 200, "body": "[]"},
    "a_text": {"status": 200, "body": '"busy"'},
    "text_behind_the_json": {"trailing": "x"},
}
EVERY_PASSING = {
    f"{name}_on_{on}": {"on": on, "nth": 1, **fault}
    for (name, fault), on in itertools.product(PASSING.items(), ["submit", "poll", "page"])
}


@cases(EVERY_PASSING)
class PassingFault(FaultsCase):
    """Survived, and each attempt is in the run row."""

    def check(self, rule):
        result = self.assert_survived(rule)
        stats = self.simulator.stats
        self.assertEqual(stats["rules"], [{"seen": stats["requests"][rule["on"]], "fired": 1}])
        self.assertEqual(result.one_run["requests"], stats["budgeted"])
        self.assertEqual(self.last_run("requests"), (str(stats["budgeted"]),))


# Every other call: what its job is, and an answer that is JSON of another kind than the call's.
OTHER_CALLS = {
    "export_submit": ({"source": "export"}, "[]"),
    "export_status": ({"source": "export"}, "[]"),
    "contract": ({"contract": "active"}, "{}"),
    "last": ({"window": {"field": "usageDate", "last": "35 days", "skip_unchanged": True}}, "{}"),
}


@cases({f"{body}_{on}": (on, job, answer) for on, (job, wrong) in OTHER_CALLS.items()
        for body, answer in (("another_kind_of", wrong), ("a_text_for", '"busy"'), ("no_json_for", "<html>"))})
class AnswerOfAnotherKind(FaultsCase):
    """Something between us and the service has answered: asked again."""

    def check(self, case):
        on, job, body = case
        self.etl.write_job("usage", **job)
        self.simulator.script({"on": on, "nth": 1, "status": 200, "body": body})
        result = self.etl.run_well()
        self.assertGreater(sum(run["rows_inserted"] for run in result.runs), 0)
        self.assertIn("asking again", " ".join(result.log("warn")))
        self.assertEqual(self.simulator.stats["rules"][0]["fired"], 1)


class SeveralFaults(FaultsCase):
    def test_in_one_run_are_survived(self):
        result = self.assert_survived(
            {"on": "submit", "nth": 1, "status": 502},
            {"on": "poll", "nth": 1, "status": 500},
            {"on": "page", "nth": 1, "status": 500},
            {"on": "page", "nth": 3, "status": 500},
        )
        self.assertEqual(result.one_run["requests"], 9)


@cases({name: {"on": "token", **fault} for name, fault in PASSING.items()})
class PassingFaultOfTheTokenEndpoint(FaultsCase):
    def check(self, rule):
        self.etl.write_settings({"auth": CLIENT})
        self.assert_survived(rule)


class TooManyRequests(FaultsCase):
    def assert_waited(self, seconds, rule):
        self.simulator.reset_stats()
        result = self.assert_survived(rule)
        self.assertGreaterEqual(result.seconds, seconds)
        self.assertEqual(result.one_run["requests"], self.attempts())

    def test_waits_as_long_as_retry_after_says(self):
        self.assert_waited(2, {"on": "page", "nth": 1, "status": 429, "retry_after": 2})

    def test_waits_a_second_where_retry_after_is_zero(self):
        self.assert_waited(1, {"on": "page", "nth": 1, "status": 429, "retry_after": "0"})

    def test_waits_a_second_where_retry_after_is_past(self):
        self.assert_waited(1, {"on": "submit", "nth": 1, "status": 429, "retry_after": "date:-60"})

    def test_waits_until_the_date_of_retry_after(self):
        self.assert_waited(1, {"on": "submit", "nth": 1, "status": 429, "retry_after": "date:+2"})

    def test_waits_until_the_date_of_retry_after_in_any_form(self):
        for form in ("rfc850", "asctime", "iso"):
            with self.subTest(form):
                self.assert_waited(1, {"on": "submit", "nth": 1, "status": 429, "retry_after": f"{form}:+2"})

    def test_waits_a_fraction_of_a_second_rounded_up(self):
        self.assert_waited(2, {"on": "submit", "nth": 1, "status": 429, "retry_after": "1.2"})

    def test_waits_seconds_with_their_unit(self):
        self.assert_waited(2, {"on": "submit", "nth": 1, "status": 429, "retry_after": "2s"})

    def test_waits_by_the_clock_of_the_service(self):
        for ahead_s in (7200, -7200):
            with self.subTest(ahead_s):
                self.simulator.config(clock_ahead_s=ahead_s)
                self.assert_waited(1, {"on": "submit", "nth": 1, "status": 429, "retry_after": "date:+2"})

    def test_waits_by_the_clock_of_the_token_endpoint_and_of_the_export_host_too(self):
        self.etl.write_settings({"auth": CLIENT})
        self.simulator.config(clock_ahead_s=7200)
        result = self.assert_survived({"on": "token", "nth": 1, "status": 429, "retry_after": "iso:+2"})
        self.assertGreaterEqual(result.seconds, 1)
        self.write_job(source="export")
        result = self.assert_survived({"on": "download", "nth": 1, "status": 503, "retry_after": "asctime:+2"})
        self.assertGreaterEqual(result.seconds, 1)

    def test_waits_a_minute_where_retry_after_cannot_be_read(self):
        for kind, source in (("download", "export"), ("submit", "query")):
            with self.subTest(kind):
                self.write_job(timeout="50s", source=source)
                self.simulator.script({"on": kind, "nth": 1, "status": 429, "retry_after": "in a while"})
                self.assert_refused(75, "waiting 60 s more would pass the job's timeout")

    def test_never_waits_for_more_than_an_hour(self):
        self.write_job(timeout="50m")
        self.simulator.script({"on": "submit", "nth": 1, "status": 429, "retry_after": 86400})
        self.assert_refused(75, "waiting 3600 s more would pass the job's timeout")
        self.assertEqual(
            self.database.value(
                "select blocked_until between now() + interval '59 minutes' and now() + interval '1 hour'"
                " from tokenflex_etl.request_budget"
            ),
            "t",
        )

    def test_uses_up_no_retry(self):
        self.etl.write_settings({"api": {"retries": 0}})
        self.assert_waited(1, {"on": "page", "nth": 1, "status": 429, "retry_after": 1})

    def test_past_the_timeout_of_the_job_is_for_another_time(self):
        self.write_job(timeout="30m")
        self.simulator.script({"on": "page", "nth": 1, "status": 429, "retry_after": 3600})
        self.assert_refused(75, "429", "timeout")


class Unauthorized(FaultsCase):
    def setUp(self):
        super().setUp()
        self.etl.write_settings({"auth": CLIENT})

    def test_once_is_answered_with_another_token(self):
        self.assert_survived({"on": "page", "nth": 1, "status": 401})
        self.assertEqual(self.simulator.requests("token"), 2)

    def test_tokens_that_end_are_replaced_while_paging(self):
        self.simulator.config(access_lifetime_ms=1000, latency_ms=250)
        self.assert_survived()
        self.assertGreaterEqual(self.simulator.requests("token"), 2)

    def test_twice_is_final(self):
        self.simulator.script({"on": "page", "times": -1, "status": 401})
        self.assert_refused(77, "401")
        self.assertEqual(self.simulator.requests("token"), 2)

    def test_is_final_for_a_token_of_the_settings(self):
        self.etl.write_settings({"auth": {"flow": "access_token", "access_token": ACCESS_TOKEN}})
        self.simulator.script({"on": "page", "nth": 1, "status": 401})
        self.assert_refused(77, "401")
        self.assertEqual(self.simulator.requests("page"), 1)


LASTING = {
    "status_500": {"status": 500},
    "closed": {"close": "before"},
    "cut_in_the_body": {"close_at": 30},
    "cut_in_the_header": {"close_in_header": 25},
    "forbidden_cut_in_its_header": {"status": 403, "close_in_header": 30},
    "no_json": {"status": 200, "body": "<html>busy</html>"},
}


@cases({name: {"on": "submit", "times": -1, **fault} for name, fault in LASTING.items()})
class LastingFault(FaultsCase):
    def check(self, rule):
        self.etl.write_settings({"api": {"retries": 2}})
        self.simulator.script(rule)
        self.assert_refused(69, "submit")
        self.assertEqual(self.simulator.requests("submit"), 3)
        self.assertEqual(self.last_run("requests"), ("3",))


FINAL = {
    "bad_request": (400, 78),
    "forbidden": (403, 77),
    "not_found": (404, 78),
    "not_acceptable": (406, 78),
}


@cases(FINAL)
class FinalRefusal(FaultsCase):
    """Not asked again, and told in the service's own words."""

    def check(self, refusal):
        status, exit_code = refusal
        self.simulator.script({"on": "submit", "status": status, "body": '{"Code":"X","Message":"Too wide a query."}'})
        self.assert_refused(exit_code, str(status), "Too wide a query.")
        self.assertEqual(self.simulator.requests("submit"), 1)


class BadRequest(FaultsCase):
    def test_shows_what_was_sent(self):
        self.simulator.script({"on": "submit", "status": 400})
        self.assert_refused(78, '{"fields":["usageDate","productName","userName"],"metrics":["tokensConsumed"]}')


class AnotherHost(FaultsCase):
    """The token goes to the service alone."""

    def setUp(self):
        super().setUp()
        self.other = self.start_simulator()

    def assert_other_was_left_alone(self):
        self.assertEqual(set(self.other.stats["requests"].values()), {0})

    def assert_not_followed(self, address):
        self.simulator.script({"on": "submit", "detail_uri": f"{address}/tokenflex/v1/usage/11000000001/query/1"})
        self.assert_refused(65, "detail_uri", "another host")
        self.assert_other_was_left_alone()
        self.assertEqual(self.attempts(), 1)

    def test_in_detail_uri_is_not_followed(self):
        self.assert_not_followed(self.other.url)

    def test_in_detail_uri_without_scheme_is_not_followed(self):
        self.assert_not_followed(f"//127.0.0.1:{self.other.port}")

    def test_behind_a_user_name_is_not_followed(self):
        self.assert_not_followed(f"http://127.0.0.1:{self.simulator.port}@127.0.0.1:{self.other.port}")

    def test_by_another_name_of_this_one_is_not_followed(self):
        self.assert_not_followed(f"http://localhost:{self.simulator.port}")

    def test_by_another_scheme_is_not_followed(self):
        self.assert_not_followed(f"https://127.0.0.1:{self.simulator.port}")

    def test_redirected_to_is_not_followed(self):
        for kind in ("submit", "page"):
            with self.subTest(kind):
                self.simulator.script({"on": kind, "redirect": f"{self.other.url}/elsewhere"})
                self.assert_refused(69, "302")
                self.assert_other_was_left_alone()

    def test_the_token_endpoint_redirects_to_is_not_followed(self):
        self.etl.write_settings({"auth": CLIENT})
        self.simulator.script({"on": "token", "times": -1, "redirect": f"{self.other.url}/elsewhere"})
        self.assert_failed(self.etl.run(), 69, "the token endpoint answered 302")
        self.assert_other_was_left_alone()


if __name__ == "__main__":
    main()
