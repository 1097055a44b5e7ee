"""The report views by the script of `init --sql --reports`, which a DBA runs."""

from harness import main
from reports_test import VIEWS, ReportsCase


class Script(ReportsCase):
    def test_as_sql_gives_the_views_to_the_role_of_the_run(self):
        """Their readers need no right on the tables, which are its own."""
        self.load_and_init()
        loader, reader = (f"{self.database.name}_{name}" for name in ("loader", "reader"))
        self.etl.write_settings({"database": {"grant_select_to": [reader]}})
        self.database.execute(f"create role {loader} login; create role {reader} login")
        self.addCleanup(
            self.database.execute, f"drop owned by {loader} cascade; drop owned by {reader}; drop role {loader}, {reader}"
        )
        tables = self.database.rows("select tablename from pg_tables where schemaname = 'tokenflex'")
        self.database.execute(
            f"grant usage, create on schema tokenflex to {loader}; grant usage on schema tokenflex to {reader};"
            f" grant usage on schema tokenflex_etl to {loader}; grant select on all tables in schema tokenflex_etl to {loader};"
            + "".join(f"alter table tokenflex.{table} owner to {loader};" for (table,) in tables)
        )
        script = self.etl.call(*self.etl.command("init", "--sql", "--reports")).stdout
        self.database.run_psql(f"\\set role {loader}\n{script}")
        owners = "select distinct viewowner from pg_views where schemaname = 'tokenflex'"
        self.assertEqual(self.database.rows(owners), [(loader,)])
        for view in VIEWS:
            self.database.execute(f"set role {reader}; select * from tokenflex.{view}")


if __name__ == "__main__":
    main()
