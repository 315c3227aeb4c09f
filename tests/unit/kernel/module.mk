# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests of the parts of the kernel, and of its interface, that run anywhere.
# They include the source under test.
kernel-unit-cflags := -Ikernel -Ikernel/arch/x86_64/include

unit-tests += types_test klib_test multiboot_test
types_test-src := tests/unit/kernel/types_test.c
klib_test-src := tests/unit/kernel/klib_test.c
klib_test-cflags := $(kernel-unit-cflags)
multiboot_test-src := tests/unit/kernel/multiboot_test.c
multiboot_test-cflags := $(kernel-unit-cflags)
unit-tests += acpi_test
acpi_test-src := tests/unit/kernel/acpi_test.c
acpi_test-cflags := $(kernel-unit-cflags)
