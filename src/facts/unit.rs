//! Units of sizes and times. Sizes count in powers of 1024 however they are spelled, as the logs we read do; times
//! convert; a bare number takes the unit of the other side. Bytes against seconds is an error found at load.

use std::fmt;

/// What kind of quantity a number is: exponents of size and time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dim {
    /// Exponent of bytes.
    pub size: i8,
    /// Exponent of seconds.
    pub time: i8,
}

impl Dim {
    /// A bare number.
    pub const BARE: Dim = Dim { size: 0, time: 0 };
    /// Bytes.
    pub const SIZE: Dim = Dim { size: 1, time: 0 };
    /// Seconds.
    pub const TIME: Dim = Dim { size: 0, time: 1 };

    /// Dimension of a product; `None` when it grows absurd.
    pub fn times(self, o: Dim) -> Option<Dim> {
        let d = Dim { size: self.size.checked_add(o.size)?, time: self.time.checked_add(o.time)? };
        (d.size.abs() <= 4 && d.time.abs() <= 4).then_some(d)
    }

    /// Dimension of one over this.
    pub fn inverse(self) -> Dim {
        Dim { size: -self.size, time: -self.time }
    }
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Dim::BARE => f.write_str("a bare number"),
            Dim::SIZE => f.write_str("a size"),
            Dim::TIME => f.write_str("a time"),
            d => write!(f, "size^{} time^{}", d.size, d.time),
        }
    }
}

/// A unit that facts can be declared in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unit {
    /// No unit.
    #[default]
    One,
    /// Per cent; a bare number that prints with `%`.
    Percent,
    /// A size: name and bytes in one of it.
    Size(&'static str, i128),
    /// A time: name and nanoseconds in one of it.
    Time(&'static str, i128),
    /// What comes out of multiplying units, in bytes and nanoseconds.
    Mixed(Dim),
}

const UNITS: &[Unit] = &[
    Unit::Size("B", 1),
    Unit::Size("kB", 1 << 10),
    Unit::Size("MB", 1 << 20),
    Unit::Size("GB", 1 << 30),
    Unit::Size("TB", 1 << 40),
    Unit::Time("ns", 1),
    Unit::Time("us", 1_000),
    Unit::Time("ms", 1_000_000),
    Unit::Time("s", 1_000_000_000),
    Unit::Time("min", 60_000_000_000),
    Unit::Time("h", 3_600_000_000_000),
    Unit::Time("d", 86_400_000_000_000),
];

/// Names of all units, for hints.
pub const UNIT_NAMES: &[&str] = &["%", "B", "kB", "MB", "GB", "TB", "ns", "us", "ms", "s", "min", "h", "d"];

impl Unit {
    /// Seconds, the unit of clocks.
    pub const SECOND: Unit = Unit::Time("s", 1_000_000_000);

    /// The unit of that name, as files write it.
    pub fn named(name: &str) -> Option<Unit> {
        if name == "%" {
            return Some(Unit::Percent);
        }
        let name = match name {
            "KB" | "KiB" | "K" | "k" => "kB",
            "MiB" | "M" => "MB",
            "GiB" | "G" => "GB",
            "TiB" | "T" => "TB",
            "bytes" | "b" => "B",
            "sec" | "seconds" => "s",
            other => other,
        };
        UNITS.iter().copied().find(|u| u.name() == name)
    }

    /// Its dimension.
    pub fn dim(self) -> Dim {
        match self {
            Unit::One | Unit::Percent => Dim::BARE,
            Unit::Size(..) => Dim::SIZE,
            Unit::Time(..) => Dim::TIME,
            Unit::Mixed(d) => d,
        }
    }

    /// Bytes or nanoseconds in one of it.
    pub fn factor(self) -> i128 {
        match self {
            Unit::Size(_, f) | Unit::Time(_, f) => f,
            _ => 1,
        }
    }

    /// How it prints; empty for bare numbers.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Size(n, _) | Unit::Time(n, _) => n,
            Unit::Percent => "%",
            _ => "",
        }
    }
}
