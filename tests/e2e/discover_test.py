"""discover: contracts, fields and metrics, and a job to start from."""

from harness import CONTRACT, CliTestCase, EtlTestCase, cases, main

# What people and programs put into names that were meant for people.
NASTY_NAMES = [
    "line\nend: [x]",
    "# not a comment",
    "",
    "地理",
    "User",
    "\u2028separated\u2029by\u0085lines",
    "${HOME} \"quoted\" 'too' \\",
    "User",
    "2nd & last",
    "\ufeff\u202eturned \x1b[31m",
]


def contract(number=CONTRACT, enrichment=()):
    return {
        "number": number,
        "name": "Contoso Engineering",
        "start": "2024-02-01",
        "end": "2027-01-31",
        "active": True,
        "tokens": 1000,
        "enrichment": list(enrichment),
    }


class DiscoverCase(EtlTestCase):
    simulator_settings = {"rows": 20}

    def discover(self, *arguments):
        return self.etl.call(*self.etl.command("discover", *arguments))

    def discover_json(self, *arguments):
        result = self.discover("--output", "json", *arguments)
        self.assertEqual(result.exit_code, 0, result.stderr)
        return result.json


class Contracts(DiscoverCase):
    def test_are_those_that_the_user_sees(self):
        self.assertEqual(
            self.discover_json("contracts")["contracts"][2],
            {
                "contract_number": "11000000003",
                "name": "Contoso Engineering (2021)",
                "start": "2021-02-01",
                "end": "2024-01-31",
                "active": False,
            },
        )

    def test_are_a_table_for_people(self):
        result = self.discover("contracts")
        self.assertEqual(result.exit_code, 0, result.stderr)
        lines = result.stdout.splitlines()
        self.assertEqual(lines[0].split(), ["contract", "name", "start", "end", "active"])
        self.assertEqual(lines[1], "11000000001  Contoso Engineering         2024-02-01  2027-01-31  yes")
        self.assertEqual(len(lines), 4)

    def test_cost_one_request_of_the_shared_budget(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 5, "burst": 50}}})
        self.discover_json("contracts")
        self.assertEqual(self.simulator.stats["budgeted"], 1)
        self.assertEqual(self.database.value("select round(tokens) from tokenflex_etl.request_budget"), "48")

    def test_none_is_explained(self):
        self.simulator.config(administrator=False)
        self.assert_failed(self.discover("contracts"), 77, "lists no contracts", "Token Flex administrator")

    def test_are_asked_for_again_after_a_temporary_fault(self):
        self.simulator.script({"on": "contract", "nth": 1, "status": 502})
        self.assertEqual(len(self.discover_json("contracts")["contracts"]), 3)

    def test_need_a_token_that_is_good(self):
        self.etl.write_settings({"auth": {"access_token": "wrong"}})
        self.assert_failed(self.discover("contracts"), 77, "refuses the access token")

    def test_need_the_database_for_the_budget(self):
        self.etl.environment["PGHOST"] = "/nonexistent"
        self.assert_failed(self.discover("contracts"), 69, "cannot connect to PostgreSQL")
        self.assertEqual(self.simulator.stats["budgeted"], 0)

    def test_need_settings_that_are_sound(self):
        self.etl.write_settings({"api": {"retries": "many"}})
        self.assert_failed(self.discover("contracts"), 78, "retries")


class Fields(DiscoverCase):
    def test_of_a_contract_have_its_own_names(self):
        found = self.discover_json("fields", "--contract", CONTRACT)
        names = {field["name"]: field["custom_name"] for field in found["fields"]}
        self.assertEqual(found["contract_number"], CONTRACT)
        self.assertEqual(names["customField1"], "Department")
        self.assertEqual(names["customField2"], "地理")
        self.assertIsNone(names["customField4"])
        self.assertIsNone(names["usageDate"])

    def test_have_one_line_each_whatever_is_in_a_name(self):
        self.simulator.config(contracts=[contract(enrichment=NASTY_NAMES)])
        result = self.discover("fields", "--contract", CONTRACT)
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.assertRegex(result.stdout, r"(?m)^customField1 .* line\?end: \[x\]$")
        self.assertNotRegex(result.stdout, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\ufeff]")
        self.assertEqual(len(result.stdout.splitlines()), 1 + 33 + 1 + 1 + 7)

    def test_of_a_contract_that_is_none(self):
        result = self.discover("fields", "--contract", "99999999999")
        self.assert_failed(result, 77, "99999999999 may be wrong", "tokenflex-etl discover contracts")

    def test_of_a_contract_that_the_service_does_not_know(self):
        self.simulator.script({"on": "enrichment", "status": 404})
        result = self.discover("fields", "--contract", CONTRACT)
        self.assert_failed(result, 78, "does not know it (404)", "tokenflex-etl discover contracts")


