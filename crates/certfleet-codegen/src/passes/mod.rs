//! The passes: each an idempotent function on a document, in a file of its own. A pass never adds a
//! fact about a vendor; facts are in overlay.yaml and provider.toml. No pass uses another one: what
//! several need is in a module of the crate.

pub(crate) mod bodies;
pub(crate) mod break_cycles;
pub(crate) mod compose;
pub(crate) mod downgrade;
pub(crate) mod drop_meaningless_keywords;
pub(crate) mod errors;
pub(crate) mod forms;
pub(crate) mod hoist;
pub(crate) mod operation_names;
pub(crate) mod parameters;
pub(crate) mod recursive;
pub(crate) mod references;
pub(crate) mod resolve;
pub(crate) mod secrets;
pub(crate) mod select_operations;
pub(crate) mod single_success;
pub(crate) mod tolerate_responses;
pub(crate) mod unique_type_names;
pub(crate) mod urlencoded;
pub(crate) mod widen;
