"""layers.py finds each fault where one is planted, and nothing where there is none."""

import pathlib
import tempfile
import unittest

import layers

SOUND = {
    "etl/cmake/layers.cmake": "set(TOKENFLEX_LAYERS base wire job state load)\n",
    "etl/base/log.h": "",
    "etl/base/log.c": '#include "base/log.h"\n#include <stdio.h>\n',
    "etl/wire/pg/pg.h": '#include "base/log.h"\n',
    "etl/wire/pg/pg_inner.h": '#include "wire/pg/pg.h"\n#include <libpq-fe.h>\n',
    "etl/wire/pg/pg.c": '#include "wire/pg/pg.h"\n#include "wire/pg/pg_inner.h"\n',
    "etl/state/lock.c": '#include "sql/statements.h"\n#include "wire/pg/pg.h"\n',
    "etl/cli/about.c": '#include "version.h"\n#include "state/lock.h"\n',
    "tests/sim/main.c": '#include "field.h"\n#include <curl/curl.h>\n',
}


class LayersTest(unittest.TestCase):
    def faults(self, planted):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {**SOUND, **planted}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return list(layers.faults(root))

    def test_a_sound_tree_has_no_fault(self):
        self.assertEqual(self.faults({}), [])

    def test_a_circle_is_told_file_by_file(self):
        planted = {
            "etl/job/a.h": '#include "job/b.h"\n',
            "etl/job/b.h": "\n",
            "etl/job/b.c": '#include "job/b.h"\n\n#include "job/c.h"\n',
            "etl/job/c_inner.h": '#include "job/a.h"\n',
        }
        circle = (
            "a circle of modules:\n"
            "    etl/job/a.h:1: includes job/b.h\n"
            "    etl/job/b.c:3: includes job/c.h\n"
            "    etl/job/c_inner.h:1: includes job/a.h"
        )
        self.assertEqual(self.faults(planted), [circle])

    def test_what_a_file_may_not_include_is_told_with_its_line(self):
        for file, text, why in (
            ("etl/base/log.c", '#include "job/job.h"\n', "includes job/job.h: this is an upper layer"),
            ("etl/job/job.c", '#include "cli/about.h"\n', "includes cli/about.h: this is an upper layer"),
            ("etl/job/job.c", '#include "keys.h"\n', "includes keys.h: a header is named with its layer"),
            ("etl/job/job.c", '#include "shop/keys.h"\n', "includes shop/keys.h: this is no layer"),
            ("etl/job/job.c", "#include <yaml.h>\n", "includes yaml.h: only wire/ knows the libraries"),
            (
                "etl/job/job.c",
                '#include "sql/statements.h"\n',
                "includes sql/statements.h: only state and load know the SQL",
            ),
            (
                "etl/state/lock.c",
                '#include "wire/pg/pg_inner.h"\n',
                "includes wire/pg/pg_inner.h: an inner header is for its own folder",
            ),
            (
                "tests/sim/main.c",
                '#include "base/log.h"\n',
                "includes base/log.h: the simulator shares no code with the product",
            ),
        ):
            with self.subTest(why):
                self.assertEqual(self.faults({file: text}), [f"{file}:1: {why}"])


if __name__ == "__main__":
    unittest.main()
