//! Replacing a certificate by another without an outage, in steps that a crash cannot lose.
//!
//! Nothing old is touched before the new one is verified; until the old one is removed, everything
//! can be [rolled back](crate::Writer::roll_back), and no private key is needed for it.
//!
//! ```text
//! preflight → introduce → activate → await_active → verify → retire → soak → remove → done
//! ```
//!
//! | | OpenAI | Cloudflare | Patchworks | Apinizer |
//! |---|---|---|---|---|
//! | introduce | upload | generate | upload to the connector | replace by import; what was there is saved |
//! | activate | where the old one is | at the edge, and wait | – | – |
//! | verify | the caller's probe | the same: devices have to trust the new one by then | the same | the same |
//! | retire | deactivate the old one where it is | activate the new one at the gateway if the old one is there; deactivate the old one at the edge | – | – |
//! | remove | delete the old record | the same | the same | – |
//! | roll back | activate the old one, deactivate the new one | the same; at the gateway the old one takes its place again | not possible: nothing attaches an old record again | import what was saved |

//!
//! [`RotationGroup`] takes one rotation or many through their steps, in one account or in a whole fleet.
//! Whoever drives them, and however often a process dies on the way: a [`Writer`](crate::Writer) does not
//! retire an old certificate before the journal has every new one of the group verified.

mod again;
mod begin;
mod group;
mod hand_over;
mod introduce;
mod options;
mod plan;
mod probe;
mod replacement;
mod retire;
mod roll_back;
mod state;
mod steps;

pub use again::RotationsAgain;
pub use group::{GroupReport, RotationEvent, RotationGroup, RotationPart};
pub use options::RotationOptions;
pub use plan::{PlannedStep, RotationPlan};
pub use probe::{Probe, ProbeResult};
pub use replacement::{FleetRotationPlan, NotRotated, Replacement};
pub use roll_back::RollBackPlan;
pub use state::{Rotation, RotationSpec, RotationStep};

pub(crate) use begin::ensure_alike;
pub(crate) use group::GroupPart;
