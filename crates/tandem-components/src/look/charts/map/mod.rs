//! Maps. No data of borders ship with the product and none are fetched: the
//! outlines that can be had are not free, or draw borders that are disputed.
//! Provinces are tiles of one size near their places ([`provinces`]), places
//! are points over degrees ([`points`]).

mod points;
mod provinces;

use serde::Deserialize;
use tandem_core::Result;

use crate::{Ask, Host, Outputs};

#[derive(Deserialize)]
struct Params {
    by: By,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum By {
    Province,
    Point,
}

pub(super) fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    match ask.params::<Params>()?.by {
        By::Province => provinces::run(ask, host),
        By::Point => points::run(ask, host),
    }
}
