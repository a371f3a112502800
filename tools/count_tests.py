# SPDX-License-Identifier: Apache-2.0
"""Prints `N passed, N failed` for a testlog.json of Meson, counting cmocka's test functions.

A program that is not written with cmocka counts as one test, and so does one that ended badly
without saying which of its functions failed.
"""
import json
import re
import sys

OK = re.compile(r"^\[       OK \]", re.M)
SKIPPED = re.compile(r"^\[  SKIPPED \] \w+$", re.M)
FAILED = re.compile(r"^\[  FAILED  \] (\d+) test\(s\)", re.M)


def count(record):
    text = record.get("stdout", "") + record.get("stderr", "")
    passed = len(OK.findall(text))
    failed = sum(int(n) for n in FAILED.findall(text))
    skipped = len(set(SKIPPED.findall(text)))
    result = record["result"]
    if result in ("OK", "EXPECTEDFAIL"):
        passed = max(passed, 0 if skipped else 1)
    elif result == "SKIP":
        skipped = max(skipped, 1)
    else:
        failed = max(failed, 1)
    return passed, failed, skipped


def main(path):
    with open(path, encoding="utf-8") as lines:
        totals = [sum(column) for column in zip(*(count(json.loads(line)) for line in lines))]
    passed, failed, skipped = totals or (0, 0, 0)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
