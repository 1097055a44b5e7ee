"""auth.token_store: database. The login of several hosts, in one row: the rules of the token file, and what else can go wrong."""

import os

import login_renewal_test
import login_test
from harness import CONFIDENTIAL, InDatabase, LoginTestCase, cases, main, postgres, sealed_login
from harness.gate import Gate
from harness.programs import HANG_S


class Login(InDatabase, login_test.Login):
    pass


class LoginWithoutBrowser(InDatabase, login_test.LoginWithoutBrowser):
    pass


class LoginRefused(InDatabase, login_test.LoginRefused):
    pass


class Status(InDatabase, login_test.Status):
    absence = "there is no login of client `sim-client` in tokenflex_etl.login"


class Logout(InDatabase, login_test.Logout):
    def test_says_as_json_what_the_status_is_then(self):
        self.log_in()
        for _ in range(2):
            done = self.auth("--output", "json", "logout")
            self.assertEqual((done.exit_code, done.json["logged_in"], done.json["client_id"]), (0, False, "sim-client"))

    def test_needs_no_key(self):
        self.log_in()
        self.key_file.unlink()
        self.assertEqual(self.auth("logout").exit_code, 0)
        self.assertFalse(self.has_login())


class Run(InDatabase, login_renewal_test.Run):
    pass


class FourProcesses(InDatabase, login_renewal_test.FourProcesses):
    pass


class Killed(InDatabase, login_renewal_test.Killed):
    pass


