# SPDX-License-Identifier: BSD-2-Clause
emu-tests += dev_i2c
dev_i2c-src := tests/dev/i2c_test.c
