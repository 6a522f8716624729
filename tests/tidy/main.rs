//! Rules of the code base as tests: what may depend on what, what a file may say, what a dependency may bring along.

#![expect(clippy::expect_used, reason = "a tidy test that cannot read the tree has failed")]

mod advisories;
mod dependencies;
mod edges;
mod evidence;
mod failures;
mod flows;
mod lexer;
mod modules;
mod programs;
mod shape;
mod shell;
mod signatures;
mod syntax;
mod text;
mod tree;
mod words;
