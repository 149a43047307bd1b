//! Versioned tables and the one way to read them.
