//! Command-line transcripts: the console blocks of README.md and of `tests/cmd/` are run, and must print what they show.

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("README.md").case("tests/cmd/*.md").case("tests/cmd/*.toml");
}
