#!/usr/bin/env bash
# test_embed.sh - shortlist embed: coordinates, files, new rows, refusals.
. "$SOURCE/tests/cli/lib.sh" || exit 1

# Principal components by hand: points on a line, and a little beside it.
{
  echo "a,b,class"
  for i in 0 1 2 3 4 5; do echo "$i,$((2 * i)),x"; echo "$((i + 2)),$((2 * i - 1)),\"y, z\""; done
} >line.csv
run 0 embed line.csv --method pca --scale none --out points.csv
out_has "12 rows of 2 features, 2 principal components"
out_has "100.00%"
[ "$(head -1 points.csv | tr -d '\r')" = "row,class,pc1,pc2" ] || fail "head of the CSV: $(head -1 points.csv)"
[ "$(wc -l <points.csv)" = 13 ] || fail "rows of the CSV: $(wc -l <points.csv)"
grep -q '^1,"y, z",' points.csv || fail "a class with a comma is not quoted"
python3 - <<'P' || fail "coordinates along the first component vary most, are centred, and keep distances"
import csv
rows = [(float(r[-2]), float(r[-1])) for r in list(csv.reader(open("points.csv")))[1:]]
data = [(float(r[0]), float(r[1])) for r in list(csv.reader(open("line.csv")))[1:]]
mean = lambda v: sum(v) / len(v)
var = lambda v: sum((x - mean(v)) ** 2 for x in v)
a, b = [p[0] for p in rows], [p[1] for p in rows]
assert abs(mean(a)) < 1e-5 and abs(mean(b)) < 1e-5 and var(a) > var(b) > 0
assert abs(sum(x * y for x, y in zip(a, b))) < 1e-4
d = lambda p, q: (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2
assert all(abs(d(rows[i], rows[j]) - d(data[i], data[j])) < 1e-4 for i in range(12) for j in range(12))
P

# Threads change no byte.
run 0 embed synthetic:600 --method pca --part train --components 20 --threads 1 --out one.csv
run 0 embed synthetic:600 --method pca --part train --components 20 --threads 2 --out two.csv
cmp -s one.csv two.csv || fail "the coordinates differ between one and two threads"
run 0 embed synthetic:600 --method pca --components 3 --rows 50 --format json --out some.csv
python3 -c 'import json; o = json.load(open("out")); assert o["n"] == 50 and len(o["variance"]) == 3 and o["variance"][0] > o["variance"][2] > 0 and not o["approximate"]' || fail "JSON: $(cat out)"
[ "$(wc -l <some.csv)" = 51 ] || fail "--rows 50 gives $(wc -l <some.csv) lines"

# New rows: the same rows get the same places, other rows others; a category and a missing value are encoded as then.
{
  echo "size,colour,class"
  for i in 1 2 3 4 5 6 7 8; do echo "$i,red,x"; echo "$((9 - i)),blue,y"; done
  echo ",blue,y"
} >colours.csv
run 0 embed colours.csv --method pca --categories onehot --missing mean --save colours.pca --out kept.csv
run 0 embed colours.csv --pca colours.pca --out again.csv
cmp -s kept.csv again.csv || fail "the rows that the components were fitted on get other places"
printf 'size,colour,class\n8,blue,x\n' >new.csv # its only category is the second one of then
run 0 embed new.csv --pca colours.pca --out new-colour.csv
[ "$(sed -n '2s/^0,x,//p' new-colour.csv)" = "$(sed -n '3s/^1,y,//p' kept.csv)" ] || fail "a category of a new file is taken for another"
run 0 embed line.csv --method pca --scale standard --save line.pca --out line-points.csv
printf 'a,b,class\n0,0,x\n9,9,x\n' >new.csv
run 0 embed new.csv --pca line.pca --out new-points.csv
[ "$(sed -n 2p new-points.csv)" = "$(sed -n 2p line-points.csv)" ] || fail "a row of the old ones gets another place"

# Requests that can not be met: one line each.
refuse() { # refuse STATUS TEXT ARGUMENT...
  local status=$1 text=$2
  shift 2
  run "$status" embed "$@"
  out_is_empty
  err_has "$text"
  grep -c . err >lines
}
refuse 2 "from 1 to 2" line.csv --method pca --components 3
refuse 2 "there is one" line.csv --method pca --rows 1 --components 1
printf 'a,b,class\n1,2,x\n1,2,y\n1,2,x\n' >equal.csv
printf 'a,b,class\n1,2,x\n1,2,y\n1,2,x\n1,2,x\n1,2,x\n' >equal4.csv
refuse 1 "rows are equal" equal.csv --method pca
refuse 2 "not allowed" line.csv --method pcs
refuse 2 "leave it out" line.csv --pca line.pca --components 2
refuse 1 "not a PCA" line.csv --pca line.csv
head -c 100 line.pca >cut.pca
refuse 1 "damaged" line.csv --pca cut.pca
refuse 1 "is a word" colours.csv --pca line.pca
refuse 1 "is a word" colours.csv
run 1 embed line.csv --method pca --out missing/points.csv

# t-SNE.
run 0 embed synthetic:1200 --part train --rows 900 --threads 1 --iterations 300 --out one.csv
out_has "900 rows of 784 features, t-SNE of perplexity 30, 300 iterations"
out_has "trustworthiness"
cp out one
run 0 embed synthetic:1200 --part train --rows 900 --threads 2 --iterations 300 --out two.csv
cmp -s one out && cmp -s one.csv two.csv || fail "t-SNE differs between one and two threads"
[ "$(head -1 one.csv | tr -d '\r')" = "row,class,tsne1,tsne2" ] || fail "head of t-SNE's CSV: $(head -1 one.csv)"
run 0 embed synthetic:1200 --part train --rows 900 --seed 7 --iterations 300 --init random --format json --out seven.csv
python3 -c 'import json; o = json.load(open("out")); assert o["method"] == "tsne" and o["divergence"] > 0 and .5 < o["trustworthiness"] <= 1 and 0 <= o["kept"] <= 1' || fail "JSON: $(cat out)"
cmp -s one.csv seven.csv && fail "another beginning gives the same points"
refuse 2 "at most 3.667" line.csv --perplexity 3.7
# What nobody asked for is what few rows allow.
run 0 embed line.csv
out_has "t-SNE of perplexity 3.667,"
printf 'a,class\n1,x\n2,y\n4,x\n' >single.csv
run 0 embed single.csv --method pca --out single-points.csv
[ "$(head -1 single-points.csv | tr -d '\r')" = row,class,pc1 ] || fail "a feature alone has $(head -1 single-points.csv)"
refuse 2 "3 rows of 1 feature have from 1 to 1" single.csv --method pca --components 2
refuse 2 "t-SNE takes 5 rows at least: there are 3" single.csv
# No file that is read is written over.
cp line.csv kept-line.csv
ln -s line.csv link.csv
refuse 2 "--out: 'link.csv' is what is read, and would be lost" line.csv --method pca --out link.csv
refuse 2 "--save: './line.csv' is what is read" line.csv --method pca --save ./line.csv
refuse 2 "--out: 'line.pca' is what is read" line.csv --pca line.pca --out line.pca
cmp -s line.csv kept-line.csv || fail "the data were written over"
refuse 2 "a number above 1" line.csv --perplexity 1
refuse 2 "there is 1" line.csv --rows 1 --perplexity 2
refuse 1 "rows are equal" equal4.csv --perplexity 1.1
refuse 2 "belongs to --method tsne" line.csv --method pca --perplexity 3
refuse 2 "belongs to --method pca" line.csv --components 3
refuse 2 "--model names the network" line.csv --layer 2

# Layers of a network; its predictions.
run 0 run --data synthetic:600 --models cnn --set 'cnn.net=conv 4 5x5, relu, maxpool 4, flatten, dense classes' --set cnn.epochs=2 --train 400 --validation 100 --save-models --name net
model=results/net/models/$(ls results/net/models)
run 0 embed synthetic:600 --part train --model "$model" --layer maxpool --method pca --components 3 --out layer.csv
out_has "layer maxpool"
out_has "of 144 features"
[ "$(head -1 layer.csv | tr -d '\r')" = "row,class,predicted,pc1,pc2,pc3" ] || fail "head of a layer's CSV: $(head -1 layer.csv)"
run 0 embed synthetic:600 --part train --model "$model" --layer 3 --method pca --components 3 --out number.csv
cmp -s layer.csv number.csv || fail "layer 3 is not maxpool"
run 0 embed synthetic:600 --part train --model "$model" --layer 5 --iterations 300
refuse 2 "did you mean conv1" synthetic:600 --model "$model" --layer conc1
refuse 2 "from 1 to 5" synthetic:600 --model "$model" --layer 6
refuse 2 "has its own scaling" synthetic:600 --model "$model" --scale none
run 0 run --data synthetic:600 --models tree --train 400 --validation 100 --save-models --name tree
refuse 2 "has no layers" synthetic:600 --model results/tree/models/*.slm --layer 1
run 0 embed synthetic:600 --model results/tree/models/*.slm --rows 100 --perplexity 10 --iterations 50
# Pictures.
if command -v gnuplot >/dev/null; then
  run 0 embed synthetic:600 --part train --model "$model" --rows 200 --layer 3 --beside input --iterations 60 --zoom disc --plots pictures
  for name in embedding zoom thumbnails; do
    for ending in svg png pdf csv; do [ -s pictures/$name.$ending ] || fail "no pictures/$name.$ending"; done
  done
  grep -q "wrong" pictures/embedding.csv || fail "the picture's table does not say which rows are wrong"
  err_has "pictures/embedding.png"
  run 0 embed synthetic:600 --part train --rows 200 --method pca --components 3 --plots components
  [ -s components/components.png ] || fail "no components as images"
  run 0 embed line.csv --method pca --components 1 --plots narrow # one coordinate, no images
  [ -s narrow/embedding.png ] || fail "no picture of one coordinate"
  [ ! -e narrow/thumbnails.png ] || fail "images of rows that are none"
fi
refuse 2 "there is no class 'Bog'" synthetic:600 --zoom Bog --plots pictures
refuse 2 "--plots names the folder" synthetic:600 --zoom 1
refuse 2 "--model names the network" synthetic:600 --beside input --plots pictures
finish
