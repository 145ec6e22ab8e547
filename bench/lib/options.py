"""Command-line options that the programs in bench/ share, and how they end."""
import argparse
import os
import sys

from . import rows

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def count(text):
    """A whole number >= 1."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number >= 1")
    return value


def rows_epilog(tables=False):
    others = ", ".join(row.key for row in rows.ROWS if not row.core and (tables or not row.table))
    return f"rows: {', '.join(rows.SEVEN)} (the seven, default); beside them {others}"


def add(parser, repeats):
    """repeats: (option, default, help) of the number of runs."""
    parser.add_argument("--rows", metavar="A,B", help="which rows")
    parser.add_argument("--data", default="fashion-mnist", help="data set (default fashion-mnist)")
    parser.add_argument("--validation", type=count, default=10000, metavar="N", help="validation rows (default 10000)")
    parser.add_argument(repeats[0], type=count, default=repeats[1], metavar="N", help=repeats[2])
    add_common(parser)


def add_common(parser):
    """What all programs take."""
    parser.add_argument("--threads", type=count, metavar="N", help="threads (default: all cores)")
    parser.add_argument("--build", metavar="DIR", default=os.path.join(ROOT, "build", "bench"),
                        help="build folder (default build/bench)")
    parser.add_argument("--json", metavar="FILE", help="write everything as JSON ('-': to stdout, and no tables)")


def finish(parser, find=lambda args: rows.find(args.rows, tables=False)):
    """find: the rows that the arguments name."""
    args = parser.parse_args()
    try:
        args.row_list = find(args)
    except ValueError as error:
        parser.error(str(error))
    args.build = os.path.abspath(args.build)
    return args


def keep(args, report):
    """Writes the file of --json, if there is one, whole or not at all."""
    import json
    if not args.json or args.json == "-":
        return
    part = args.json + ".part"
    with open(part, "w", encoding="utf-8") as f:
        f.write(json.dumps(report, indent=1) + "\n")
    os.replace(part, args.json)


def write(args, report, text):
    """The report as text, as JSON, or both."""
    if args.json == "-":
        import json
        print(json.dumps(report, indent=1))
        return
    keep(args, report)
    print(text, end="")


def run(main):
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
