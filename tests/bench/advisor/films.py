"""Writes queries over the film database: films.py FOLDER [NUMBER]. Each joins 4 to 17 tables around `title` and takes the least of a few columns,
with conditions on the small tables at the edge; joins that follow from others are written out, as people do. The same in every run."""

import random
import sys

# Part: tables with aliases, joins, conditions to choose from, column shown, what its film id is called (if it has one).
PARTS = {
    "cast": (["cast_info AS ci", "name AS n"], ["n.id = ci.person_id"],
             ["ci.note IN ('(voice)', '(voice: English version)')", "n.gender = 'f'", "n.name LIKE '%Ang%'", "n.name LIKE 'B%'", "ci.nr_order < 3"], "n.name", "ci"),
    "role": (["role_type AS rt"], ["rt.id = ci.role_id"], ["rt.role = 'actress'", "rt.role IN ('writer', 'director')"], None, None),
    "character": (["char_name AS chn"], ["chn.id = ci.person_role_id"], ["chn.name LIKE '%Tony%'", "chn.name = 'Queen'", "chn.name IS NOT NULL"], "chn.name", None),
    "alias": (["aka_name AS an"], ["an.person_id = n.id", "an.person_id = ci.person_id"], ["an.name LIKE '%a%'", "an.name LIKE 'x%'"], "an.name", None),
    "person": (["person_info AS pi", "info_type AS it3"], ["pi.person_id = n.id", "it3.id = pi.info_type_id"],
               ["it3.info = 'mini biography'", "pi.note = 'Volker Boehm'", "it3.info = 'trivia'"], "pi.info", None),
    "info": (["movie_info AS mi", "info_type AS it1"], ["it1.id = mi.info_type_id"],
             ["it1.info = 'release dates'", "mi.info IN ('Horror', 'Thriller', 'Action')", "mi.info LIKE 'Japan:%200%'", "it1.info = 'genres'",
              "mi.note LIKE '%internet%'", "mi.info IN ('Sweden', 'Germany', 'Danish', 'Bulgaria', 'English')"], "mi.info", "mi"),
    "index": (["movie_info_idx AS mi_idx", "info_type AS it2"], ["it2.id = mi_idx.info_type_id"],
              ["it2.info = 'rating'", "mi_idx.info > '8.0'", "it2.info = 'top 250 rank'", "it2.info = 'votes'", "mi_idx.info < '3.0'"], "mi_idx.info", "mi_idx"),
    "company": (["movie_companies AS mc", "company_name AS cn"], ["cn.id = mc.company_id"],
                ["cn.country_code = '[us]'", "cn.country_code <> '[pl]'", "mc.note LIKE '%(USA)%'", "cn.name LIKE 'Lionsgate%'", "mc.note IS NULL",
                 "(cn.name LIKE '%Film%' OR cn.name LIKE '%Warner%')"], "cn.name", "mc"),
    "company_type": (["company_type AS ct"], ["ct.id = mc.company_type_id"], ["ct.kind = 'production companies'", "ct.kind <> 'distributors'"], None, None),
    "keyword": (["movie_keyword AS mk", "keyword AS k"], ["k.id = mk.keyword_id"],
                ["k.keyword = 'character-name-in-title'", "k.keyword IN ('superhero', 'sequel', 'marvel-comics', 'violence')", "k.keyword LIKE '%sequel%'",
                 "k.keyword = 'keyword-4711'"], "k.keyword", "mk"),
    "link": (["movie_link AS ml", "link_type AS lt"], ["lt.id = ml.link_type_id"], ["lt.link LIKE '%follow%'", "lt.link = 'features 5'"], "lt.link", "ml"),
    "linked": (["title AS t2"], ["t2.id = ml.linked_movie_id"], ["t2.production_year BETWEEN 2000 AND 2010", "t2.title LIKE '%Dragon%'"], "t2.title", None),
    "complete": (["complete_cast AS cc", "comp_cast_type AS cct1", "comp_cast_type AS cct2"], ["cct1.id = cc.subject_id", "cct2.id = cc.status_id"],
                 ["cct1.kind = 'cast'", "cct2.kind LIKE '%complete%'"], None, "cc"),
    "also": (["aka_title AS at"], [], ["at.title LIKE '%a1%'", "at.production_year > 2000"], "at.title", "at"),
    "kind": (["kind_type AS kt"], ["kt.id = t.kind_id"], ["kt.kind = 'movie'", "kt.kind IN ('tv series', 'episode')"], None, None),
}
NEEDS = {"role": "cast", "character": "cast", "alias": "cast", "person": "cast", "company_type": "company", "linked": "link"}
OF_FILM = ["t.production_year > 2005", "t.production_year BETWEEN 1990 AND 2000", "t.title LIKE '%Champion%'", "t.title LIKE 'Kung Fu%'", "t.production_year = 1998",
           "t.episode_nr < 10"]


def some(dice, conditions, number):
    """So many, or fewer: one for each column."""
    by_column = {condition.strip("(").split()[0]: condition for condition in dice.sample(conditions, number)}
    return list(by_column.values())


def query(dice):
    most = dice.choice([4, 5, 5, 6, 7, 8, 8, 9, 10, 12, 14, 17])
    chosen, tables = [], 1
    while True:
        open_parts = [p for p in PARTS if p not in chosen and NEEDS.get(p, p) in chosen + [p] and tables + len(PARTS[p][0]) <= most]
        if not open_parts:
            break
        part = dice.choice(open_parts)
        chosen.append(part)
        tables += len(PARTS[part][0])
    sources, joins, conditions, shown, films = ["title AS t"], [], [], ["t.title"], []
    for part in chosen:
        its_sources, its_joins, its_conditions, column, film = PARTS[part]
        sources += its_sources
        joins += its_joins
        conditions += some(dice, its_conditions, dice.choice([0, 1, 1, 2]) if len(its_conditions) > 1 else 1)
        if column and dice.random() < 0.4:
            shown.append(column)
        if film:
            joins.append(f"{film}.movie_id = t.id")
            joins += [f"{film}.movie_id = {other}.movie_id" for other in films]
            films.append(film)
    conditions += some(dice, OF_FILM, dice.choice([0, 1, 1, 2]))
    selected = ",\n       ".join(f"MIN({column}) AS c{at}" for at, column in enumerate(shown))
    return f"SELECT {selected}\nFROM " + ",\n     ".join(sources) + "\nWHERE " + "\n  AND ".join(conditions + joins) + ";\n"


def main():
    folder, number = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 113
    dice = random.Random(113)
    for at in range(1, number + 1):
        open(f"{folder}/f{at:03}.sql", "w", encoding="utf-8").write(query(dice))


main()
