#!/usr/bin/env bash
# test_overlaps.sh - no text of a picture is cut or stands on another one: a few studies, each kind (overlaps.py --whole
# takes all of them).
if ! command -v gnuplot >/dev/null; then
  echo "skipped: gnuplot is not installed"
  exit 77
fi
PYTHONDONTWRITEBYTECODE=1 exec python3 "$SOURCE/tests/browser/overlaps.py"
