#!/usr/bin/env bash
# test_report.sh - a study as one document: what it says, the same bytes again, commands that make rows again, several
# studies, names that would act on a page, and what becomes of it without gnuplot.
. "$SOURCE/tests/cli/lib.sh" || exit 1
page=results/page/report.html

has() { grep -qF -- "$2" "$1" || fail "$1 lacks '$2'"; }
lacks() { grep -qF -- "$2" "$1" && fail "$1 has '$2'"; }

run 0 run --data synthetic --train 300 --validation 200 --models tree,knn,majority,logreg --scale standard --name page --quiet
run 0 report page
[ "$(cat out)" = $page ] || fail "report prints $(cat out)"
err_is_empty
for text in 'What it comes to' 'What to do next' 'Scores and costs of each row' 'Data and protocol' 'Machine and versions' \
  'The command that makes each row again' 'Hyperparameters' 'Scores of each class' 'Confusion matrix' 'How to cite' \
  "default-src &#39;none&#39;" '<svg role=img' 'content hash'; do
  [ "$text" = "default-src &#39;none&#39;" ] && text="default-src 'none'"
  has $page "$text"
done
has $page "$("$SHORTLIST" show page | sed -n '5p' | cut -c1-40)" # the verdict

# No reference leads out of the file; the policy's hashes are those of the style and the script in it.
python3 - $page <<'EOF2' || fail "references or hashes"
import base64, hashlib, html.parser, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
class Page(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            assert name not in ("src", "srcset", "style", "action") and not name.startswith("on"), (tag, name)
            if name == "href":
                assert value.startswith("#") or value.startswith("data:image/png"), value
        assert tag not in ("link", "iframe", "object", "embed", "base"), tag
Page().feed(text)
def digest(tag):
    inside = re.search(f"<{tag}>(.*?)</{tag}>", text, re.S).group(1)
    return base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
policy = re.search('Content-Security-Policy content="(.*?)"', text).group(1)
assert f"style-src 'sha256-{digest('style')}'" in policy and f"script-src 'sha256-{digest('script')}'" in policy, policy
assert text.count("<style") == text.count("<script") == 1
EOF2

# The same store, the same bytes; a picture that is as it was is not drawn again, one that is not is.
cp $page first.html
plots=results/page/plots
touch -r $plots/accuracy-time.svg before
PATH=/nowhere "$SHORTLIST" report page >out 2>err </dev/null || fail "pictures are drawn again: $(cat err)"
cmp -s first.html $page || fail "the same store gives another page"
err_is_empty
[ $plots/accuracy-time.svg -nt before ] && fail "a picture was drawn again"
echo >>$plots/accuracy-time.csv
run 0 report page
cmp -s first.html $page || fail "a picture drawn again differs"
[ $plots/accuracy-time.svg -nt before ] || fail "a picture of other data was kept"

# Each row's command makes it again: the store has it.  Another one tells where the row errs, and fits nothing.
python3 - $page >commands <<'EOF2'
import html, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
for command in re.findall(r"<pre tabindex=0><code>(shortlist .*?)</code>", text):
    print(html.unescape(command))
EOF2
again() { # again N OUTCOMES: the commands of N rows
  grep -v '^shortlist errors ' commands >fits
  [ "$(wc -l <fits)" = "$1" ] || fail "there are $(wc -l <fits) commands that fit a row, not $1"
  while read -r command; do
    eval "\"\$SHORTLIST\" ${command#shortlist } --quiet" >out 2>err </dev/null || fail "$command: $(cat err)"
    eval "\"\$SHORTLIST\" ${command#shortlist }" >out 2>err </dev/null
    err_has ' 0 run now'
    [ "$(sqlite_count)" = "$2" ] || fail "$command made another trial"
  done <fits
  while read -r command; do
    eval "\"\$SHORTLIST\" ${command#shortlist }" >out 2>err </dev/null || fail "$command: $(cat err)"
    [ "$(sqlite_count)" = "$2" ] || fail "$command made another trial"
  done < <(grep '^shortlist errors ' commands)
}
sqlite_count() { python3 -c 'import sqlite3; print(sqlite3.connect("results/shortlist.db").execute("SELECT count(*) FROM outcome").fetchone()[0])'; }
again 4 "$(sqlite_count)"

# Of data of one's own, read by options and cross-validated; a sweep has its winner.
awk 'BEGIN { srand(2); print "nr;a;b;kind"
  for (i = 0; i < 90; i++) printf "%d;%.2f;%s;%s\n", i, i % 3 + 2 * rand(), i % 7 ? rand() : "?", "c" i % 3 }' >own.csv
run 0 sweep tree max_depth=1,2,4,none --data own.csv --drop nr --missing median --folds 3 --name swept --quiet
run 0 report swept --format html --to swept.html
for text in 'The winner by cross-validation is' 'one standard error' 'Its scores by fold'; do has swept.html "$text"; done
python3 - swept.html >commands <<'EOF2'
import html, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
for command in re.findall(r"<pre tabindex=0><code>(shortlist .*?)</code>", text):
    print(html.unescape(command))
EOF2
again 4 "$(sqlite_count)"

