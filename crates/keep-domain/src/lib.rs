#![doc = include_str!("../README.md")]

mod clock;
mod error_code;
mod guard;
mod id;
mod length_prefixed;
mod month;
mod named_enum;
mod news2;
mod policy;
mod provider_statement;
mod resource_type;
mod role;
mod segment;
mod vital_sign;

#[cfg(any(test, feature = "test-support"))]
pub use clock::testing::ManualClock;
pub use clock::{Clock, SystemClock, UtcMillis};
pub use error_code::{ErrorCode, ExitCode, IncidentId};
pub use guard::{Phi, Secret};
pub use id::{DeviceId, EventId, InvalidId, LogId, PatientId, ResourceId, ResourceKey, UserId};
pub use length_prefixed::length_prefixed;
pub use month::MONTHS;
pub use news2::{Consciousness, NEWS2_TOTAL, News2Parameter, SpO2Scale};
pub use policy::Policy;
pub use provider_statement::ProviderStatement;
pub use resource_type::{R4_TYPES, is_r4_type};
pub use role::Role;
pub use segment::{Rank, Segment};
pub use vital_sign::{BLOOD_PRESSURE_PANEL, VitalSign, is_vital_code};
