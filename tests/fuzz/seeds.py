#!/usr/bin/env python3
"""seeds.py FOLDER: writes into FOLDER/TARGET small inputs for every fuzzing target but those whose inputs make_models and
make_kept make: valid ones of each form, and some that are just not."""
import bz2, gzip, io, lzma, os, struct, sys, zipfile, zlib

folder = sys.argv[1]


def put(target, name, data):
    os.makedirs(f"{folder}/{target}", exist_ok=True)
    with open(f"{folder}/{target}/{name}", "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


# How to read: fuzz_read_options.
PLAIN, ANY, NO_LABEL, FILLED, WORDS = b"\0", b"\1", b"\2", b"\x10", b"\x30"

table = "a,b,label\n" + "".join(f"{i},{i * .5},k{i % 2}\n" for i in range(8))
csv = {
    "plain": PLAIN + table.encode(),
    "any": ANY + b"a,b,label\n1,,x\nNA,word,y\n",
    "filled": FILLED + b"a,b,label\n1,?,x\n2,3,y\n,4,x\n",
    "words": WORDS + b"a,colour,label\n1,red,x\n2,blue,y\n3,,x\n4,red,y\n",
    "no-label": NO_LABEL + b"1,2\n3,4\n",
    "semicolons": PLAIN + b"sep=;\na;b;label\n1,5;2;x\n2,5;3;y\n",
    "quotes": PLAIN + b'"a ""b""",c,label\n"1","2","x, y"\n"3","4","z\nw"\n',
    "blanks": PLAIN + b"1  2 0\n3  4 1\n5  6 0\n",
    "bom": PLAIN + b"\xef\xbb\xbfa\tlabel\n1\tx\n2\ty\n",
    "utf16": PLAIN + "\ufeffa,label\n1,x\n2,y\n".encode("utf-16-le"),
    "r-names": PLAIN + b'"a","label"\n"1",5,"x"\n"2",6,"y"\n',
    "comments": PLAIN + b"# words\na,label\n1,x\n\n2,y\n",
    "pixels": PLAIN + b"label," + ",".join(f"pixel{j}" for j in range(4)).encode() + b"\n1,0,255,3,4\n0,9,8,7,6\n",
    "huge": PLAIN + b"a,label\n1e308,x\n-1e-320,y\n0x1p3,x\ninf,y\n",
    "thousands": PLAIN + b'a,label\n"1,234.5",x\n"2,000",y\n',
    "ragged": PLAIN + b"a,b,label\n1,2\n3,4,5,6\n",
    "truth": WORDS + b"a,b,label\nTrue,yes,x\nFalse,no,y\n",
    "dates": WORDS + b"when,label\n2020-01-02,x\n2021-03-04,y\n",
    "empty": PLAIN,
}
for name, data in csv.items():
    put("csv", name, data)

for name, data in {
    "plain": b"1 1:0.5 3:2\n-1 2:1\n1 3:4\n",
    "zero-based": b"0 0:1 5:2\n1 1:3\n",
    "comments": b"# made\n1 qid:3 1:0.5 # so\n2 qid:3 2:1\n",
    "wide": b"1 40000:1\n0 1:2\n",
    "claims": b"1 122222222:1\n0 1:1\n",
    "order": b"1 3:1 2:1\n",
    "twice": b"1 3:1 3:1\n",
    "labels": b"2.5 1:1\nx 1:2\n",
    "zero": b"1\n0\n",
}.items():
    put("svmlight", name, PLAIN + data)

head = "@relation r\n@attribute a numeric\n@attribute 'b c' {x, 'y z'}\n@attribute label {p,q}\n@data\n"
for name, data in {
    "dense": head + "1,x,p\n2,'y z',q\n?,x,p\n",
    "sparse": head + "{0 1, 2 q}\n{1 'y z'}\n",
    "weights": head + "1,x,p,{2}\n2,x,q\n",
    "strings": "@relation r\n@attribute s string\n@attribute d date 'yyyy'\n@attribute label {p,q}\n@data\n'a',2020,p\n'b',2021,q\n",
    "comments": "% c\n@RELATION r\n@ATTRIBUTE a REAL\n@ATTRIBUTE label {p,q}\n@DATA\n% c\n1,p\n2,q\n",
    "no-data": "@relation r\n@attribute a numeric\n",
}.items():
    put("arff", name, PLAIN + data.encode())
    put("arff", name + "-filled", WORDS + data.encode())


def npy(kind, shape, values, version=1, fortran=False):
    text = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (kind, fortran, shape)
    size = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + size + text.encode() + values


def pair(first, second):
    return struct.pack("<H", len(first)) + first + second


labels = npy("<i4", "(4,)", struct.pack("<4i", 0, 1, 0, 1))
for name, (x, y) in {
    "doubles": (npy("<f8", "(4, 2)", struct.pack("<8d", *range(8))), labels),
    "floats-fortran": (npy("<f4", "(4, 2)", struct.pack("<8f", *range(8)), fortran=True), labels),
    "bytes": (npy("|u1", "(4, 2, 2)", bytes(range(16)), version=2), npy("|u1", "(4,)", b"\0\1\0\1")),
    "big-endian": (npy(">i2", "(4, 1)", struct.pack(">4h", 1, 2, 3, 4)), npy(">i8", "(4,)", struct.pack(">4q", 0, 1, 0, 1))),
    "names": (npy("<f2", "(4, 1)", struct.pack("<4e", 1, 2, 3, 4)), npy("<U1", "(4,)", "abab".encode("utf-32-le"))),
    "bytes-names": (npy("|b1", "(4, 1)", b"\0\1\0\1"), npy("|S2", "(4,)", b"xxy\0xxy\0")),
    "object": (npy("|O", "(4,)", b""), labels),
    "nan": (npy("<f8", "(4, 1)", struct.pack("<4d", 1, float("nan"), 2, 3)), labels),
}.items():
    put("npy", name, pair(x, y))


def idx(kind, shape, body):
    return struct.pack(">BBBB", 0, 0, kind, len(shape)) + b"".join(struct.pack(">I", s) for s in shape) + body


put("idx", "images", pair(idx(8, (4, 2, 2), bytes(range(16))), idx(8, (4,), b"\0\1\0\1")))
put("idx", "short", pair(idx(8, (4, 2, 2), bytes(9)), idx(8, (4,), b"\0\1\0\1")))
put("idx", "claims", pair(idx(8, (1 << 31, 60000, 60000), b""), idx(8, (4,), b"\0\1\0\1")))
put("idx", "floats", pair(idx(13, (2, 2), bytes(16)), idx(8, (2,), b"\0\1")))

text = table.encode()
put("packed", "plain", text)
put("packed", "gzip", gzip.compress(text, mtime=0))
put("packed", "gzip-two", gzip.compress(text[:20], mtime=0) + gzip.compress(text[20:], mtime=0))
put("packed", "xz", lzma.compress(text, preset=0))
put("packed", "bzip2", bz2.compress(text, 1))
put("packed", "zstd", b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(text)) + struct.pack("<I", len(text) << 3 | 1)[:3] + text)
for name, kind in (("zip", zipfile.ZIP_DEFLATED), ("zip-stored", zipfile.ZIP_STORED)):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as z:
        z.writestr(zipfile.ZipInfo("data.csv"), text)
    put("packed", name, file.getvalue())
