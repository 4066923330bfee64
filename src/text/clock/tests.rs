//! The clock, told in lines of real logs.

mod arbitrary;
mod comparing;
mod lines;
mod stamps;
mod years;

use super::*;

const S: i64 = 1_000_000_000;

fn time(text: &str) -> Time {
    parse_display(text).unwrap_or_else(|| panic!("`{text}` is no time"))
}

fn stamp(kind: Kind, text: &str) -> Reading {
    read(kind, text).unwrap_or_else(|| panic!("`{text}` is no {kind:?}"))
}

/// The rows of a table written out as text, its cells parted by `|`.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().filter(|row| !row.trim().is_empty()).map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        cells.try_into().unwrap_or_else(|_| panic!("not {N} cells: `{row}`"))
    })
}

fn kind(name: &str) -> Kind {
    Kind::from_capture(&format!("time.{name}")).unwrap_or_else(|| panic!("no kind `{name}`"))
}
