//! `--changed` and `--since` in; what is to be reported on out. `None`: all.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::args::Lint;
use crate::cli::failure::Failure;
use crate::script::Queue;

/// What is reported on.
pub struct Scope {
    pub wanted: BTreeSet<String>,
    /// Those of them that are new as a whole: what they make nobody uses yet. What a changed file makes may be there since long.
    pub fresh: BTreeSet<String>,
}

pub fn of(args: &Lint, queue: &Queue<'_>) -> Result<Option<Scope>, Failure> {
    if let Some(base) = &args.changed {
        return changed(base, queue).map(Some);
    }
    let Some(since) = &args.since else { return Ok(None) };
    let wanted = since.trim_start_matches("./");
    let fits = |path: &str| path == wanted || path.ends_with(&format!("/{wanted}"));
    let Some(at) = queue.paths().rposition(fits) else {
        return Err(Failure::new(
            format!("--since {since}: no such file among those that were read"),
            "give the path as it stands in the folder; files that run after it are reported",
        ));
    };
    let wanted: BTreeSet<String> = queue.paths().skip(at + 1).map(str::to_owned).collect();
    Ok(Some(Scope { fresh: wanted.clone(), wanted }))
}

/// What `--changed` lacks, before anything is read: a revision that is there, and paths to choose from.
pub fn check(args: &Lint) -> Result<(), Failure> {
    let Some(base) = &args.changed else { return Ok(()) };
    let is_path = Path::new(base).exists();
    let paths: Vec<&str> = args.inputs.iter().map(String::as_str).filter(|input| *input != "-").collect();
    if paths.is_empty() {
        let example = if is_path { base } else { "migrations/" };
        return Err(Failure::new(
            format!("--changed {base}: no file or folder is named"),
            format!("BASE stands behind a =, paths behind it: sqlsift lint --changed=main {example}"),
        ));
    }
    let commit = |name: &str| git(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")]);
    match commit(base) {
        Ok(_) => Ok(()),
        Err(_) if is_path => Err(Failure::new(
            format!("--changed {base}: no commit or branch is called so, but a file or folder is"),
            format!("did you mean: sqlsift lint --changed=HEAD {base} {}", paths.join(" ")),
        )),
        // Outside of a repository git says so.
        Err(_) => git(&["rev-parse", "--git-dir"]).and(Err(Failure::new(
            format!("--changed {base}: no commit or branch is called so"),
            "name a commit or branch that is here; in CI fetch the whole history (fetch-depth: 0)",
        ))),
    }
}

/// Files that differ from where the branch left `base`, are staged, changed or not tracked.
fn changed(base: &str, queue: &Queue<'_>) -> Result<Scope, Failure> {
    let root = PathBuf::from(git(&["rev-parse", "--show-toplevel"])?.trim());
    // What the base got since the branch began is no change of the branch.
    let commit = format!("{base}^{{commit}}");
    let from = git(&["merge-base", &commit, "HEAD"]).or_else(|_| git(&["rev-parse", "--verify", &commit]))?;
    let differ = |kinds: &str| git(&["diff", "--name-only", "-z", kinds, from.trim(), "--"]);
    let (all, added) = (differ("--diff-filter=d")?, differ("--diff-filter=A")?);
    let untracked = git(&["ls-files", "--others", "--exclude-standard", "--full-name", "-z", ":/"])?;
    let own = |names: &str| -> BTreeSet<String> {
        let names = names.split('\0').chain(untracked.split('\0')).filter(|name| !name.is_empty());
        let paths: BTreeSet<PathBuf> = names.map(|name| root.join(name)).collect();
        let absolute = |path: &str| Path::new(path).canonicalize().ok();
        let is_there = |path: &&str| absolute(path).is_some_and(|path| paths.contains(&path));
        queue.paths().filter(is_there).map(str::to_owned).collect()
    };
    Ok(Scope { wanted: own(&all), fresh: own(&added) })
}

fn git(arguments: &[&str]) -> Result<String, Failure> {
    let output = Command::new("git").args(arguments).output().map_err(|e| {
        Failure::new(format!("--changed asks git, which does not run: {e}"), "install git, or use --since")
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::new(
        format!("--changed: git {} failed", arguments.first().unwrap_or(&"")),
        "name a commit or branch that is here; in CI fetch the whole history (fetch-depth: 0)",
    )
    .because(said))
}
