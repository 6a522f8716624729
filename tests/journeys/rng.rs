//! Random numbers that can be repeated: the seed is printed, and `CHARTKEEP_SEED` sets it.

use std::hash::{BuildHasher, Hasher, RandomState};

/// SplitMix64. The seed differs from run to run, so that other cases are met.
pub(crate) struct SeededRng(u64);

impl SeededRng {
    pub(crate) fn from_env_or_random() -> Self {
        let fixed = std::env::var("CHARTKEEP_SEED").ok().and_then(|s| s.parse().ok());
        let seed = fixed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        println!("CHARTKEEP_SEED={seed}");
        Self(seed)
    }

    /// From 0 to one less than `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }
}
