//! The file that this code was loaded from: the plugin, or the executable.

use std::path::PathBuf;

/// Its address lies inside the image whose path is wanted.
static ANCHOR: u8 = 0;

/// The canonical path of the shared library or executable that holds this
/// code, or `None` where the system does not tell.
///
/// A plugin cannot use `current_exe` for this: that is the host.
pub(super) fn own_path() -> Option<PathBuf> {
    std::fs::canonicalize(image_path()?).ok()
}

#[cfg(unix)]
fn image_path() -> Option<PathBuf> {
    use std::ffi::{CStr, OsStr};
    use std::os::unix::ffi::OsStrExt;

    // SAFETY: `Dl_info` is a plain C struct of pointers, for which zero is a valid value.
    let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
    // SAFETY: dladdr only compares the address with the loaded images and fills `info`.
    let found = unsafe { libc::dladdr((&raw const ANCHOR).cast(), &raw mut info) };
    if found == 0 || info.dli_fname.is_null() {
        return None;
    }
    // SAFETY: on success dli_fname is a NUL-terminated string owned by the
    // dynamic linker for as long as the image is loaded, which it is: this
    // code runs from it.
    let name = unsafe { CStr::from_ptr(info.dli_fname) };
    Some(PathBuf::from(OsStr::from_bytes(name.to_bytes())))
}

#[cfg(windows)]
fn image_path() -> Option<PathBuf> {
    use std::ffi::{OsString, c_void};
    use std::os::windows::ffi::OsStringExt;

    /// Look up by address, and do not raise the module's reference count.
    const FROM_ADDRESS_UNCHANGED: u32 = 0x4 | 0x2;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> i32;
        fn GetModuleFileNameW(module: *mut c_void, name: *mut u16, size: u32) -> u32;
    }

    let mut module = std::ptr::null_mut();
    // SAFETY: with FROM_ADDRESS the second argument is any address inside a
    // module, which a static of ours is; the third is a valid place to write.
    let found = unsafe {
        GetModuleHandleExW(
            FROM_ADDRESS_UNCHANGED,
            (&raw const ANCHOR).cast(),
            &raw mut module,
        )
    };
    if found == 0 {
        return None;
    }
    // The longest path that Windows has, so a full buffer means failure.
    let mut name = vec![0_u16; 32_768];
    // SAFETY: the module is loaded (this code runs from it) and the buffer has the length given.
    let length =
        unsafe { GetModuleFileNameW(module, name.as_mut_ptr(), name.len() as u32) } as usize;
    if length == 0 || length >= name.len() {
        return None;
    }
    Some(PathBuf::from(OsString::from_wide(&name[..length])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_runner_finds_itself() {
        let expected = std::fs::canonicalize(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(own_path(), Some(expected));
    }
}
