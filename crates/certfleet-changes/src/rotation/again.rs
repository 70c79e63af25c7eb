//! Saved plans of rotations, held against what is there and what was done since.

use super::{Rotation, RotationPlan, begin::begun_already};
use crate::FleetWriter;
use certfleet::{Error, ErrorKind, Result};

/// Saved plans of rotations, as things are now.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RotationsAgain {
    /// What is still to be begun, planned again. The same follows from it as was planned.
    pub plans: Vec<RotationPlan>,
    /// What was begun since, or belongs to it, and goes on.
    pub under_way: Vec<Rotation>,
    /// What has come to its end since.
    pub done: Vec<Rotation>,
}

impl FleetWriter {
    /// Plans saved rotations as things are now: what was begun or done since, by these plans or by another
    /// client, is not begun again. Only reads. Private keys that belong to them are attached before.
    ///
    /// # Errors
    /// [`ErrorKind::Precondition`]: something else would follow now than was planned, or a record is being
    /// rotated to another certificate; as [`Writer::plan_rotation`](crate::Writer::plan_rotation).
    pub async fn plan_rotations_again(&self, saved: Vec<RotationPlan>) -> Result<RotationsAgain> {
        let contents = self.journal().read().await?;
        let (mut left, mut done) = (Vec::new(), Vec::new());
        for plan in saved {
            match begun_already(&plan, &contents) {
                Some(rotation) if rotation.is_over() => done.push(rotation.clone()),
                _ => left.push(plan),
            }
        }
        let under_way = self.take_under_way(&mut left).await?;
        let mut plans = Vec::new();
        for saved in left {
            plans.push(self.plan_again(saved).await?);
        }
        Ok(RotationsAgain {
            plans,
            under_way,
            done,
        })
    }

    async fn plan_again(&self, saved: RotationPlan) -> Result<RotationPlan> {
        let writer = self.writer(&saved.spec.old)?;
        let mut now = writer.plan_rotation(saved.spec.clone()).await?;
        if let Some(what) = saved.difference(&now) {
            return Err(Error::new(
                ErrorKind::Precondition,
                format!(
                    "something else would follow now from the rotation of {} than was planned: {what}. Nothing was sent",
                    saved.spec.old
                ),
            )
            .with_advice("Plan again"));
        }
        now.journal_position = saved.journal_position;
        Ok(now)
    }
}
