//! A jq filter: compiled by jaq, run over one document.

use crate::{
    exit::{Failure, Result},
    output::json,
    terminal,
};
use jaq_core::{
    Compiler, Ctx, Vars,
    data::JustLut,
    load::{self, Arena, File, Loader},
};
use jaq_json::Val;
use serde::Serialize;
use std::{io::Write, str::FromStr};

/// What a filter cannot do here: it reads one document and prints. The environment may hold secrets, and how the
/// command ends says what it found.
const LEFT_OUT: [&str; 7] = [
    "env",
    "halt",
    "halt_error",
    "stderr",
    "stderr_empty",
    "debug",
    "debug_empty",
];

/// The formats of jq that jaq's libraries do not have. What would break a row or a line is escaped, as by jq.
const FORMATS: &str = r#"
def in_row(f): if . == null then "" elif isstring then f elif isnumber or isboolean then tostring
  else error("a row has texts, numbers, booleans and null only") end;
def @csv: [.[] | in_row("\"" + (split("\"") | join("\"\"")) + "\"")] | join(",");
def @tsv: [.[] | in_row(split("\\") | join("\\\\") | split("\t") | join("\\t") | split("\n") | join("\\n")
  | split("\r") | join("\\r"))] | join("\t");
"#;

/// The deepest nesting of brackets: jaq reads them by recursion.
const DEEPEST: usize = 100;

/// The most characters of a filter that a message repeats.
const SHOWN: usize = 40;

type Data = JustLut<Val>;

/// A filter that compiles.
#[derive(Clone, Debug)]
pub(crate) struct Filter(String);

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if depth(text) > DEEPEST {
            return Err(format!("it nests brackets deeper than {DEEPEST} times"));
        }
        compile(text)?;
        Ok(Self(text.to_owned()))
    }
}

impl Filter {
    /// Writes what the filter makes of a document, each result on a line.
    pub(super) fn write(&self, out: &mut impl Write, value: &impl Serialize) -> Result<()> {
        let failed = |why: &str| Failure::usage(format!("--jq: {why}"));
        let filter = compile(&self.0).map_err(|why| failed(&why))?;
        let document = serde_json::to_vec(value).map_err(Failure::failed)?;
        let document = jaq_json::read::parse_single(&document)
            .map_err(|error| failed(&format!("the document cannot be read: {error}")))?;
        let context = Ctx::<Data>::new(&filter.lut, Vars::new([]));
        for result in filter.id.run((context, document)) {
            match result.map_err(jaq_core::Exn::get_err) {
                Ok(Val::TStr(text)) => {
                    writeln!(out, "{}", harmless(&String::from_utf8_lossy(&text)))?;
                }
                Ok(value) => writeln!(out, "{}", json::escaped(&value.to_string()))?,
                Err(Ok(error)) => {
                    let why = terminal::shortened(&error.to_string(), 200).into_owned();
                    return Err(failed(&format!(
                        "{why}; `certfleet schema` shows what the document holds"
                    )));
                }
                Err(Err(_)) => return Err(failed("the filter ended outside of itself")),
            }
        }
        Ok(())
    }
}

/// A text without what would steer a terminal. Lines and tabs stay: PEM has lines, and `@tsv` has tabs.
fn harmless(text: &str) -> String {
    let harmless = |character| match character {
        '\n' | '\t' => character,
        character if terminal::is_steering(character) => char::REPLACEMENT_CHARACTER,
        character => character,
    };
    text.chars().map(harmless).collect()
}

