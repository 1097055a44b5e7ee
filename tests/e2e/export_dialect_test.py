"""The dialect of the service's export files of 2018, and what differs from it: the rows of the query, or 65 with the line."""

from harness import EtlTestCase, cases, main

HEADER = '"usageDate","productName","seats","tokensConsumed",\n'
ROWS = [("2026-01-01", "Product B, 3D", "p", "12.5"), ("2026-01-02", None, "q", "0.0"), ("2026-01-03", "x", "r", None)]
PLAIN = (
    '2026-01-01 00:00:00,"Product B, 3D","p",12.5,\n'
    '2026-01-02 00:00:00,,"q",0.0,\n'
    '2026-01-03 00:00:00,"x","r",,\n'
)
BARE_HEADER = "usageDate,productName,seats,tokensConsumed\n"


class DialectCase(EtlTestCase):
    def serve(self, csv):
        fields = ["usageDate", "productName", "seats"]
        columns = [*fields, "tokensConsumed"]
        self.simulator.config(results=[{"columns": columns, "rows": [], "csv": csv}])
        self.etl.write_job(source="export", query={"fields": fields, "metrics": ["tokensConsumed"]})

    def rows(self):
        query = "select usage_date::text, product_name, seats, tokens_consumed::text from tokenflex.usage order by 1"
        return self.database.rows(query)

    def assert_loads(self, csv, rows):
        self.serve(csv)
        result = self.etl.run_well()
        self.assertEqual(result.log("warn"), [])
        self.assertEqual(self.rows(), rows)

    def assert_refused(self, csv, *words):
        self.serve(csv)
        self.assert_failed(self.etl.run(), 65, *words)
        self.assert_nothing_visible()


@cases(
    {
        "as_it_was_seen": HEADER + PLAIN,
        "without_any_final_comma": HEADER.replace(",\n", "\n") + PLAIN.replace(",\n", "\n"),
        "with_final_commas_in_rows_alone": HEADER.replace(",\n", "\n") + PLAIN,
        "with_a_final_comma_in_the_header_alone": HEADER + PLAIN.replace(",\n", "\n"),
        "with_bare_nulls": HEADER + PLAIN.replace("00:00:00,,", "00:00:00,null,").replace('"r",,', '"r",null,'),
        "with_bare_nulls_below_a_bare_header": BARE_HEADER + PLAIN.replace("00:00:00,,", "00:00:00,null,"),
        "with_carriage_returns": (HEADER + PLAIN).replace("\n", "\r\n"),
    }
)
class Loads(DialectCase):
    def check(self, csv):
        self.assert_loads(csv, ROWS)


CODES = [("2026-01-01", "4711"), ("2026-01-02", "1E3"), ("2026-01-03", "10E2"), ("2026-01-04", "0042")]
VERSIONS = [("2026-01-01", "7.1"), ("2026-01-01", "7.10")]
FORMS = [("2026-01-01", "7.0"), ("2026-01-01", "7"), ("2026-01-02", "1E3")]


def quoted(values):
    return HEADER + "".join(f'{day} 00:00:00,"x","{value}",1.0,\n' for day, value in values)


def all_quoted(values):
    return HEADER.rstrip(",\n") + "\n" + "".join(f'"{day}","x","{value}","1.0"\n' for day, value in values)


def bare(values):
    return BARE_HEADER + "".join(f"{day},x,{value},1.0\n" for day, value in values)


def bare_below_quotes(values):
    return HEADER.rstrip(",\n") + "\n" + "".join(f"{day},x,{value},1.0\n" for day, value in values)


def quoted_below_a_bare_header(values):
    return BARE_HEADER + "".join(f'{day},x,"{value}",1.0\n' for day, value in values)


