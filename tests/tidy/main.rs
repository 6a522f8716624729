//! The house rules as tests: what may depend on what, what a file may say, what a dependency may bring along.

mod advisories;
mod dependencies;
mod edges;
mod failures;
mod shape;
mod shell;
mod text;
mod tree;
