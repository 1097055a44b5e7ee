"""The same nights with each target.vanished and target.mode: what the table holds after the second one."""

from harness import CONTRACT, EtlTestCase, cases, main

DAY = {"field": "usageDate", "last": "30 days", "until": "2026-12-01"}
COLUMNS = ["usageDate", "productName", "userName", "tokensConsumed"]
DELETE = {"vanished": "delete"}
KEEP = {"vanished": "keep"}
APPEND = {"mode": "append"}
ANN_AND_BOB = ("05 ann 1", "06 bob 2")
PARTITION = """
    alter table tokenflex.usage rename to usage_plain;
    create table tokenflex.usage (like tokenflex.usage_plain including all) partition by range (usage_date);
    create table tokenflex.usage_5 partition of tokenflex.usage for values from ('2026-11-05') to ('2026-11-06');
    create table tokenflex.usage_6 partition of tokenflex.usage for values from ('2026-11-06') to ('2026-11-07');
    insert into tokenflex.usage select * from tokenflex.usage_plain;
    drop table tokenflex.usage_plain"""


class ModesCase(EtlTestCase):
    def begin(self, target, *rows):
        self.etl.write_job("usage", window=DAY, target=target)
        self.night(*rows)

    def night(self, *rows):
        """Rows are "day user tokens". Returns what became of them: inserted, updated, vanished, deleted."""
        answer = [f'["2026-11-{day}","AutoCAD","{user}",{tokens}]' for day, user, tokens in map(str.split, rows)]
        self.simulator.config(results=[{"contract": CONTRACT, "columns": COLUMNS, "rows": answer}])
        run = self.etl.run_well().one_run
        return tuple(run[f"rows_{count}"] for count in ("inserted", "updated", "vanished", "deleted"))

    def table(self):
        """What it holds of the contract, in the words of night()."""
        rows = self.database.rows(
            "select to_char(usage_date, 'DD') || ' ' || user_name || ' ' || trim_scale(tokens_consumed) "
            f"from tokenflex.usage where contract_number = '{CONTRACT}' order by usage_date, user_name, _run_id"
        )
        return tuple(row for (row,) in rows)


@cases(
    {
        "is_updated": (DELETE, (0, 1, 0, 0), ("05 ann 10", "06 bob 2")),
        "is_updated_where_vanished_rows_are_kept": (KEEP, (0, 1, 0, 0), ("05 ann 10", "06 bob 2")),
        "stands_beside_the_old_one_with_append": (
            APPEND,
            (2, 0, 0, 0),
            ("05 ann 1", "05 ann 10", "06 bob 2", "06 bob 2"),
        ),
    }
)
class RestatedValue(ModesCase):
    def check(self, case):
        target, counts, table = case
        self.begin(target, *ANN_AND_BOB)
        self.assertEqual(self.night("05 ann 10", "06 bob 2"), counts)
        self.assertEqual(self.table(), table)


@cases(
    {
        "replaces_the_old_one": (DELETE, (1, 0, 1, 1), ("05 ann@corp 1", "06 bob 2")),
        "stands_beside_the_old_one_that_is_kept": (KEEP, (1, 0, 1, 0), ("05 ann 1", "05 ann@corp 1", "06 bob 2")),
        "stands_beside_the_old_one_with_append": (
            APPEND,
            (2, 0, 0, 0),
            ("05 ann 1", "05 ann@corp 1", "06 bob 2", "06 bob 2"),
        ),
    }
)
class RenamedUser(ModesCase):
    def check(self, case):
        target, counts, table = case
        self.begin(target, *ANN_AND_BOB)
        self.assertEqual(self.night("05 ann@corp 1", "06 bob 2"), counts)
        self.assertEqual(self.table(), table)


