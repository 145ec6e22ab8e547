"""contact_sheet.py [FOLDER [FILE.svg...]]: every kind of plot on one page, FOLDER/contact-sheet.html, and as a picture of it
beside (default folder: build/contact-sheet); of the given SVG files, else of small studies made for it."""
import html
import pathlib
import sys

import browser
import studies

WIDTH = 640


def make_pictures(folder):
    """Few rows, many, folds, sweeps of two and three hyperparameters, equal values, one epoch and a thousand, several
    studies, rows that failed, explanations."""
    program, files = studies.program(), []
    for rows, classes, is_long, folds in ((8, 10, False, 0), (8, 2, True, 3), (30, 100, False, 0), (1, 2, False, 0)):
        files += studies.pictures(program, folder, studies.make(program, folder, rows, classes, is_long, folds))
    return files + studies.further_pictures(program, folder)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/contact-sheet").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not browser.there():
        return browser.SKIPPED
    files = sys.argv[2:] or make_pictures(folder)
    figures = "".join(f"<figure><img src='{pathlib.Path(file).resolve().as_uri()}'><figcaption>{html.escape(str(file))}</figcaption></figure>"
                      for file in files)
    page = folder / "contact-sheet.html"
    page.write_text("<!doctype html><meta charset='utf-8'><style>body{margin:8px;background:#777;columns:" + f"{WIDTH}px" +
                    ";font:11px sans-serif;color:#fff}figure{margin:0 0 8px;break-inside:avoid}img{width:100%;display:block}</style>" + figures,
                    encoding="utf-8")
    with browser.Browser(3 * WIDTH + 60, 1200) as shown:
        shown.open(str(page))
        shown.size(3 * WIDTH + 60, min(int(shown.run("return document.documentElement.scrollHeight")), 16000))
        shown.picture(folder / "contact-sheet.png")
    print(f"{page}\n{folder / 'contact-sheet.png'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
