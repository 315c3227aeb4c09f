# SPDX-License-Identifier: BSD-2-Clause
#
# A client of the console, by which tests/system/test_console.py sees what the server does.
user-programs += console-client
console-client-src := tests/system/console_client/client.c
console-client-base := 0x00400000
console-client-libs := lib/libfdt.a
