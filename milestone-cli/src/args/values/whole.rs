//! Whole numbers, each with its own least and most.
//!
//! Start at [`whole`]. What is no number and what is out of bounds get the same answer: the bounds.

use milestone_core::words::ValueError;

/// Reads a whole number from `least` to `most`.
pub fn whole<T>(
    least: u64,
    most: u64,
) -> impl Fn(&str) -> Result<T, ValueError> + Clone + Send + Sync + 'static
where
    T: TryFrom<u64> + Clone + Send + Sync + 'static,
{
    move |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number: Option<u64> = text.parse().ok().filter(|_| digits);
        let within = number.filter(|number| (least..=most).contains(number));
        within.and_then(|number| T::try_from(number).ok()).ok_or_else(|| {
            // A bound that nobody comes near is told to those who do.
            let bounds = match most >= u64::from(u32::MAX) && !digits {
                true => format!("from {least} on"),
                false => format!("from {least} to {most}"),
            };
            ValueError(format!("\"{text}\" is no whole number {bounds}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_told() {
        let chance = whole::<u8>(1, 99);
        assert_eq!((chance("1"), chance("99")), (Ok(1), Ok(99)));
        let why = |text: &str| chance(text).expect_err("out of bounds").to_string();
        for text in ["0", "100", "-1", "+5", "85%", "", "x", "99999999999999999999"] {
            assert_eq!(why(text), format!("\"{text}\" is no whole number from 1 to 99"));
        }
        let most = u64::from(u32::MAX);
        let limit = whole::<u32>(1, most);
        let why = |text: &str| limit(text).expect_err("out of bounds").to_string();
        assert_eq!(why("-1"), "\"-1\" is no whole number from 1 on");
        assert_eq!(why("4294967296"), "\"4294967296\" is no whole number from 1 to 4294967295");
    }
}