@cases(
    {
        "are_restated": (DELETE, (0, 2, 0, 0), (0, 0, 0, 0), ("05 ann 10", "06 bob 20")),
        "are_restated_where_vanished_rows_are_kept": (KEEP, (0, 2, 0, 0), (0, 0, 0, 0), ("05 ann 10", "06 bob 20")),
        "are_appended": (
            APPEND,
            (2, 0, 0, 0),
            (2, 0, 0, 0),
            ("05 ann 1", "05 ann 10", "05 ann 10", "06 bob 2", "06 bob 20", "06 bob 20"),
        ),
    }
)
class RowsOfPartitions(ModesCase):
    def check(self, case):
        target, counts, counts_of_the_same_again, table = case
        self.begin(target, *ANN_AND_BOB)
        self.database.execute(PARTITION)
        self.assertEqual(self.night("05 ann 10", "06 bob 20"), counts)
        self.assertEqual(self.night("05 ann 10", "06 bob 20"), counts_of_the_same_again)
        self.assertEqual(self.table(), table)


@cases(
    {
        "are_put_right": (DELETE, (0, 2, 0, 0), ANN_AND_BOB),
        "are_put_right_where_vanished_rows_are_kept": (KEEP, (0, 2, 0, 0), ANN_AND_BOB),
        "of_an_earlier_run_are_left_with_append": (
            APPEND,
            (2, 0, 0, 0),
            ("05 ann 2", "05 ann 1", "06 bob 1", "06 bob 2"),
        ),
    }
)
class ValuesExchangedByHand(ModesCase):
    def check(self, case):
        target, counts, table = case
        self.begin(target, *ANN_AND_BOB)
        self.database.execute("update tokenflex.usage set tokens_consumed = 3 - tokens_consumed")
        self.assertEqual(self.night(*ANN_AND_BOB), counts)
        self.assertEqual(self.table(), table)


@cases({"are_untouched": DELETE, "are_untouched_where_vanished_rows_are_kept": KEEP, "are_untouched_with_append": APPEND})
class RowsOfAnotherContract(ModesCase):
    OTHER = "from tokenflex.usage where contract_number = '11000000002' order by usage_date"

    def check(self, target):
        self.begin(target, *ANN_AND_BOB)
        self.database.execute(
            "insert into tokenflex.usage (contract_number, usage_date, product_name, user_name, tokens_consumed, _row_key, "
            "_run_id, _synced_at) select '11000000002', usage_date, product_name, user_name, 7, gen_random_uuid(), _run_id, "
            "_synced_at from tokenflex.usage"
        )
        before = self.database.rows(f"select xmin, ctid, tokens_consumed {self.OTHER}")
        self.assertEqual(len(before), 2)
        self.night("05 ann 10", "06 cid 3")
        self.assertEqual(self.database.rows(f"select xmin, ctid, tokens_consumed {self.OTHER}"), before)


class FewChangesOfManyRows(EtlTestCase):
    """They are found by an index: what the server's statistics say of the table does not matter."""

    simulator_settings = {"rows": 15000, "polls": 0}
    NAMED = """
        create table public.made (name text);
        create function public.note() returns event_trigger language plpgsql as
            'begin insert into public.made select object_identity from pg_event_trigger_ddl_commands(); end';
        create event trigger notes on ddl_command_end when tag in ('CREATE INDEX') execute function public.note()"""

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", window=DAY)
        self.etl.run_well()
        self.addCleanup(self.database.execute, "drop event trigger if exists notes; drop function public.note; drop table public.made")
        self.database.execute(self.NAMED)

    def restate(self, every):
        """The counts of a load, and whether it made the index."""
        self.database.execute("truncate public.made")
        self.simulator.restate(every, 1)
        run = self.etl.run_well().one_run
        made = self.database.value("select count(*) from public.made where name ~ 'tokenflex_changed_'")
        return run["rows_updated"], run["rows_unchanged"], int(made) > 0

    def test_are_found_by_an_index(self):
        self.assertEqual(self.restate(150), (100, 14900, True))

    def test_are_compared_where_there_are_very_few(self):
        self.assertEqual(self.restate(1500), (10, 14990, False))

    def test_are_found_by_reading_the_table_once_where_they_are_more(self):
        self.assertEqual(self.restate(15), (1000, 14000, False))


if __name__ == "__main__":
    main()
