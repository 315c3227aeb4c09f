# SPDX-License-Identifier: BSD-2-Clause
user-programs += serial_client
serial_client-src := tests/system/serial_client/main.c
serial_client-base := 0x00400000
