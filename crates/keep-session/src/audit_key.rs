//! The audit key of the settings, as the device signed it.

use crate::error::SessionError;
use crate::state::device_context::DeviceContext;
use crate::workstation::Workstation;
use keep_domain::ErrorCode;
use keep_keys::HpkePublicKey;

impl Workstation {
    /// The key to which audit bodies are sealed; a record without the device's signature is `slot_damaged`.
    pub(crate) fn audit_public_key(&self, device: &DeviceContext) -> Result<Option<HpkePublicKey>, SessionError> {
        match &self.settings().audit_public_key {
            None => Ok(None),
            Some(record) => record.verified(device).map(Some).ok_or_else(|| SessionError::of(ErrorCode::SlotDamaged)),
        }
    }
}