# A row that is asked for, beyond the best 20; a name that there is not.
run 0 sweep tree max_depth=1:25:1 --data synthetic --train 100 --validation 100 --name many --quiet
run 0 report many --to many.html
last=$(python3 -c 'import html, re; text = open("many.html").read()
rows = re.search("<table class=.sorts filters.>(.*?)</table>", text, re.S).group(1)
print(html.unescape(re.findall("<th scope=row>([^<]+)\n?<td>", rows)[-1]))')
[ "$(grep -c '<section class=row' many.html)" = 20 ] || fail "there are $(grep -c '<section class=row' many.html) pages of rows"
run 0 report many --to many.html --row "$last"
[ "$(grep -c '<section class=row' many.html)" = 21 ] || fail "--row '$last' has no page"
run 2 report many --row 'tree max_depth=0'
err_is_one_line
run 2 report page page
run 2 report page --format pdf
err_has "html, markdown, latex"

# Several studies, row by row.
run 0 run --data synthetic --train 300 --validation 200 --models tree,knn,majority --scale none --name other --quiet
run 0 report page other --to both.html
for text in 'All studies, row by row' 'page: accuracy' 'other: fit s' 'From page to other' 'id="s2-table"'; do has both.html "$text"; done

# Names that would act are shown as they are, in every format.
cat >hostile.csv <<'EOF2'
a,b,"<img src=x onerror=alert(2)>"
EOF2
for i in 1 2 3 4 5 6 7 8 9; do
  printf '%s,0,"<script>alert(1)</script>"\n%s,3,"$x_1$ \\input{x}"\n%s,6,"a""b'"'"'c %%s"\n%s,9,"=cmd()"\n%s,12,"two\nlines é日"\n' $i $i $i $i $i >>hostile.csv
done
printf 'title: "<b>T</b> $x_1$ | %%s"\ndata: hostile.csv\nrows:\n  - tree: {}\n    name: "</section><script>alert(3)</script>"\n  - majority: {}\n    name: "[x](http://y) `m` \\\\end{document}"\n  - tree: {max_depth: 1}\n    name: "a_long_name_without_a_blank_0123456789_0123456789_0123456789_0123456789"\n' >hostile.yaml
run 0 run hostile.yaml --name hostile --quiet
for format in html markdown latex; do run 0 report hostile --format $format; done
html=results/hostile/report.html tex=results/hostile/report.tex md=results/hostile/report.md
python3 - $html <<'EOF2' || fail "names act on the page"
import html.parser, sys
class Page(html.parser.HTMLParser):
    tags, text = set(), ""
    def handle_starttag(self, tag, attributes): self.tags.add(tag)
    def handle_data(self, data): self.text += data
page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
assert not page.tags & {"b", "img"}, page.tags
for name in ["<script>alert(1)</script>", "$x_1$ \\input{x}", "a\"b'c %s", "=cmd()", "lines é日", "<b>T</b> $x_1$ | %s",
             "</section><script>alert(3)</script>", "[x](http://y) `m` \\end{document}", "<img src=x onerror=alert(2)>"]:
    assert name in page.text, name
EOF2
lacks $tex '\input{'
[ "$(grep -c '\\end{document}' $tex)" = 1 ] || fail "a name ends the LaTeX document"
has $tex '\textbackslash{}input\{x\}'
has $tex '\DeclareUnicodeCharacter{65E5}'
grep -E '(^|[^\\])[$#&_^]' $tex | grep -vE '^(%|\\(begin|end|setlength|usepackage|IfFileExists|ifdefined|noindent\\includegraphics))' |
  grep -vE ' & | \\tabularnewline' >unescaped
grep -qE '(^|[^\\])[$#_^]' unescaped && fail "LaTeX: $(head -3 unescaped)"
python3 - $tex <<'EOF2' || fail "LaTeX: environments or braces"
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
text = re.sub(r"(?m)^%.*$", "", text)
stack, depth = [], 0
for way, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
    if way == "begin":
        stack.append(name)
    else:
        assert stack.pop() == name, name
assert not stack
for c in re.sub(r"\\[{}]", "", text):
    depth += (c == "{") - (c == "}")
    assert depth >= 0
assert depth == 0
for body in re.findall(r"\\toprule(.*?)\\bottomrule", text, re.S):  # as many cells in every row
    rows = [r for r in body.replace("\\midrule", "").replace("\\endhead", "").split("\\tabularnewline") if r.strip()]
    assert len({len(re.findall(r"(?<!\\)&", r)) for r in rows}) == 1, rows[:2]
EOF2
if command -v pdflatex >/dev/null; then
  (cd results/hostile && pdflatex -interaction=nonstopmode -halt-on-error report.tex >../../latex.log 2>&1) || fail "LaTeX: $(grep -A3 '^!' latex.log)"
  # Words are broken: no line runs far out of the page.
  wide=$(grep -E '^Overfull .hbox .([0-9]{3,}|[2-9][0-9])[.]' -A2 latex.log) && fail "LaTeX: a line is too wide: $wide"
else
  echo "skipped: no pdflatex here"
fi
grep -qE '(^|[^\\])<(script|img|b|/section)' $md && fail "Markdown: a name became HTML"
has $md '\[x\](http://y) \`m\`'
run 0 show hostile --format html
grep -qE '<(script|img|b>|/section><)' out && fail "show --format html: a name became markup"
out_has '&lt;script&gt;alert(3)'
run 0 show hostile '</section><script>alert(3)</script>' --format html
out_has 'Confusion matrix'

# Without gnuplot: the page, one line, and data and scripts.
rm -rf $plots
PATH=/nowhere "$SHORTLIST" report page >out 2>err </dev/null || fail "without gnuplot: status $?"
err_is_one_line
err_has "gnuplot"
lacks $page '<svg'
has $page 'could not be drawn'
[ -s $plots/accuracy-time.gp ] && [ -s $plots/accuracy-time.csv ] || fail "no data or script without gnuplot"
# What can not be written leaves nothing, not even half.
run 1 report page --to /nowhere/report.html
err_is_one_line
finish
