# SPDX-License-Identifier: BSD-2-Clause
#
# Programs for tests of isolation: one that attacks, one that uses up its processor, and
# one that must not notice.
user-programs += hostile spinner worker
hostile-src := tests/system/hostile/hostile.c tests/system/hostile/channels.c
hostile-base := 0x01000000
hostile-libs := lib/libfdt.a
spinner-src := tests/system/hostile/spinner.c
spinner-base := 0x01000000
worker-src := tests/system/hostile/worker.c
worker-base := 0x01000000
