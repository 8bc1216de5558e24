//! The lock modes of tables (documentation, "Explicit Locking", table 13.2).

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LockMode {
    AccessShare,
    RowShare,
    RowExclusive,
    ShareUpdateExclusive,
    Share,
    ShareRowExclusive,
    Exclusive,
    AccessExclusive,
}

impl LockMode {
    /// As `pg_locks.mode` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessShare => "AccessShareLock",
            Self::RowShare => "RowShareLock",
            Self::RowExclusive => "RowExclusiveLock",
            Self::ShareUpdateExclusive => "ShareUpdateExclusiveLock",
            Self::Share => "ShareLock",
            Self::ShareRowExclusive => "ShareRowExclusiveLock",
            Self::Exclusive => "ExclusiveLock",
            Self::AccessExclusive => "AccessExclusiveLock",
        }
    }

    /// The mode of that name in `pg_locks`.
    pub fn named(name: &str) -> Option<Self> {
        let modes = [
            Self::AccessShare,
            Self::RowShare,
            Self::RowExclusive,
            Self::ShareUpdateExclusive,
            Self::Share,
            Self::ShareRowExclusive,
            Self::Exclusive,
            Self::AccessExclusive,
        ];
        modes.into_iter().find(|mode| mode.name() == name)
    }

    /// What waits while it is held, in a user's words.
    pub fn blocks(self) -> &'static str {
        match self {
            Self::AccessShare | Self::RowShare | Self::RowExclusive => "schema changes",
            Self::ShareUpdateExclusive => "schema changes and VACUUM",
            Self::Share | Self::ShareRowExclusive => "writes",
            Self::Exclusive => "writes and SELECT … FOR UPDATE",
            Self::AccessExclusive => "reads and writes",
        }
    }

    pub fn conflicts(self, other: LockMode) -> bool {
        use LockMode as L;
        let row: &[L] = match self {
            L::AccessShare => &[L::AccessExclusive],
            L::RowShare => &[L::Exclusive, L::AccessExclusive],
            L::RowExclusive => &[L::Share, L::ShareRowExclusive, L::Exclusive, L::AccessExclusive],
            L::ShareUpdateExclusive => {
                &[L::ShareUpdateExclusive, L::Share, L::ShareRowExclusive, L::Exclusive, L::AccessExclusive]
            }
            L::Share => {
                &[L::RowExclusive, L::ShareUpdateExclusive, L::ShareRowExclusive, L::Exclusive, L::AccessExclusive]
            }
            L::ShareRowExclusive => return other >= L::RowExclusive,
            L::Exclusive => return other >= L::RowShare,
            L::AccessExclusive => return true,
        };
        row.contains(&other)
    }

    /// Whether INSERT, UPDATE and DELETE wait.
    pub fn blocks_writes(self) -> bool {
        self.conflicts(Self::RowExclusive)
    }

    /// Whether SELECT waits.
    pub fn blocks_reads(self) -> bool {
        self.conflicts(Self::AccessShare)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_are_mutual() {
        use LockMode as L;
        let all = [
            L::AccessShare,
            L::RowShare,
            L::RowExclusive,
            L::ShareUpdateExclusive,
            L::Share,
            L::ShareRowExclusive,
            L::Exclusive,
            L::AccessExclusive,
        ];
        for a in all {
            for b in all {
                assert_eq!(a.conflicts(b), b.conflicts(a), "{a:?} {b:?}");
            }
        }
        assert_eq!(all.iter().filter(|mode| mode.blocks_writes()).count(), 4);
    }
}
