//! A word in, the keyword it is out: only the words that the lexer, the fingerprint and the token-level facts
//! decide on.

macro_rules! keywords {
    ($($name:ident $text:literal,)*) => {
        /// A keyword that something in this folder decides on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Keyword {
            /// Any other word, or no word at all.
            None,
            $(#[doc = $text] $name,)*
        }

        const NAMES: &[(&str, Keyword)] = &[$(($text, Keyword::$name),)*];
    };
}

keywords! {
    Abort "abort", All "all", Alter "alter", Analyze "analyze", And "and", Any "any", Array "array", As "as",
    Asc "asc", Atomic "atomic", Backward "backward", Begin "begin", Between "between", Bit "bit", By "by",
    Call "call", Case "case", Cast "cast", Char "char", Character "character", Checkpoint "checkpoint",
    Close "close", Cluster "cluster", Collate "collate", Comment "comment", Commit "commit",
    Conflict "conflict", Copy "copy", Create "create", Cross "cross", Current "current", Cursor "cursor",
    Deallocate "deallocate", Dec "dec", Decimal "decimal", Declare "declare", Default "default",
    Delete "delete", Desc "desc", Discard "discard", Distinct "distinct", Do "do", Drop "drop", Else "else",
    End "end", Except "except", Execute "execute", Exists "exists", Explain "explain", False "false",
    Fetch "fetch", Filter "filter", First "first", Float "float", For "for", Forward "forward", From "from",
    Full "full", Function "function", Grant "grant", Group "group", Groups "groups", Halfvec "halfvec",
    Having "having", Ilike "ilike", In "in", Inner "inner", Insert "insert", Intersect "intersect",
    Interval "interval", Into "into", Is "is", Join "join", Lateral "lateral", Left "left", Like "like",
    Limit "limit", Listen "listen", Lock "lock", Materialized "materialized", Merge "merge", Move "move",
    Natural "natural", Nchar "nchar", Next "next", Not "not", Nothing "nothing", Notify "notify", Null "null",
    Nulls "nulls", Numeric "numeric", Of "of", Offset "offset", On "on", Only "only", Or "or", Order "order",
    Outer "outer", Over "over", Partition "partition", Prepare "prepare", Procedure "procedure",
    Range "range", Reassign "reassign", Recursive "recursive", References "references", Refresh "refresh",
    Reindex "reindex", Release "release", Reset "reset", Return "return", Returning "returning",
    Revoke "revoke", Right "right", Rollback "rollback", Row "row", Rows "rows", Savepoint "savepoint",
    Security "security", Select "select", Set "set", Show "show", Similar "similar", Some "some",
    Start "start", Table "table", Then "then", Time "time", Timestamp "timestamp",
    Timestamptz "timestamptz", Timetz "timetz", To "to", Transaction "transaction", True "true",
    Truncate "truncate", Union "union", Unlisten "unlisten", Update "update", Using "using",
    Vacuum "vacuum", Values "values", Varbit "varbit", Varchar "varchar", Varying "varying",
    Vector "vector", Verbose "verbose", View "view", When "when", Where "where", Window "window",
    With "with", Within "within", Work "work", Bpchar "bpchar", Absolute "absolute", Relative "relative",
    Prior "prior", Last "last", Escape "escape", Symmetric "symmetric", Tablesample "tablesample",
    Foreign "foreign", Index "index", Import "import", Load "load", Ordinality "ordinality", Key "key",
    No "no", Operator "operator", Variadic "variadic", Share "share", Nowait "nowait", Skip "skip",
    Exclude "exclude", Search "search", Cycle "cycle", Overriding "overriding", Extract "extract",
    Date "date", Unique "unique", Isnull "isnull", Notnull "notnull", Constraint "constraint",
    If "if", Both "both", Leading "leading", Trailing "trailing", Unlogged "unlogged", Temporary "temporary", Temp "temp", Sequence "sequence",
}

/// Longer words are no keywords of ours.
const LONGEST: usize = 12;
const SLOTS: usize = 1024;

/// A word of 1 to [`LONGEST`] bytes as two overlapping numbers; unique together with its length.
type Packed = (u64, u64);

