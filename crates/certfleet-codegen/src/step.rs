//! What an overlay action or a pass changed.

use serde_json::Value;

/// A document before and after one step.
#[derive(Debug, Clone)]
pub struct Step {
    /// The step as people read it: `overlay action 3`, `pass downgrade`.
    pub name: String,
    /// Why it is there.
    pub reason: String,
    /// The document before.
    pub before: Value,
    /// The document after.
    pub after: Value,
}
