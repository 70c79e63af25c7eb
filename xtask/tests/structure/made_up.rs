//! The checks on small made-up sources.

use crate::arrows::{arrows, circles};
use crate::modules::{Crate, Files};
use crate::sizes::{long_file, long_functions};

/// Asserts that the sources have these circles, each with these arrows. `lib.rs` is the root.
#[track_caller]
fn assert_circles(sources: &[(&str, &str)], expected: &[&[&str]]) {
    let own = |&(path, text): &(&str, &str)| (path.to_owned(), text.to_owned());
    let files: Files = sources.iter().map(own).collect();
    let circles = circles(&arrows(&Crate::read(&files, "lib.rs")));
    let found: Vec<_> = circles.into_iter().map(|circle| circle.arrows).collect();
    assert_eq!(found, expected);
}

const LIB: (&str, &str) = ("lib.rs", "mod a; mod b;");

#[test]
fn one_direction_is_no_circle() {
    assert_circles(
        &[
            LIB,
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "use std::fmt; pub struct B(fmt::Error);"),
        ],
        &[],
    );
}

#[test]
fn an_import_and_an_inline_path_are_a_circle() {
    assert_circles(
        &[
            LIB,
            (
                "a.rs",
                "use crate::b::{self, C}; pub fn look(_: C) { b::make(); }",
            ),
            ("b.rs", "pub struct C; pub fn make() { crate::a::look(C); }"),
        ],
        &[&[
            "a.rs -> b.rs (crate::b::C)",
            "b.rs -> a.rs (crate::a::look)",
        ]],
    );
}

#[test]
fn a_circle_through_a_re_export() {
    assert_circles(
        &[
            ("lib.rs", "mod a; mod b; pub use a::A; pub use b::inner::*;"),
            ("a.rs", "use crate::B; pub struct A(B);"),
            ("b/mod.rs", "pub mod inner;"),
            (
                "b/inner.rs",
                "pub enum B { One } fn a() -> Option<crate::A> { None }",
            ),
        ],
        &[&[
            "a.rs -> b/inner.rs (crate::B)",
            "b/inner.rs -> a.rs (crate::A)",
        ]],
    );
}

#[test]
fn a_parent_with_code_and_its_child_through_super() {
    assert_circles(
        &[
            ("lib.rs", "mod a;"),
            (
                "a.rs",
                "mod child; pub struct A; fn b() -> child::B { child::B(A) }",
            ),
            ("a/child.rs", "pub struct B(pub super::A);"),
        ],
        &[&[
            "a.rs -> a/child.rs (child::B)",
            "a/child.rs -> a.rs (super::A)",
        ]],
    );
}

#[test]
fn a_parent_that_only_declares_and_re_exports_is_no_part_of_a_circle() {
    assert_circles(
        &[
            ("lib.rs", "mod a;"),
            (
                "a/mod.rs",
                "mod b; mod c; pub use self::b::B; pub use c::C;",
            ),
            ("a/b.rs", "use super::C; pub struct B(C);"),
            ("a/c.rs", "pub struct C;"),
        ],
        &[],
    );
}

#[test]
fn three_files_one_after_the_other_are_one_circle() {
    assert_circles(
        &[
            ("lib.rs", "mod a; mod b; mod c; mod d;"),
            ("a.rs", "use super::b::B; pub struct A(B);"),
            ("b.rs", "use crate::c; pub struct B; fn c() { c::run() }"),
            (
                "c.rs",
                "pub fn run() { vec![crate::a::A] } use crate::d::D;",
            ),
            ("d.rs", "pub struct D;"),
        ],
        &[&[
            "a.rs -> b.rs (super::b::B)",
            "b.rs -> c.rs (c::run)",
            "c.rs -> a.rs (crate::a::A)",
        ]],
    );
}

#[test]
fn attributes_macros_globs_and_imports_in_functions_count() {
    let b = ("b.rs", "pub struct B; fn a() { crate::a::run() }");
    for (a, path) in [
        (
            "#[derive(S)] pub struct A { #[serde(with = \"crate::b::B\")] b: u8 }",
            "crate::b::B",
        ),
        (
            "macro_rules! call { () => { $crate::b::B }; }",
            "crate::b::B",
        ),
        ("use super::b::*; fn b(_: B) {}", "super::b"),
        ("fn b() { use crate::{b::B as C}; }", "crate::b::B"),
        (
            "mod inline { pub use super::super::b::B; }",
            "super::super::b::B",
        ),
    ] {
        let a = format!("pub fn run() {{}} {a}");
        let there = format!("a.rs -> b.rs ({path})");
        assert_circles(
            &[LIB, ("a.rs", &a), b],
            &[&[&there, "b.rs -> a.rs (crate::a::run)"]],
        );
    }
    assert_circles(
        &[
            ("lib.rs", "#[macro_use] mod a; mod b;"),
            ("a.rs", "macro_rules! call { () => { $crate::b::B }; }"),
            ("b.rs", "pub struct B; fn b() { call!(); }"),
        ],
        &[&["a.rs -> b.rs (crate::b::B)", "b.rs -> a.rs (call)"]],
    );
}

#[test]
fn code_for_tests_does_not_count() {
    assert_circles(
        &[
            LIB,
            (
                "a.rs",
                "pub struct A; #[cfg(test)] use crate::b::B; #[cfg(test)] mod tests { use crate::b::B; }
                 impl A { #[cfg(test)] fn b() -> crate::b::B { crate::b::B } }",
            ),
            ("b.rs", "use crate::a::A; pub struct B(A);"),
        ],
        &[],
    );
}

#[test]
fn a_long_file_needs_a_reason_at_its_top() {
    let lines = "fn f() {}\n".repeat(400);
    assert_eq!(long_file("a.rs", &lines), None);
    let longer = format!("//! A file.\n{lines}");
    let message = "a.rs has 401 lines, more than 400".to_owned();
    assert_eq!(long_file("a.rs", &longer), Some(message));
    assert_eq!(
        long_file("a.rs", &format!("// long: one table\n{longer}")),
        None
    );
    assert!(long_file("a.rs", &format!("// long: \n{longer}")).is_some());
    assert!(long_file("a.rs", &format!("{longer}// long: too late\n")).is_some());
}

#[test]
fn a_long_function_needs_a_reason_above_it() {
    let body = "        run();\n".repeat(78);
    let signature = "    pub(crate) async fn long(\n        &self,\n    ) {\n";
    let fine = format!("    fn short(&self);\n    fn fits() {{\n{body}    }}\n");
    let source = format!("impl A {{\n{fine}    /// Runs.\n{signature}{body}    }}\n}}\n");
    let message = "a.rs:84: `long` has 82 lines, more than 80".to_owned();
    assert_eq!(long_functions("a.rs", &source), [message]);
    let explained = source.replace("    /// Runs.\n", "    // long: one table\n    #[inline]\n");
    assert!(long_functions("a.rs", &explained).is_empty());
}

#[test]
fn text_of_a_generator_is_not_a_function() {
    let lines = "run();\\n\\\n".repeat(90);
    let source = format!("const TEXT: &str = \"\\\nfn long() {{\\n\\\n{lines}}}\";\n");
    assert!(long_functions("a.rs", &source).is_empty(), "{source}");
}
