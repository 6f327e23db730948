//! Subnormal numbers off, on this thread, for as long as a guard lives.
//!
//! ONNX Runtime's own switch sets the flags of whichever thread creates the
//! process's *first* session and of no other. That is neither the thread that
//! runs the model nor a thread we may leave changed (it can be the host's), so
//! every call into ONNX Runtime is wrapped in this guard instead. The same
//! flags in every run also keep results the same on every thread.

use std::marker::PhantomData;

/// Sets flush-to-zero and denormals-are-zero; dropping it puts back what was there.
///
/// The flags belong to a thread, hence neither `Send` nor `Sync`.
pub struct DenormalsOff {
    /// The floating-point control register as it was found.
    previous: imp::Control,
    /// Keeps the guard on the thread that made it.
    _this_thread: PhantomData<*const ()>,
}

impl DenormalsOff {
    /// Turns subnormal numbers off on the calling thread.
    pub fn new() -> Self {
        let previous = imp::read();
        imp::write(previous | imp::FLUSH);
        Self {
            previous,
            _this_thread: PhantomData,
        }
    }
}

impl Default for DenormalsOff {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for DenormalsOff {
    fn drop(&mut self) {
        imp::write(self.previous);
    }
}

#[cfg(target_arch = "x86_64")]
mod imp {
    use std::arch::asm;

    /// The MXCSR register.
    pub type Control = u32;
    /// FTZ (bit 15) and DAZ (bit 6).
    pub const FLUSH: Control = 0x8040;

    pub fn read() -> Control {
        let mut control: Control = 0;
        // SAFETY: stores the four bytes of MXCSR to a local variable; SSE is part of x86-64.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut control, options(nostack)) };
        control
    }

    pub fn write(control: Control) {
        // SAFETY: loads a value that was read from MXCSR, or that value with
        // FTZ and DAZ set, which every x86-64 processor supports.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const control, options(nostack)) };
    }
}

#[cfg(target_arch = "aarch64")]
mod imp {
    use std::arch::asm;

    /// The FPCR register.
    pub type Control = u64;
    /// FZ (bit 24) covers inputs and results.
    pub const FLUSH: Control = 1 << 24;

    pub fn read() -> Control {
        let control: Control;
        // SAFETY: reads a register that user code may read.
        unsafe { asm!("mrs {}, fpcr", out(reg) control, options(nomem, nostack)) };
        control
    }

    pub fn write(control: Control) {
        // SAFETY: writes a value that was read from FPCR, or that value with FZ set.
        unsafe { asm!("msr fpcr, {}", in(reg) control, options(nomem, nostack)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod imp {
    /// Other processors keep their subnormal numbers.
    pub type Control = u32;
    /// No flag to set.
    pub const FLUSH: Control = 0;

    pub fn read() -> Control {
        0
    }

    pub fn write(_control: Control) {}
}

#[cfg(all(test, any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests {
    use super::*;
    use std::hint::black_box;

    fn half_of_the_smallest_normal() -> f32 {
        black_box(f32::MIN_POSITIVE) * black_box(0.5)
    }

    #[test]
    fn subnormals_are_zero_while_the_guard_lives_and_back_after() {
        assert!(half_of_the_smallest_normal() > 0.0);
        {
            let _guard = DenormalsOff::new();
            assert_eq!(half_of_the_smallest_normal(), 0.0);
        }
        assert!(half_of_the_smallest_normal() > 0.0);
    }
}
