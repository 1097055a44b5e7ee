"""run.share: the chunks of a round are listed once, by the host that opens it: what the service says later is for the next round."""

from harness import CONTRACT, main
from harness.share import CHUNKS, HALF_YEAR, MONTHS, ShareCase

OTHER = "11000000002"


class ActiveContracts(ShareCase):
    """`contract: active`: a contract starts or ends between the starts of two hosts."""

    def setUp(self):
        super().setUp()
        self.write_job("usage", contract="active", window=None)

    def activate(self, *numbers):
        self.simulator.config(
            contracts=[{"number": number, "name": "n", "active": number in numbers} for number in (CONTRACT, OTHER)]
        )

    def start_one_before_and_one_after(self, before, after):
        """The first host has listed the round, and is held in its first submit, when the contracts change."""
        self.activate(*before)
        self.hold_submits()
        running = [self.hosts[0].start_run()]
        self.simulator.wait_for_held()
        self.activate(*after)
        running.append(self.hosts[1].start_run())
        self.database.wait_until("(select count(*) from tokenflex_etl.work_host) = 2")
        self.let_go()
        self.assert_all_well([one.wait() for one in running])

    def contracts(self, round):
        return [contract for (contract,) in self.work("contract_number", f"where round = {round} order by 1")]

    def test_one_that_starts_meanwhile_is_for_the_next_round(self):
        self.start_one_before_and_one_after([CONTRACT], [CONTRACT, OTHER])
        self.assertEqual(self.contracts(1), [CONTRACT])
        self.assert_each_once(1)
        self.hosts[1].run_well()
        self.assertEqual(self.contracts(2), [CONTRACT, OTHER])
        self.assertEqual(self.states(), {"succeeded": "3"})

    def test_one_that_ends_meanwhile_is_loaded_once_more(self):
        self.start_one_before_and_one_after([CONTRACT, OTHER], [CONTRACT])
        self.assertEqual(self.contracts(1), [CONTRACT, OTHER])
        self.assert_each_once(2)
        self.hosts[1].run_well()
        self.assertEqual(self.contracts(2), [CONTRACT])

    def test_the_service_is_asked_for_them_once_a_round(self):
        self.start_one_before_and_one_after([CONTRACT], [CONTRACT, OTHER])
        self.assertEqual(self.simulator.requests("contract"), 1)


class Exports(ShareCase):
    def test_each_is_deleted_at_the_service_by_the_host_that_has_loaded_it(self):
        self.write_job("usage", source="export", window={"field": "usageDate", "last": "35 days", "chunk": "month"})
        running = [host.start_run(*HALF_YEAR) for host in self.hosts]
        results = [one.wait() for one in running]
        self.assert_all_well(results)
        self.assert_each_once()
        self.assertEqual(self.simulator.requests("export_delete"), CHUNKS)
        for result in results:
            self.assertNotIn("cannot delete the export", result.stderr)


class Plan(ShareCase):
    """What a run would do that started now."""

    def setUp(self):
        super().setUp()
        self.hold_submits()
        self.first = self.hosts[0].start_run(*HALF_YEAR)
        self.simulator.wait_for_held()

    def plan(self, *arguments):
        host = self.hosts[1]
        return host.call(*host.command("--output", "json", "plan", *(arguments or HALF_YEAR)))

    def end(self):
        self.let_go()
        self.assert_all_well([self.first.wait()])

    def test_of_a_host_that_would_join_says_which_round(self):
        result = self.plan()
        self.assertEqual(result.exit_code, 0, result.stderr)
        (round,) = result.json["share"]["rounds"]
        self.assertEqual((round["round"], round["chunks"]["running"], round["chunks"]["waiting"]), (1, 1, CHUNKS - 1))
        self.end()

    def test_of_a_host_with_another_job_says_that_it_would_be_refused(self):
        self.hosts[1].write_job("more", window=None)
        result = self.plan()
        self.assertEqual(result.exit_code, 78, result.stderr)
        self.assertIn("job more differs from that of host one, which is at work on the round", result.stdout + result.stderr)
        self.end()

    def test_takes_no_chunk_and_joins_no_round(self):
        self.plan()
        self.assertEqual(self.database.count("tokenflex_etl.work_host"), 1)
        self.assertEqual(self.states(), {"running": "1", "waiting": str(CHUNKS - 1)})
        self.end()

    def test_after_the_round_is_over_shows_no_open_round(self):
        self.end()
        rounds = self.plan().json["share"]["rounds"]
        self.assertEqual([round["closed_at"] is not None for round in rounds], [True] * len(rounds))


