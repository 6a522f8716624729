//! National Early Warning Score 2 (Royal College of Physicians, 2017, chart 1 and 2).
//!
//! For patients of 16 years and over who are not pregnant, which the caller checks.

use keep_domain::{Consciousness, News2Parameter, SpO2Scale};

/// The measurements; any of them may be missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct News2Input {
    /// Breaths per minute.
    pub respiratory_rate: Option<f64>,
    /// Per cent.
    pub oxygen_saturation: Option<f64>,
    /// The saturation scale that applies.
    pub scale: SpO2Scale,
    /// Whether the patient breathes supplemental oxygen.
    pub on_oxygen: Option<bool>,
    /// mmHg.
    pub systolic: Option<f64>,
    /// Beats per minute.
    pub pulse: Option<f64>,
    /// ACVPU.
    pub consciousness: Option<Consciousness>,
    /// Degrees Celsius.
    pub temperature: Option<f64>,
}

/// Clinical risk (RCP 2017, chart 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum News2Risk {
    /// 0–4.
    Low,
    /// 3 in one parameter with a total below 5.
    LowMedium,
    /// 5–6.
    Medium,
    /// 7 and more.
    High,
}

/// The score, or what is missing for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News2 {
    /// The score of all parameters.
    Complete {
        /// 0 to 20.
        total: u8,
        /// The scores of the parameters in the order of the chart.
        parts: Vec<(News2Parameter, u8)>,
        /// The clinical risk.
        risk: News2Risk,
    },
    /// There is no total without all parameters.
    Incomplete {
        /// The missing parameters.
        missing: Vec<News2Parameter>,
        /// The scores of the others.
        parts: Vec<(News2Parameter, u8)>,
    },
}

/// The response that is asked for (RCP 2017, chart 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum News2Response {
    /// 0: observations at least every 12 hours.
    Routine,
    /// 1–4: a registered nurse assesses; observations at least every 4 to 6 hours.
    Assess,
    /// 3 in one parameter: urgent, the medical team reviews; observations at least every hour.
    UrgentReview,
    /// 5–6: urgent, assessment by clinicians trained in acute illness; observations at least every hour.
    Urgent,
    /// 7 and more: emergency, assessment by a team with critical care skills; continuous monitoring.
    Emergency,
}

/// The response to the scores of the parameters; of an incomplete set the least that is certain.
#[must_use]
pub fn news2_response(parts: &[(News2Parameter, u8)]) -> News2Response {
    match parts.iter().map(|(_, s)| s).sum::<u8>() {
        7.. => News2Response::Emergency,
        5..=6 => News2Response::Urgent,
        _ if parts.iter().any(|(_, s)| *s == 3) => News2Response::UrgentReview,
        0 => News2Response::Routine,
        _ => News2Response::Assess,
    }
}

/// Scores the seven parameters.
#[must_use]
pub fn news2(input: &News2Input) -> News2 {
    use News2Parameter as P;
    let saturation = match (input.scale, input.on_oxygen) {
        (SpO2Scale::One, _) => input.oxygen_saturation.map(|s| scale_one(s.round())),
        (SpO2Scale::Two, Some(oxygen)) => input.oxygen_saturation.map(|s| scale_two(s.round(), oxygen)),
        // Scale 2 depends on whether oxygen is given.
        (SpO2Scale::Two, None) => None,
    };
    let found = [
        (P::Respiration, input.respiratory_rate.map(|v| respiration(v.round()))),
        (P::OxygenSaturation, saturation),
        (P::AirOrOxygen, input.on_oxygen.map(|o| if o { 2 } else { 0 })),
        (P::SystolicPressure, input.systolic.map(|v| systolic(v.round()))),
        (P::Pulse, input.pulse.map(|v| pulse(v.round()))),
        (P::Consciousness, input.consciousness.map(|c| if c == Consciousness::Alert { 0 } else { 3 })),
        (P::Temperature, input.temperature.map(|v| temperature((v * 10.0).round() / 10.0))),
    ];
    let missing: Vec<_> = found.iter().filter(|(_, s)| s.is_none()).map(|(p, _)| *p).collect();
    let parts: Vec<(P, u8)> = found.into_iter().filter_map(|(p, s)| Some((p, s?))).collect();
    if !missing.is_empty() {
        return News2::Incomplete { missing, parts };
    }
    let total: u8 = parts.iter().map(|(_, s)| s).sum();
    let risk = match total {
        7.. => News2Risk::High,
        5..=6 => News2Risk::Medium,
        _ if parts.iter().any(|(_, s)| *s == 3) => News2Risk::LowMedium,
        _ => News2Risk::Low,
    };
    News2::Complete { total, parts, risk }
}

fn respiration(v: f64) -> u8 {
    match v {
        v if v <= 8.0 => 3,
        v if v <= 11.0 => 1,
        v if v <= 20.0 => 0,
        v if v <= 24.0 => 2,
        _ => 3,
    }
}

fn scale_one(v: f64) -> u8 {
    match v {
        v if v <= 91.0 => 3,
        v if v <= 93.0 => 2,
        v if v <= 95.0 => 1,
        _ => 0,
    }
}

fn scale_two(v: f64, on_oxygen: bool) -> u8 {
    match v {
        v if v <= 83.0 => 3,
        v if v <= 85.0 => 2,
        v if v <= 87.0 => 1,
        v if v <= 92.0 || !on_oxygen => 0,
        v if v <= 94.0 => 1,
        v if v <= 96.0 => 2,
        _ => 3,
    }
}

