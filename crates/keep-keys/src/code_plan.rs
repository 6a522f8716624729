//! Which steps of the phone a typed code may belong to.

use crate::KeysError;
use crate::state::UnlockState;
use crate::totp;
use crate::trusted_time::{ClockJudgement, TrustedTime};
use crate::unlock::Attempt;
use keep_domain::UtcMillis;

/// One way to read the typed code.
pub(crate) struct Candidate {
    pub(crate) step: u64,
    pub(crate) t: u32,
}

/// The ways to read the code, likeliest first; none is a refusal that is not counted.
pub(crate) fn plan_candidates(
    state: &UnlockState,
    time: &TrustedTime,
    attempt: &Attempt<'_>,
) -> Result<Vec<Candidate>, KeysError> {
    let steps = match attempt.entered_time {
        Some(entered) => steps_at(entered, state.skew, time)?,
        None => steps_now(state, time)?,
    };
    // A code that is no six digits is a wrong code like any other.
    let code = totp::parse_code(attempt.code);
    let inside = steps.iter().any(|s| *s >= state.table.first() && *s < state.table.end());
    if !inside {
        // Past the end the lease is over, if the time can be believed; else ask for the phone's time first.
        let believed = attempt.entered_time.is_some() || time.is_confirmed();
        let past = steps.iter().all(|s| *s >= state.table.end());
        return Err(if believed && past { KeysError::LeaseEnded } else { KeysError::ClockWrong });
    }
    let read = |step: u64| code.and_then(|c| state.table.t(step, c)).map(|t| Candidate { step, t });
    Ok(steps.into_iter().filter_map(read).collect())
}

/// The learned skew, then one step to either side.
fn steps_now(state: &UnlockState, time: &TrustedTime) -> Result<Vec<u64>, KeysError> {
    if time.judge() != ClockJudgement::Agrees {
        return Err(KeysError::ClockWrong);
    }
    let now = time.now();
    let base = totp::step_of(now).saturating_add_signed(i64::from(state.skew));
    if base <= state.last_step {
        // One step back is the code just used; more means that the clock went back.
        let next = state.last_step.saturating_add(1);
        let next_in = totp::until(now, next.saturating_add_signed(-i64::from(state.skew)));
        let used = state.last_step - base <= 1;
        return Err(if used { KeysError::CodeUsed { next_in } } else { KeysError::ClockWrong });
    }
    Ok(vec![base, base.saturating_add(1), base.saturating_sub(1)])
}

/// The two steps of the minute that the phone shows, the one after, as typing takes time, and the one before, for whoever
/// typed the code first and then looked at the time.
///
/// INVARIANT: whatever time is typed, no step behind the trusted time is tried, so that a code that somebody saw earlier
/// does not count; and none far ahead of it where all time since is accounted for. A phone that is known to be slow or
/// fast may be so, and one step is the tolerance of every unlock.
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
