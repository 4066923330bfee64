//! Tests of the whole layer: hostile archives, cuts, bombs, order. Each asserts how much was read.

mod bounds;
mod cut;
mod damage;
mod hostile;
mod make;
mod order;
mod places;
mod shapes;

pub(crate) use super::*;
pub(crate) use make::*;
