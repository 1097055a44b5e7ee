"""doctor: what it finds of a login, in a file and in the database."""

import os

from doctor_test import DoctorMixin
from harness import InDatabase, LoginTestCase, main


class LoginCase(DoctorMixin, LoginTestCase):
    def setUp(self):
        super().setUp()
        self.etl.write_job("usage")
        self.initialise()


class Login(LoginCase):
    kept = "mode 0600"

    def test_nobody_has_logged_in(self):
        self.assert_only_failure(77, "token", "no administrator has logged in", "tokenflex-etl auth login")

    def test_a_login_is_told_and_not_renewed_needlessly(self):
        self.log_in()
        before = self.stored()
        used = self.simulator.stats["refresh_used"]
        examination = self.examine()
        self.assertEqual((examination.exit_code, examination.failed), (0, []))
        self.assert_found(examination, "token", "ok", "client `sim-client`", "login good until 20", self.kept)
        self.assert_found(examination, "scopes", "ok", "the login has data:read data:write")
        self.assertEqual((self.stored(), self.simulator.stats["refresh_used"]), (before, used))
        for secret in (before["refresh_token"], before["access_token"]):
            self.assertNotIn(secret, examination.result.stdout + examination.result.stderr)

    def test_an_access_token_that_has_ended_is_renewed_by_the_request(self):
        self.log_in()
        self.revoke(access=True)
        examination = self.examine()
        self.assertEqual((examination.exit_code, examination.failed), (0, []))
        self.assertEqual(self.simulator.stats["refresh_used"], 1)

    def test_a_login_made_without_data_write(self):
        self.etl.write_settings({"auth": {"scopes": ["data:read"]}})
        self.log_in()
        self.etl.write_settings({"auth": {"scopes": ["data:read", "data:write"]}})
        examination = self.examine()
        self.assert_found(examination, "scopes", "warn", "the login lacks data:write", "auth login")

    def test_a_login_that_was_revoked(self):
        self.log_in()
        self.revoke(access=True, refresh=True)
        self.assert_only_failure(77, "api", "the login has ended", "tokenflex-etl auth login")


class LoginInDatabase(InDatabase, Login):
    kept = "tokenflex_etl.login, encrypted"

    def test_a_key_that_is_not_there(self):
        self.log_in()
        self.key_file.unlink()
        self.assert_only_failure(78, "token", str(self.key_file), "openssl rand")

    def test_without_a_database_is_not_looked_for(self):
        self.etl.environment["PGHOST"] = "/nowhere"
        examination = self.assert_only_failure(69, "database", "/nowhere")
        self.assert_found(examination, "token", "warn", "skipped: no database, which keeps the login")


class TokenFile(LoginCase):
    def test_a_token_file_that_others_can_read(self):
        self.log_in()
        os.chmod(self.token_file, 0o644)
        self.assert_only_failure(77, "token", str(self.token_file))

    def test_the_token_file_of_another_client(self):
        self.log_in()
        self.etl.write_settings({"auth": {"client_id": "another"}})
        self.assert_only_failure(77, "token", "belongs to client `sim-client`", "`another`")


if __name__ == "__main__":
    main()