class TwoHosts(InDatabase, LoginTestCase):
    """Of one login, with nothing in common but the database and the key."""

    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.other = self.another_host()
        self.etl.write_job("one")
        self.other.write_job("other")
        self.log_in()

    def wait_for_waiting(self):
        self.database.wait_until(
            "exists (select from pg_stat_activity where application_name = 'tokenflex-etl login'"
            " and wait_event_type = 'Lock')"
        )

    def test_live_on_one_login(self):
        for etl in (self.etl, self.other, self.etl, self.other):
            self.revoke(access=True)
            etl.run_well()
        self.assertEqual((self.simulator.stats["refresh_used"], self.simulator.stats["refresh_reused"]), (4, 0))

    def test_that_need_a_token_together_exchange_one(self):
        self.revoke(access=True)
        self.change_stored(access_from_ms=1, access_until_ms=2)
        self.simulator.script({"on": "token", "nth": 1, "hold": True})
        first = self.etl.start_run()
        self.simulator.wait_for_held()
        second = self.other.start_run()
        self.wait_for_waiting()
        self.simulator.release()
        self.assertEqual([running.wait().exit_code for running in (first, second)], [0, 0])
        self.assertEqual((self.simulator.stats["refresh_used"], self.simulator.stats["refresh_reused"]), (1, 0))

    def test_learn_from_each_other_that_the_login_has_ended(self):
        self.revoke(access=True, refresh=True)
        self.assert_failed(self.etl.run(), 77, "refresh token", "auth login")
        self.simulator.reset_stats()
        self.assert_failed(self.other.run(), 77, "has refused the refresh token in tokenflex_etl.login", "auth login")
        self.assertEqual(self.simulator.requests("token"), 0)

    def test_that_logs_out_logs_out_the_other(self):
        self.assertEqual(self.other.call(*self.other.command("auth", "logout")).exit_code, 0)
        self.assert_failed(self.etl.run(), 77, "no administrator has logged in yet", "auth login")

    def test_waits_for_the_other_no_longer_than_its_timeout(self):
        self.etl.write_job("one", timeout="10s")
        self.change_stored(access_from_ms=1, access_until_ms=2)
        session = self.open_session()
        session.execute("begin; select 1 from tokenflex_etl.login for update;")
        self.assert_failed(self.etl.run(), 75, "the lock of the login in tokenflex_etl.login", "timeout")
        session.close()
        self.etl.write_job("one")
        self.etl.run_well()

    def test_that_waits_for_the_other_takes_nothing_from_the_request_budget(self):
        """A host that is cut off may hold the lock for a minute: places in the budget taken before would all be used at once."""
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 600, "burst": 50}}})
        self.change_stored(access_from_ms=1, access_until_ms=2)
        session = self.open_session()
        session.execute("begin; select 1 from tokenflex_etl.login for update;")
        running = self.etl.start_run()
        self.wait_for_waiting()
        self.assertEqual(self.database.count("tokenflex_etl.request_budget"), 0)
        session.close()
        self.assertEqual(running.wait().exit_code, 0)
        self.assertEqual(self.database.count("tokenflex_etl.request_budget"), 1)

    def test_opens_the_login_again_when_the_connection_for_it_is_lost(self):
        gate = Gate(postgres.server())
        dsn = f"host=127.0.0.1 port={gate.port} sslmode=disable gssencmode=disable"
        self.etl.write_settings({"database": {"dsn": dsn}, "api": {"retry_wait": "1s"}})
        self.revoke(access=True)
        self.change_stored(access_from_ms=1, access_until_ms=2)
        gate.cut_at(b"tokenflex-etl login")
        running = self.etl.start_run()
        self.assertTrue(gate.was_cut.wait(HANG_S))
        gate.open()
        result = running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertTrue([line for line in result.log("warn") if "connecting again in" in line], result.stderr)

    def test_with_another_key_says_so(self):
        key = sealed_login.new_key()
        self.write_key(self.other, key)
        words = (sealed_login.key_id(key), sealed_login.key_id(self.key), "auth login")
        self.assert_failed(self.other.run(), 78, "encrypted with another key", *words)
        self.assert_failed(self.other.call(*self.other.command("auth", "status")), 78, *words)
        self.assertEqual(self.simulator.requests("token"), 1)
        self.etl.run_well()

    def test_that_logs_in_with_another_key_warns_of_the_old_one(self):
        old = sealed_login.key_id(self.key)
        self.key = sealed_login.new_key()
        self.write_key(self.etl, self.key)
        (warning,) = [line for line in self.log_in().log("warn") if "another key" in line]
        self.assertIn(old, warning)
        self.assertIn(sealed_login.key_id(self.key), warning)
        self.etl.run_well()
        self.assert_failed(self.other.run(), 78, "encrypted with another key")

    def test_of_two_clients_have_two_logins(self):
        self.other.write_settings({"auth": {"client_id": "sim-public", "client_secret": None}})
        self.assert_failed(self.other.run(), 77, "no login of client `sim-public`")
        self.etl.run_well()

    def test_of_two_accounts_have_two_logins(self):
        self.other.write_settings({"api": {"rate_limit": {"account": "another administrator"}}})
        self.assert_failed(self.other.run(), 77, "no administrator has logged in yet")
        self.etl.run_well()


