//! Protects the memory of the process from core files and debuggers.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// The operating system refused to protect the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the process cannot be protected from dumps: {0}")]
pub struct NotProtected(#[source] rustix::io::Errno);

/// Forbids core files, also those of child processes, and the reading of this process's memory by other programs of
/// the same user.
///
/// INVARIANT: called first in `main`, and therefore again after each exec, which makes a process dumpable again.
///
/// # Errors
/// [`NotProtected`]; the program must then end.
pub fn protect_process() -> Result<(), NotProtected> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(NotProtected)?;
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).map_err(NotProtected)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_protected_process_cannot_be_dumped() {
        super::protect_process().expect("hardening");
        assert_eq!(rustix::process::getrlimit(rustix::process::Resource::Core).maximum, Some(0));
        let behavior = rustix::process::dumpable_behavior().expect("prctl");
        assert_eq!(behavior, rustix::process::DumpableBehavior::NotDumpable);
    }
}
