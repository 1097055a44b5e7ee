"""The report in a browser: no complaint, no request, every chart drawn, every table there without scripts too, and nothing
that leaves its place at 1400 pixels, at 400 or on paper. Screenshots and the PDF stay in BUILD/browser, to be looked at."""

import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from chromium import CHROMIUM, Chromium  # noqa: E402
from harness import HOSTILE, HtmlReport, ReportCase, main  # noqa: E402
from harness.programs import BUILD  # noqa: E402

PICTURES = BUILD / "browser"

# Of each canvas: how many pixels are painted, in how many colours.
PIXELS = """
    [...document.querySelectorAll("figure.chart canvas")].map((canvas) => {
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const colors = new Map();
        let painted = 0;
        for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] < 128) continue;
            painted++;
            const color = `${data[at] >> 4},${data[at + 1] >> 4},${data[at + 2] >> 4}`;
            colors.set(color, (colors.get(color) || 0) + 1);
        }
        return { kind: canvas.closest("figure").className, painted, share: painted / (canvas.width * canvas.height),
                 colors: [...colors.values()].filter((count) => count > 40).length };
    })"""

# Elements that reach past the right edge of the window, but for those in a box that scrolls.
OUTSIDE = """
    [...document.querySelectorAll("body *")].filter((element) =>
        !element.closest(".scroll") && element.getBoundingClientRect().right > innerWidth + 1).map((element) => element.outerHTML.slice(0, 80))"""

# Cells whose text is cut, but for labels, which end in an ellipsis.
CUT = """
    [...document.querySelectorAll("th, td")].filter((cell) => cell.scrollWidth > cell.clientWidth + 1)
        .map((cell) => cell.outerHTML.slice(0, 120))"""


@unittest.skipUnless(CHROMIUM, "no chromium")
class BrowserCase(ReportCase):
    def setUp(self):
        super().setUp()
        self.chromium = Chromium()
        self.addCleanup(self.chromium.close)
        PICTURES.mkdir(exist_ok=True)

    def open(self, width=1400, scheme="light"):
        self.chromium.show(width, scheme=scheme)
        self.chromium.open(self.page)
        self.assertEqual(self.chromium.complaints, [])
        self.assertEqual(self.chromium.requests, [self.page.resolve().as_uri()])

    def check_charts(self, count):
        """Of each contract: burn-down, months, products, departments, names."""
        charts = self.chromium.run(PIXELS)
        self.assertEqual([chart["kind"] for chart in charts], [f"chart {kind}" for kind in
                         ("burn", "stack", "bars", "bars", "columns")] * count)
        for chart in charts:
            self.assertGreater(chart["painted"], 5000, chart)
            self.assertGreater(chart["colors"], 2, chart)

    def check_places(self):
        self.assertEqual(self.chromium.run(OUTSIDE), [])
        self.assertEqual(self.chromium.run(CUT), [])
        self.assertLessEqual(self.chromium.run("document.documentElement.scrollWidth"), self.chromium.run("innerWidth"))

    def tables_shown(self):
        return [(one.title, table.texts) for one in HtmlReport(self.chromium.html).sections for table in one.tables]

    def check_without_scripts(self, page):
        self.chromium.block_scripts(True)
        self.open()
        self.assertEqual(self.tables_shown(), [(one.title, table.texts) for one in page.sections for table in one.tables])
        html = self.chromium.html
        self.assertEqual(len(re.findall("<figure[^>]* hidden", html)), html.count("<figure"))
        self.chromium.block_scripts(False)

    def check_paper(self, name):
        path = PICTURES / f"{name}.pdf"
        self.chromium.print(path)
        size = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, text=True).stdout
        self.assertRegex(size, r"Page size: .*\(A4\)")
        text = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True).stdout
        self.assertIn("Comparison with the service", text)
        return text


class Sample(BrowserCase):
    """Small, for every run of the suite: the tables of an empty database."""

    def test_without_tables_is_shown_without_a_complaint_or_request(self):
        self.report()
        self.open()
        self.check_places()
        self.assertEqual(self.chromium.run("document.querySelectorAll('.missing').length > 5"), True)


class SimulatedYear(BrowserCase):
    def test_is_shown_in_every_width_scheme_and_on_paper(self):
        self.load_year()
        page = self.report("--names")
        for width in (1400, 400):
            for scheme in ("light", "dark"):
                with self.subTest(width=width, scheme=scheme):
                    self.open(width, scheme)
                    self.check_charts(2)
                    self.check_places()
                    self.chromium.screenshot(PICTURES / f"year-{width}-{scheme}.png")
        self.open()
        self.assertEqual(self.tables_shown(), [(one.title, table.texts) for one in page.sections for table in one.tables])
        text = self.check_paper("year")
        balance = page.section("Balance").table.rows[0]
        for cell in balance:
            self.assertIn(cell.text, text)
        self.check_charts(2)
        self.check_without_scripts(page)

    def test_is_drawn_again_where_the_scheme_changes(self):
        self.load_year(contracts=("11000000001",))
        self.report()
        self.open()
        ink = "Chart.getChart(document.querySelector('canvas')).data.datasets[0].borderColor"
        before = self.chromium.run(ink)
        self.chromium.show(1400, scheme="dark")
        self.assertTrue(
            self.chromium.run(f"new Promise((done) => {{ const look = () => {ink} !== '{before}' ? done(true)"
                              " : requestAnimationFrame(look); look(); })")
        )


class HostileNames(BrowserCase):
    def test_change_nothing_but_their_own_label(self):
        self.load_year(contracts=("11000000001",))
        self.make_names_hostile()
        page = self.report("--names")
        self.open()
        self.check_charts(1)
        self.check_places()
        self.assertEqual(self.chromium.run("document.querySelectorAll('script:not([type])').length"), 2)
        self.assertEqual(self.chromium.run("document.querySelectorAll('main img, main style').length"), 0)
        shown = self.chromium.run("[...document.querySelectorAll('bdi.label')].map((label) => label.textContent)")
        self.assertTrue(set(HOSTILE) <= set(shown))
        # A label that is cut has its whole text as title, and right-to-left text leaves what is beside it in its place.
        cut = self.chromium.run(
            "[...document.querySelectorAll('bdi.label')].filter((label) => label.scrollWidth > label.clientWidth)"
            ".map((label) => [label.textContent, label.title])"
        )
        self.assertTrue(cut)
        for text, title in cut:
            self.assertEqual(text, title)
        self.chromium.screenshot(PICTURES / "hostile-1400.png")
        self.open(width=400)
        self.check_charts(1)
        self.check_places()
        self.chromium.screenshot(PICTURES / "hostile-400.png")
        self.check_paper("hostile")
        self.check_without_scripts(page)


if __name__ == "__main__":
    main()