fn systolic(v: f64) -> u8 {
    match v {
        v if v <= 90.0 => 3,
        v if v <= 100.0 => 2,
        v if v <= 110.0 => 1,
        v if v <= 219.0 => 0,
        _ => 3,
    }
}

fn pulse(v: f64) -> u8 {
    match v {
        v if v <= 40.0 => 3,
        v if v <= 50.0 => 1,
        v if v <= 90.0 => 0,
        v if v <= 110.0 => 1,
        v if v <= 130.0 => 2,
        _ => 3,
    }
}

fn temperature(v: f64) -> u8 {
    match v {
        v if v <= 35.0 => 3,
        v if v <= 36.0 => 1,
        v if v <= 38.0 => 0,
        v if v <= 39.0 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: News2Input = News2Input {
        respiratory_rate: Some(16.0),
        oxygen_saturation: Some(97.0),
        scale: SpO2Scale::One,
        on_oxygen: Some(false),
        systolic: Some(122.0),
        pulse: Some(72.0),
        consciousness: Some(Consciousness::Alert),
        temperature: Some(37.0),
    };

    fn total(input: &News2Input) -> (u8, News2Risk) {
        match news2(input) {
            News2::Complete { total, risk, .. } => (total, risk),
            News2::Incomplete { missing, .. } => panic!("missing {missing:?}"),
        }
    }

    #[test]
    fn parameters_score_by_the_bands_of_the_chart() {
        let each = |f: fn(f64) -> u8, list: &[(f64, u8)]| {
            for (v, s) in list {
                assert_eq!(f(*v), *s, "{v}");
            }
        };
        each(respiration, &[(8.0, 3), (9.0, 1), (11.0, 1), (12.0, 0), (20.0, 0), (21.0, 2), (24.0, 2), (25.0, 3)]);
        each(scale_one, &[(91.0, 3), (92.0, 2), (93.0, 2), (94.0, 1), (95.0, 1), (96.0, 0)]);
        each(
            |v| scale_two(v, true),
            &[
                (83.0, 3),
                (84.0, 2),
                (85.0, 2),
                (86.0, 1),
                (87.0, 1),
                (88.0, 0),
                (92.0, 0),
                (93.0, 1),
                (94.0, 1),
                (95.0, 2),
                (96.0, 2),
                (97.0, 3),
            ],
        );
        each(|v| scale_two(v, false), &[(83.0, 3), (88.0, 0), (93.0, 0), (100.0, 0)]);
        each(systolic, &[(90.0, 3), (91.0, 2), (100.0, 2), (101.0, 1), (110.0, 1), (111.0, 0), (219.0, 0), (220.0, 3)]);
        each(
            pulse,
            &[
                (40.0, 3),
                (41.0, 1),
                (50.0, 1),
                (51.0, 0),
                (90.0, 0),
                (91.0, 1),
                (110.0, 1),
                (111.0, 2),
                (130.0, 2),
                (131.0, 3),
            ],
        );
        each(temperature, &[(35.0, 3), (35.1, 1), (36.0, 1), (36.1, 0), (38.0, 0), (38.1, 1), (39.0, 1), (39.1, 2)]);
    }

    #[test]
    fn the_total_gives_the_risk() {
        assert_eq!(total(&WELL), (0, News2Risk::Low));
        assert_eq!(
            total(&News2Input { consciousness: Some(Consciousness::Confusion), ..WELL }),
            (3, News2Risk::LowMedium)
        );
        assert_eq!(
            total(&News2Input {
                on_oxygen: Some(true),
                oxygen_saturation: Some(93.0),
                temperature: Some(38.4),
                ..WELL
            }),
            (5, News2Risk::Medium)
        );
        let worst = News2Input {
            respiratory_rate: Some(30.0),
            oxygen_saturation: Some(80.0),
            on_oxygen: Some(true),
            systolic: Some(80.0),
            pulse: Some(140.0),
            consciousness: Some(Consciousness::Unresponsive),
            temperature: Some(34.0),
            ..WELL
        };
        assert_eq!(total(&worst), (20, News2Risk::High));
        assert_eq!(total(&News2Input { temperature: Some(38.04), ..WELL }), (0, News2Risk::Low));
    }

    #[test]
    fn missing_parameters_are_named_and_there_is_no_total() {
        let missing = |input: News2Input| match news2(&input) {
            News2::Incomplete { missing, parts } => (missing, parts.len()),
            News2::Complete { .. } => panic!("complete"),
        };
        use News2Parameter as P;
        let input = News2Input { pulse: None, consciousness: None, ..WELL };
        assert_eq!(missing(input), (vec![P::Pulse, P::Consciousness], 5));
        let input = News2Input { scale: SpO2Scale::Two, on_oxygen: None, ..WELL };
        assert_eq!(missing(input), (vec![P::OxygenSaturation, P::AirOrOxygen], 5));
    }

    #[test]
    fn the_response_is_that_of_the_chart() {
        let check = |scores: &[u8], expected| {
            let parts: Vec<_> = scores.iter().map(|s| (News2Parameter::Pulse, *s)).collect();
            assert_eq!(news2_response(&parts), expected, "{scores:?}");
        };
        check(&[0, 0], News2Response::Routine);
        check(&[1, 2, 1], News2Response::Assess);
        check(&[3, 0], News2Response::UrgentReview);
        check(&[3, 1], News2Response::UrgentReview);
        check(&[2, 3], News2Response::Urgent);
        check(&[2, 2, 2], News2Response::Urgent);
        check(&[3, 3, 1], News2Response::Emergency);
    }
}
