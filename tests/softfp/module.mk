# SPDX-License-Identifier: BSD-2-Clause
emu-tests += softfp
softfp-src := tests/softfp/softfp.c
softfp-cflags := -ffp-contract=off
