//! A `live` fence: the diagnosis is made on a real plan, its remedy is applied on that server, and the diagnosis is gone.
//!
//! SQL to prepare, a line `-- query`, and the query. Its plan must give the page's rule. Then everything that the finding advises as
//! SQL is executed (indexes, statistics, settings; a rewritten query takes the place of the query), tables are analysed, and the plan
//! is looked at again. Where the remedy is nothing that sqlsift writes out, a section `-- remedy` holds what its prose says, and a
//! section `-- rewrite` the query to run instead. A section
//! `-- beside` is what another session does meanwhile; the remedy is that it does not.
//! A section `-- again` holds other options of EXPLAIN for the second look. Facts: `options=…` for EXPLAIN, with `+` for blanks; `still=rule`: a rule that may stay;
//! `text`: the statement stands above its plan, as in a log;
//! `pg=18..`: on an older server the fence is skipped, with a message.

use libtest_mimic::Failed;
use sqlsift::report::model::RecommendationKind;
use sqlsift::rules::context::Worth;
use sqlsift::rules::page::{Fence, Page};

use super::plan::findings;
use super::proof::{Database, settings};

#[allow(clippy::print_stderr)]
pub fn check(page: &Page, fence: &Fence) -> Result<(), Failed> {
    let (prepare, rest) = fence.text.split_once("-- query\n").ok_or("a live fence has a line `-- query`")?;
    let (rest, again_options) = section(rest, "-- again\n");
    let (rest, rewrite) = section(rest, "-- rewrite\n");
    let (rest, remedy) = section(rest, "-- remedy\n");
    let (query, beside) = section(rest, "-- beside\n");
    let setup = super::setup(page);
    let mut database = Database::new(&setup)?;
    if let Some(needed) = fence.fact("pg").and_then(|pg| pg.split("..").next()?.parse::<u32>().ok()) {
        let version = database.run("SHOW server_version_num")?;
        if version.trim().parse::<u32>().is_ok_and(|found| found / 10_000 < needed) {
            eprintln!("skipped: {}:{} needs Postgres {needed}, this one is {}", page.id, fence.line, version.trim());
            return Ok(());
        }
    }
    database.run(prepare)?;
    database.settings = settings(prepare);
    let options =
        fence.fact("options").map_or("ANALYZE, VERBOSE, BUFFERS, SETTINGS".to_owned(), |o| o.replace('+', " "));
    let catalog = super::lint::catalog(&setup)?;
    let explain = |database: &Database, query: &str, options: &str| {
        let query = query.trim().trim_end_matches(';');
        let mut plan = database.run(&format!("BEGIN;\nEXPLAIN ({options}) {query};\nROLLBACK"))?;
        if fence.fact("text").is_some() {
            plan.insert_str(0, &format!("{query};\n"));
        }
        let (found, advice) = findings(&plan, catalog.as_ref(), Worth::ANYTHING)
            .map_err(|e| Failed::from(format!("{}\n{plan}", e.message().unwrap_or_default())))?;
        Ok::<_, Failed>((plan, found, advice))
    };
    let (plan, found, advice) = std::thread::scope(|scope| {
        let other = beside.map(|sql| scope.spawn(|| database.run(sql)));
        if other.is_some() {
            std::thread::sleep(std::time::Duration::from_millis(400));
        }
        let explained = explain(&database, query, &options);
        other.map_or(Ok(String::new()), |other| other.join().expect("psql does not panic"))?;
        explained
    })?;
    let mine: Vec<usize> = (0..found.len()).filter(|i| found[*i].finding.rule == page.id).collect();
    if mine.is_empty() {
        return Err(format!("the rule is silent on\n{plan}").into());
    }
    let mut again = rewrite.unwrap_or(query).to_owned();
    if let Some(remedy) = remedy {
        database.run(remedy)?;
        database.settings.push_str(&settings(remedy));
    } else if rewrite.is_none() && beside.is_none() && again_options.is_none() {
        let ids = mine.iter().flat_map(|i| &advice.links[*i]);
        let advised: Vec<_> = advice.recommendations.iter().filter(|r| ids.clone().any(|id| *id == r.id)).collect();
        if advised.iter().all(|r| r.sql.is_empty()) {
            return Err("nothing is advised that could be executed: say what helps in a section `-- remedy`".into());
        }
        for recommendation in advised.iter().filter(|r| !r.sql.is_empty()) {
            match recommendation.kind {
                RecommendationKind::RewriteQuery | RecommendationKind::KeysetPage => {
                    again.clone_from(&recommendation.sql)
                }
                RecommendationKind::Setting => {
                    database.settings.push_str(&format!("{};\n", recommendation.sql.trim_end_matches(';')));
                }
                _ => database.run(&recommendation.sql).map(|_| ())?,
            }
        }
    }
    database.run("ANALYZE")?;
    let options = again_options.map_or(options.as_str(), str::trim);
    // `attempts=5`: of a diagnosis that is about time alone, for a busy machine takes its time now and then.
    let attempts = fence.fact("attempts").map_or(Ok(1), str::parse).map_err(|_| "attempts= takes a number")?;
    let mut left = String::new();
    for _ in 0..attempts {
        let (after, found, _) = explain(&database, &again, options)?;
        let Some(found) = found.iter().find(|found| found.finding.rule == page.id) else { return Ok(()) };
        left = format!("still there after the remedy: {}\n{after}", found.finding.title);
    }
    Err(left.into())
}

fn section<'t>(text: &'t str, mark: &str) -> (&'t str, Option<&'t str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}
