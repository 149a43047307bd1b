//! Pure algorithms on Arrow arrays.
