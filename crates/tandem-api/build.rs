//! Tells cargo that the pages are part of this crate. They are built by npm
//! beforehand; without them the server answers its API alone.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
}
