#!/usr/bin/env bash
# test_pictures.sh - predict and explain on pictures of any size and colour, and on those that are broken.
. "$SOURCE/tests/cli/lib.sh" || exit 1

run 0 run --data synthetic:600 --models knn,logreg --train 400 --validation 100 --save-models --name kept --quiet
run 0 run --data "$SOURCE/tests/samples/format1/table.csv" --label kind --models tree --save-models --name table --quiet
model=results/kept/models/k-nn.slm

# A frame of 28 x 28 drawn by the test: a disc, an upright bar and a cross, as PNG of every kind and as PGM.
python3 - <<'PYTHON'
import os, struct, zlib
def png(path, w, h, kind, depth, rows, extra=b'', interlaced=0):
    def chunk(tag, b): return struct.pack('>I', len(b)) + tag + b + struct.pack('>I', zlib.crc32(tag + b))
    open(path, 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, depth, kind, 0, 0, interlaced)) + extra +
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
# Kinds that are rare, each of the same disc; one pixel, and one column; and what can not be read.
os.mkdir('rare')
def packed(row, depth, level):
    bits = ''.join(format(level(v), '0%db' % depth) for v in row)
    bits += '0' * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
for depth in (1, 2, 4):
    png('rare/bits%d.png' % depth, w, h, 0, depth, [packed(r, depth, lambda v: v >> (8 - depth)) for r in g])
png('rare/bits1palette.png', w, h, 3, 1, [packed(r, 1, lambda v: v > 100) for r in g], chunk(b'PLTE', bytes([20] * 3 + [250] * 3)))
png('rare/clear.png', w, h, 3, 8, [bytes(v > 100 for v in r) for r in g],
    chunk(b'PLTE', bytes([20] * 3 + [0] * 3)) + chunk(b'tRNS', bytes([255, 0])))
png('rare/deepcolour.png', w, h, 6, 16, [b''.join(bytes([v, v] * 3 + [255, 255]) for v in r) for r in g])
passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
png('rare/interlaced.png', w, h, 0, 8, [bytes(g[y][x] for x in range(x0, w, dx)) for x0, y0, dx, dy in passes for y in range(y0, h, dy)],
    interlaced=1)
flat = b''.join(g)
open('rare/comment.pgm', 'wb').write(b'P5\n# by hand\n90 # wide\n60\n255\n' + flat)
open('rare/deep.pgm', 'wb').write(b'P5 90 60 65535\n' + b''.join(bytes([v, v]) for v in flat))
open('rare/words.pgm', 'w').write('P2\n# by hand\n90 60\n255\n' + ' '.join(map(str, flat)) + '\n')
open('rare/colour.ppm', 'wb').write(b'P6 90 60 255\n' + b''.join(bytes([v] * 3) for v in flat))
png('rare/name with "quotes" \u00e9.png', w, h, 0, 8, g)
png('one.png', 1, 1, 0, 8, [bytes([128])])
png('thin.png', 1, 500, 0, 8, [bytes([128])] * 500)
os.mkdir('bad')
for name, b in {'empty.png': b'', 'words.png': b'hello, world\n', 'gif.png': b'GIF89a' + bytes(40), 'webp.png': b'RIFF....WEBPVP8 ' + bytes(40), 'heic.png': b'\0\0\0\x18ftypheic' + bytes(40),
                'bmp.png': b'BM' + bytes(60), 'tiff.tif': b'II*\0' + bytes(60),
                'bits.pbm': b'P4 8 1\n\xff', 'cut.pgm': b'P5 90 60 255\n' + flat[:1000], 'head.pgm': b'P5 90', 'minus.pgm': b'P5 -90 60 255\n' + flat,
                'loud.pgm': b'P5 90 60 100\n' + flat, 'cutwords.pgm': b'P2 90 60 255\n1 2 3', 'word.pgm': b'P2 90 60 255\n1 two 3',
                'none.png': open('shots/grey.png', 'rb').read()[:33]}.items():
    open('bad/' + name, 'wb').write(b)
os.makedirs('folders/empty'); os.makedirs('folders/both/0'); os.makedirs('folders/mixed'); os.makedirs('folders/nested/0/deep')
for name in ('both/0/a', 'both/b', 'mixed/a', 'nested/0/deep/a'): png('folders/%s.png' % name, w, h, 0, 8, g)
open('folders/mixed/notes.txt', 'w').write('notes')
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
# Rare kinds are read as what they show.
run 0 predict $model rare
[ "$(wc -l <out)" = 12 ] || fail "$(wc -l <out) predictions of 12 pictures: $(cat err)"
[ "$(cut -f2 out | sort -u | wc -l)" = 1 ] || fail "the same disc is predicted otherwise: $(cat out)"
[ "$(grep -c '; cropped to 3[0-9]x3[0-9] from' err)" = 12 ] || fail "the disc is not where it was: $(cat err)"
for name in one thin; do
  run 0 predict $model $name.png
  err_has "not cropped: nothing stands out from the background"
  [ "$(wc -l <out)" = 1 ] || fail "$name.png: $(cat out)"
done
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
# Each in a line that says what it is, not what a table would lack.
for case in empty.png='holds none that can be read: expected PNG or PGM' words.png='named as a picture, but holds none' \
  gif.png='a GIF image: of pictures, PNG and PGM are read' webp.png='a WebP image' heic.png='a HEIC or AVIF image' bmp.png='a BMP image' tiff.tif='a TIFF image' \
  bits.pbm='a PBM or PAM image' cut.pgm='cut off or broken PGM' head.pgm='a broken PGM picture' \
  minus.pgm='named as a picture, but holds none' loud.pgm='cut off or broken PGM' cutwords.pgm='cut off or broken PGM' \
  word.pgm='cut off or broken PGM' none.png='a broken PNG picture: the file is cut off'; do
  refuse 1 "bad/${case%%=*}: " predict $model "bad/${case%%=*}"
  err_has "${case#*=}"
done
refuse 1 "folders/empty: no training part" predict $model folders/empty
refuse 1 "folders/nested: no training part" predict $model folders/nested
refuse 1 "folders/both: pictures stand in it, and in folders of it" predict $model folders/both
run 0 predict $model folders/mixed
err_has "left out: 1 entr"
# A table whose header begins as such a picture is a table.
printf 'BMI,P4 8,class\n1,2,a\n2,3,b\n' >header.csv
run 0 audit header.csv
refuse 2 "--show-input: 'shots/grey.png' is what is read, and would be lost" predict $model shots/grey.png --show-input shots/grey.png
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