class Presence(ShareCase):
    """The lock by which others know that the runs of the round are worked on; `loader` is no superuser."""

    names = ("one",)
    function = "function pg_try_advisory_lock_shared(bigint)"

    def test_that_could_not_be_shown_at_first_is_shown_with_the_next_renewal(self):
        self.database.execute(
            "create role loader login; grant create, temporary on database tokenflex to loader;"
            f" revoke execute on {self.function} from public"
        )
        self.addCleanup(
            self.database.execute,
            f"grant execute on {self.function} to public; drop owned by loader cascade; drop role loader",
        )
        self.write_settings({"database": {"dsn": "user=loader"}})
        self.hold_submits()
        running = self.hosts[0].start_run(*HALF_YEAR)
        self.simulator.wait_for_held()
        running.wait_for_stderr("permission denied for function")
        self.database.execute(f"grant execute on {self.function} to public")
        self.database.wait_until(
            "exists (select from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted)"
        )
        self.let_go()
        self.assert_all_well([running.wait()])


class Contracts(ShareCase):
    """Of `contract: active`: one host lists them for all."""

    def test_contracts_that_cannot_be_listed_are_the_reason(self):
        self.write_job("usage", contract="active", window=MONTHS)
        self.simulator.script({"on": "contract", "times": -1, "status": 403})
        result = self.hosts[0].run(*HALF_YEAR)
        self.assertEqual(result.exit_code, 77, result.stderr)
        self.assertEqual(self.states().get("failed"), "1")
        self.assertEqual(self.simulator.requests("submit"), 0)

    def start_while_contracts_are_held(self, hosts):
        """The first host lists the chunks; it hears from the service only when all have joined."""
        self.write_job("usage", contract="active", window=MONTHS)
        self.simulator.script({"on": "contract", "hold": True})
        running = [hosts[0].start_run(*HALF_YEAR)]
        self.simulator.wait_for_held()
        running += [host.start_run(*HALF_YEAR) for host in hosts[1:]]
        self.database.wait_until(f"(select count(*) from tokenflex_etl.work_host) = {len(hosts)}")
        return running

    def test_contracts_that_one_host_cannot_list_another_lists(self):
        self.simulator.config(contracts=[{"number": CONTRACT, "name": "n", "active": True}])
        self.hosts[0].write_settings({"auth": {"access_token": "wrong"}})
        running = self.start_while_contracts_are_held(self.hosts)
        self.simulator.release()
        results = [host.wait() for host in running]
        self.assert_all_well(results)
        self.assertIn("another host lists what there is to do", results[0].stderr)
        self.assert_each_once()
        self.assert_whole()

    def test_contracts_that_no_host_can_list_are_the_reason(self):
        for host in self.hosts:
            host.write_settings({"auth": {"access_token": "wrong"}})
        running = self.start_while_contracts_are_held(self.hosts)
        self.simulator.release()
        self.assertEqual([host.wait().exit_code for host in running], [77] * len(running))
        self.assertEqual(self.states(), {"failed": "1"})


class AwayAtTheBeginning(ShareCase):
    """The database restarts while a host lists the contracts, and another waits for the list."""

    def test_a_database_that_comes_back_is_worked_with_again(self):
        self.simulator.config(contracts=[{"number": CONTRACT, "name": "n", "active": True}])
        self.write_settings({"api": {"retries": 100}})
        self.write_job("usage", contract="active", window=MONTHS)
        self.simulator.script({"on": "contract", "hold": True})
        running = [self.hosts[0].start_run(*HALF_YEAR)]
        self.simulator.wait_for_held()
        running.append(self.hosts[1].start_run(*HALF_YEAR))
        self.database.wait_until("(select count(*) from tokenflex_etl.work_host) = 2")
        self.restart_database(running, self.let_go)


if __name__ == "__main__":
    main()
