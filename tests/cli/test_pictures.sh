#!/usr/bin/env bash
# test_pictures.sh - predict and explain on pictures of any size and colour, and on those that are broken.
. "$SOURCE/tests/cli/lib.sh" || exit 1

run 0 run --data synthetic:600 --models knn,logreg --train 400 --validation 100 --save-models --name kept --quiet
run 0 run --data "$SOURCE/tests/samples/format1/table.csv" --label kind --models tree --save-models --name table --quiet
model=results/kept/models/k-nn.slm

# A frame of 28 x 28 drawn by the test: a disc, an upright bar and a cross, as PNG of every kind and as PGM.
python3 - <<'PYTHON'
import os, struct, zlib
def png(path, w, h, kind, depth, rows, extra=b''):
    def chunk(tag, b): return struct.pack('>I', len(b)) + tag + b + struct.pack('>I', zlib.crc32(tag + b))
    open(path, 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, depth, kind, 0, 0, 0)) + extra +
                           chunk(b'IDAT', zlib.compress(b''.join(b'\0' + r for r in rows))) + chunk(b'IEND', b''))
def chunk(tag, b): return struct.pack('>I', len(b)) + tag + b + struct.pack('>I', zlib.crc32(tag + b))
inside = lambda x, y, w, h: (x - w / 2) ** 2 + (y - h / 2) ** 2 < (min(w, h) / 3) ** 2
def grey(w, h): return [bytes(20 if inside(x, y, w, h) else 250 for x in range(w)) for y in range(h)]
os.mkdir('shots')
w, h = 90, 60
g = grey(w, h)
png('shots/grey.png', w, h, 0, 8, g)
png('shots/colour.png', w, h, 2, 8, [b''.join(bytes([v, v, v]) for v in r) for r in g])
png('shots/deep.png', w, h, 0, 16, [b''.join(bytes([v, v]) for v in r) for r in g])
png('shots/palette.png', w, h, 3, 8, [bytes(v > 100 for v in r) for r in g], chunk(b'PLTE', bytes([20] * 3 + [250] * 3)))
png('shots/alpha.png', w, h, 4, 8, [b''.join(bytes([20, 255 if v < 100 else 0]) for v in r) for r in g])
open('shots/grey.pgm', 'wb').write(b'P5 %d %d 255\n' % (w, h) + b''.join(g))
dark = [bytes(255 - v for v in r) for r in g]
png('shots/dark.png', w, h, 0, 8, dark)
png('wide.png', 20000, 40, 0, 8, [bytes(255 - v for v in r) for r in grey(20000, 40)])
png('huge.png', 20000, 20000, 0, 8, [bytes(20000)] * 4)
whole = open('shots/grey.png', 'rb').read()
open('cut.png', 'wb').write(whole[:len(whole) - 40])
os.makedirs('classes/0'); os.makedirs('classes/1')
png('classes/0/a.png', w, h, 0, 8, g)
png('classes/1/b.png', w, h, 0, 8, dark)
PYTHON

# All are the same disc: alike to the model but for rounding (alpha stands on white, 255, and the others on 250).
run 0 predict $model shots --show-input seen.png
[ "$(wc -l <out)" = 7 ] || fail "$(wc -l <out) predictions of 7 pictures"
[ "$(cut -f2 out | sort -u | wc -l)" = 1 ] || fail "the same disc is predicted otherwise: $(cat out)"
[ "$(cut -f1 out | head -1)" = alpha.png ] || fail "no names of files: $(head -1 out)"
err_has "no labels: the pictures are in no folders of classes"
err_has "shots/colour.png: 90x60 in colour; turned to grey; inverted (its border is 250); background 5 becomes 32; cropped to"
err_has "shots/alpha.png: 90x60; inverted (its border is 255); background 0 becomes 32; cropped to"
err_has "shots/dark.png: 90x60; background 5 becomes 32; cropped to"
[ "$(head -c 4 seen.png | tail -c 3)" = PNG ] || fail "seen.png is no picture"
run 0 predict $model shots/grey.png --format csv
[ "$(head -1 out | tr -d '\r')" = "file,predicted" ] || fail "a header of $(head -1 out)"
run 0 predict $model shots/grey.png --invert no
grep -q inverted err && fail "inverted all the same: $(cat err)"
run 0 predict $model wide.png
err_has "20000x40; background 5 becomes 32; cropped to"
# Folders of classes have labels.
run 0 predict $model classes
err_has "accuracy "
[ "$(wc -l <out)" = 2 ] || fail "$(cat out)"

# What can not be read is said in a line; nothing is written.
refuse() { # STATUS TEXT ARGUMENT...
  run "$1" "${@:3}"
  err_has "$2"
  err_is_one_line
  out_is_empty
}
refuse 1 "cut.png: a broken PNG picture: the file is cut off" predict $model cut.png
refuse 1 "huge.png: a picture of 20000 x 20000 pixels" predict $model huge.png
refuse 2 "the model was fitted on no images, but on a table of 3 features" predict results/table/models/decision-tree.slm shots
refuse 2 "the model was fitted on no images" explain results/table/models/decision-tree.slm shots/grey.png -m tree-shap
refuse 2 "--invert: 'perhaps' is not allowed: it takes auto, yes or no" predict $model shots --invert perhaps
run 2 predict $model synthetic:50 --show-input none.png
err_has "--show-input is for pictures, and synthetic:50 holds none"
[ ! -e none.png ] || fail "none.png is there"
printf '\377\330\377\340 jpeg' >photo.jpg
refuse 1 "a JPEG image: of pictures, PNG and PGM are read: convert it" predict $model photo.jpg
run 1 predict $model shots --show-input nowhere/seen.png
err_has "nowhere/seen.png"

# explain takes them, too.
run 0 explain results/kept/models/logistic-regression.slm shots -m linear-shap --no-pictures
out_has "Linear SHAP of 7 rows"
run 2 explain results/kept/models/logistic-regression.slm shots -m linear-shap --class 1 --no-pictures
err_has "--class needs labels, and the data has none"
finish
