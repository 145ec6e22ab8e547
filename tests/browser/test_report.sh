#!/usr/bin/env bash
# test_report.sh - a report in a real browser: it sorts, filters, opens a row's page, light and dark, on a desk and on a
# phone, without an error and without asking for anything outside the file; axe-core finds nothing that keeps people from
# reading it.
. "$SOURCE/tests/cli/lib.sh" || exit 1
export PYTHONPATH=$SOURCE/tests/browser
python3 -c 'import browser, sys; sys.exit(0 if browser.there() else browser.SKIPPED)' || exit $?
"$SOURCE/tests/browser/fetch_axe" "$BUILD/axe" || echo "skipped: what axe-core looks for"

run 0 run --data synthetic --train 400 --validation 300 --models tree,knn,majority,logreg,naive_bayes --name page --quiet
run 0 sweep tree max_depth=1,2,4,8 --data synthetic --train 300 --folds 3 --name swept --quiet
cat >hostile.py <<'EOF2'
import csv, random
random.seed(1)
names = ["<script>alert(1)</script>", "$x_1$", 'a"b\'c', "%s", "=cmd()", "two\nlines", "né 日本 &amp;"]
with open("hostile.csv", "w", newline="", encoding="utf-8") as file:
    out = csv.writer(file)
    out.writerow(["a", "b", "<img src=x onerror=alert(2)>"])
    for i in range(210):
        out.writerow([round(i % 7 + random.random() * 2, 3), round(random.random(), 3), names[i % 7]])
EOF2
python3 hostile.py
printf 'title: "<b>T</b> $x_1$ & %%s"\ndata: hostile.csv\nrows:\n  - tree: {}\n    name: "<script>alert(3)</script>"\n  - majority: {}\n    name: "a\\"b'"'"'c %%s"\n' >hostile.yaml
run 0 run hostile.yaml --name hostile --quiet
for study in page swept hostile; do run 0 report "$study"; done
run 0 report page swept --to both.html
run 2 report page page
err_has "twice"

cat >look.py <<'EOF2'
import pathlib, sys
import browser

axe = pathlib.Path(sys.argv[1])
failures = []


def check(held, what):
    if not held:
        failures.append(what)


def accessible(page, where):
    if not axe.exists():
        return
    page.run(axe.read_text(encoding="utf-8") + ";window.axe = axe")
    page.run("window.found = null; axe.run().then(r => window.found = r.violations, e => window.found = [{id: String(e), nodes: []}])")
    found = None
    while found is None:
        found = page.run("return window.found && window.found.map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 150)).join(' | '))")
    check(not found, f"{where}: axe-core: {found}")


def column(page, name):
    return page.run("""const table = document.querySelector('table.filters');
        const at = Array.from(table.tHead.rows[0].cells).findIndex(c => c.textContent.trim() === arguments[0]);
        return Array.from(table.tBodies[0].rows).filter(r => !r.hidden).map(r => r.cells[at].textContent.trim())""", name)


def click(page, name):
    page.run("""Array.from(document.querySelectorAll('table.filters th button')).find(
        b => b.textContent.trim() === arguments[0]).click()""", name)


def sorts(page):
    before = column(page, "accuracy")
    click(page, "accuracy")
    up = [float(x) for x in column(page, "accuracy")]
    check(len(up) == len(before) > 2 and up == sorted(up), f"accuracy upwards: {up}")
    click(page, "accuracy")
    down = [float(x) for x in column(page, "accuracy")]
    check(down == sorted(down, reverse=True), f"accuracy downwards: {down}")
    check(page.run("return document.querySelector('table.filters th[aria-sort]').getAttribute('aria-sort')") == "descending",
          "the order is not told to readers of the screen")


def filters(page):
    page.run("""const box = document.querySelector('.filter input'); box.value = 'TREE';
        box.dispatchEvent(new Event('input'))""")
    check(column(page, "classifier") == ["decision tree"], f"filtered: {column(page, 'classifier')}")
    page.run("""const box = document.querySelector('.filter input'); box.value = '';
        box.dispatchEvent(new Event('input'))""")
    check(len(column(page, "classifier")) > 2, "the filter does not let go")


def shown(page, selector):
    return page.run("return Array.from(document.querySelectorAll(arguments[0])).filter(e => e.offsetParent).length", selector)


def opens_row(page):
    check(shown(page, "section.row") == 0 and shown(page, "section.all") > 3, "pages of rows are shown at once")
    page.run("document.querySelector('table.filters th a').click()")
    check(shown(page, "section.row") == 1 and shown(page, "section.all") == 0, "a row's page is not opened alone")
    accessible(page, "a row's page")
    page.run("Array.from(document.querySelectorAll('.back a')).find(a => a.offsetParent).click()")
    check(shown(page, "section.all") > 3, "the way back does not lead back")


def fits(page, where):
    wide = page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    check(wide <= 0, f"{where}: {wide} pixels wider than the screen")


def quiet(page, where):
    said = [line for line in page.messages() if "favicon" not in line]
    check(not said, f"{where}: the console says {said}")
    asked = [address for address in page.requests() if not address.startswith(("file://" + str(pathlib.Path.cwd()), "about:"))]
    check(not asked, f"{where}: asks for {asked}")


with browser.Browser() as page:
    for path in ["results/page/report.html", "results/swept/report.html", "results/hostile/report.html", "both.html"]:
        page.requests()
        page.size(1280, 900)
        page.open(path)
        ids = page.run("return Array.from(document.querySelectorAll('[id]'), e => e.id)")
        check(len(ids) == len(set(ids)), f"{path}: ids stand there twice")
        lost = page.run("""return Array.from(document.querySelectorAll('a[href^="#"], use')).map(
            e => e.getAttribute('href')).filter(h => !document.getElementById(h.slice(1)))""")
        check(not lost, f"{path}: links lead nowhere: {lost[:3]}")
        for scheme in ["light", "dark"]:
            page.scheme(scheme)
            accessible(page, f"{path} {scheme}")
        page.size(390, 844, True)
        fits(page, path)
        accessible(page, f"{path} on a phone")
        page.size(1280, 900)
        if path.startswith("results/page"):
            sorts(page)
            filters(page)
            opens_row(page)
            check(shown(page, "figure") > 0, "no pictures")
        if "hostile" in path:
            text = page.run("return document.documentElement.textContent")
            for name in ["<script>alert(3)</script>", "<script>alert(1)</script>", "$x_1$", 'a"b\'c %s', "=cmd()", "two lines", "né 日本 &amp;",
                         "<b>T</b> $x_1$ & %s"]:
                check(name in text, f"the page does not show {name!r}")
            check(page.run("return document.querySelectorAll('main script, b, img').length") == 0, "a name became markup")
        quiet(page, path)
for failure in failures:
    print("FAILED:", failure)
sys.exit(bool(failures))
EOF2
python3 look.py "$BUILD/axe/axe.min.js" || fail "the report in a browser"
finish
