/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The user-level thread control block (manual sections 1.3 and 2.4, amd64
 * binding).  The UTCB address, which is also the thread's local id, points to
 * message register 0; thread control and buffer registers are the words below.
 * The block spans 512 bytes on either side of that address.
 */
#ifndef L4_UTCB_H
#define L4_UTCB_H

#include <l4/types.h>

/* Word indices relative to the UTCB address. */
enum l4_tcr {
	L4_TCR_WORD0 = -4, /* two words for the thread's own use */
	L4_TCR_WORD1 = -5,
	L4_TCR_SENDER = -6, /* virtual sender (send), actual sender (received) */
	L4_TCR_INTENDED_RECEIVER = -7,
	L4_TCR_XFER_TIMEOUTS = -8, /* send << 16 | receive */
	L4_TCR_ERROR_CODE = -9,
	L4_TCR_FLAGS = -10, /* byte 0 preempt flags, byte 1 coprocessor flags */
	L4_TCR_EXCEPTION_HANDLER = -11,
	L4_TCR_PAGER = -12,
	L4_TCR_HANDLE = -13, /* user-defined */
	L4_TCR_PROCESSOR_NO = -14,
	L4_TCR_GLOBAL_ID = -15,
	L4_TCR_BR0 = -16,  /* buffer register n is at -16 - n */
	L4_TCR_SELF = -64, /* this kernel: the UTCB address, read as gs:[0] */
};

#define L4_UTCB_SIZE 1024ull
#define L4_UTCB_OFFSET 512ull /* of the UTCB address in its block */
#define L4_UTCB_LOG2_ALIGN 10

#endif
