//! The bytes of one stamp, taken from the left.
//!
//! For: the few shapes that every clock is made of. A step takes what it names or answers `None`;
//! there is no going back, and no byte is looked at by index. Floor: layer 0.

use super::wall::OfDay;

const MONTHS: [&[u8; 3]; 12] = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

pub(super) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(super) fn over(text: &'a str) -> Cursor<'a> {
        Cursor { rest: text.as_bytes() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn end(&mut self) -> Option<()> {
        self.is_empty().then_some(())
    }

    /// The next byte, if it is one of these.
    pub(super) fn byte(&mut self, any_of: &[u8]) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        if !any_of.contains(first) {
            return None;
        }
        self.rest = rest;
        Some(*first)
    }

    /// One blank or more.
    pub(super) fn blanks(&mut self) -> Option<()> {
        self.byte(b" ")?;
        while self.byte(b" ").is_some() {}
        Some(())
    }

    /// All digits up to the first other byte, and how many they are; at most 18, which fit a `u64`.
    pub(super) fn number(&mut self, at_least: usize, at_most: usize) -> Option<(u64, usize)> {
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length < at_least.max(1) || length > at_most.min(18) {
            return None;
        }
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some((digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')), length))
    }

    /// A number of this many digits that is a part of a date or a time.
    pub(super) fn small(&mut self, at_least: usize, at_most: usize) -> Option<u8> {
        u8::try_from(self.number(at_least, at_most)?.0).ok()
    }

    /// A year of four digits and what must follow it; nothing is taken when that is not there.
    pub(super) fn year_and(&mut self, follows: impl Fn(&mut Cursor<'a>) -> Option<()>) -> Option<i32> {
        let mut ahead = Cursor { rest: self.rest };
        let (year, _) = ahead.number(4, 4)?;
        follows(&mut ahead)?;
        self.rest = ahead.rest;
        i32::try_from(year).ok()
    }

    /// `Jul`, in any case.
    pub(super) fn month(&mut self) -> Option<u8> {
        let (name, rest) = self.rest.split_at_checked(3)?;
        let index = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))?;
        self.rest = rest;
        u8::try_from(index + 1).ok()
    }

    /// `.191` in nanoseconds and how many digits it had; none there is no digits, a mark without
    /// digits or with more than nine is no fraction.
    pub(super) fn fraction(&mut self, marks: &[u8]) -> Option<(u32, u8)> {
        if self.byte(marks).is_none() {
            return Some((0, 0));
        }
        let (value, length) = self.number(1, 9)?;
        let digits = u32::try_from(length).ok()?;
        let nanos = u32::try_from(value).ok()?.checked_mul(10u32.pow(9 - digits))?;
        Some((nanos, u8::try_from(digits).ok()?))
    }

    /// `01:26:46.191`; second 60 as [`OfDay`] keeps it.
    pub(super) fn of_day(&mut self) -> Option<OfDay> {
        let (hour, minute, second, fraction) = self.hms()?;
        OfDay::new(hour, minute, second, fraction)
    }

    /// The same without a leap second: a time since boot counts to 59.
    pub(super) fn of_day_to_59(&mut self) -> Option<OfDay> {
        let (hour, minute, second, fraction) = self.hms()?;
        (second < 60).then(|| OfDay::new(hour, minute, second, fraction))?
    }

    fn hms(&mut self) -> Option<(u8, u8, u8, (u32, u8))> {
        let hour = self.small(2, 2)?;
        self.byte(b":")?;
        let minute = self.small(2, 2)?;
        self.byte(b":")?;
        Some((hour, minute, self.small(2, 2)?, self.fraction(b".,")?))
    }
}
