/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See compare.h.  Left out are flags that the manual leaves undefined before the instruction a
 * case ended at, C1 after FCOMI, and of the x87's pointers to its last instruction the
 * selectors, and all if no exception waits: not all CPUs keep them; and of page faults
 * outside of the case's memory whether something is there.
 */
#include "compare.h"

#include "guest/x86/flags.h"
#include "guest/x86/x87.h"
#include "tap.h"

#define COMPARED_FLAGS (X86_ARITHMETIC | X86_DF | X86_IF | X86_IOPL | X86_AC)

static uint32_t undefined_at(const struct random_case *c, unsigned slot, uint32_t eip)
{
	for (unsigned i = 0; i <= c->ops; i++)
		if (case_slot(slot) + c->guest_at[i] == eip)
			return c->undefined[i];
	return 0;
}

static bool faulted(const struct random_result *r)
{
	return r->vector != CASE_END;
}

/* Elsewhere the host may have pages that user mode can't use. */
static bool is_ours(uint32_t address)
{
	return address - CASE_CODE < 0x1000000;
}

struct difference {
	bool print;
	unsigned count;
};

static void compare_value(struct difference *d, const char *name, unsigned index, uint64_t got,
			  uint64_t wanted)
{
	if (got == wanted)
		return;
	d->count++;
	if (d->print)
		diag("    %s %x: %llx, should be %llx", name, index, (unsigned long long)got,
		     (unsigned long long)wanted);
}

static void compare_fpu(struct difference *d, const struct random_result *got_all,
			const struct random_result *wanted_all, uint32_t undefined)
{
	const struct case_fpu *got = &got_all->fpu, *wanted = &wanted_all->fpu;
	uint32_t mask = undefined & CASE_C1 ? ~X87_C1 : ~0u;
	unsigned top = wanted->status >> 11 & 7;

	compare_value(d, "x87 control", 0, got->control, wanted->control);
	compare_value(d, "x87 status", 0, got->status & mask, wanted->status & mask);
	compare_value(d, "x87 tags", 0, got->valid, wanted->valid);
	if (wanted->status & X87_ES) {
		compare_value(d, "x87 opcode", 0, got->opcode, wanted->opcode);
		if (got->ip != wanted_all->native_ip)
			compare_value(d, "x87 ip", 0, got->ip, wanted->ip);
		/* A host that keeps it only then loses it when another program runs. */
		if (wanted->data)
			compare_value(d, "x87 data", 0, got->data, wanted->data);
	}
	compare_value(d, "mxcsr", 0, got->mxcsr, wanted->mxcsr);
	for (unsigned i = 0; i < 8; i++) {
		if (wanted->valid >> ((top + i) & 7) & 1 || !(undefined & CASE_EMPTY)) {
			compare_value(d, "st", i, got->st[i].significand,
				      wanted->st[i].significand);
			compare_value(d, "st exponent", i, got->st[i].exponent,
				      wanted->st[i].exponent);
		}
		compare_value(d, "xmm", i, got->xmm[i][0], wanted->xmm[i][0]);
		compare_value(d, "xmm high", i, got->xmm[i][1], wanted->xmm[i][1]);
	}
}

static void compare(struct difference *d, const struct random_case *c, unsigned slot,
		    const struct random_result *got, const struct random_result *wanted)
{
	uint32_t undefined = undefined_at(c, slot, wanted->eip);
	uint32_t flags = COMPARED_FLAGS & ~undefined;

	compare_value(d, "exception", 0, got->vector, wanted->vector);
	compare_value(d, "eip", 0, got->eip, wanted->eip);
	if (wanted->vector == X86_PF_FAULT && !is_ours(wanted->address))
		compare_value(d, "error code", 0, got->error | 1, wanted->error | 1);
	else if (faulted(wanted))
		compare_value(d, "error code", 0, got->error, wanted->error);
	if (wanted->vector == X86_PF_FAULT)
		compare_value(d, "address", 0, got->address, wanted->address);
	compare_value(d, "eflags", 0, got->eflags & flags, wanted->eflags & flags);
	for (unsigned i = 0; i < 8; i++)
		compare_value(d, "register", i, got->r[i], wanted->r[i]);
	compare_fpu(d, got, wanted, undefined);
	for (unsigned i = 0;
	     i < CASE_WINDOW_BYTES && memcmp(got->window, wanted->window, CASE_WINDOW_BYTES) != 0;
	     i++)
		compare_value(d, "memory", CASE_WINDOW + i, got->window[i], wanted->window[i]);
}

bool results_agree(const struct random_case *c, unsigned slot, const struct random_result *got,
		   const struct random_result *wanted)
{
	struct difference d = { .print = false };

	compare(&d, c, slot, got, wanted);
	return d.count == 0;
}

void print_differences(const struct random_case *c, unsigned slot, const struct random_result *got,
		       const char *name, const struct random_result *wanted)
{
	struct difference d = { .print = true };

	if (results_agree(c, slot, got, wanted))
		return;
	diag("  %s:", name);
	compare(&d, c, slot, got, wanted);
}