@cases(
    {
        "in_quotes": (quoted, CODES),
        "in_quotes_that_are_equal_as_numbers": (quoted, FORMS),
        "all_in_quotes": (all_quoted, CODES),
        "all_in_quotes_that_are_equal_as_numbers": (all_quoted, FORMS),
        "bare": (bare, CODES),
        "bare_below_a_quoted_header": (bare_below_quotes, CODES),
        "in_quotes_below_a_bare_header": (quoted_below_a_bare_header, CODES),
        "in_quotes_below_a_bare_header_that_are_equal_as_numbers": (quoted_below_a_bare_header, FORMS),
        "bare_that_are_equal_as_numbers": (bare, VERSIONS),
    }
)
class CodesOfAnUndocumentedField(DialectCase):
    """Such as a contract's own custom field: `1E3` may be a cost centre, and no number."""

    def check(self, case):
        write, codes = case
        self.serve(write(codes))
        for _ in range(2):
            self.etl.run_well()
        self.assertEqual(self.loaded(), sorted(codes))
        types = "select atttypid::regtype::text from pg_attribute where attrelid = 'tokenflex.usage'::regclass and attname = 'seats'"
        self.assertEqual(self.database.value(types), "text")

    def test_that_come_after_numbers(self):
        self.serve(bare(CODES[:1]))
        self.etl.run_well()
        self.assertEqual(self.loaded(), CODES[:1])
        self.serve(bare(CODES))
        self.etl.run_well()
        self.assertEqual(self.loaded(), CODES)

    def loaded(self):
        return self.database.rows("select usage_date::text, seats::text from tokenflex.usage order by 1, seats::text collate \"C\"")


class DaysOfAnUndocumentedField(DialectCase):
    def test_are_days_as_in_a_query(self):
        self.serve(HEADER + '2026-01-01 00:00:00,"x",2026-01-05 00:00:00,1.0,\n')
        self.etl.run_well()
        self.assertEqual(self.database.value("select pg_typeof(seats)::text || ' ' || seats from tokenflex.usage"), "date 2026-01-05")

    def test_with_times_among_them_are_times(self):
        rows = '2026-01-01 00:00:00,"x",2026-01-05 00:00:00,1.0,\n2026-01-02 00:00:00,"x",2026-01-05 08:00:00,1.0,\n'
        self.serve(HEADER + rows)
        self.etl.run_well()
        seats = self.database.value("select string_agg(seats::text, ', ' order by seats) from tokenflex.usage")
        self.assertEqual(seats, "2026-01-05 00:00:00, 2026-01-05 08:00:00")


# A value of a text field, as a query has it and as an export has it.
SAME_TEXTS = {
    "a_number_with_a_fraction_of_zero": ("2025.0", "2025.0"),
    "a_number_without_a_fraction": ("2025", "2025"),
    "a_number_with_a_fraction_in_the_export_alone": ("2025", "2025.0"),
    "a_number_with_a_fraction_in_the_query_alone": ("2025.0", "2025"),
    "a_fraction": ("2025.10", "2025.1"),
    "a_large_number": ("12345678901234567890123.0", "12345678901234567890123"),
    "an_exponent": ("1.5e3", "1500.0"),
    "a_negative_zero": ("-0.0", "0"),
    "true": ("true", "true"),
    "null": ("null", "null"),
    "null_that_is_empty": ("null", ""),
    "an_empty_text": ('""', '""'),
    "an_empty_text_that_is_null": ('""', ""),
    "a_text_of_digits": ('"2025.0"', '"2025.0"'),
    "a_text_with_leading_zeros": ('"007"', '"007"'),
}


@cases(SAME_TEXTS)
class TextField(DialectCase):
    """A row is the same row whether it comes by query or by export."""

    def check(self, case):
        in_query, in_export = case
        fields = ["usageDate", "productVersion"]
        columns = [*fields, "tokensConsumed"]
        csv = f'"usageDate","productVersion","tokensConsumed",\n2026-01-01 00:00:00,{in_export},12.5,\n'
        row = f'["2026-01-01",{in_query},12.5]'
        self.simulator.config(results=[{"columns": columns, "rows": [row], "csv": csv}])
        loaded = []
        for source in ("query", "export", "query"):
            query = {"fields": fields, "metrics": ["tokensConsumed"], "usageCategory": ["DESKTOP_PRODUCT"]}
            self.etl.write_job(source=source, query=query)
            loaded.append(self.etl.run_well().one_run["rows_unchanged"])
        self.assertEqual(loaded, [0, 1, 1], self.database.rows("table tokenflex.usage"))


