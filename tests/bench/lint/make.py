#!/usr/bin/env python3
"""Writes folders of migrations for the yardsticks of `sqlsift lint`; the same bytes for the same arguments.

    make.py repository FOLDER      some 300 migrations as teams keep them: new tables above all, each with its down script
    make.py files FOLDER [COUNT]   small files in one folder, 3,500 unless given, together about 4 MB
    make.py single FILE [MB]       one file, 4 MB unless given
"""

import pathlib
import random
import sys

NOUNS = """account invoice payment refund ledger voucher coupon order basket parcel shipment carrier depot supplier product
variant bundle price discount tax currency customer address contact consent device session token membership team role grant_entry
project task comment attachment label board sprint milestone release build artifact deployment incident alert schedule shift leave
payslip contract clause signature template campaign audience segment message delivery bounce click landing form answer survey
question reward badge streak event ticket venue seat section performer booking guest room rate season channel listing review photo
video caption playlist track album artist royalty license region district route stop vehicle driver trip fare meter reading
tariff outage crew asset lease warranty claim policy premium broker quote endorsement exposure peril loss reserve subrogation""".split()
WORDS = "title note status state code kind origin reference locale summary owner source weight amount quantity position color".split()
FLAGS = "archived hidden pinned verified locked billable taxable public".split()