/// How deep brackets nest at most. Those in texts count too: no filter that people write comes near the bound.
fn depth(text: &str) -> usize {
    let mut depth: usize = 0;
    let mut deepest = 0;
    for character in text.chars() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn compile(text: &str) -> std::result::Result<jaq_core::Filter<Data>, String> {
    let defs = jaq_core::defs()
        .chain(jaq_std::defs())
        .chain(jaq_json::defs())
        .chain(
            load::parse(FORMATS, |parser| parser.defs())
                .into_iter()
                .flatten(),
        )
        .filter(|def| !LEFT_OUT.contains(&def.name));
    let funs = jaq_core::funs()
        .chain(jaq_std::funs())
        .chain(jaq_json::funs())
        .filter(|(name, ..)| !LEFT_OUT.contains(name));
    let arena = Arena::default();
    let file = File {
        code: text,
        path: (),
    };
    let modules = Loader::new(defs).load(&arena, file).map_err(|errors| {
        let errors = errors.into_iter().map(|(_, error)| unreadable(error));
        first(errors.flatten())
    })?;
    let compiled = Compiler::default().with_funs(funs).compile(modules);
    compiled.map_err(|errors| {
        let errors = errors.into_iter().flat_map(|(_, undefined)| undefined);
        first(errors.map(|(name, what)| format!("there is no {} {name}", what.as_str())))
    })
}

/// What is wrong with how a filter is written.
fn unreadable(error: load::Error<&str>) -> Vec<String> {
    let at = |expected: &str, rest: &str| match rest.trim() {
        "" => format!("the filter ends where a {expected} is expected"),
        rest => format!(
            "a {expected} is expected at {:?}",
            terminal::shortened(rest, SHOWN)
        ),
    };
    match error {
        load::Error::Io(files) => files
            .into_iter()
            .map(|(name, why)| format!("{name}: {why}"))
            .collect(),
        load::Error::Lex(errors) => errors
            .into_iter()
            .map(|(expected, rest)| at(expected.as_str(), rest))
            .collect(),
        load::Error::Parse(errors) => errors
            .into_iter()
            .map(|(expected, rest)| at(expected.as_str(), rest))
            .collect(),
    }
}

/// The first is the cause of the others.
fn first(errors: impl Iterator<Item = String>) -> String {
    let mut errors = errors;
    errors
        .next()
        .unwrap_or_else(|| "it cannot be compiled".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(filter: &str, value: serde_json::Value) -> std::result::Result<String, String> {
        let filter: Filter = filter.parse()?;
        let mut out = Vec::new();
        filter
            .write(&mut out, &value)
            .map_err(|failure| failure.to_string())?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn strings_are_raw_and_the_rest_is_json() {
        let value = serde_json::json!({ "a": ["x\ty\nz", 1, 1.50, null, { "b": "q\"" }], "big": 9_007_199_254_740_993_u64 });
        for (filter, expected) in [
            (".a[0]", "x\ty\nz\n"),
            (".a[1:]", "[1,1.5,null,{\"b\":\"q\\\"\"}]\n"),
            (
                ".a[]|tojson",
                "\"x\\ty\\nz\"\n1\n1.5\nnull\n{\"b\":\"q\\\"\"}\n",
            ),
            (".big", "9007199254740993\n"),
            ("empty", ""),
            (".a|length", "5\n"),
            ("[.a[1],null,.a[4].b]|@csv", "1,,\"q\"\"\"\n"),
            ("[.a[1],.a[0],true]|@tsv", "1\tx\\ty\\nz\ttrue\n"),
            ("[\"\",\"\"]|@csv,@tsv", "\"\",\"\"\n\t\n"),
            (".missing", "null\n"),
            (".a[0]|test(\"^x\")", "true\n"),
        ] {
            assert_eq!(
                filtered(filter, value.clone()).as_deref(),
                Ok(expected),
                "{filter}"
            );
        }
    }

    #[test]
    fn brackets_are_bounded() {
        let nested = |times: usize| format!("{}.{}", "[".repeat(times), "]".repeat(times));
        assert!(nested(DEEPEST).parse::<Filter>().is_ok());
        let error = nested(20_000).parse::<Filter>().unwrap_err();
        assert!(error.contains("deeper than 100 times"), "{error}");
    }

    #[test]
    fn results_cannot_steer_a_terminal() {
        let hostile = "a\u{1b}[2J\u{9b}31m\r\u{202e}b\u{7f}\u{e0041}";
        let value = serde_json::json!({ "name": hostile, hostile: 1 });
        for filter in [".name", ".", "[.name]", "keys[]", ".name|tojson"] {
            let text = filtered(filter, value.clone()).unwrap();
            let is_steering = |character| character != '\n' && terminal::is_steering(character);
            assert!(!text.contains(is_steering), "{filter}: {text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (filter, said) in [
            (".a[", "the filter ends where"),
            ("{", "the filter ends where"),
            (".a | nothing", "there is no filter nothing"),
            ("$x", "there is no variable $x"),
            ("env", "there is no filter env"),
            ("$ENV", "there is no variable $ENV"),
            ("halt", "there is no filter halt"),
            ("debug", "there is no filter debug"),
            ("halt_error(3)", "there is no filter halt_error"),
            ("stderr", "there is no filter stderr"),
            ("input", "there is no filter input"),
            ("include \"x\"; .", "module loading not supported"),
            (".a - 1", "--jq: cannot calculate"),
            ("[[]]|@csv", "a row has texts"),
            ("error(\"mine\")", "--jq: \"mine\""),
        ] {
            let value = serde_json::json!({ "a": "text" });
            let why = filtered(filter, value).unwrap_err();
            assert!(why.contains(said), "{filter}: {why}");
        }
    }

    proptest::proptest! {
        /// Any text is a filter, or is refused with a reason.
        #[test]
        fn any_text(text in "[.\\[\\]{}()|$@a-c0-9\"\\\\, :;+*-]{0,24}|\\PC{0,10}") {
            if let Err(why) = text.parse::<Filter>() {
                proptest::prop_assert!(!why.is_empty());
            }
        }
    }
}