class Quotes(DialectCase):
    def test_inside_a_text_need_not_be_doubled(self):
        self.assert_loads(
            HEADER
            + '2026-01-01 00:00:00,"Screen 24" LT","p",1.0,\n'
            + '2026-01-02 00:00:00,"Monitor 27"","p",2.0,\n'
            + '2026-01-03 00:00:00,"b","5", 10" wide",3.0,\n'
            + '2026-01-04 00:00:00,"last"","p",4.0,\n',
            [
                ("2026-01-01", 'Screen 24" LT', "p", "1.0"),
                ("2026-01-02", 'Monitor 27"', "p", "2.0"),
                ("2026-01-03", "b", '5", 10" wide', "3.0"),
                ("2026-01-04", 'last"', "p", "4.0"),
            ],
        )

    def test_at_the_end_of_two_texts_do_not_make_one_row_of_two(self):
        lines = '2026-01-01 00:00:00,""","p",5.0,\n2026-01-02 00:00:00,""","p",6.0,\n'
        self.assert_loads(HEADER + lines, [("2026-01-01", '"', "p", "5.0"), ("2026-01-02", '"', "p", "6.0")])

    def test_that_allow_no_reading_are_refused_with_the_line(self):
        self.assert_refused(HEADER + PLAIN + '2026-01-04 00:00:00,"a" b","p",1.0,2.0,\n', "line 5")

    def test_that_allow_several_readings_are_refused_with_the_line(self):
        self.assert_refused(HEADER + '2026-01-01 00:00:00,"a" b",,"c",,"d",\n', "line 2")


class Nulls(DialectCase):
    def test_in_quotes_are_a_text(self):
        self.assert_loads(HEADER + '2026-01-01 00:00:00,"null","p",1.0,\n', [("2026-01-01", "null", "p", "1.0")])

    def test_of_a_metric_are_null_in_every_file(self):
        self.assert_loads(BARE_HEADER + "2026-01-01,ann,p,null\n", [("2026-01-01", "ann", "p", None)])

    def test_do_not_depend_on_the_line_that_they_are_in(self):
        csv = BARE_HEADER + '2026-01-01,"Ann","p",1.0\n2026-01-02,null,null,2.0\n'
        self.assert_loads(csv, [("2026-01-01", "Ann", "p", "1.0"), ("2026-01-02", None, None, "2.0")])

    def test_that_nothing_tells_from_a_text_are_refused_with_the_lines(self):
        self.assert_refused(BARE_HEADER + '2026-01-01,"Ann",p,1.0\n2026-01-02,Bob,p,1.0\n2026-01-03,null,p,1.0\n', "line 2", "line 3", "line 4")

    def test_where_texts_are_bare_are_a_text(self):
        self.assert_loads(BARE_HEADER + "2026-01-01,null,p,1.0\n", [("2026-01-01", "null", "p", "1.0")])


class Numbers(DialectCase):
    """As CSV has them in the world, in columns of numbers."""

    def test_of_one_reading_are_read(self):
        numbers = {"+5": "5", ".5": "0.5", "-.5": "-0.5", " 5 ": "5", "5.": "5", "007.10": "7.10", "1e3": "1000"}
        self.serve(
            HEADER + "".join(f'2026-01-0{i + 1},"x","p",{given},\n' for i, given in enumerate(numbers))
        )
        self.etl.run_well()
        self.assertEqual([row[3] for row in self.rows()], list(numbers.values()))

    def test_with_a_comma_are_refused(self):
        self.assert_refused(HEADER + '2026-01-01,"x","p","1,5",\n', "tokensConsumed", "1,5", "comma")

    def test_are_the_same_rows_however_they_are_written(self):
        self.serve(HEADER + '2026-01-01,"x","p",0.5,\n')
        self.etl.run_well()
        self.serve(HEADER + '2026-01-01,"x","p",+.50,\n')
        run = self.etl.run_well().one_run
        self.assertEqual((run["rows_unchanged"], run["rows_updated"]), (1, 0))


class Width(DialectCase):
    def test_of_a_row_that_has_lost_a_value_is_refused(self):
        self.assert_refused(HEADER + PLAIN + '2026-01-04 00:00:00,"a","p",\n', "line 5")

    def test_of_a_row_with_a_value_behind_its_columns_is_refused(self):
        self.assert_refused(HEADER + PLAIN + '2026-01-04 00:00:00,"a","p",1,5\n', "line 5", "without a name")

    def test_of_a_row_with_a_value_too_many_is_refused(self):
        self.assert_refused(HEADER + PLAIN + '2026-01-04 00:00:00,"a","p",1,5,\n', "line 5")


if __name__ == "__main__":
    main()