file = io.BytesIO()
with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as z:
    z.writestr(zipfile.ZipInfo("x.npy"), npy("<f8", "(4, 2)", struct.pack("<8d", *range(8))))
    z.writestr(zipfile.ZipInfo("y.npy"), labels)
put("packed", "npz", file.getvalue())
put("packed", "svmlight", b"1 1:0.5 3:2\n-1 2:1\n1 3:4\n")
put("packed", "arff", head + "1,x,p\n")


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(colour, depth, rows, extra=b"", interlaced=0, size=(2, 2)):
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlaced)) + extra +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


PNG, PGM = b"\0", b"\1"
put("picture", "grey", PNG + png(0, 8, b"\0\1\2\0\3\4"))
put("picture", "grey1", PNG + png(0, 1, b"\0\x80\0\x40"))
put("picture", "grey16", PNG + png(0, 16, b"\0\1\2\3\4\0\5\6\7\x08"))
put("picture", "colour", PNG + png(2, 8, b"\0\1\2\3\4\5\6\0\1\2\3\4\5\6"))
put("picture", "palette", PNG + png(3, 8, b"\0\0\1\0\1\0", chunk(b"PLTE", bytes(6)) + chunk(b"tRNS", b"\0")))
put("picture", "alpha", PNG + png(6, 8, b"\0" + bytes(8) + b"\0" + bytes(8)))
put("picture", "interlaced", PNG + png(0, 8, bytes(8), interlaced=1))
put("picture", "wide", PNG + png(0, 8, b"\0\1", size=(20000, 20000)))
put("picture", "p2", PGM + b"P2 2 2 255 1 0 0 9\n")
put("picture", "p5", PGM + b"P5\n# c\n2 2\n255\n\1\2\3\4")
put("picture", "p6", PGM + b"P6 2 2 65535 " + bytes(24))
put("picture", "p1", PGM + b"P1 2 2 1 0 0 1")

