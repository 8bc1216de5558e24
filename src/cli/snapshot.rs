//! `sqlsift snapshot`: a connection string in; one file that stands for the server out.

use super::analyze::{live, planned};
use super::args::{Common, Snapshot};
use super::failure::Failure;
use super::{Ending, connect, output, terminal};
use crate::catalog::model::{Origin, TableName};
use crate::catalog::snapshot;
use crate::db::session::Limits;
use crate::db::values;

pub fn run(args: &Snapshot, common: &Common) -> Result<Ending, Failure> {
    let target: Vec<String> = args.output.iter().map(|file| format!("snapshot={file}")).collect();
    let mut outputs = output::open(&target, (), &[("snapshot", ())])?;
    let Some(dsn) = &args.server.dsn else {
        return Err(Failure::new(
            "no server was named",
            "sqlsift snapshot --dsn postgres://user@host/database -o FILE",
        ));
    };
    let mut session = connect::connect(dsn, &args.server, common)?;
    let mut taken = live::take(&mut session, live::Wanted::Everything(args.interval))?;
    if !args.without_indexes {
        planned::search(&mut session, &mut taken, &args.advice, common);
    }
    taken.catalog.origin = Origin::Snapshot;
    if args.with_values {
        let tables: Vec<TableName> = taken.catalog.tables.keys().cloned().collect();
        let filled = values::fill(&mut session, Limits::default(), &mut taken.catalog, &tables);
        taken.notes.extend(filled.err().map(|error| format!("values of columns were not read to their end: {error}")));
    }
    if !common.quiet {
        taken.notes.iter().for_each(|note| terminal::complain(&format!("note: {note}")));
    }
    let text = snapshot::write(&taken)
        .map_err(|error| Failure::new(format!("the server gave a figure that is no number: {error}"), ""))?;
    // With a file nothing goes to standard output, which stands first.
    let wanted = usize::from(!target.is_empty());
    outputs.iter_mut().skip(wanted).try_for_each(|output| output.write(text.as_bytes()))?;
    Ok(Ending::Clean)
}
