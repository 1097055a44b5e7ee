"""Answers of the token endpoint to a refresh that come late, or that refuse it for another reason than its token."""

from harness import LoginTestCase, cases, main


@cases(
    {
        "moved": ({"status": 302}, 69, "the token endpoint answered 302"),
        "too_slow": ({"status": 408}, 69, "the token endpoint answered 408"),
        "unknown": ({"status": 404}, 78, "the token endpoint is not there (404)", "api.base_url"),
        "forbidden": ({"status": 403, "body": "<html>blocked"}, 77, "the token endpoint refuses the request (403)"),
        "bad_scope": (
            {"status": 400, "body": '{"error":"invalid_scope","error_description":"No such scope."}'},
            77,
            "the token endpoint refuses the request (400): No such scope.",
        ),
    }
)
class RefusedFor(LoginTestCase):
    """Another reason than the refresh token: nothing says that the login has ended, and the next run uses it."""

    simulator_settings = {"rows": 10}

    def check(self, value):
        rule, exit_code, *words = value
        self.etl.write_job()
        self.etl.write_settings({"api": {"retries": 0}})
        self.log_in()
        self.revoke(access=True)
        self.simulator.script({"on": "token", "times": -1, **rule})
        result = self.etl.run()
        self.assert_failed(result, exit_code, *words)
        self.assertNotIn("login has ended", result.stderr)
        self.simulator.script()
        self.etl.run_well()


class LateAnswer(LoginTestCase):
    simulator_settings = {"rows": 10}

    def test_after_the_timeout_is_kept(self):
        """Six seconds: the job has had two."""
        self.log_in()
        self.revoke(access=True)
        self.etl.write_job(timeout="2s")
        self.simulator.script({"on": "token", "nth": 1, "delay_ms": 6000})
        self.assert_failed(self.etl.run(), 75, "timeout")
        self.etl.write_job()
        self.etl.run_well()
        self.assertEqual(self.simulator.stats["refresh_reused"], 0)


if __name__ == "__main__":
    main()
