//! The secret that lets the password alone unlock for a while after a full unlock.

use crate::KeysError;
use crate::slot_id::SlotContext;
use crate::trusted_time::{TimeMark, TrustedTime};
use keep_domain::{Policy, Secret};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;
use zeroize::Zeroizing;

/// Maximum age of the secret, whatever the policy.
const MAX_AGE: Duration = Duration::from_secs(12 * 3600);

/// T and the time of the last full unlock. Opens nothing without the password and KD.
///
/// Its holder drops it on sleep, OS lock, user switch and restart; a wrong password consumes it.
pub struct ResumeSecret {
    context: SlotContext,
    t: Secret<[u8; 4]>,
    since: TimeMark,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SerializedSecret {
    user: keep_domain::UserId,
    device: keep_domain::DeviceId,
    slot: crate::SlotId,
    t: [u8; 4],
    since: TimeMark,
}

impl ResumeSecret {
    pub(crate) const fn new(context: SlotContext, t: u32, since: TimeMark) -> Self {
        Self { context, t: Secret::new(t.to_be_bytes()), since }
    }

    /// The slot of the secret.
    #[must_use]
    pub const fn context(&self) -> SlotContext {
        self.context
    }

    /// Remaining time under `policy`; zero means that password and code are needed.
    #[must_use]
    pub fn left(&self, time: &TrustedTime, policy: &Policy) -> Duration {
        let limit = Duration::from_secs(u64::from(policy.resume_minutes) * 60).min(MAX_AGE);
        if time.is_before(&self.since) { Duration::ZERO } else { limit.saturating_sub(time.elapsed_since(&self.since)) }
    }

    pub(crate) fn is_usable(&self, context: SlotContext, time: &TrustedTime, policy: &Policy) -> bool {
        self.context == context && !self.left(time, policy).is_zero()
    }

    pub(crate) const fn t(&self) -> u32 {
        // EXPOSE: T enters the key derivation.
        u32::from_be_bytes(*self.t.expose())
    }

    /// The bytes to pass to the process that replaces this one, only through a sealed memory file.
    ///
    /// # Errors
    /// Only [`KeysError::Internal`].
    pub fn to_bytes(&self) -> Result<Secret<Vec<u8>>, KeysError> {
        let SlotContext { user, device, slot } = self.context;
        // EXPOSE: T is passed to the process that replaces this one.
        let serialized = SerializedSecret { user, device, slot, t: *self.t.expose(), since: self.since.clone() };
        serde_json::to_vec(&serialized).map(Secret::new).map_err(|_| KeysError::Internal("resume secret"))
    }

    /// Reads the output of [`ResumeSecret::to_bytes`]; the caller wipes its copy.
    ///
    /// # Errors
    /// [`KeysError::CodeNeeded`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeysError> {
        let serialized: SerializedSecret = serde_json::from_slice(bytes).map_err(|_| KeysError::CodeNeeded)?;
        let t = Zeroizing::new(serialized.t);
        let context = SlotContext { user: serialized.user, device: serialized.device, slot: serialized.slot };
        Ok(Self { context, t: Secret::new(*t), since: serialized.since })
    }
}

impl fmt::Debug for ResumeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResumeSecret({})", self.context.user)
    }
}
