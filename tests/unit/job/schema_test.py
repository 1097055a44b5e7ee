"""jobs/job.schema.json against the shipped jobs and against bad ones.

Run by ctest, which sets TOKENFLEX_SOURCE to the project's folder. Debian: python3-jsonschema, python3-yaml.
"""

import copy
import json
import os
import pathlib
import re
import unittest

import jsonschema
import yaml

SOURCE = pathlib.Path(os.environ["TOKENFLEX_SOURCE"])
SCHEMA = json.loads((SOURCE / "jobs/job.schema.json").read_text(encoding="utf-8"))
BAD = SOURCE / "tests/data/bad/jobs"

# Bad jobs whose fault an editor can see by the schema; the other faults need the program.
SEEN_BY_SCHEMA = """
    append_with_vanished asks_for_nothing bad_contracts bad_name bad_values bad_window column_too_long columns_collide
    contract_dataset_columns contract_dataset_unknown contract_of_a_wrong_kind contract_with_usage
    dataset_without_contract field_listed_twice metric_among_fields missing_keys month_cut_into_days
    removed_keys several_faults_at_once words_of_people types_and_rename_of_nothing unknown_check unknown_key checks_of_nothing window_without_field
""".split()


class Loader(yaml.SafeLoader):
    """YAML as editors read it for a schema (1.2, core): `yes` and dates are text."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?[0-9]+$"), list("-0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|)$"), ["~", "n", ""])

FULL = {
    "name": "daily",
    "description": "Tokens by day",
    "enabled": True,
    "tags": ["nightly"],
    "contract": "11000000001",
    "query": {
        "fields": ["usageDate", "customField1", "somethingNew"],
        "metrics": ["tokensConsumed"],
        "usageCategory": ["DESKTOP_PRODUCT"],
        "where": "userName LIKE 'admin%'",
    },
    "window": {"field": "usageDate", "last": "35 days", "until": "today", "chunk": "month"},
    "source": "auto",
    "page_size": 5000,
    "timeout": "1h",
    "target": {
        "table": "daily",
        "mode": "upsert",
        "key": ["usageDate"],
        "types": {"customField1": "integer"},
        "rename": {"customField1": "department"},
        "on_schema_change": "evolve",
        "vanished": "delete",
        "snapshots": "latest",
    },
    "checks": {
        "max_vanished": "50%",
        "max_change": {"tokensConsumed": "30%"},
        "min_rows": 1,
        "not_null": ["usageDate"],
        "in": {"customField1": ["Berlin", 7]},
        "sql": ["select * from staged where tokens_consumed < 0"],
    },
    "reconcile": "auto",
}


CONTRACT_YEARS = {
    "name": "contract_years",
    "contract": "active",
    "source": "contract",
    "query": {"dataset": "contract_years"},
    "target": {"vanished": "keep", "rename": {"year": "contract_year"}},
}


def documents(path):
    """The jobs of a file."""
    with open(path, encoding="utf-8") as file:
        return [job for job in yaml.load_all(file, Loader) if job is not None]


def is_valid(job):
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(job)


def changed(*path, to):
    """FULL with one value changed."""
    job = copy.deepcopy(FULL)
    inner = job
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return job


def objects(schema):
    """Every schema of a mapping with known keys."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