#[inline(always)]
const fn little_endian(word: &[u8], from: usize, count: usize) -> u64 {
    let mut number = 0;
    let mut index = 0;
    while index < count {
        number |= (word[from + index] as u64) << (8 * index);
        index += 1;
    }
    number
}

#[inline(always)]
const fn packed(word: &[u8]) -> Packed {
    let length = word.len();
    if length >= 8 {
        (little_endian(word, 0, 8), little_endian(word, length - 8, 8))
    } else if length >= 4 {
        (little_endian(word, 0, 4), little_endian(word, length - 4, 4))
    } else {
        (little_endian(word, 0, length), 0)
    }
}

#[inline(always)]
const fn slot_of((low, high): Packed, length: usize) -> usize {
    let mixed = (low ^ high.rotate_left(23) ^ ((length as u64) << 56)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 54) as usize % SLOTS
}

/// Index into [`NAMES`] plus one, by slot.
const TABLE: [u8; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut index = 0;
    while index < NAMES.len() {
        let word = NAMES[index].0.as_bytes();
        let mut slot = slot_of(packed(word), word.len());
        while table[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = index as u8 + 1;
        index += 1;
    }
    table
};

const PACKED: [(Packed, usize); NAMES.len()] = {
    assert!(NAMES.len() < 255);
    let mut all = [((0, 0), 0); NAMES.len()];
    let mut index = 0;
    while index < NAMES.len() {
        let word = NAMES[index].0.as_bytes();
        assert!(word.len() <= LONGEST);
        all[index] = (packed(word), word.len());
        index += 1;
    }
    all
};

/// The keyword that `word` is in any case, [`Keyword::None`] otherwise.
#[inline]
pub(crate) fn lookup(word: &[u8]) -> Keyword {
    if word.len() > LONGEST {
        return Keyword::None;
    }
    let mut lower = [0u8; LONGEST];
    for (to, from) in lower.iter_mut().zip(word) {
        *to = from.to_ascii_lowercase();
    }
    lookup_lower(&lower[..word.len()])
}

/// As [`lookup`], for a word that is in lower case already.
#[inline(always)]
pub(crate) fn lookup_lower(word: &[u8]) -> Keyword {
    if word.is_empty() || word.len() > LONGEST {
        return Keyword::None;
    }
    let packed = packed(word);
    let mut slot = slot_of(packed, word.len());
    loop {
        let Some(index) = TABLE[slot].checked_sub(1) else {
            return Keyword::None;
        };
        if PACKED[usize::from(index)] == (packed, word.len()) {
            return NAMES[usize::from(index)].1;
        }
        slot = (slot + 1) % SLOTS;
    }
}

impl Keyword {
    /// Whether an operand comes next, so that a sign is unary and `?` is a placeholder.
    pub(crate) fn expects_operand(self) -> bool {
        use Keyword::*;
        matches!(
            self,
            All | And
                | Any
                | As
                | Between
                | By
                | Case
                | Default
                | Distinct
                | Else
                | Except
                | Fetch
                | For
                | From
                | Having
                | Ilike
                | In
                | Intersect
                | Into
                | Is
                | Like
                | Limit
                | Not
                | Offset
                | On
                | Or
                | Return
                | Returning
                | Select
                | Similar
                | Some
                | Symmetric
                | Then
                | To
                | Union
                | Using
                | Values
                | When
                | Where
                | With
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_found_in_any_case_and_nothing_else_is() {
        for (text, keyword) in NAMES {
            assert_eq!(lookup(text.as_bytes()), *keyword);
            assert_eq!(lookup(text.to_uppercase().as_bytes()), *keyword);
            assert_eq!(lookup_lower(text.as_bytes()), *keyword);
            assert_eq!(
                lookup(format!("{text}x").as_bytes()),
                NAMES
                    .iter()
                    .find(|(other, _)| *other == format!("{text}x"))
                    .map_or(Keyword::None, |(_, keyword)| *keyword)
            );
        }
        for text in ["", "a", "id", "selecu", "created_at", "a_word_that_is_long"] {
            assert_eq!(lookup(text.as_bytes()), Keyword::None, "{text}");
        }
    }
}
