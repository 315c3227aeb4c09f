/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frequent uses of ExchangeRegisters, Schedule and Unmap; see <l4/syscall.h>.
 */
#include <l4/thread.h>

struct l4_thread_id l4_global_id_of(struct l4_thread_id local)
{
	struct l4_exregs_words regs = { .control = 0 };

	return l4_exchange_registers(local, &regs);
}

struct l4_thread_id l4_local_id_of(struct l4_thread_id global)
{
	return l4_global_id_of(global);
}

struct l4_thread_id l4_start(struct l4_thread_id dest, l4_word_t sp, l4_word_t ip)
{
	struct l4_exregs_words regs = {
		.control = L4_EXREGS_SP | L4_EXREGS_IP | L4_EXREGS_SET_HALT | L4_EXREGS_ABORT_SEND |
			   L4_EXREGS_ABORT_RECEIVE,
		.sp = sp,
		.ip = ip,
	};

	return l4_exchange_registers(dest, &regs);
}

struct l4_thread_id l4_stop(struct l4_thread_id dest)
{
	struct l4_exregs_words regs = { .control = L4_EXREGS_SET_HALT | L4_EXREGS_HALT };

	return l4_exchange_registers(dest, &regs);
}

_Noreturn void l4_halt(void)
{
	for (;;)
		l4_stop(l4_my_local_id());
}

bool l4_set_priority(struct l4_thread_id dest, unsigned priority)
{
	return l4_schedule(dest, L4_SCHEDULE_UNCHANGED, L4_SCHEDULE_UNCHANGED, priority,
			   L4_SCHEDULE_UNCHANGED, NULL) != L4_SCHEDULE_ERROR;
}

bool l4_set_processor(struct l4_thread_id dest, unsigned processor)
{
	return l4_schedule(dest, L4_SCHEDULE_UNCHANGED, processor, L4_SCHEDULE_UNCHANGED,
			   L4_SCHEDULE_UNCHANGED, NULL) != L4_SCHEDULE_ERROR;
}

struct l4_fpage l4_unmap_fpage(struct l4_fpage f)
{
	l4_set_mr(0, f.raw);
	l4_unmap(0);
	return (struct l4_fpage){ l4_mr(0) };
}

struct l4_fpage l4_flush(struct l4_fpage f)
{
	l4_set_mr(0, f.raw);
	l4_unmap(L4_UNMAP_FLUSH);
	return (struct l4_fpage){ l4_mr(0) };
}
