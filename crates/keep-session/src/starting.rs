//! A session on its way from an opened key slot to the unlocked state.

use crate::state::device_context::DeviceContext;
use crate::workstation::Workstation;
use keep_audit::Actor;
use keep_domain::Rank;
use keep_keys::OpenedSlot;

/// A session that is being started.
pub(crate) struct SessionStart<'a> {
    pub(crate) workstation: &'a Workstation,
    pub(crate) device: &'a DeviceContext,
    pub(crate) opened: OpenedSlot,
    /// The user, as events name them.
    pub(crate) actor: Actor,
    /// The segments that role and policy entitle them to.
    pub(crate) entitled: Rank,
}
