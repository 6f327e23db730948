//! Link flags of the plugin.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Once loaded, the plugin stays mapped until the process ends: ONNX
    // Runtime's environment is kept for ever, and a second copy of this code
    // in one process could not open another one.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-cdylib=-Wl,-z,nodelete");
    }
}
