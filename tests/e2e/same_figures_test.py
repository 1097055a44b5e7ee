"""Tables, report views, page and answers of the commands are the same whatever settings the sessions have, and whether the tables
are partitioned or not."""

import re

from harness import SOURCE, main
from harness.fault import table_state
from reports_test import ReportsCase, VIEWS

# Of the role, of PG* variables, or of the connection string: what PostgreSQL reads or writes differently by them.
SETTINGS = {
    "timezone": "Pacific/Kiritimati",
    "datestyle": "German,DMY",
    "intervalstyle": "sql_standard",
    "lc_numeric": "C.UTF-8",
    "lc_monetary": "C.UTF-8",
    "lc_time": "C.UTF-8",
    "bytea_output": "escape",
    "extra_float_digits": "-15",
    "standard_conforming_strings": "off",
    "escape_string_warning": "off",
    "search_path": "nowhere",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "quote_all_identifiers": "on",
    "xmlbinary": "hex",
    "default_transaction_isolation": "serializable",
    "lock_timeout": "60000",
    "enable_partition_pruning": "off",
    "plan_cache_mode": "force_generic_plan",
}
PARTITIONED = ("daily_product_usage", "cloud_usage", "manual_adjustments", "monthly_custom_field_tokens",
               "monthly_product_users", "monthly_summary_by_category", "monthly_users")
_AGE = re.compile(r'seconds":\d+')
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z| UTC)?")


def timeless(text):
    return _AGE.sub('seconds":0', _MOMENT.sub("MOMENT", text))


class SameCase(ReportsCase):
    partition_by = None

    def setUp(self):
        super().setUp()
        # The page lists tables by when they were loaded.
        self.etl.write_settings({"run": {"parallel_jobs": 1}})

    def shipped(self, *arguments):
        for file in (SOURCE / "jobs").glob("*.yaml"):
            text = re.sub(r"  chunk: month\n", "", file.read_text(encoding="utf-8"))
            if self.partition_by and file.stem in PARTITIONED:
                text = self.partitioned(text)
            self.etl.write_job_text(file.name, text)
        return self.etl.call(*self.etl.command("--output", "json", *arguments))

    def partitioned(self, text):
        line = f"  partition_by: {self.partition_by}\n"
        return re.sub(r"^target:\n", f"target:\n{line}", text, flags=re.M) if "\ntarget:\n" in text else f"{text}target:\n{line}"

    def load(self):
        self.database.execute("drop schema if exists tokenflex cascade; drop schema if exists tokenflex_etl cascade")
        self.load_and_init()

    def tables(self):
        names = self.database.rows(
            "select relname from pg_class where relnamespace = 'tokenflex'::regnamespace and relkind in ('r', 'p')"
            " and not relispartition order by 1"
        )
        return {name: table_state(self.database, f"tokenflex.{name}") for (name,) in names}

    def views(self, settings=None):
        """The rows of each view as a session with these settings reads them; but for the age, which grows."""
        told = {}
        sets = " ".join(f"set {name} = {value if name == 'search_path' else repr(value)};" for name, value in (settings or {}).items())
        for view in VIEWS:
            self.database.execute(f"{sets} create table public.read as select * from tokenflex.{view};")
            moments = "- 'age' - 'last_synced_at' - 'restated_at' - 'checked_at' - 'changed_at'"
            query = f"select to_jsonb(v) {moments} from public.read v order by 1"
            told[view] = self.database.rows(query)
            self.database.execute("drop table public.read")
        return told

    def page(self):
        path = self.etl.directory / "page.html"
        done = self.shipped("report", "--html", str(path))
        self.assertEqual(done.exit_code, 0, done.stderr)
        return timeless(path.read_text(encoding="utf-8"))

    def answers(self):
        """Of commands that read, without the moments of what they tell."""
        told = {}
        for command in (("status",), ("plan",), ("changes",), ("forecast",), ("check",)):
            done = self.shipped(*command)
            told[command] = (done.exit_code, timeless(done.stdout))
        return told


class Settings(SameCase):
    """Of the sessions."""

    def setUp(self):
        super().setUp()
        self.load()
        self.before = (self.tables(), self.views(), self.page(), self.answers())

    def test_change_nothing_that_readers_of_the_views_see(self):
        self.assertEqual(self.views(SETTINGS), self.before[1])

    def test_change_nothing_that_is_loaded_and_nothing_that_is_told(self):
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        self.etl.environment.update(PGOPTIONS=options, PGTZ="America/St_Johns", PGDATESTYLE="SQL,DMY", PGCLIENTENCODING="LATIN1")
        self.assertEqual((self.page(), self.answers()), self.before[2:])
        self.load()
        self.assertEqual((self.tables(), self.views()), self.before[:2])

    def test_of_the_role_change_nothing(self):
        for name, value in SETTINGS.items():
            self.database.execute(f"alter role current_user set {name} = {value if name == 'search_path' else repr(value)}")
        self.addCleanup(self.database.execute, "alter role current_user reset all")
        told = (self.page(), self.answers())
        self.load()
        self.database.execute("alter role current_user reset all")
        self.assertEqual(told, self.before[2:])
        self.assertEqual((self.tables(), self.views()), self.before[:2])


class Partitions(SameCase):
    def test_change_nothing_in_tables_views_and_page(self):
        self.load()
        before = (self.tables(), self.views(), self.page())
        for self.partition_by in ("month", "year"):
            with self.subTest(self.partition_by):
                self.load()
                self.assertEqual((self.tables(), self.views(), self.page()), before)
                parts = "select count(distinct inhparent) from pg_inherits join pg_class on oid = inhrelid where relkind = 'r'"
                self.assertEqual(self.database.value(parts), str(len(PARTITIONED)))


if __name__ == "__main__":
    main()