class History:
    """Tables so far, and the next migration as (name, up, down, transactional)."""

    def __init__(self, prefix, seed):
        self.random = random.Random(seed)
        self.prefix = prefix
        self.tables = []
        self.columns = {}
        self.made = 0

    def column(self):
        word = self.random.choice(WORDS)
        return self.random.choice([
            f"{word} text NOT NULL",
            f"{word} text",
            f"{word} varchar(120) NOT NULL",
            f"{word} integer NOT NULL DEFAULT 0",
            f"{word} numeric(12,2)",
            f"is_{self.random.choice(FLAGS)} boolean NOT NULL DEFAULT false",
            f"{word}_at timestamptz",
            f"{word}_at timestamp NOT NULL DEFAULT now()",
            "payload jsonb",
        ])

    def create(self):
        self.made += 1
        noun = NOUNS[self.made % len(NOUNS)]
        lap = self.made // len(NOUNS)
        name = f"{self.prefix}_{noun}s" + (f"_{lap}" if lap else "")
        # Not two columns of one name.
        columns = {definition.split()[0]: definition for definition in (self.column() for _ in range(6))}
        parents = self.random.sample(self.tables, min(len(self.tables), self.random.randint(0, 2)))
        key = self.random.choice(["id bigserial PRIMARY KEY", "id uuid PRIMARY KEY DEFAULT gen_random_uuid()",
                                  "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "id serial PRIMARY KEY"])
        lines = [key]
        for parent in parents:
            # Keys are of the type of the parent's.
            lines.append(f"{parent[len(self.prefix) + 1:-1]}_id {self.columns[parent]['id']} NOT NULL REFERENCES {parent} (id)")
        lines += columns.values()
        lines += ["created_at timestamptz NOT NULL DEFAULT now()", "updated_at timestamptz"]
        type_of_key = {"bigserial": "bigint", "serial": "integer"}.get(key.split()[1], key.split()[1])
        up = [f"CREATE TABLE {name} (\n    " + ",\n    ".join(lines) + "\n)"]
        for parent in parents:
            reference = f"{parent[len(self.prefix) + 1:-1]}_id"
            up.append(f"CREATE INDEX {name}_{reference}_idx ON {name} ({reference})")
        some = self.random.choice(list(columns))
        up.append(f"CREATE INDEX {name}_{some}_created_idx ON {name} ({some}, created_at)")
        if self.random.random() < 0.3:
            up.append(f"ALTER TABLE {name} ADD CONSTRAINT {name}_updated_check CHECK (updated_at >= created_at)")
        if self.random.random() < 0.25:
            up.append(f"CREATE UNIQUE INDEX {name}_{some}_key ON {name} ({some}, id)")
        if self.random.random() < 0.2:
            up.append(f"COMMENT ON TABLE {name} IS 'One row a {noun}.'")
        self.tables.append(name)
        self.columns[name] = {"id": type_of_key, **columns}
        return f"create_{noun}s", up, [f"DROP TABLE {name}"], True

    def old(self):
        """A table that stood before, and one of its columns."""
        table = self.random.choice(self.tables[: -1] or self.tables)
        return table, self.random.choice([name for name in self.columns[table] if name != "id"])

    def number(self):
        self.made_columns = getattr(self, "made_columns", 0) + 1
        return self.made_columns

    def add_column(self):
        table, _ = self.old()
        name = f"{self.random.choice(WORDS)}_{self.number()}"
        kind = self.random.choice(["text", "boolean NOT NULL DEFAULT false", "bigint", "timestamptz", "text DEFAULT ''"])
        self.columns[table][name] = f"{name} {kind}"
        return (f"{table}_{name}", [f"ALTER TABLE {table} ADD COLUMN {name} {kind}"], [f"ALTER TABLE {table} DROP COLUMN {name}"], True)

    def add_index_safely(self):
        table, column = self.old()
        name = f"{table}_{column}_{self.number()}_idx"
        return (name, [f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} ({column})"],
                [f"DROP INDEX CONCURRENTLY IF EXISTS {name}"], False)

    def add_check_safely(self):
        table, column = self.old()
        name = f"{table}_{column}_{self.number()}_set"
        return (name, [f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID"],
                [f"ALTER TABLE {table} DROP CONSTRAINT {name}"], True)

    def set_default(self):
        table, _ = self.old()
        return (f"{table}_touch", [f"ALTER TABLE {table} ALTER COLUMN updated_at SET DEFAULT now()"],
                [f"ALTER TABLE {table} ALTER COLUMN updated_at DROP DEFAULT"], True)

    def dangerous(self):
        table, column = self.old()
        number = self.number()
        definition = self.columns[table][column]
        kinds = ["index", "unique", "check", "drop_column", "rename", "required"]
        if "NOT NULL" not in definition:
            kinds.append("not_null")
        if " varchar" in definition:
            kinds.append("type")
        kind = self.random.choice(kinds)
        if kind == "index":
            return (f"{table}_lookup_{number}", [f"CREATE INDEX {table}_lookup_{number} ON {table} ({column})"],
                    [f"DROP INDEX {table}_lookup_{number}"], True)
        if kind == "unique":
            return (f"{table}_unique_{number}", [f"ALTER TABLE {table} ADD CONSTRAINT {table}_unique_{number} UNIQUE (id, {column})"],
                    [f"ALTER TABLE {table} DROP CONSTRAINT {table}_unique_{number}"], True)
        if kind == "check":
            return (f"{table}_check_{number}",
                    [f"ALTER TABLE {table} ADD CONSTRAINT {table}_check_{number} CHECK (created_at > '2001-01-01')"],
                    [f"ALTER TABLE {table} DROP CONSTRAINT {table}_check_{number}"], True)
        if kind == "drop_column":
            del self.columns[table][column]
            return (f"{table}_drop_{column}", [f"ALTER TABLE {table} DROP COLUMN {column}"],
                    [f"ALTER TABLE {table} ADD COLUMN {definition.replace(' NOT NULL', '')}"], True)
        if kind == "not_null":
            self.columns[table][column] = f"{definition} NOT NULL"
            return (f"{table}_require_{column}", [f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"],
                    [f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL"], True)
        if kind == "rename":
            new = f"{column}_{number}"
            self.columns[table][new] = self.columns[table].pop(column).replace(column, new, 1)
            return (f"{table}_rename_{column}", [f"ALTER TABLE {table} RENAME COLUMN {column} TO {new}"],
                    [f"ALTER TABLE {table} RENAME COLUMN {new} TO {column}"], True)
        if kind == "type":
            self.columns[table][column] = definition.replace("varchar(120)", "varchar(60)")
            return (f"{table}_shorten_{column}", [f"ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(60)"],
                    [f"ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar(120)"], True)
        name = f"must_{number}"
        self.columns[table][name] = f"{name} text NOT NULL"
        return (f"{table}_{name}", [f"ALTER TABLE {table} ADD COLUMN {name} text NOT NULL"],
                [f"ALTER TABLE {table} DROP COLUMN {name}"], True)

    def next(self):
        if len(self.tables) < 3:
            return self.create()
        kinds = [self.create, self.add_column, self.add_index_safely, self.add_check_safely, self.set_default, self.dangerous]
        return self.random.choices(kinds, [72, 9, 5, 3, 3, 8])[0]()


def text(statements):
    return "".join(f"{statement};\n" for statement in statements)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def repository(folder):
    """Three services, each with a framework and a database of its own."""
    history = History("billing", 1)
    for number in range(1, 121):
        name, up, down, _ = history.next()
        at = folder / "billing/migrations"
        write(at / f"{number:06}_{name}.up.sql", text(up))
        write(at / f"{number:06}_{name}.down.sql", text(down))
    history = History("stock", 2)
    write(folder / "stock/diesel.toml", '[migrations_directory]\ndir = "migrations"\n')
    for number in range(1, 101):
        name, up, down, transactional = history.next()
        at = folder / f"stock/migrations/2024-{1 + number // 28:02}-{1 + number % 28:02}-{number:06}_{name}"
        write(at / "up.sql", text(up))
        write(at / "down.sql", text(down))
        if not transactional:
            write(at / "metadata.toml", "run_in_transaction = false\n")
    history = History("mail", 3)
    for number in range(1, 81):
        name, up, down, transactional = history.next()
        head = "" if transactional else "-- +goose NO TRANSACTION\n"
        content = f"{head}-- +goose Up\n{text(up)}\n-- +goose Down\n{text(down)}"
        write(folder / f"mail/migrations/{20240101000000 + number}_{name}.sql", content)


def files(folder, count):
    """One history, a file a migration; as many statements a file as make 1.1 KB."""
    history = History("app", 4)
    for number in range(1, count + 1):
        content = ""
        while len(content) < 850:
            content += text(history.next()[1])
        write(folder / f"V{number}__step.sql", content)


def single(path, megabytes):
    history = History("app", 5)
    parts, size = [], 0
    while size < megabytes * 1_000_000:
        parts.append(text(history.next()[1]))
        size += len(parts[-1])
    write(path, "".join(parts))


def main(arguments):
    match arguments:
        case ["repository", folder]:
            repository(pathlib.Path(folder))
        case ["files", folder, *count]:
            files(pathlib.Path(folder), int(count[0]) if count else 3500)
        case ["single", path, *size]:
            single(pathlib.Path(path), float(size[0]) if size else 4)
        case _:
            sys.exit(__doc__)


main(sys.argv[1:])
