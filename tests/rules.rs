//! Every fenced example of every page in `rules/` is one test, named by page, line and role: `query/deep_offset:31:bad`.
//!
//! A `bad` fence must give exactly its rule, and with `also=…` those; all other rules run too and must be silent. A `good` fence
//! must not give its rule. A `fixed` fence must be what the fence before it is advised to become, and is linted again. A `proof`
//! is checked on a live Postgres, which also must accept every statement of the page.

#[path = "rules/effect.rs"]
mod effect;
#[path = "rules/lint.rs"]
mod lint;
#[path = "rules/live.rs"]
mod live;
#[path = "rules/log.rs"]
mod log;
#[path = "support/named.rs"]
mod named;
#[path = "rules/plan.rs"]
mod plan;
#[path = "rules/proof.rs"]
mod proof;
#[path = "rules/script.rs"]
mod script;
#[path = "support/server.rs"]
#[allow(dead_code)]
mod server;
#[path = "rules/snapshot.rs"]
mod snapshot;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use sqlsift::rules::page::{Fence, Page, Preset};
use sqlsift::rules::registry::{Override, Registry};

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut trials = Vec::new();
    for path in pages(&root) {
        let id = path.with_extension("").strip_prefix(&root).expect("below rules/").display().to_string();
        let text = std::fs::read_to_string(&path).expect("a page");
        match Page::parse(&id, &path.display().to_string(), &text) {
            Ok(page) => trials.extend(of_page(Arc::new(page))),
            Err(e) => trials.push(Trial::test(format!("{id}:page"), move || Err(e.to_string().into()))),
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("rules/").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn of_page(page: Arc<Page>) -> Vec<Trial> {
    let mut trials = vec![whole(&page)];
    for (index, fence) in page.fences().iter().enumerate() {
        let Some(role) = fence.role.clone().filter(|role| role != "setup") else { continue };
        let name = format!("{}:{}:{role}", page.id, fence.line);
        let page = Arc::clone(&page);
        trials.push(Trial::test(name, move || one(&page, index, &role)));
    }
    let live = Arc::clone(&page);
    if page.fences().iter().any(|fence| fence.language == "sql" && fence.role.is_some()) {
        trials.push(Trial::test(format!("{}:accepted", page.id), move || proof::accepts(&live)));
    }
    trials
}

/// What every page must have.
fn whole(page: &Arc<Page>) -> Trial {
    let page = Arc::clone(page);
    Trial::test(format!("{}:page", page.id), move || {
        for role in ["bad", "good"] {
            if !page.fences().iter().any(|fence| fence.role.as_deref() == Some(role)) {
                return Err(format!("the page has no `{role}` fence").into());
            }
        }
        if page.prose().len() < 200 {
            return Err("the page says too little to the person who has the problem".into());
        }
        Ok(())
    })
}

fn one(page: &Page, index: usize, role: &str) -> Result<(), Failed> {
    let fence = &page.fences()[index];
    match (fence.language.as_str(), role) {
        ("sql", "bad") => lint::bad(page, fence),
        ("sql", "good") => lint::good(page, fence),
        ("sql", "fixed") => lint::fixed(page, index),
        ("ddl", "bad" | "good") => lint::ddl(page, fence),
        ("log", "bad" | "good") => log::check(page, fence),
        ("sql", "proof") => proof::check(page, fence),
        ("sql", "live") => live::check(page, fence),
        ("plan", "bad" | "good") => plan::check(page, fence),
        ("script", "bad" | "good") => script::check(page, fence),
        ("snapshot", "bad" | "good") => snapshot::check(page, fence),
        ("script", "fixed") => script::fixed(page, index),
        (language, role) => Err(format!("no test knows a fence `{language} {role}`").into()),
    }
}

/// Rules that speak of nearly every script, and so only where a page is about them.
const HYGIENE: &[&str] = &["migration/missing_lock_timeout", "migration/missing_statement_timeout"];

/// Every rule that is on by default, and the page's own.
fn registry(page: &Page) -> Registry {
    let severity = |severity| Override { severity: Some(severity), ..Override::default() };
    let mut overrides: BTreeMap<String, Override> =
        HYGIENE.iter().map(|rule| ((*rule).to_owned(), severity(None))).collect();
    overrides.insert(page.id.clone(), severity(Some(page.severity)));
    Registry::new(Preset::Default, &overrides, Vec::new()).expect("the pages are read")
}

/// The setup fences of a page, put together.
fn setup(page: &Page) -> String {
    let setups = page.fences().iter().filter(|fence| fence.role.as_deref() == Some("setup"));
    setups.map(|fence| fence.text.as_str()).collect()
}

/// Whether the rules that spoke are those that the fence calls for.
fn judge(page: &Page, fence: &Fence, spoke: &[(String, String)]) -> Result<(), Failed> {
    let also: Vec<&str> = fence.fact("also").map(|list| list.split(',').collect()).unwrap_or_default();
    let bad = fence.role.as_deref() == Some("bad");
    let mine = spoke.iter().filter(|(rule, _)| *rule == page.id).count();
    let list = || spoke.iter().map(|(rule, title)| format!("  {rule}: {title}")).collect::<Vec<_>>().join("\n");
    if bad && mine == 0 {
        return Err(format!("the rule is silent; those that spoke:\n{}", list()).into());
    }
    if !bad && mine > 0 {
        return Err(format!("the rule speaks:\n{}", list()).into());
    }
    if bad && mine > 1 {
        return Err(format!("the rule speaks {mine} times:\n{}", list()).into());
    }
    let others: Vec<&str> = spoke.iter().map(|(rule, _)| rule.as_str()).filter(|rule| *rule != page.id).collect();
    if bad {
        if let Some(other) = others.iter().find(|other| !also.contains(other)) {
            return Err(format!("{other} speaks too:\n{}", list()).into());
        }
        if let Some(missing) = also.iter().find(|rule| !others.contains(rule)) {
            return Err(format!("{missing} is silent although the fence names it").into());
        }
    }
    Ok(())
}
