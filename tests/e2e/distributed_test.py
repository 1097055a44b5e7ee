"""Tables that Citus distributes, on a plain server that stands in for a cluster; and what is refused."""

from harness import CliTestCase, EtlTestCase, main
from harness.citus import StandInCase
from harness.distributed import WINDOW, Cycle, CycleByKey, Distributed


class OnAPlainServerByContract(Cycle, StandInCase):
    pass


class OnAPlainServerByKey(CycleByKey, StandInCase):
    pass


class NotServed(Distributed, StandInCase):
    """What cannot be loaded is refused before a request is spent."""

    def assert_refused(self, *words):
        self.assert_failed(self.etl.run(), 78, *words)
        self.assertEqual(self.simulator.log, [])

    def test_a_worker(self):
        self.database.execute("update pg_dist_local_group set groupid = 2;"
                              "insert into pg_dist_node values (1, 0, 'coordinator', 5432)")
        self.assert_refused("a worker of a Citus cluster", "coordinator port 5432")
        self.assertEqual(self.etl.call(*self.etl.command("init")).exit_code, 78)
        self.assertIn("a worker of a Citus cluster", self.etl.call(*self.etl.command("doctor")).stdout)
        self.assertFalse(self.database.has_table("tokenflex_etl.run"))

    def test_a_schema_of_ours_that_is_distributed_as_a_whole(self):
        self.database.execute("create schema tokenflex_etl;"
                              "insert into pg_dist_schema values ('tokenflex_etl'::regnamespace)")
        self.assert_refused("the schema tokenflex_etl is distributed", "citus_schema_undistribute('tokenflex_etl')")

    def test_a_schema_of_tables_that_is_distributed_as_a_whole(self):
        self.database.execute("create schema tokenflex; insert into pg_dist_schema values ('tokenflex'::regnamespace)")
        self.assert_refused("the schema tokenflex is distributed", "citus_schema_undistribute('tokenflex')")

    def test_a_table_that_is_distributed_in_another_way(self):
        self.database.execute("create schema tokenflex; create table tokenflex.usage (usage_date date, contract_number text)")
        for values, words, remedy in (
            ("'n', null, 1, 't'", "a reference table of Citus", "undistribute_table('tokenflex.usage')"),
            ("'n', null, 4, 's'", "a single-shard table of Citus", "undistribute_table('tokenflex.usage')"),
            ("'n', null, 0, 's'", "in the metadata of Citus", "undistribute_table('tokenflex.usage')"),
            ("'a', 'usage_date', 4, 's'", "by range or by append", "undistribute_table('tokenflex.usage')"),
            ("'h', 'usage_date', 4, 's'", "distributed by usage_date", "alter_distributed_table('tokenflex.usage'"),
        ):
            with self.subTest(words):
                self.database.execute(f"delete from pg_dist_partition; insert into pg_dist_partition values ('tokenflex.usage', {values})")
                self.assert_refused(words, remedy)
                self.assert_failed(self.etl.run("--rebuild"), 78, words)


class WithoutCitus(EtlTestCase):
    def test_a_table_that_is_to_be_distributed_is_refused(self):
        for database, target in (({"distribute_by": "_row_key"}, {}), ({}, {"distribute_by": "_row_key"})):
            with self.subTest(database=database):
                self.etl.write_settings({"database": database})
                self.etl.write_job("usage", window=WINDOW, target=target)
                self.assert_failed(self.etl.run(), 78, "by _row_key, and the database does not have Citus", "create extension citus")
                self.assertEqual(self.simulator.log, [])

    def test_a_job_may_say_that_its_table_is_not(self):
        self.etl.write_settings({"database": {"distribute_by": "_row_key"}})
        self.etl.write_job("usage", window=WINDOW, target={"distribute_by": "none"})
        self.etl.run_well()


class Checked(CliTestCase):
    def findings(self, target, **database):
        self.etl.write_settings({"database": database})
        self.etl.write_job("usage", window=WINDOW, target=target)
        return [finding["message"] for finding in self.etl.call(*self.etl.command("check"), "--output", "json").json["findings"]]

    def test_a_table_is_either_partitioned_or_distributed(self):
        (message,) = self.findings({"partition_by": "month", "distribute_by": "_row_key"})
        self.assertIn("(`target.distribute_by`): a table is either partitioned or distributed", message)
        (message,) = self.findings({"partition_by": "month"}, distribute_by="contract_number")
        self.assertIn("(`database.distribute_by`)", message)
        self.assertEqual(self.findings({"partition_by": "month", "distribute_by": "none"}, distribute_by="_row_key"), [])


if __name__ == "__main__":
    main()