class Row(InDatabase, LoginTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job()
        self.log_in()

    def test_shows_no_token(self):
        self.revoke(access=True)
        self.etl.run_well()
        login = self.stored()
        shown = self.database.value("select string_agg(encode(sealed, 'escape'), '') from tokenflex_etl.login")
        rest = str(self.database.rows("select account, client_id, key_id, stored_at from tokenflex_etl.login"))
        for secret in (login["refresh_token"], login["access_token"]):
            self.assertNotIn(secret, shown + rest)

    def test_that_is_damaged_is_refused(self):
        self.database.execute("update tokenflex_etl.login set sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))")
        self.assert_failed(self.etl.run(), 77, "is damaged", "auth login")
        self.assert_failed(self.auth("status"), 77, "is damaged")
        self.log_in()
        self.etl.run_well()

    def test_that_is_no_login_is_refused(self):
        for value in ("''", "'\\x01'", "'\\x00'::bytea || sealed", "substr(sealed, 1, 40)"):
            with self.subTest(value):
                self.database.execute(f"update tokenflex_etl.login set sealed = {value}")
                self.assert_failed(self.etl.run(), 77, "is damaged")

    def test_that_was_moved_from_another_account_is_refused(self):
        self.database.execute("update tokenflex_etl.login set account = 'another administrator'")
        self.etl.write_settings({"api": {"rate_limit": {"account": "another administrator"}}})
        self.assert_failed(self.etl.run(), 77, "was copied from another row")

    def test_is_written_before_the_refresh_token_is_used(self):
        before = self.stored()
        self.revoke(access=True)
        self.database.execute(
            "create function full() returns trigger language plpgsql as"
            " $$ begin raise exception 'no space left' using errcode = 'disk_full'; end $$;"
            "create trigger t before insert or update on tokenflex_etl.login for each row execute function full()"
        )
        self.assert_failed(self.etl.run(), 69, "tokenflex_etl.login", "no space left", "has not been used")
        self.assertEqual((self.stored(), self.simulator.stats["refresh_used"]), (before, 0))
        self.database.execute("drop trigger t on tokenflex_etl.login")
        self.etl.run_well()

    def test_that_cannot_be_committed_at_once_is_written_again(self):
        self.revoke(access=True)
        self.database.execute(
            "create sequence public.tries;"
            "create function full() returns trigger language plpgsql as"
            " $$ begin if nextval('public.tries') <= 3 then raise exception 'no space left' using errcode = 'disk_full';"
            " end if; return null; end $$;"
            "create constraint trigger t after insert or update on tokenflex_etl.login deferrable initially deferred"
            " for each row execute function full()"
        )
        warnings = self.etl.run_well().log("warn")
        self.assertEqual([line for line in warnings if "no space left; trying again in" not in line], [])
        self.assertEqual(len(warnings), 3)
        self.revoke(access=True)
        self.etl.run_well()
        self.assertEqual((self.simulator.stats["refresh_used"], self.simulator.stats["refresh_reused"]), (2, 0))

    def test_is_on_disk_whatever_the_database_has_set(self):
        self.database.execute(
            "create table public.seen (setting text);"
            "create function see() returns trigger language plpgsql as"
            " $$ begin insert into public.seen values (current_setting('synchronous_commit')); return new; end $$;"
            "create trigger t before insert or update on tokenflex_etl.login for each row execute function see();"
            "alter database tokenflex set synchronous_commit = off"
        )
        self.addCleanup(self.database.execute, "alter database tokenflex reset all")
        self.revoke(access=True)
        self.etl.run_well()
        self.assertEqual(self.database.rows("select distinct setting from public.seen"), [("on",)])

    def test_is_waited_for_whatever_lock_timeout_the_database_has_set(self):
        self.database.execute("alter database tokenflex set lock_timeout = 1")
        self.addCleanup(self.database.execute, "alter database tokenflex reset all")
        self.revoke(access=True)
        session = self.open_session()
        session.execute("set lock_timeout = 0; begin; select 1 from tokenflex_etl.login for update;")
        running = self.etl.start_run()
        self.database.wait_until(
            "exists (select from pg_stat_activity where application_name = 'tokenflex-etl login'"
            " and wait_event_type = 'Lock')"
        )
        session.close()
        self.assertEqual(running.wait().exit_code, 0)

    def test_is_needed_in_a_schema_of_an_older_version(self):
        self.database.execute("drop table tokenflex_etl.login")
        self.assert_failed(self.etl.run(), 77, "no administrator has logged in yet", "auth login")
        self.assert_failed(self.auth("status"), 77, "not logged in")
        self.assertEqual(self.auth("logout").exit_code, 0)


class ConnectionLost(InDatabase, LoginTestCase):
    """While the service exchanges the refresh token."""

    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job()
        self.log_in()
        self.before = self.stored()
        self.revoke(access=True)
        self.simulator.script({"on": "token", "nth": 1, "hold": True})
        self.running = self.etl.start_run()
        self.simulator.wait_for_held()
        self.database.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'tokenflex-etl login'"
        )
        self.simulator.script()

    def test_stores_the_new_login_over_a_new_connection(self):
        self.simulator.release()
        result = self.running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertNotEqual(self.stored()["refresh_token"], self.before["refresh_token"])
        self.revoke(access=True)
        self.etl.run_well()
        self.assertEqual(self.simulator.stats["refresh_reused"], 0)

    def test_stores_it_also_if_another_host_was_refused_meanwhile(self):
        self.change_stored(refresh_refused=True)
        self.simulator.release()
        self.assertEqual(self.running.wait().exit_code, 0)
        self.assertNotIn("refresh_refused", self.stored())
        self.revoke(access=True)
        self.etl.run_well()

    def test_leaves_a_login_that_was_made_meanwhile(self):
        self.log_in()
        made = self.stored()
        self.simulator.release()
        result = self.running.wait()
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertIn("a login or logout was stored meanwhile", result.stderr)
        self.assertEqual(self.stored(), made)

    def test_does_not_undo_a_logout(self):
        self.assertEqual(self.auth("logout").exit_code, 0)
        self.simulator.release()
        self.assertEqual(self.running.wait().exit_code, 0)
        self.assertFalse(self.has_login())


