//! The HTTP face of Tandem.
