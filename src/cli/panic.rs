//! The last words when sqlsift itself is wrong.

/// Says that it is a bug, of which version, and where; the process ends with 101 as Rust has it.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        let payload = info.payload();
        let owned = payload.downcast_ref::<String>().map(String::as_str);
        let message = owned.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
        super::terminal::complain(&format!(
            "sqlsift {}: {message} ({place})\nerror: this is a bug of sqlsift, not of your input\n\
             next: report it with this message and, if you can, the line of input that leads to it",
            env!("CARGO_PKG_VERSION"),
        ));
    }));
}
