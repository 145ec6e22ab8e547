"""overlaps.py [--whole]: opens pictures in headless Chromium and looks for texts that are cut by the picture's edge or
stand on another one, by getBBox.  Rows: 1, 8, 30, 143; classes: 2, 10, 100; names short and of 60 letters; without
--whole a few of these.  Ends with 1 where there are any, with 77 without Chromium."""
import itertools
import pathlib
import sys
import tempfile

import browser
import studies

BATCH = 12
MEASURE = r"""
const found = [];
for (const svg of document.querySelectorAll('svg')) {
  const edge = svg.getBoundingClientRect(), boxes = [];
  for (const text of svg.querySelectorAll('text')) {
    if (!text.textContent.trim()) continue;
    const b = text.getBBox(), m = text.getScreenCTM();
    const at = [[b.x, b.y], [b.x + b.width, b.y], [b.x, b.y + b.height], [b.x + b.width, b.y + b.height]]
      .map(([x, y]) => [m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f]);
    const xs = at.map(p => p[0]), ys = at.map(p => p[1]);
    boxes.push({l: Math.min(...xs), r: Math.max(...xs), t: Math.min(...ys), b: Math.max(...ys), s: text.textContent});
  }
  const name = svg.parentElement.dataset.name;
  if (!boxes.length) found.push(name + ': no text at all');
  boxes.forEach((x, i) => {
    if (x.l < edge.left || x.r > edge.right || x.t < edge.top || x.b > edge.bottom) found.push(name + ": cut: '" + x.s + "'");
    for (const y of boxes.slice(0, i))
      if (Math.min(x.r, y.r) - Math.max(x.l, y.l) > 1 && Math.min(x.b, y.b) - Math.max(x.t, y.t) > 1)
        found.push(name + ": '" + x.s + "' stands on '" + y.s + "'");
  });
}
return found;
"""


def measure(page, folder, files):
    parts = ["<!doctype html><meta charset='utf-8'><body>"]
    for file in files:
        svg = pathlib.Path(file).read_text(encoding="utf-8")
        label = "/".join(pathlib.Path(file).parts[-3::2])
        # ids are each picture's own: a page has one of each
        parts.append(f"<div data-name='{label}'>{svg[svg.index('<svg'):]}</div>")
    path = pathlib.Path(folder, "page.html")
    path.write_text("\n".join(parts), encoding="utf-8")
    page.open(str(path))
    return page.run(MEASURE)


def measure_all(page, folder, files):
    return [text for at in range(0, len(files), BATCH) for text in measure(page, folder, files[at:at + BATCH])]


def main():
    whole = "--whole" in sys.argv
    if not browser.there():
        return browser.SKIPPED
    cases = list(itertools.product((1, 8, 30, 143), (2, 10, 100), (False, True)))
    if not whole:
        cases = [(1, 2, False), (8, 10, True)]
    found, count = [], 0
    with tempfile.TemporaryDirectory() as folder, browser.Browser(1600, 1200) as page:
        for rows, classes, is_long in cases:
            files = studies.pictures(studies.program(), folder, studies.make(studies.program(), folder, rows, classes, is_long))
            if rows == 8 and whole:
                folds = studies.make(studies.program(), folder, rows, classes, is_long, folds=3)
                files += studies.pictures(studies.program(), folder, folds)
            count += len(files)
            found += measure_all(page, folder, files)
        files = studies.further_pictures(studies.program(), folder)
        count += len(files)
        found += measure_all(page, folder, files)
    print("\n".join(found))
    print(f"{count} pictures, {len(found)} texts that are cut or stand on another one")
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main())
