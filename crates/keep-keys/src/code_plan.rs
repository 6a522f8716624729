//! Which time steps a typed code may belong to.

use crate::KeysError;
use crate::totp;
use crate::trusted_time::{ClockStatus, TrustedTime};
use crate::unlock_state::UnlockState;
use keep_domain::{Secret, UtcMillis};

/// One interpretation of a typed code: its step, and the T it leads to.
pub(crate) struct StepCandidate {
    pub(crate) step: u64,
    pub(crate) t: u32,
}

/// The interpretations of `code`, most likely first. An error means that the attempt is refused without being counted.
pub(crate) fn plan_candidates(
    state: &UnlockState,
    time: &TrustedTime,
    code: &Secret<String>,
    entered_time: Option<UtcMillis>,
) -> Result<Vec<StepCandidate>, KeysError> {
    let steps = match entered_time {
        Some(entered) => steps_at(entered, state.skew, time)?,
        None => steps_now(state, time)?,
    };
    // A code other than six digits is treated like any wrong code.
    let code = totp::parse_code(code);
    let inside = steps.iter().any(|s| *s >= state.table.first() && *s < state.table.end());
    if !inside {
        // After the end of the table the lease has ended, if the time is trusted; otherwise ask for the phone's time.
        let trusted = entered_time.is_some() || time.is_confirmed();
        let past = steps.iter().all(|s| *s >= state.table.end());
        return Err(if trusted && past { KeysError::LeaseEnded } else { KeysError::ClockWrong });
    }
    let read = |step: u64| code.and_then(|c| state.table.t(step, c)).map(|t| StepCandidate { step, t });
    Ok(steps.into_iter().filter_map(read).collect())
}

/// The step at the learned skew, then one step to either side.
fn steps_now(state: &UnlockState, time: &TrustedTime) -> Result<Vec<u64>, KeysError> {
    if time.clock_status() != ClockStatus::Agrees {
        return Err(KeysError::ClockWrong);
    }
    let now = time.now();
    let base = totp::step_of(now).saturating_add_signed(i64::from(state.skew));
    if base <= state.last_step {
        // One step back is the code used last; more means that the clock went back.
        let next = state.last_step.saturating_add(1);
        let next_in = totp::until(now, next.saturating_add_signed(-i64::from(state.skew)));
        let used = state.last_step - base <= 1;
        return Err(if used { KeysError::CodeUsed { next_in } } else { KeysError::ClockWrong });
    }
    Ok(vec![base, base.saturating_add(1), base.saturating_sub(1)])
}

/// The two steps of the minute that the phone shows, the step after, since typing takes time, and the step before, for
/// users who type the code before they read the time.
///
/// INVARIANT: whatever time is typed, no step before the trusted time is tried, so that an observed code cannot be used
/// later; and no step far ahead of it when the clock ran without a gap since the last authenticated time. The learned skew and one step of tolerance
/// are added to both limits.
pub(crate) fn steps_at(entered: UtcMillis, skew: i16, time: &TrustedTime) -> Result<Vec<u64>, KeysError> {
    let first = totp::step_of(UtcMillis(entered.0.saturating_sub(entered.0.rem_euclid(60_000))));
    let mut steps: Vec<u64> = (first..=first.saturating_add(2)).chain([first.saturating_sub(1)]).collect();
    let skew = i64::from(skew);
    if let Some(at) = time.earliest() {
        let earliest = totp::step_of(at).saturating_add_signed(skew.min(0)).saturating_sub(1);
        steps.retain(|s| *s >= earliest);
    }
    if let Some(at) = time.latest() {
        let latest = totp::step_of(at).saturating_add_signed(skew.max(0)).saturating_add(1);
        steps.retain(|s| *s <= latest);
    }
    if steps.is_empty() { Err(KeysError::ClockWrong) } else { Ok(steps) }
}
