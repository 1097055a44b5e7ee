"""run --rebuild of partitioned tables: the new table is placed as the old one, or as the job says."""

from harness import cases, main
from harness.rebuild import NEW_FIELDS, OLD_FIELDS, QUARTER, RebuildTestCase

MONTHS = ["usage_p2026_01", "usage_p2026_02", "usage_p2026_03"]
BY_MONTH = {"partition_by": "month"}
BY_YEAR = {"partition_by": "year"}
NAMES = (
    "select relname from pg_inherits join pg_class on oid = inhrelid where inhparent = 'tokenflex.usage'::regclass"
    " order by 1"
)


class PartitionsRebuilt(RebuildTestCase):
    old_target = BY_MONTH

    def setUp(self):
        super().setUp()
        self.database.execute("drop table tokenflex.usage; truncate tokenflex_etl.target, tokenflex_etl.run")
        self.write_usage(OLD_FIELDS, target=self.old_target)
        self.etl.run_well(*QUARTER)
        self.write_usage(NEW_FIELDS, target=self.old_target)

    def names(self):
        return [name for (name,) in self.database.rows(NAMES)]

    def assert_partitions(self, *names):
        self.assertEqual(self.names(), list(names))
        self.assertEqual(
            self.database.value("select count(*) from pg_class where relname like '%rebuild%' or relname like '%replaced%'"),
            "0",
        )


class ByMonth(PartitionsRebuilt):
    def test_replaces_the_table_and_its_partitions_keep_their_names(self):
        self.rebuild()
        self.assert_replaced()
        self.assert_partitions(*MONTHS)

    def test_without_partition_by_the_job_leaves_the_table_as_it_is_placed(self):
        self.write_usage(NEW_FIELDS)
        self.rebuild()
        self.assert_replaced()
        self.assert_partitions(*MONTHS)

    def test_can_be_done_again_for_the_next_grain(self):
        self.rebuild()
        self.write_usage(OLD_FIELDS, target=BY_MONTH)
        self.rebuild()
        self.write_usage(NEW_FIELDS, target=BY_MONTH)
        self.rebuild()
        self.assert_replaced()
        self.assert_partitions(*MONTHS)

    def test_by_year_makes_years_of_it(self):
        self.write_usage(OLD_FIELDS, target=BY_YEAR)
        self.etl.run_well("--rebuild", *QUARTER)
        self.assert_partitions("usage_p2026")

    def test_keeps_owner_and_privileges_of_table_and_partitions(self):
        self.database.execute(
            "create role keeper; create role viewer; alter table tokenflex.usage owner to keeper;"
            "grant select on tokenflex.usage to viewer"
        )
        self.addCleanup(
            self.database.execute, "drop owned by keeper cascade; drop owned by viewer; drop role keeper, viewer"
        )
        self.rebuild()
        self.assertEqual(
            self.database.rows(
                "select distinct pg_get_userbyid(relowner), has_table_privilege('viewer', oid, 'select') from pg_class"
                " where relname like 'usage%' and relkind in ('r', 'p') and relnamespace = 'tokenflex'::regnamespace"
            ),
            [("keeper", "t")],
        )

    def test_loses_the_indexes_of_single_partitions_as_the_log_tells(self):
        self.assertNotIn("index", " ".join(self.rebuild().log("warn")))
        self.database.execute("create index of_january on tokenflex.usage_p2026_01 (product_name)")
        self.write_usage(OLD_FIELDS, target=BY_MONTH)
        self.assertIn("index tokenflex.of_january of partition tokenflex.usage_p2026_01", " ".join(self.rebuild().log("warn")))

    def test_views_on_it_go_on(self):
        self.database.execute("create view tokenflex.seen as select sum(tokens_consumed) as tokens from tokenflex.usage")
        self.rebuild()
        self.assertEqual(
            self.database.value("select tokens from tokenflex.seen"),
            self.database.value("select sum(tokens_consumed) from tokenflex.usage"),
        )

    def test_with_a_detached_partition_leaves_that_alone(self):
        self.database.execute("alter table tokenflex.usage detach partition tokenflex.usage_p2026_02")
        self.rebuild()
        self.assert_replaced()
        self.assert_partitions("usage_p2026_01", "usage_p2026_02_2", "usage_p2026_03")


class Plain(PartitionsRebuilt):
    old_target = {}

    def test_becomes_partitioned_when_the_job_says_so(self):
        self.write_usage(NEW_FIELDS, target=BY_MONTH)
        self.rebuild()
        self.assert_replaced()
        self.assert_partitions(*MONTHS)

    def test_becomes_partitioned_also_where_nothing_else_has_changed(self):
        self.write_usage(OLD_FIELDS, target=BY_MONTH)
        plan = self.etl.call(*self.etl.command("plan"))
        self.assertIn("run --rebuild cuts it by month", plan.stdout)
        self.etl.run_well("--rebuild", *QUARTER)
        self.assert_partitions(*MONTHS)
        self.assertIn("nothing needs rebuilding", self.etl.run_well("--rebuild", *QUARTER).stderr)

    def test_stays_plain_until_then(self):
        self.write_usage(OLD_FIELDS, target=BY_MONTH)
        self.etl.run_well(*QUARTER, "--again")
        self.assertEqual(self.names(), [])

    def test_with_storage_parameters_becomes_partitioned_too(self):
        self.database.execute("alter table tokenflex.usage set (fillfactor = 90)")
        self.write_usage(NEW_FIELDS, target=BY_MONTH)
        self.rebuild()
        self.assert_partitions(*MONTHS)


@cases(
    {
        "by_list": "partition by list (contract_number)",
        "by_weeks": "partition by range (usage_date)",
    }
)
class OtherPartitions(PartitionsRebuilt):
    def check(self, how):
        parts = (
            "create table tokenflex.all_of_it partition of tokenflex.usage default;"
            if "list" in how
            else "create table tokenflex.weeks partition of tokenflex.usage for values from ('2025-12-29') to ('2026-04-06');"
        )
        self.database.execute(
            "create table tokenflex.moved (like tokenflex.usage including comments) " + how + "; insert into tokenflex.moved"
            " select * from tokenflex.usage where false; drop table tokenflex.usage; alter table tokenflex.moved rename to usage;"
            + parts
        )
        self.write_usage(NEW_FIELDS)
        self.assert_failed(
            self.etl.run("--rebuild", *QUARTER), 73, "partitioned in a way that the new table will not be", "months or years"
        )


if __name__ == "__main__":
    main()
