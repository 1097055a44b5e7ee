"""Tables that cannot be loaded are refused by name, before a request is spent, and with --rebuild too."""

from harness import EtlTestCase, cases, main

TABLE = "create table tokenflex.moved (like tokenflex.usage including all)"
INSTEAD = (
    "; insert into tokenflex.moved select * from tokenflex.usage; drop table tokenflex.usage;"
    " alter table tokenflex.moved rename to usage"
)

UNSUPPORTED = {
    "a_columnar_table": (
        f"create access method columnar type table handler heap_tableam_handler; {TABLE} using columnar{INSTEAD}",
        (78, "usage is a table of the access method columnar, which is not supported yet", "access method heap"),
    ),
    "a_foreign_table": (
        "drop table tokenflex.usage; create foreign data wrapper nothing;"
        " create server abroad foreign data wrapper nothing;"
        " create foreign table tokenflex.usage (contract_number text) server abroad",
        (78, "usage is a foreign table, which is not supported yet"),
    ),
    "a_view": (
        "alter table tokenflex.usage rename to moved; create view tokenflex.usage as select * from tokenflex.moved",
        (73, "tokenflex.usage is a view"),
    ),
    "a_materialized_view": (
        "alter table tokenflex.usage rename to moved;"
        " create materialized view tokenflex.usage as select * from tokenflex.moved",
        (73, "tokenflex.usage is a materialized view"),
    ),
}

IN_THE_WAY = {
    "a_rule_on_insert": (
        "create rule nothing as on insert to tokenflex.usage do instead nothing",
        ("the rule nothing of tokenflex.usage", "disable rule nothing"),
    ),
    "a_rule_on_update": (
        "create rule nothing as on update to tokenflex.usage do instead nothing",
        ("the rule nothing of tokenflex.usage",),
    ),
    "a_rule_on_delete": (
        "create rule nothing as on delete to tokenflex.usage do instead nothing",
        ("the rule nothing of tokenflex.usage",),
    ),
    "row_security_that_is_forced": (
        "do $$ begin if to_regrole('owner') is null then create role owner login; end if; end $$;"
        " grant all on schema tokenflex, tokenflex_etl to owner;"
        " grant all on all tables in schema tokenflex_etl to owner;"
        " alter table tokenflex.usage owner to owner;"
        " create policy few on tokenflex.usage using (tokens_consumed < 5);"
        " alter table tokenflex.usage enable row level security, force row level security",
        ("the row security of tokenflex.usage (policy few)", "no force row level security"),
    ),
}


class Refused(EtlTestCase):
    simulator_settings = {"rows": 40}

    def setUp(self):
        super().setUp()
        self.etl.write_job()
        self.etl.run_well()
        self.simulator.reset_stats()

    def assert_refused(self, exit_code, *words, arguments=()):
        self.assert_failed(self.etl.run(*arguments), exit_code, *words)
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def assert_planned(self, exit_code, words):
        plan = self.etl.call(*self.etl.command("plan"))
        self.assertEqual(plan.exit_code, exit_code)
        self.assertIn(words, " ".join(plan.stdout.split()))


@cases(UNSUPPORTED)
class Unsupported(Refused):
    def check(self, case):
        script, (exit_code, *words) = case
        self.database.execute(script)
        self.assert_refused(exit_code, *words)
        self.assert_planned(exit_code, words[0])
        self.etl.write_job(query={"fields": ["productName"]})
        self.assert_refused(exit_code, *words, arguments=["--rebuild"])


@cases(IN_THE_WAY)
class InTheWay(Refused):
    def check(self, case):
        script, words = case
        self.database.execute(script)
        if "owner" in script:
            self.etl.environment["PGUSER"] = "owner"
        self.assert_refused(73, *words)
        self.assert_planned(73, words[0])


if __name__ == "__main__":
    main()