class FieldsOffline(CliTestCase):
    """No settings, no database, no service."""

    def test_are_the_catalogue(self):
        result = self.etl.call("--output", "json", "discover", "fields")
        self.assertEqual((result.exit_code, result.stderr), (0, ""))
        found = result.json
        self.assertIsNone(found["contract_number"])
        self.assertEqual((len(found["fields"]), len(found["metrics"])), (33, 7))
        by_name = {entry["name"]: entry for entry in found["fields"] + found["metrics"]}
        self.assertEqual(
            by_name["hubId"],
            {
                "name": "hubId",
                "column": "hub_id",
                "type": "text",
                "categories": ["CLOUD_PRODUCT"],
                "level": "session",
                "export_only": True,
                "description": "Identifier of the cloud product's hub.",
                "custom_name": None,
            },
        )
        self.assertEqual((by_name["usageHours"]["unit"], by_name["usageHours"]["additive"]), ("hours", True))
        self.assertEqual((by_name["uniqueUsers"]["unit"], by_name["uniqueUsers"]["additive"]), ("users", False))


class StarterJob(DiscoverCase):
    def write_starter(self, names):
        self.simulator.config(contracts=[contract(enrichment=names)])
        result = self.discover("fields", "--contract", CONTRACT, "--job")
        self.assertEqual(result.exit_code, 0, result.stderr)
        self.etl.write_job_text(f"usage_{CONTRACT}.yaml", result.stdout)
        return result.stdout

    def assert_accepted(self):
        result = self.etl.call(*self.etl.command("--output", "json", "check"))
        self.assertEqual((result.exit_code, result.json), (0, {"findings": []}))

    def columns(self):
        return [
            name
            for (name,) in self.database.rows(
                "select attname from pg_attribute where attnum > 0 and attrelid ="
                f" 'tokenflex.usage_{CONTRACT}'::regclass order by attnum"
            )
        ]

    def test_is_accepted_and_loads(self):
        self.write_starter(["Department", "", "Cost Center", "Department"])
        self.assert_accepted()
        run = self.etl.run_well("--from", "2026-01-01", "--to", "2026-02-01").one_run
        self.assertEqual((run["rows_read"], run["rows_inserted"]), (20, 20))
        self.assertEqual(
            self.columns(),
            ["contract_number", "usage_date", "product_name", "user_name"]
            + ["department", "cost_center", "department_4"]
            + ["tokens_consumed", "usage_hours", "_row_key", "_run_id", "_synced_at"],
        )

    def test_is_accepted_and_loads_whatever_the_fields_are_called(self):
        text = self.write_starter(NASTY_NAMES)
        self.assertIn("customField1 # line?end: [x]\n", text)
        self.assert_accepted()
        run = self.etl.run_well("--from", "2026-01-01", "--to", "2026-02-01").one_run
        self.assertEqual(run["rows_inserted"], 20)
        self.assertEqual(
            self.columns()[4:-5],
            ["line_end_x", "not_a_comment", "地理", "custom_user", "separated_by_lines", "home_quoted_too"]
            + ["custom_user_8", "custom_2nd_last", "turned_31m"],
        )

    def test_is_accepted_without_any_custom_field(self):
        self.assertNotIn("target:", self.write_starter([]))
        self.assert_accepted()

    def test_asks_for_the_last_35_days(self):
        self.write_starter(["Department"])
        runs = self.etl.run_well().runs
        days = self.database.value(f"select date '{runs[-1]['window_end']}' - date '{runs[0]['window_start']}'")
        self.assertEqual(days, "35")


@cases(
    {
        "no_word": ([], ["`discover` is followed by contracts or fields"]),
        "a_wrong_word": (["feilds"], ["not `feilds`", "did you mean `fields`?"]),
        "a_word_too_many": (["contracts", "11000000001"], ["takes no arguments", "11000000001"]),
        "a_contract_that_can_be_none": (["fields", "--contract", "11/../x"], ["--contract takes", "11/../x"]),
        "a_word_for_several_contracts": (["fields", "--contract", "active"], ["--contract takes", "active"]),
        "contracts_of_a_contract": (["contracts", "--contract", "1"], ["`discover contracts` takes no --contract"]),
        "a_job_of_no_contract": (["fields", "--job"], ["--job needs --contract"]),
        "a_job_as_json": (["fields", "--contract", "1", "--job", "--output", "json"], ["--job writes YAML"]),
    }
)
class UsageError(CliTestCase):
    def check(self, usage):
        arguments, words = usage
        result = self.etl.call("discover", *arguments)
        self.assert_failed(result, 64, *words)
        if "json" in arguments:
            self.assertEqual(list(result.json), ["error"])
        else:
            self.assertEqual(result.stdout, "")


if __name__ == "__main__":
    main()
