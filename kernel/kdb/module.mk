# SPDX-License-Identifier: BSD-2-Clause
kernel-kdb-src += kernel/kdb/console.c kernel/kdb/events.c kernel/kdb/queues.c
kernel-kdb-src += kernel/kdb/spaces.c kernel/kdb/symbols.c kernel/kdb/threads.c
