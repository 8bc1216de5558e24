//! The texts of queries in; the framework that spells like this, and what it calls the remedy, out.
//!
//! Recognition is by spelling alone and is only used for wording, never for a decision.

/// A mapper or framework, as far as its spelling gives it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orm {
    Django,
    SqlAlchemy,
    Rails,
    Hibernate,
    Prisma,
    Typeorm,
    Sequelize,
    Ecto,
    EfCore,
}

/// The first text that is recognised decides.
pub fn recognise<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<Orm> {
    texts.into_iter().find_map(one)
}

fn one(text: &str) -> Option<Orm> {
    let has = |part: &str| text.contains(part);
    if has("@__p_") || has("-- @p") {
        return Some(Orm::EfCore);
    }
    if has("1_0.") {
        return Some(Orm::Hibernate);
    }
    if has("0_.") && has(" as ") {
        return Some(Orm::Hibernate);
    }
    if has("\"public\".\"") && (has("OFFSET $") || has("WHERE 1=1") || has("(\"public\".")) {
        return Some(Orm::Prisma);
    }
    if has("0.\"") && (has(" AS u0") || has(" AS p0") || has(" AS o0") || alias_with_zero(text)) {
        return Some(Orm::Ecto);
    }
    if has("LIMIT 21") || has("\"__count\"") || has("SELECT 1 AS \"a\"") {
        return Some(Orm::Django);
    }
    if has("\".*") || has("1 AS one") || has("t0_r0") {
        return Some(Orm::Rails);
    }
    if has("\n") && (has("::BIGINT") || has("::INTEGER") || has("::VARCHAR") || underscored_alias(text)) {
        return Some(Orm::SqlAlchemy);
    }
    let quoted = has("\".\"");
    if quoted && has("_id\"") && has("\" AS \"") {
        return Some(if dotted_alias(text) { Orm::Sequelize } else { Orm::Typeorm });
    }
    // `SELECT "t"."a", "t"."b" FROM "t" WHERE "t"."a" = 1`: every column qualified by its quoted table and nothing renamed.
    (quoted && !has(" AS ") && has(" FROM \"") && has("SELECT \"")).then_some(Orm::Django)
}

/// `FROM "users" AS u0`: a letter and a number.
fn alias_with_zero(text: &str) -> bool {
    text.split(" AS ").skip(1).any(|rest| {
        let mut letters = rest.chars();
        letters.next().is_some_and(|c| c.is_ascii_lowercase()) && letters.next() == Some('0')
    })
}

/// `orders.id AS orders_id`
fn underscored_alias(text: &str) -> bool {
    text.split(" AS ").zip(text.split(" AS ").skip(1)).any(|(before, after)| {
        let column = before.rsplit([' ', '\n', ',']).next().unwrap_or_default();
        let alias = after.split([' ', '\n', ',']).next().unwrap_or_default();
        column.contains('.') && column.replace('.', "_") == alias
    })
}

/// `AS "posts.id"`
fn dotted_alias(text: &str) -> bool {
    text.split(" AS \"").skip(1).any(|rest| rest.split('"').next().is_some_and(|alias| alias.contains('.')))
}

impl Orm {
    pub fn name(self) -> &'static str {
        match self {
            Self::Django => "Django",
            Self::SqlAlchemy => "SQLAlchemy",
            Self::Rails => "Rails",
            Self::Hibernate => "Hibernate",
            Self::Prisma => "Prisma",
            Self::Typeorm => "TypeORM",
            Self::Sequelize => "Sequelize",
            Self::Ecto => "Ecto",
            Self::EfCore => "EF Core",
        }
    }

    /// How the framework loads a row that the parent's row points to.
    pub fn belongs_to(self) -> &'static str {
        match self {
            Self::Django => "select_related() on the parent's queryset",
            Self::SqlAlchemy => {
                "options(joinedload(…)) on the parent's query; raiseload(\"*\") shows where it is missing"
            }
            Self::Rails => {
                "includes(…) or preload(…) on the parent's relation; strict_loading shows where it is missing"
            }
            Self::Hibernate => "JOIN FETCH or @EntityGraph on the parent's query, or default_batch_fetch_size",
            Self::Prisma => "include: { … } on the parent's findMany",
            Self::Typeorm => "relations: { … } in the parent's find",
            Self::Sequelize => "include: […] in the parent's findAll",
            Self::Ecto => "preload on the parent's query",
            Self::EfCore => "Include(…) on the parent's query",
        }
    }

    /// How the framework loads the rows that point to the parent's row.
    pub fn collection(self) -> &'static str {
        match self {
            Self::Django => "prefetch_related(Prefetch(…)) on the parent's queryset",
            Self::SqlAlchemy => "options(selectinload(…)) on the parent's query",
            Self::Rails => "preload(…) on the parent's relation",
            Self::Hibernate => "@BatchSize or default_batch_fetch_size, or JOIN FETCH for one collection",
            Self::EfCore => "Include(…).AsSplitQuery() on the parent's query",
            other => other.belongs_to(),
        }
    }

    /// How the framework counts the rows that point to each parent.
    pub fn count(self) -> &'static str {
        match self {
            Self::Django => "annotate(Count(…)) on the parent's queryset",
            Self::Rails => "a counter cache, or one grouped count for all parents",
            Self::SqlAlchemy => "one grouped count for all parents, or a column_property",
            Self::Hibernate => "@Formula, or one grouped count for all parents",
            Self::Prisma => "include: { _count: … } on the parent's findMany",
            Self::Typeorm => "loadRelationCountAndMap on the parent's query",
            _ => "one grouped count for all parents",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_spelling() {
        let known = [
            ("SELECT \"a\".\"id\" FROM \"a\" WHERE \"a\".\"id\" = 1 LIMIT 21", Some(Orm::Django)),
            ("\nSELECT o.id AS o_id FROM o\nWHERE $1::BIGINT = o.id", Some(Orm::SqlAlchemy)),
            ("SELECT \"users\".* FROM \"users\" WHERE \"users\".\"id\" = $1 LIMIT $2", Some(Orm::Rails)),
            ("select b1_0.id,b1_0.name from book b1_0 where b1_0.id=$1", Some(Orm::Hibernate)),
            ("SELECT u0.\"id\" FROM \"users\" AS u0 WHERE (u0.\"id\" = $1)", Some(Orm::Ecto)),
            ("SELECT \"U\".\"id\" AS \"U_id\", \"U\".\"a\" AS \"U_a\" FROM \"users\" \"U\"", Some(Orm::Typeorm)),
            ("SELECT id, name FROM products WHERE id = 5", None),
        ];
        for (text, orm) in known {
            assert_eq!(recognise([text]), orm, "{text}");
        }
    }
}
