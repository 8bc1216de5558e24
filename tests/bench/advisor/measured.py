"""A set of indexes as it really is: every query with and without it in turns, by EXPLAIN ANALYZE.

The indexes are built in the database given (a copy that nobody else uses) and dropped in the end; a run without them drops them in a
transaction that is rolled back. Needs psql."""

import argparse
import json
import os
import re
import statistics
import sys

from judge import psql


def timed(text):
    return float(json.loads(text)[0]["Execution Time"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--db", required=True)
    parser.add_argument("--ddl", required=True, help="script of CREATE INDEX statements")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("queries", nargs="+")
    arguments = parser.parse_args()
    script = re.sub(r"--[^\n]*", "", open(arguments.ddl, encoding="utf-8").read())
    ddls = [part.strip() for part in script.split(";") if re.match(r"(?i)\s*create (unique )?index", part)]
    names = [re.match(r"(?i)create (?:unique )?index (?:concurrently )?(?:if not exists )?(\S+)", ddl).group(1) for ddl in ddls]
    psql(arguments.db, "".join(f"{ddl};\n" for ddl in ddls) + "ANALYZE;\n")
    drop = f"DROP INDEX {', '.join(names)};\n"
    slower, totals = 0, [0.0, 0.0]
    try:
        for path in arguments.queries:
            query = open(path, encoding="utf-8").read().strip().rstrip(";")
            explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query};\n"
            told = ([], [])
            for run in range(arguments.runs + 1):
                without = timed(psql(arguments.db, f"BEGIN;\n{drop}{explain}ROLLBACK;\n"))
                with_set = timed(psql(arguments.db, explain))
                # The first of each fills the cache.
                if run > 0:
                    told[0].append(without)
                    told[1].append(with_set)
            before, after = (statistics.median(times) for times in told)
            worse = after > before * 1.1 and after > before + 20
            slower += worse
            totals[0] += before
            totals[1] += after
            print(f"{os.path.basename(path):24}{before:10.0f} ms{after:10.0f} ms{'   SLOWER' if worse else ''}", flush=True)
    finally:
        psql(arguments.db, drop)
    print(f"{len(ddls)} indexes; in all {totals[0]:.0f} ms without, {totals[1]:.0f} ms with them; {slower} slower by 10 % and 20 ms")
    sys.exit(1 if slower or totals[1] >= totals[0] else 0)


if __name__ == "__main__":
    main()
