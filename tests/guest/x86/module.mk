# SPDX-License-Identifier: BSD-2-Clause
#
# The integer part comes from the library; the rest of the guest and of the core, as far as
# it needs them, from run.c and run_*.c, which must define all of it.
emu-tests += x86_native
x86_native-src := $(addprefix tests/guest/x86/,native.c run.c run_system.c run_no_fpu.c)
emu-tests += x86_translate
x86_translate-src := $(addprefix tests/guest/x86/,translate.c run.c run_system.c \
	run_no_fpu.c)
#
# The guest's system part comes from the library, what it needs of the core and of other
# parts from fake_core.c: that must define all of it, or the linker finds two definitions.
emu-tests += x86_system
x86_system-src := $(addprefix tests/guest/x86/,fake_core.c fake_system.c system.c \
	system_segment.c system_far.c system_event.c system_task.c system_mmu.c \
	system_control.c system_random.c)
# x87, MMX and SSE against the CPU's.
emu-tests += x86_x87_native x86_sse_native
x86_x87_native-src := $(addprefix tests/guest/x86/,x87_native.c run.c run_host.c run_system.c \
	run_fpu.c)
x86_sse_native-src := $(addprefix tests/guest/x86/,sse_native.c run.c run_host.c run_system.c \
	run_fpu.c)
x86_x87_native-cflags := -fno-pie
x86_x87_native-ldflags := -no-pie
x86_sse_native-cflags := -fno-pie
x86_sse_native-ldflags := -no-pie
emu-tests += x86_disasm
x86_disasm-src := tests/guest/x86/disasm.c
