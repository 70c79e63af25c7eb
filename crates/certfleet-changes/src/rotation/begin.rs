//! Beginning a rotation: in the journal, once, before anything is sent.

use super::{Rotation, RotationPlan, RotationSpec, RotationStep};
use crate::{
    journal::{Contents, Event, OperationId, Position},
    made_before::is_same,
    writer::Writer,
};
use certfleet::{Change, Error, ErrorKind, Result};

impl Writer {
    /// Begins a rotation that was planned: it is in the journal when this returns, and nothing else
    /// is done yet. Where another client has begun the same rotation, that one is returned, as far as it has
    /// come: whoever takes its steps, each is taken once.
    ///
    /// # Errors
    /// [`ErrorKind::NotAcknowledged`]; [`ErrorKind::Precondition`]: a rotation of the same record to another
    /// certificate is under way; [`ErrorKind::Journal`].
    pub async fn begin_rotation(&self, plan: RotationPlan) -> Result<Rotation> {
        self.account().own(&plan.spec.old)?;
        let missing = self.not_acknowledged(plan.kinds());
        if !missing.is_empty() {
            return Err(self.refusal(
                ErrorKind::NotAcknowledged,
                format!(
                    "acknowledge {} to go on. Nothing was sent",
                    missing.join(", ")
                ),
            ));
        }
        // Looking whether one is under way and beginning one are one step.
        let turn = self.turn("begin a rotation").await?;
        let contents = self.journal().read().await?;
        if let Some(same) = begun_already(&plan, &contents) {
            return Ok(Rotation {
                spec: RotationSpec {
                    introduce: plan.spec.introduce,
                    ..same.spec.clone()
                },
                ..same.clone()
            });
        }
        let rotations = contents.rotations();
        if let Some(other) = rotations
            .iter()
            .find(|other| other.spec.old == plan.spec.old)
        {
            return Err(under_way_already(other).with_context(self.account().full_name()));
        }
        let rotation = Rotation {
            acknowledged: plan.kinds(),
            id: OperationId::new(self.now()),
            provider: self.account().provider(),
            account: self.account().name().to_owned(),
            step: RotationStep::Introduce,
            new: None,
            scopes: plan.scopes,
            saved: Vec::new(),
            retired_at: None,
            failed: None,
            refused_at: None,
            // What the plan says is said when it is agreed to; what comes up on the way is noted then.
            notes: Vec::new(),
            asked_by: Some(self.asked_by().clone()),
            spec: plan.spec,
        };
        self.save(&rotation, &turn).await?;
        Ok(rotation)
    }
}

/// The rotation that a plan is of, where another client began it: it is under way, or has ended since it was
/// planned.
pub(super) fn begun_already<'a>(
    plan: &RotationPlan,
    contents: &'a Contents,
) -> Option<&'a Rotation> {
    let since = plan.journal_position.unwrap_or(contents.position());
    let entries = contents.entries.iter().enumerate().rev();
    let mut saved = entries.filter_map(|(index, entry)| match &entry.event {
        Event::Rotation(rotation) if rotation.spec.old == plan.spec.old => Some((index, rotation)),
        _ => None,
    });
    // The last state of the last rotation of the record.
    let (index, rotation) = saved.next()?;
    let counts = match rotation.step {
        RotationStep::RolledBack => false,
        RotationStep::Done => Position(index) >= since,
        _ => true,
    };
    (counts && rotates_alike(&rotation.spec, &plan.spec)).then_some(rotation)
}

/// Whether two rotations of one record come to the same: the same new certificate, and the same end for the
/// old one. What a replacement has not reached yet may be fewer scopes than in the beginning.
fn rotates_alike(one: &RotationSpec, other: &RotationSpec) -> bool {
    let introduce = match (&one.introduce, &other.introduce) {
        (Change::Replace(one), Change::Replace(other)) => {
            one.id == other.id && one.certificate == other.certificate
        }
        (one, other) => is_same(one, other),
    };
    introduce && one.soak_seconds == other.soak_seconds && one.keep_old == other.keep_old
}

/// Refuses a plan for a record that is being rotated to something else, or in another way.
///
/// # Errors
/// [`ErrorKind::Precondition`]: it is.
pub(crate) fn ensure_alike(under_way: &Rotation, plan: &RotationPlan) -> Result<()> {
    if rotates_alike(&under_way.spec, &plan.spec) {
        return Ok(());
    }
    Err(under_way_already(under_way))
}

fn under_way_already(other: &Rotation) -> Error {
    Error::new(
        ErrorKind::Precondition,
        format!(
            "another rotation of {} is under way, to another certificate or with another end of the old one ({}, next is {}). Nothing was sent",
            other.spec.old, other.id, other.step
        ),
    )
    .with_advice("Go on with it or roll it back first")
}
