"""The service's own walkthrough: four products, and the trailing comma of the documentation's sample."""

import itertools
import json

from harness import ACCESS_TOKEN, EtlTestCase, cases, main

JOB = {"query": {"fields": ["usageCategory", "productName"], "metrics": ["tokensConsumed"]}}

FOUR_ROWS = [
    ("11000000001", "PRODUCT_CONSUMPTION", "Moldflow Adviser Ultimate", "60.0"),
    ("11000000001", "PRODUCT_CONSUMPTION", "ReMake", "46.0"),
    ("11000000001", "PRODUCT_CONSUMPTION", "Revit Live", "128.0"),
    ("11000000001", "PRODUCT_CONSUMPTION", "Vault Office", "3.0"),
]


class WalkthroughCase(EtlTestCase):
    simulator_settings = {"dataset": "walkthrough"}

    def setUp(self):
        super().setUp()
        self.etl.write_job("usage", **JOB)

    def assert_four_rows(self):
        rows = self.database.rows(
            "select contract_number, usage_category, product_name, tokens_consumed from tokenflex.usage"
            " order by product_name"
        )
        self.assertEqual(rows, FOUR_ROWS)


FORMS = {
    f"{uri}_uri_{form}_id_cached_{cached}": {"detail_uri": uri, "id_form": form, "cached": cached}
    for uri, form, cached in itertools.product(
        ["rooted", "short", "absolute"], ["bare", "prefixed"], ["never", "always"]
    )
}


@cases(FORMS)
class EveryFormOfAnswer(WalkthroughCase):
    def check(self, form):
        self.simulator.config(**form)
        self.etl.run_well()
        self.assert_four_rows()


@cases({"bare": "bare", "prefixed": "prefixed"})
class AnswerWithIdAlone(WalkthroughCase):
    def check(self, id_form):
        self.simulator.config(id_form=id_form)
        self.simulator.script({"on": "submit", "omit": "detail_uri"})
        self.etl.run_well()
        self.assert_four_rows()


class AnswerWithDetailUriAlone(WalkthroughCase):
    def test_is_enough(self):
        self.simulator.script({"on": "submit", "omit": "id"})
        self.etl.run_well()
        self.assert_four_rows()


class Requests(WalkthroughCase):
    def test_a_cached_answer_costs_one(self):
        self.simulator.config(cached="always")
        self.assertEqual(self.etl.run_well().one_run["requests"], 1)

    def test_a_query_that_is_done_at_the_first_poll_costs_two(self):
        self.simulator.config(polls=0)
        self.assertEqual(self.etl.run_well().one_run["requests"], 2)

    def test_an_answer_done_without_its_rows_is_fetched(self):
        self.simulator.config(cached="always")
        self.simulator.script({"on": "submit", "omit": "result"})
        self.etl.run_well()
        self.assert_four_rows()


class CachedAnswer(WalkthroughCase):
    def test_the_second_run_is_answered_at_once_and_changes_nothing(self):
        self.simulator.config(cached="repeat")
        self.etl.run_well()
        run = self.etl.run_well().one_run
        self.assertEqual((run["requests"], run["rows_unchanged"]), (1, 4))


class Sample(WalkthroughCase):
    def test_has_the_trailing_comma_of_the_documentation(self):
        self.simulator.config(cached="always")
        status, body = self.simulator.request(
            "POST",
            "/tokenflex/v1/usage/11000000001/query",
            json.dumps(JOB["query"]),
            {"Authorization": f"Bearer {ACCESS_TOKEN}"},
        )
        self.assertEqual(status, 200)
        self.assertIn(b'"limit": 100,\n}', body)


if __name__ == "__main__":
    main()