for i, line in enumerate(("lenet", "conv 8 3x3, relu, maxpool 2, flatten, dense 16, dropout 0.5, dense classes",
                          "residual (conv 4 3x3, batchnorm), globalavgpool, dense classes", "conv 4 3x3 stride 2 pad 1, tanh, flatten, dense classes",
                          "dense 99999999", "conv 0 0x0", "(((((", "conv 8 3x3 x 1000000")):
    put("net", str(i), line)

for i, value in enumerate((b"1", b"0.1,1,10", b"0.001:1000:log7", b"1:9:2", b"32,[512,512]", b"0.001:1000", b"1:9:lin", b"none",
                           b"1e400", b"nan", b"1:2:log999999999", b"[1,[2]]", b"-1,,", b"auto,scale", b"true,false")):
    for classifier in range(24):
        put("params", f"{i}-{classifier}", bytes([classifier, (classifier * 5 + i) % 16]) + value)

for i, experiment in enumerate((
        "data: synthetic:60\nrows:\n  - knn: {}\n",
        "title: T\ndata: synthetic:60\ntrain: 40\nvalidation: 20\nfolds: 3\nrepeats: 2\nseed: 7\nscale: standard\nmetric: f1_macro\n"
        "rows:\n  - svm: {C: [0.1, 1], gamma: '0.01:1:log3'}\n    name: x\n    published: {accuracy: 0.9}\n  - tree: {max_depth: [1, none]}\n",
        "rows:\n  - svm: [{kernel: linear, C: 1}, {kernel: rbf, gamma: [0.1, 1]}]\n  - mlp: {hidden_layer_sizes: [[8], [4, 4]]}\n",
        "rows: &a\n  - *a\n", "a: &a [x]\nb: *a\n<<: *a\n", "rows:\n  - {knn: {}, name: [1]}\n", "? [x]\n: y\n", "--- !!binary x\n",
        "search: random\ntrials: 5\nrows:\n  - logreg: {C: 0.01:100}\n", "search: halving\nrows:\n  - mlp: {max_iter: 9, alpha: 0.1:1:log3}\n",
        "train_sizes: 10:40:log3\ndata: synthetic:60\nrows: [majority: {}]\n",
        "quick: {train: 30}\ndata: synthetic:60\nrows:\n  - {sgd: {}, scale: minmax}\n")):
    put("experiment", str(i), experiment)

