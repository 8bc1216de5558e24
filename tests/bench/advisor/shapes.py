"""Shapes of queries that need one kind of index each: are they served as well as by the index that was made for them?

Every set is really built in the database given, planned, and dropped again; nothing of it stays. Needs psql."""

import argparse
import json
import re

from judge import psql

CLEAR = """DO $$ DECLARE i text; BEGIN FOR i IN SELECT indexrelid::regclass FROM pg_index WHERE indexrelid::regclass::text ~ '^(public\\.)?"?(built|tried)_'
LOOP EXECUTE 'DROP INDEX ' || i; END LOOP; END $$;"""


def shapes(path):
    """(name, indexes, word of the reason or None, statement) of each: where no index can be told, a reason is as good."""
    text = open(path, encoding="utf-8").read()
    for part in re.split(r"(?m)^-- (?=\w+ \|)", text)[1:]:
        head, statement = part.split("\n", 1)
        name, indexes = head.split(" | ")
        indexes = indexes.split(" & ")
        reasons = [one for one in indexes if one.startswith("reason")]
        word = reasons[0].partition(":")[2].strip() if reasons else None
        yield name, [one for one in indexes if one not in reasons], word, statement.strip().rstrip(";")


def named(ddl, name):
    return re.sub(r"(?i)^create (unique )?index (concurrently )?(if not exists )?(\"?[\w.$]+\"? )?on ", f"CREATE INDEX {name} ON ", ddl)


def plain(ddl):
    return re.sub(r"\s|public\.", "", re.sub(r"(?i)^create index (concurrently )?(\S+ )?on ", "", ddl)).lower()


def planned(statements):
    return "".join(f"\\echo plan\nEXPLAIN (FORMAT JSON) {statement};\n" for statement in statements)


def plans(told):
    return [json.loads(part)[0]["Plan"] for part in told.split("plan\n")[1:]]


def used(tree):
    found = {tree["Index Name"]} if "Index Name" in tree else set()
    return found.union(*(used(child) for child in tree.get("Plans", [])))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--db", required=True)
    parser.add_argument("--shapes", required=True)
    parser.add_argument("--write", help="folder for one file a query, and nothing else is done")
    parser.add_argument("--ddl", help="script of CREATE INDEX statements to judge")
    parser.add_argument("--report", help="report of sqlsift with the reasons for what is not served")
    arguments = parser.parse_args()
    asked = list(shapes(arguments.shapes))
    if arguments.write:
        for name, _, _, statement in asked:
            open(f"{arguments.write}/{name}.sql", "w", encoding="utf-8").write(statement + ";\n")
        return
    statements = [statement for _, _, _, statement in asked]
    report = json.load(open(arguments.report, encoding="utf-8")) if arguments.report else {}
    unserved = [one["reason"] for one in report.get("index_set", {}).get("unserved", [])]
    psql(arguments.db, CLEAR)
    bare = plans(psql(arguments.db, planned(statements)))
    ideal = []
    for _, indexes, _, statement in asked:
        made = "".join(f"{named(ddl, f'built_{at}')};\n" for at, ddl in enumerate(indexes))
        tables = {re.search(r" ON (\w+)", ddl).group(1) for ddl in indexes}
        analyze = "".join(f"ANALYZE {table};\n" for table in sorted(tables)) if "((" in made or "(" in made.replace("USING", "") else ""
        ideal += plans(psql(arguments.db, made + analyze + planned([statement])))
        psql(arguments.db, CLEAR)
    script = re.sub(r"--[^\n]*", "", open(arguments.ddl, encoding="utf-8").read())
    ddls = [" ".join(part.split()) for part in script.split(";") if re.match(r"(?i)\s*create (unique )?index", part)]
    ddls = [re.sub(r"(?i) on only ", " ON ", ddl) for ddl in ddls if not re.search(r"(?i) on (only )?\S*measurements_\d", ddl)]
    made = "".join(f"{named(ddl, f'tried_{at}')};\n" for at, ddl in enumerate(ddls))
    told = plans(psql(arguments.db, made + "ANALYZE;\n" + planned(statements)))
    sizes = psql(arguments.db, "SELECT sum(pg_relation_size(i.indexrelid)) FROM pg_index i WHERE indexrelid::regclass::text LIKE 'tried%';")
    missed, reasons = 0, 0
    for (name, indexes, word, _), before, best, after in zip(asked, bare, ideal, told):
        costs = [tree["Total Cost"] for tree in (before, best, after)]
        # As good as the index made for it, or most of the way: nothing is left to gain that anybody notices.
        met = costs[2] <= costs[1] * 1.3 + 30 or costs[2] <= costs[1] + 0.03 * costs[0]
        got = [ddls[int(index.split("_")[1])] for index in sorted(used(after)) if index.startswith("tried_")]
        # The same index: the rest is chance of the statistics.
        met = met if indexes else False
        met = met or bool(indexes) and all(any(plain(ddl) in plain(one) for one in got) for ddl in indexes)
        if not met and word is not None:
            met = any(word in reason for reason in unserved)
            reasons += met
        missed += not met
        line = f"{'ok  ' if met else 'MISS'} {name:24}{costs[0]:12.0f}{costs[1]:12.0f}{costs[2]:12.0f}"
        print(line + ("" if met else f"   wanted {' & '.join(indexes)}\n{'':30}got {got}"))
    psql(arguments.db, CLEAR)
    total = [sum(tree["Total Cost"] for tree in trees) for trees in (bare, ideal, told)]
    print(f"{len(asked) - missed - reasons} of {len(asked)} shapes have their index, {reasons} a reason; cost {total[0]:.0f}, with each one's own {total[1]:.0f}, "
          f"with the set {total[2]:.0f}; {len(ddls)} indexes, {int(sizes or 0) / 1e6:.0f} MB built")


if __name__ == "__main__":
    main()
