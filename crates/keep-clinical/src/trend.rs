//! The points of a long series that are drawn.

use keep_domain::UtcMillis;

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The time.
    pub at: UtcMillis,
    /// The value.
    pub value: f64,
}

/// The indices of at most `most` points to draw between two instants (inclusive), in chronological order.
///
/// A longer series is divided into equal intervals, of which the lowest and the highest point are drawn, so that no
/// spike is lost; the first and the last point are always drawn.
/// `points` may be in any order; values that are not finite are left out.
#[must_use]
pub fn trend_points(points: &[Point], from: UtcMillis, to: UtcMillis, most: usize) -> Vec<usize> {
    let inside = |p: &Point| p.at >= from && p.at <= to && p.value.is_finite();
    let mut found: Vec<(usize, Point)> = points.iter().copied().enumerate().filter(|(_, p)| inside(p)).collect();
    found.sort_by_key(|(i, p)| (p.at, *i));
    let pieces = most.saturating_sub(2) / 2;
    let (Some(first), Some(last)) = (found.first().copied(), found.last().copied()) else { return Vec::new() };
    if found.len() <= most || pieces == 0 {
        return found.into_iter().map(|(i, _)| i).take(most.max(2)).collect();
    }
    let span = (last.1.at.0 - first.1.at.0).max(1);
    let piece_of = |p: &Point| {
        let pieces = i64::try_from(pieces).unwrap_or(i64::MAX);
        ((p.at.0 - first.1.at.0).saturating_mul(pieces) / span).min(pieces - 1)
    };
    let mut drawn = vec![first.0, last.0];
    for piece in found.chunk_by(|a, b| piece_of(&a.1) == piece_of(&b.1)) {
        let low = piece.iter().min_by(|a, b| a.1.value.total_cmp(&b.1.value));
        let high = piece.iter().max_by(|a, b| a.1.value.total_cmp(&b.1.value));
        drawn.extend([low, high].into_iter().flatten().map(|(i, _)| *i));
    }
    found.into_iter().map(|(i, _)| i).filter(|i| drawn.contains(i)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(at: i64, value: f64) -> Point {
        Point { at: UtcMillis(at), value }
    }

    #[test]
    fn the_window_is_sorted_and_clean() {
        let points = [point(30, 3.0), point(10, 1.0), point(20, f64::NAN), point(99, 9.0), point(20, 2.0)];
        assert_eq!(trend_points(&points, UtcMillis(10), UtcMillis(50), 10), [1, 4, 0]);
        assert!(trend_points(&points, UtcMillis(100), UtcMillis(200), 10).is_empty());
    }

    proptest! {
        #[test]
        fn extremes_and_ends_are_always_drawn(values in prop::collection::vec(0.0..200.0f64, 1..400), most in 4usize..60) {
            let points: Vec<_> = values.iter().enumerate().map(|(i, v)| point(i64::try_from(i).expect("small") * 7, *v)).collect();
            let drawn = trend_points(&points, UtcMillis(0), UtcMillis(i64::MAX), most);
            prop_assert!(drawn.len() <= most, "{} {}", drawn.len(), most);
            prop_assert!(drawn.windows(2).all(|w| w[0] < w[1]));
            prop_assert!(drawn.contains(&0) && drawn.contains(&(points.len() - 1)));
            let highest = values.iter().copied().fold(f64::MIN, f64::max);
            let lowest = values.iter().copied().fold(f64::MAX, f64::min);
            prop_assert!(drawn.iter().any(|i| values[*i] == highest) && drawn.iter().any(|i| values[*i] == lowest));
        }
    }
}
