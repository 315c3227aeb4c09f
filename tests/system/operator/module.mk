# SPDX-License-Identifier: BSD-2-Clause
user-programs += operator
operator-src := tests/system/operator/main.c
operator-base := 0x00400000