for i, text in enumerate((
        '{"KNeighborsClassifier": [{"n_neighbors": [1, 5], "weights": ["uniform", "distance"], "p": [1, 2]}]}',
        '{"SGDClassifier": [{"loss": ["hinge", "log", "modified_huber"]}, {"penalty": ["l1", "l2", "elasticnet"]}]}',
        '{"LogisticRegression": [{"C": [1, 10.5], "penalty": ["l2"], "multi_class": ["ovr"]}], "GaussianNB": [{"priors": [[0.1, 0.9]]}]}',
        '{"MLPClassifier": [{"activation": ["relu"], "hidden_layer_sizes": [[100], [100, 10]]}], "GaussianProcessClassifier": [{}]}',
        '{"RandomForestClassifier": {"n_estimators": 10}}', '{"a": [{"b": null}]}', "[]", "{", '{"SVC": [{"C": [[[[]]]]}]}',
        '{"SVC": [], "SVC": [{}]}')):
    put("baselines", str(i), '{"common": {}, "classifiers": %s}' % text)
put("baselines", "common", '{"common": {"random_state": [1], "n_jobs": [-1]}, "classifiers": {"SVC": [{"C": [1]}, {"kernel": ["rbf", "poly"]}]}}')
put("baselines", "other", '{"SVC": []}')

for name, text in {
    "plain": '{"format": "shortlist-estimate", "version": 1, "seconds": 3, "megabytes": 9, "units": [{"key": "a", "classifier": "svm", '
             '"row": "SVM", "seconds": 1.5, "megabytes": 8}, {"key": "b", "seconds": null, "megabytes": 9}]}',
    "others": '{"format": "shortlist-estimate", "version": 1, "units": [{"key": "c", "seconds": 1, "megabytes": null}]}',
    "negative": '{"format": "shortlist-estimate", "version": 1, "units": [{"key": "a", "seconds": -1, "megabytes": 1}]}',
    "huge": '{"format": "shortlist-estimate", "version": 1, "units": [{"key": "a", "seconds": 1e308, "megabytes": 0}, '
            '{"key": "b", "seconds": 1e308, "megabytes": 0}]}',
    "version": '{"format": "shortlist-estimate", "version": 2, "units": []}', "other": "[]", "none": "", "list": '{"units": 1}',
}.items():
    put("estimates", name, text)

root = "<svg viewBox=\"0 0 %s\" xmlns='http://www.w3.org/2000/svg'>"
for name, text in {
    "drawn": "<title>t</title><defs><circle id='gpDot' r='0.5'/><path id='gpPt0' d='M-1,0 h2'/></defs>"
             "<g id='g1' fill='none' stroke='black'><path d='M525.50,84.00 L1.250,0.0'/><use xlink:href='#gpPt0' transform='translate(1.0) scale(4.50)'/>"
             "<text xml:space='preserve'><tspan font-family='Arial' >0 &lt; 1</tspan></text></g>",
    "pixels": "<image x='0' y='1' width='2' height='3' xlink:href='data:image/png;base64,AA=='/>",
    "marks": "<defs><g id='gpA'><use xlink:href='#gpB'/></g><use id='gpB' xlink:href='#gpA'/></defs><use xlink:href='#gpA'/>",
    "none": "<g><g></g><path id='gpX' d='' transform='scale(0.00)'/></g>",
    "script": "<script>alert(1)</script>", "handler": "<g onload='x()'><path d=''/></g>", "style": "<path style='fill:url(x)' d=''/>",
    "fetches": "<image xlink:href='http://example.org/x.png'/>", "foreign": "<foreignObject><p/></foreignObject>",
    "quotes": "<path fill='\"><script>' d='M0 0'/>", "comment": "<!-- <script> --><rect x='1'/>", "open": "<g><g><path d='M0 0'",
    "closes": "</g></g>", "deep": "<g fill='none'>" * 70 + "<rect/>" + "</g>" * 70,
}.items():
    put("svg", name, root % "600 480" + text + "</svg>")
put("svg", "sizes", root % "-1 99999999999" + "<rect/></svg>")
put("svg", "empty", "")
