"""README and the pages of etl/docs say what is so: their commands, keys, codes and links are there, and what can be run is."""

import os
import re
import shlex
import subprocess

from harness import CONTRACT, SOURCE, TESTED_BUILD, CliTestCase, EtlTestCase, LoginTestCase, main
from harness.programs import HANG_S
from harness.usage import Usage, day

PAGES = [SOURCE / "README.md", *sorted((SOURCE / "etl" / "docs").glob("*.md"))]

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_EXIT_CODE = re.compile(r"^  (\d+) +(\S.*)$", re.MULTILINE)
_SETTING = re.compile(r"(?:api|auth|database|run)\.[a-z_.]+")
_JOB_KEY = re.compile(r"(?:query|window|target)\.[A-Za-z_]+")
_AS = re.compile(r"# as (.+)\n")

# What only a machine with systemd, or a browser, can do.
_ELSEWHERE = ("systemctl", "systemd-run", "auth login")


def page(name):
    return (SOURCE / "etl" / "docs" / name).read_text(encoding="utf-8")


def blocks(text, *languages):
    """Language and text of the fenced blocks, those of some languages only, in order."""
    return [found for found in _BLOCK.findall(text) if found[0] in languages]


def shell_blocks(name):
    return [text for _, text in blocks(page(name), "sh") if not any(word in text for word in _ELSEWHERE)]


def prose(text):
    return _BLOCK.sub("", text)


def spans(text):
    return _SPAN.findall(prose(text))


def command_lines(text, commands):
    """The arguments of every tokenflex-etl of the page, in its shell blocks and its prose."""
    lines = [line for _, block in blocks(text, "sh") for line in block.replace("\\\n", " ").splitlines()]
    lines += [span for span in spans(text) if span.startswith("tokenflex-etl ")]
    lines += [f"tokenflex-etl {span}" for span in spans(text) if span.split()[0] in commands]
    for line in lines:
        for found in re.findall(r"(?:^|\s)tokenflex-etl (.*)", re.sub(r"(^|\s)#.*", "", line)):
            words = shlex.split(re.split(r"[|;<>]|&&", found)[0])
            yield ["run" if word == "COMMAND" else word for word in words]


