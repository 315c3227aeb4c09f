# SPDX-License-Identifier: BSD-2-Clause
#
# The emulator's core without a guest CPU.
emu-tests += archive_test bus_test clock_test log_test memory_test
archive_test-src := tests/emu/archive_test.c
bus_test-src := tests/emu/bus_test.c
clock_test-src := tests/emu/clock_test.c
log_test-src := tests/emu/log_test.c
memory_test-src := tests/emu/memory_test.c

# The window of the port to Linux.
emu-tests += window_test
window_test-src := tests/emu/window_test.c

# A whole machine.
emu-tests += machine_test
machine_test-src := tests/emu/machine_test.c

# A damaged saved machine, damaged boot files, gdb's protocol: whole machines.
fuzz-targets += fuzz_state fuzz_boot fuzz_gdb
fuzz_state-src := $(addprefix tests/emu/,fuzz_state.c fuzz_machine.c)
fuzz_boot-src := $(addprefix tests/emu/,fuzz_boot.c fuzz_machine.c)
fuzz_gdb-src := $(addprefix tests/emu/,fuzz_gdb.c fuzz_machine.c)
fuzz_state-runs := 60
fuzz_gdb-options := -dict=tests/emu/gdb.dict
