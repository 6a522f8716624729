#![doc = include_str!("../README.md")]

mod clock;
mod error_code;
mod guard;
mod id;
mod length_prefixed;
mod named_enum;
mod policy;
mod resource_type;
mod role;
mod segment;

#[cfg(any(test, feature = "test-support"))]
pub use clock::ManualClock;
pub use clock::{Clock, SystemClock, UtcMillis};
pub use error_code::{ErrorCode, ExitCode, IncidentId};
pub use guard::{Phi, Secret};
pub use id::{DeviceId, EventId, InvalidId, LogId, PatientId, ResourceId, ResourceKey, UserId};
pub use length_prefixed::length_prefixed;
pub use policy::Policy;
pub use resource_type::{R4_TYPES, is_r4_type};
pub use role::Role;
pub use segment::{Rank, Segment};