def slug(heading):
    """The anchor that a heading has."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


class Text(CliTestCase):
    def help_of(self, *arguments):
        done = self.etl.call(*arguments)
        self.assertEqual(done.exit_code, 0, done.stderr)
        return done.stdout

    def test_every_command_line_is_one_that_the_program_knows(self):
        commands = re.findall(r"^  ([a-z]+) ", self.help_of("--help"), re.MULTILINE)
        seen = 0
        for path in PAGES:
            for arguments in command_lines(path.read_text(encoding="utf-8"), commands):
                done = self.etl.call(*arguments, "--help")
                self.assertEqual((done.exit_code, done.stderr), (0, ""), f"{path.name}: {arguments}")
                seen += 1
        self.assertGreater(seen, 60)

    def test_every_link_leads_somewhere(self):
        for path in PAGES:
            for link in _LINK.findall(prose(path.read_text(encoding="utf-8"))):
                if "://" in link:
                    continue
                file, _, anchor = link.partition("#")
                target = path.parent / file if file else path
                self.assertTrue(target.is_file(), f"{path.name}: {link}")
                if anchor:
                    headings = _HEADING.findall(prose(target.read_text(encoding="utf-8")))
                    self.assertIn(anchor, [slug(heading) for heading in headings], path.name)

    def test_every_page_is_linked_from_the_readme(self):
        links = _LINK.findall(PAGES[0].read_text(encoding="utf-8"))
        for path in PAGES[1:]:
            self.assertIn(f"etl/docs/{path.name}", links)

    def test_pages_link_to_nothing_that_is_not_installed_beside_them(self):
        for path in PAGES[1:]:
            for link in _LINK.findall(prose(path.read_text(encoding="utf-8"))):
                self.assertNotIn("..", link, path.name)

    def test_every_key_is_one_of_the_reference(self):
        keys = self.help_of("help", "settings"), self.help_of("help", "job")
        for path in PAGES:
            for span in spans(path.read_text(encoding="utf-8")):
                for pattern, reference in zip((_SETTING, _JOB_KEY), keys):
                    if pattern.fullmatch(span):
                        self.assertRegex(reference, rf"(?m)^{re.escape(span)}\b", path.name)

    def test_every_section_of_an_exit_code_is_of_one_that_the_program_has(self):
        codes = [code for code, _ in _EXIT_CODE.findall(self.help_of("--help"))]
        sections = re.findall(r"^## (\d+)$", page("when-a-job-fails.md"), re.MULTILINE)
        self.assertGreater(len(sections), 9)
        self.assertEqual(sections, [code for code in codes if code in sections])

    def test_every_metric_is_one_that_the_program_writes(self):
        written = re.findall(r"^(tokenflex_etl_\w+)", self.help_of("help", "metrics"), re.MULTILINE)
        for path in PAGES:
            for metric in re.findall(r"tokenflex_etl_\w*[a-z]\b", path.read_text(encoding="utf-8")):
                self.assertIn(metric, written, path.name)

    def test_the_level_of_the_schema_is_the_one_there_is(self):
        newest = max(int(path.name[:3]) for path in (SOURCE / "sql" / "migrations").glob("*.sql"))
        for path in PAGES:
            for level in re.findall(r"\(level (\d+)\)", path.read_text(encoding="utf-8")):
                self.assertEqual(int(level), newest, path.name)


class Files(CliTestCase):
    """The YAML of the pages, as the program reads it."""

    def setUp(self):
        super().setUp()
        self.etl.write_job()
        self.etl.write_settings({})
        self.etl.environment.update(TOKENFLEX_CLIENT_ID="id")

    def check(self):
        done = self.etl.call(*self.etl.command("check"))
        self.assertEqual(done.exit_code, 0, done.stdout + done.stderr)

    def test_settings_are_accepted(self):
        settings = [text for path in PAGES for _, text in blocks(path.read_text(encoding="utf-8"), "yaml")]
        settings = [text for text in settings if text.startswith(("auth:", "database:", "budgets:"))]
        self.assertEqual(len(settings), 5)
        for text in settings:
            # It would fail where the secret comes from a credential.
            self.assertNotIn("${TOKENFLEX_CLIENT_SECRET}", text)
            (self.etl.directory / "tokenflex-etl.yaml").write_text(text, encoding="utf-8")
            self.check()

    def test_the_job_is_accepted(self):
        (job,) = [text for _, text in blocks(PAGES[0].read_text(encoding="utf-8"), "yaml") if "contract:" in text]
        self.etl.write_job_text("daily_product_usage.yaml", job)
        self.check()


class Shell:
    """Runs blocks of the pages, in the folder where settings and jobs are. Beside a test case."""

    def shell(self, text, **environment):
        return subprocess.run(
            ["sh", "-eu"],
            input=text,
            cwd=self.etl.directory,
            env={**self.etl.environment, "PATH": f"{TESTED_BUILD}{os.pathsep}{os.environ['PATH']}", **environment},
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=False,
        )

    def shell_well(self, text, **environment):
        done = self.shell(text, **environment)
        self.assertEqual(done.returncode, 0, f"{done.stdout}{done.stderr}in {text}")
        return done.stdout


class RealService(Shell, LoginTestCase):
    simulator_settings = {"rows_per_day": 2, "polls": 0}

    def test_every_step_does_what_the_page_says(self):
        self.etl.jobs.rmdir()
        self.log_in()
        said = "".join(self.shell_well(block) for block in shell_blocks("real-service.md"))
        for words in (
            "schema tokenflex_etl: created",
            "Contoso Engineering",
            "customField1                 text       aggregate             all",
            "1 job checked, nothing found",
            "0 failed\n",
            "request bodies:",
        ):
            self.assertIn(words, said)
        # 35 days lie in two months, or in three.
        self.assertRegex(said, r"\n(\d) of \1 succeeded, ")


class Backfill(Shell, EtlTestCase):
    simulator_settings = {"rows_per_day": 1, "polls": 0}

    def test_every_step_does_what_the_page_says(self):
        job = (SOURCE / "jobs" / "daily_product_usage.yaml").read_text(encoding="utf-8")
        self.etl.write_job_text("daily_product_usage.yaml", job)
        whole, month, again, repeated = shell_blocks("backfill.md")
        self.assertEqual(whole, again)
        self.assertIn("finished already; --again repeats it", self.shell_well(month))
        self.assertIn("23 of 24 succeeded, 1 skipped", self.shell_well(whole))
        self.assertIn("0 of 24 succeeded, 24 skipped, 0 requests", self.shell_well(again))
        self.assertIn("1 of 1 succeeded", self.shell_well(repeated))
        self.assertEqual(self.database.count("tokenflex.daily_product_usage"), 365 + 366)
        for _, query in blocks(page("backfill.md"), "sql"):
            self.assertGreater(len(self.database.rows(query)), 24)

    def test_failures_are_found_as_the_page_says(self):
        self.etl.write_job()
        self.simulator.script({"on": "submit", "status": 403})
        self.assertEqual(self.etl.run().exit_code, 77)
        for _, query in blocks(page("when-a-job-fails.md"), "sql"):
            self.assertEqual(len(self.database.rows(query)), 1)
        for block in shell_blocks("when-a-job-fails.md"):
            self.assertIn("1 of 1 needs attention.", self.shell(block).stdout)


class Restatements(Shell, EtlTestCase):
    simulator_settings = {"rows_per_day": 3, "polls": 0, "window_from": "2026-03-01", "window_to": "2026-04-01"}

    def load_march(self):
        self.etl.run_well("--from", "2026-03-01", "--to", "2026-04-01", "--again")

    def test_every_query_tells_what_the_page_says(self):
        job = (SOURCE / "jobs" / "daily_product_usage.yaml").read_text(encoding="utf-8")
        ((_, history),) = blocks(page("restatements.md"), "yaml")
        self.etl.write_job_text("daily_product_usage.yaml", f"{job.split('target:')[0]}\n{history}")
        self.load_march()
        self.database.execute("update tokenflex.daily_product_usage set _synced_at = '2026-04-01 03:00+00'")
        billed = self.database.value("select sum(tokens_consumed) from tokenflex.daily_product_usage")
        self.simulator.restate(10)
        self.load_march()
        self.shell_well("tokenflex-etl init --reports")
        restated, users, versions, histories = [self.database.rows(text) for _, text in blocks(page("restatements.md"), "sql")]
        self.assertEqual({row[2] for row in restated}, {"tokensConsumed", "usageHours"})
        self.assertGreater(len(users), 1)
        self.assertEqual(len(versions), self.database.count("tokenflex.daily_product_usage_history"))
        self.assertEqual(histories[0][2], "daily_product_usage_history")
        was = "select sum(tokens_consumed) from tokenflex.daily_product_usage_as_of('2026-04-10 09:00+00')"
        self.assertEqual(self.database.value(was), billed)
        (commands,) = shell_blocks("restatements.md")
        self.assertIn("2026-03", self.shell_well(commands))


class Forecast(Shell, EtlTestCase):
    simulator_settings = {"rows_per_day": 1, "polls": 0}

    def test_every_query_tells_what_the_page_says(self):
        usage = Usage(self.etl, self.database, self.simulator)
        usage.add_year(CONTRACT, -100, 100, 95)
        usage.add_days(CONTRACT, {ahead: 10 for ahead in range(-60, 0)})
        self.shell_well("tokenflex-etl init --reports")
        ((_, query),) = blocks(page("forecast.md"), "sql")
        row = self.database.row(query)
        self.assertEqual((row[0], row[2], row[3], row[5]), (CONTRACT, "95", "10", day(9)))
        (command,) = shell_blocks("forecast.md")
        said = self.shell_well(command)
        columns = re.findall(r"^\| (`.*?) \|", page("forecast.md").split("## The method")[0], re.MULTILINE)
        for column in re.findall(r"`([a-z ]+)`", "".join(columns)):
            self.assertIn(f"  {column}", said.splitlines()[0])


class LeastPrivilege(Shell, EtlTestCase):
    """The page from its beginning to its end, and what its roles may do then."""

    simulator_settings = {"rows_per_day": 2, "polls": 0}

    def setUp(self):
        super().setUp()
        self.addCleanup(self.forget_roles)
        self.etl.write_settings({"database": {"grant_select_to": ["reporting"]}})
        job = (SOURCE / "jobs" / "daily_product_usage.yaml").read_text(encoding="utf-8")
        self.etl.write_job_text("daily_product_usage.yaml", job)
        self.said = {}
        for language, text in blocks(page("least-privilege.md"), "sql", "sh"):
            if language == "sql":
                self.database.execute(text)
            else:
                role = _AS.match(text)[1]
                user = {} if role == "the DBA" else {"PGUSER": role}
                self.said[role] = self.shell_well(text, **user)

    def forget_roles(self):
        made = "rolname in ('dashboard', 'oncall', 'reporting', 'etl')"
        for (role,) in self.database.rows(f"select rolname from pg_roles where {made}"):
            self.database.execute(f"drop owned by {role} cascade; drop role {role}")
        self.database.execute('grant connect, temporary on database :"DBNAME" to public')

    def may(self, role, query):
        return self.shell(f'psql --no-psqlrc --quiet --command="{query}"', PGUSER=role).returncode == 0

    def fails(self, role, command):
        done = self.shell(f"tokenflex-etl --output json {command}", PGUSER=role)
        return done.returncode, done.stdout + done.stderr

    def test_gives_each_role_what_it_needs_and_no_more(self):
        self.assertRegex(self.said["dashboard"], r"daily_product_usage +\| 11000000001 +\| \d{4}-\d\d-\d\d\n")
        self.assertTrue(self.said["oncall"].startswith("Nothing is wrong.\n"))
        self.assertEqual(self.database.count("tokenflex.daily_product_usage"), 70)
        self.assertTrue(self.may("dashboard", "table tokenflex.daily_product_usage"))
        for role, query in (
            ("dashboard", "table tokenflex_etl.run"),
            ("dashboard", "delete from tokenflex.daily_product_usage"),
            ("dashboard", "create temporary table t ()"),
            ("oncall", "table tokenflex.daily_product_usage"),
            ("oncall", "delete from tokenflex_etl.run"),
            ("etl", "create schema mine"),
            ("etl", "drop table tokenflex_etl.run"),
        ):
            self.assertFalse(self.may(role, query), f"{query} as {role}")

    def test_names_the_exit_codes_of_a_role_for_status_only(self):
        self.etl.write_settings({"api": {"rate_limit": {"per_minute": 5}}})
        for code, command in ((77, "run"), (73, "doctor"), (77, "discover contracts"), (77, "plan")):
            self.assertEqual(self.fails("oncall", command)[0], code, command)
        self.database.execute("grant usage on schema tokenflex to oncall")
        self.assertEqual(self.fails("oncall", "plan")[0], 0)

    def test_says_what_is_missing_without_each_privilege(self):
        for taken, code, words in (
            ("temporary on database :\"DBNAME\"", 77, "cannot create the temporary stage table"),
            ("insert on tokenflex_etl.run", 77, "cannot write the run table: permission denied for table run"),
            ("connect on database :\"DBNAME\"", 77, "permission denied for database"),
        ):
            self.database.execute(f"update tokenflex_etl.run set asked_at = null; revoke {taken} from etl")
            ended, said = self.fails("etl", "run")
            self.database.execute(f"grant {taken} to etl")
            self.assertEqual(ended, code, said)
            self.assertIn(words, said)

    def test_says_that_only_new_tables_need_the_right_to_create(self):
        self.etl.write_job("brand_new")
        self.database.execute("revoke create on schema tokenflex from etl")
        ended, said = self.fails("etl", "run")
        self.assertEqual(ended, 73)
        self.assertIn("cannot create table tokenflex.brand_new: permission denied", said)
        self.assertIn('"rows_unchanged":', said)

    def test_says_that_an_upgrade_is_the_dbas(self):
        newest = "(select max(number) from tokenflex_etl.migration)"
        self.database.execute(f"delete from tokenflex_etl.migration where number = {newest}")
        ended, said = self.fails("etl", "run")
        self.assertEqual(ended, 73)
        # By what the newest migration does first.
        self.assertRegex(said, "must be owner of table|permission denied for schema tokenflex_etl")


if __name__ == "__main__":
    main()
