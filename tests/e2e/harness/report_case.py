"""Tests of the HTML report: the shipped jobs' tables, with a year and more of two contracts of the simulator's world."""

import datetime
import re

from .case import EtlTestCase
from .html_report import HtmlReport
from .programs import SOURCE

CONTRACTS = ("11000000001", "11000000002")
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
TOMORROW = (TODAY + datetime.timedelta(days=1)).isoformat()
MONTHLY = ("monthly_summary_by_category", "monthly_custom_field_tokens", "monthly_product_users", "monthly_users")
DAILY = ("daily_product_usage", "cloud_usage", "manual_adjustments")

# Names that mean something to HTML, to JSON, to scripts or to the direction of writing, or that are long.
HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"quoted\" & 'quoted' \\ back",
    "<!--<script>",
    "]]>--></style></table>",
    "\u05e9\u05dc\u05d5\u05dd \u202ereversed",
    "\u0645\u0631\u062d\u0628\u0627 12",
    "{{content}}",
    "x" * 200,
    "W" * 199 + "\U0001f600",
]


class ReportCase(EtlTestCase):
    simulator_settings = {"polls": 0, "max_page": 50000}

    def setUp(self):
        super().setUp()
        self.page = self.etl.directory / "report.html"

    def shipped(self, *arguments, contracts=CONTRACTS):
        """With the shipped jobs, for these contracts."""
        jobs = self.etl.directory / "shipped"
        jobs.mkdir(exist_ok=True)
        listed = ", ".join(f'"{contract}"' for contract in contracts)
        for file in (SOURCE / "jobs").glob("*.yaml"):
            text = re.sub(r"^contract: .*$", f"contract: [{listed}]\npage_size: 50000", file.read_text(), flags=re.M)
            (jobs / file.name).write_text(text)
        settings = str(self.etl.directory / "tokenflex-etl.yaml")
        return self.etl.call("--config", settings, "--jobs", str(jobs), *arguments)

    def run_shipped(self, *arguments, contracts=CONTRACTS):
        done = self.shipped("run", *arguments, contracts=contracts)
        self.assertEqual(done.exit_code, 0, done.stderr)
        return done

    def load_year(self, contracts=CONTRACTS):
        first = (TODAY.replace(day=1) - datetime.timedelta(days=400)).replace(day=1)
        before = first.replace(year=first.year - 1)
        self.run_shipped("contracts", "contract_years", "custom_field_names", contracts=contracts)
        self.run_shipped("--from", before.isoformat(), "--to", TOMORROW, *MONTHLY, contracts=contracts)
        self.run_shipped("--from", first.isoformat(), "--to", TOMORROW, *DAILY, contracts=contracts)

    def make_names_hostile(self):
        """The products, departments and users with the most tokens, and contract and custom field."""
        names = ", ".join(f"({place}, {literal(name)})" for place, name in enumerate(HOSTILE, 1))
        script = f"create temp table hostile as select * from (values {names}) as h (place, name);"
        for number, (column, *tables) in enumerate(
            [
                ("product_name", "monthly_product_users"),
                ("custom_field1", "monthly_custom_field_tokens"),
                ("user_name", "daily_product_usage", "cloud_usage"),
            ]
        ):
            rows = " union all ".join(f"select {column} as old, tokens_consumed from tokenflex.{table}" for table in tables)
            script += (
                f"create temp table ranked{number} as select old, row_number() over (order by sum(tokens_consumed) desc, old)"
                f" as place from ({rows}) as rows where old is not null group by old;"
            )
            for table in tables:
                script += (
                    f"update tokenflex.{table} set {column} = name from ranked{number} join hostile using (place)"
                    f" where {column} = old;"
                )
        self.database.execute(
            script + f"update tokenflex.contracts set contract_name = {literal(HOSTILE[0])};"
            f"update tokenflex.custom_field_names set name = {literal(HOSTILE[5])} where custom_field = 'customField1'"
        )

    def report(self, *arguments):
        """The page that the command writes."""
        done = self.etl.call(*self.etl.command("report", "--html", str(self.page), *arguments))
        self.assertEqual(done.exit_code, 0, done.stderr)
        return HtmlReport(self.page.read_text(encoding="utf-8"))


def literal(text):
    return "'" + text.replace("'", "''") + "'"