class SchemaTest(unittest.TestCase):
    def test_it_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_every_mapping_is_closed_and_every_key_described(self):
        found = list(objects(SCHEMA))
        self.assertEqual(len(found), 5)
        for mapping in found:
            self.assertIs(mapping["additionalProperties"], False)
            for name, key in mapping["properties"].items():
                shared = SCHEMA["$defs"][key["$ref"].rsplit("/", 1)[1]] if "$ref" in key else {}
                self.assertIn("description", {**shared, **key}, name)

    def test_shipped_jobs_are_valid(self):
        files = sorted((SOURCE / "jobs").glob("*.yaml"))
        self.assertGreaterEqual(len(files), 4)
        for path in files:
            first_line = path.read_text(encoding="utf-8").splitlines()[0]
            self.assertEqual(first_line, "# yaml-language-server: $schema=job.schema.json", path)
            for job in documents(path):
                jsonschema.validate(job, SCHEMA, jsonschema.Draft202012Validator)

    def test_bad_jobs_are_refused(self):
        for name in SEEN_BY_SCHEMA:
            with self.subTest(name):
                self.assertFalse(all(is_valid(job) for job in documents(BAD / f"{name}.yaml")))

    def test_every_key_may_be_given(self):
        self.assertTrue(is_valid(FULL))

    def test_other_forms_of_values_are_valid(self):
        for job in (
            changed("contract", to=11000000001),
            changed("contract", to=["11000000001", 11000000002]),
            changed("contract", to="active"),
            changed("contract", to="all"),
            changed("contract", to="${TOKENFLEX_CONTRACT:-11000000001}"),
            changed("tags", to="nightly"),
            changed("query", "usageCategory", to="DESKTOP_PRODUCT"),
            changed("page_size", to="${PAGE_SIZE:-100}"),
            changed("window", "last", to="1 month"),
            changed("window", "until", to="2026-11-22"),
            changed("target", "vanished", to="keep"),
            changed("target", "snapshots", to="all"),
            changed("checks", "max_vanished", to="100%"),
            changed("checks", "max_vanished", to="12.5%"),
            changed("checks", "max_vanished", to="0%"),
            changed("checks", "max_vanished", to="${MAX_VANISHED:-50%}"),
            changed("checks", "max_change", to={"tokensConsumed": "250%"}),
            changed("checks", "sql", to="select * from staged"),
            changed("target", "types", to={"customField1": "timestamp without time zone"}),
        ):
            self.assertTrue(is_valid(job), job)

    def test_a_dataset_of_a_contract_is_valid(self):
        self.assertTrue(is_valid(CONTRACT_YEARS))

    def test_a_dataset_goes_with_nothing_else(self):
        for change in (
            {"source": "query"},
            {"query": {}},
            {"query": {"dataset": "contract_years", "fields": ["usageDate"]}},
            {"window": {"field": "usageDate", "last": "1 day"}},
            {"target": {"key": ["year"]}},
        ):
            self.assertFalse(is_valid({**CONTRACT_YEARS, **change}), change)
        self.assertFalse(is_valid(changed("query", "dataset", to="contracts")))

    def test_wrong_values_are_refused(self):
        for job in (
            changed("contract", to="11000 000001"),
            changed("contract", to=[]),
            changed("contract", to=1.5),
            changed("enabled", to="yes"),
            changed("name", to="9lives"),
            changed("page_size", to=0),
            changed("page_size", to="many"),
            changed("timeout", to="1 hour"),
            changed("timeout", to="0s"),
            changed("query", to={}),
            changed("query", "where", to=" "),
            changed("query", "metrics", to=["userName"]),
            changed("window", "field", to="sessionStartDate"),
            changed("window", "last", to="0 days"),
            changed("window", "until", to="yesterday"),
            changed("target", "mode", to="merge"),
            changed("target", "mode", to="replace"),
            changed("target", "mode", to="append"),
            changed("target", "vanished", to="delte"),
            changed("target", "snapshots", to="newest"),
            changed("checks", "max_vanished", to="50"),
            changed("checks", "max_change", to={"tokensConsumed": 30}),
            changed("checks", "max_change", to="30%"),
            changed("checks", "min_rows", to=0),
            changed("checks", "not_null", to="usageDate"),
            changed("checks", "in", to=["usageDate"]),
            changed("checks", "in", to={"usageDate": []}),
            changed("checks", "sql", to=[]),
            changed("checks", "max_vanished", to=50),
            changed("checks", "max_vanished", to="100.5%"),
            changed("checks", "max_vanished", to="-1%"),
            changed("target", "table", to="Daily"),
            changed("target", "rename", to={"customField1": "_run_id"}),
            changed("target", "types", to={"customField1": "jsonb"}),
        ):
            self.assertFalse(is_valid(job), job)

    def test_unknown_keys_are_refused_everywhere(self):
        for path in (("x",), ("query", "x"), ("window", "x"), ("target", "x"), ("checks", "x")):
            self.assertFalse(is_valid(changed(*path, to="1")), path)


if __name__ == "__main__":
    unittest.main()
