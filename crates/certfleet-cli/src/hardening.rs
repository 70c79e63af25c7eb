//! Keeps this process's memory, which holds the accounts' secrets, to itself.

/// No core dump, and on Linux no debugger and no reader of `/proc/PID/mem` or `environ` but root.
/// Best effort: certfleet goes on where the platform refuses.
pub(crate) fn apply() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        // It only fails where a lower limit is in force.
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A core dump that goes to a program (`core_pattern = |…`) ignores the limit above.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
