//! Use cases and authorization, a folder a domain.