class Key(InDatabase, LoginTestCase):
    simulator_settings = {"rows": 10}

    def setUp(self):
        super().setUp()
        self.etl.write_job()

    def test_is_needed_before_anybody_logs_in(self):
        self.key_file.unlink()
        result = self.auth("login", "--no-browser")
        self.assert_failed(result, 78, str(self.key_file), "No such file", "openssl rand -base64 32")
        self.assertNotIn("Open this address", result.stderr)

    def test_that_is_not_set_is_missed_at_once(self):
        self.etl.write_settings({"auth": {"token_key_file": None}})
        self.assert_failed(self.etl.run(), 78, "there is no key for the login", "auth.token_key_file")

    def test_that_others_can_read_is_refused(self):
        self.log_in()
        self.key_file.chmod(0o604)
        self.assert_failed(self.etl.run(), 78, "can be read by others (mode 0604)", "chmod 600")
        self.assert_failed(self.auth("status"), 78, "can be read by others")

    def test_that_is_none_is_refused(self):
        self.log_in()
        self.key_file.write_text("pass phrase\n")
        result = self.etl.run()
        self.assert_failed(result, 78, "has no key", "openssl rand -base64 32")
        self.assertNotIn("pass phrase", result.stderr)

    def test_is_found_as_a_systemd_credential(self):
        self.log_in()
        credentials = self.etl.directory / "credentials"
        credentials.mkdir()
        self.key_file.rename(credentials / "token_key")
        self.etl.write_settings({"auth": {"token_key_file": None}})
        self.etl.environment["CREDENTIALS_DIRECTORY"] = str(credentials)
        self.etl.run_well()
        os.remove(credentials / "token_key")
        self.assert_failed(self.etl.run(), 78, "there is no key for the login", "systemd credential token_key")


@cases(
    {
        "as_bytes": lambda key: key,
        "in_hexadecimal_digits": lambda key: key.hex().encode() + b"\n",
        "in_base64": lambda key: sealed_login.as_text(key).encode(),
    }
)
class KeyForm(InDatabase, LoginTestCase):
    simulator_settings = {"rows": 10}

    def check(self, form):
        self.key_file.write_bytes(form(self.key))
        self.etl.write_job()
        self.log_in()
        self.assertEqual(self.stored()["client_id"], CONFIDENTIAL["client_id"])
        self.etl.run_well()


class WithoutDatabase(InDatabase, LoginTestCase):
    def setUp(self):
        super().setUp()
        self.etl.environment["PGHOST"] = "/nowhere"

    def test_status_says_why(self):
        self.assert_failed(self.auth("status"), 69, "the login is in the database (auth.token_store)")

    def test_nobody_is_asked_to_log_in(self):
        result = self.auth("login", "--no-browser")
        self.assert_failed(result, 69, "the login is in the database (auth.token_store)")
        self.assertNotIn("Open this address", result.stderr)


if __name__ == "__main__":
    main()
