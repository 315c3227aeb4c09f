/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Exceptions: error codes, what becomes of one that is raised while another is being
 * delivered (SDM 3, 6.15, double fault), shutdown.
 *
 * x86_raise_code comes back to itself when a delivery raises: first event, second event,
 * double fault, shutdown.  Chains of benign exceptions can be longer, and endless (#AC whose
 * delivery raises #AC): the rest of them is delivered from the run loop, so that the host's
 * stack gets no deeper, and the machine can be stopped.
 */
#include "guest/x86/protect.h"

#include <emu/log.h>

#define VECTORS(a, b, c, d, e) (1u << (a) | 1u << (b) | 1u << (c) | 1u << (d) | 1u << (e))
#define CONTRIBUTORY VECTORS(X86_DE, X86_TS, X86_NP, X86_SS_FAULT, X86_GP)
#define WITH_CODE                                                                                  \
	(VECTORS(X86_DF_FAULT, X86_TS, X86_NP, X86_SS_FAULT, X86_GP) | 1u << X86_PF_FAULT |        \
	 1u << X86_AC_FAULT)
#define NESTED_MAX 3
/* Those whose error code has the EXT bit. */
#define WITH_EXT VECTORS(X86_TS, X86_TS, X86_NP, X86_SS_FAULT, X86_GP)

static enum x86_delivery class_of(const struct x86_event *e)
{
	if (e->software || e->external)
		return X86_DELIVERY_BENIGN;
	if (e->vector == X86_DF_FAULT)
		return X86_DELIVERY_DOUBLE_FAULT;
	if (e->vector == X86_PF_FAULT)
		return X86_DELIVERY_PAGE_FAULT;
	return e->vector < 32 && CONTRIBUTORY >> e->vector & 1 ? X86_DELIVERY_CONTRIBUTORY :
								 X86_DELIVERY_BENIGN;
}

uint32_t x86_deliver(struct x86 *x, const struct x86_event *e)
{
	uint32_t pc;

	LOG(LOG_INT, "x86: vector %u code %#x at %#x, eip %#x cs %#x cpl %u eflags %#x cr2 %#x",
	    e->vector, e->code, x->cpu.pc, e->eip, x->segment[X86_CS].selector, x86_cpl(x),
	    x86_eflags(x), x->cr2);
	x->nested = x->delivery == X86_DELIVERY_NONE ? 0 : (uint8_t)(x->nested + 1);
	x->delivery = (uint8_t)class_of(e);
	x->cpu.postponed = false;
	x->delivery_ext = !e->software;
	pc = x->cr0 & X86_CR0_PE ? x86_deliver_protected(x, e) : x86_deliver_real(x, e);
	x->delivery = X86_DELIVERY_NONE;
	/* So that #DB's handler can use the debug registers. */
	if (e->vector == X86_DB && !e->software && !e->external)
		x->dr[7] &= ~X86_DR7_GD;
	x->cpu.pc = pc;
	x->cpu.halted = false; /* HLT with a trap after it */
	x->shadow = 0;
	x->step = x->eflags & X86_TF;
	return pc;
}

static _Noreturn void shut_down(struct x86 *x)
{
	LOG(LOG_GUEST, "x86: triple fault at %#x, cs %#x: shutdown", x->cpu.pc,
	    x->segment[X86_CS].selector);
	x->delivery = X86_DELIVERY_NONE;
	x->shadow = 0;
	x->shut_down = true;
	cpu_halt(&x->cpu);
	cpu_request_reset(&x->cpu);
	cpu_raise(&x->cpu);
}

/* What comes of `e` while another event is being delivered. */
static void combine(struct x86 *x, struct x86_event *e)
{
	enum x86_delivery first = (enum x86_delivery)x->delivery, second = class_of(e);

	if (x->delivery_ext && e->vector < 32 && WITH_EXT >> e->vector & 1)
		e->code |= 1;
	if (second == X86_DELIVERY_BENIGN || first <= X86_DELIVERY_BENIGN)
		return;
	if (first == X86_DELIVERY_DOUBLE_FAULT)
		shut_down(x);
	if (first == X86_DELIVERY_CONTRIBUTORY && second == X86_DELIVERY_PAGE_FAULT)
		return;
	e->vector = X86_DF_FAULT;
	e->code = 0;
}

/* It is delivered before anything else happens. */
static _Noreturn void postpone(struct x86 *x, const struct x86_event *e)
{
	x->delivery = X86_DELIVERY_NONE;
	x->postponed_vector = e->vector;
	x->postponed_code = e->code;
	x->cpu.postponed = true;
	x->cpu.halted = false;
	cpu_raise(&x->cpu);
}

static _Noreturn void raise_event(struct x86 *x, struct x86_event *e)
{
	cpu_leave_block(&x->cpu);
	x->debug_hits = 0;
	if (x->delivery != X86_DELIVERY_NONE) {
		combine(x, e);
		if (x->nested == NESTED_MAX)
			postpone(x, e);
	}
	x86_deliver(x, e);
	if (x->debug_hits & X86_DR6_BT) {
		x->dr[6] |= X86_DR6_BT;
		postpone(x, &(struct x86_event){ .vector = X86_DB });
	}
	cpu_raise(&x->cpu);
}

static struct x86_event exception(const struct x86 *x, unsigned vector, uint32_t code)
{
	return (struct x86_event){
		.vector = (uint8_t)vector,
		.fault = vector != X86_DB && vector != X86_DF_FAULT,
		.has_code = vector < 32 && WITH_CODE >> vector & 1,
		.code = code,
		.eip = x86_eip(x),
	};
}

_Noreturn void x86_raise_code(struct x86 *x, enum x86_vector vector, uint32_t code)
{
	struct x86_event e = exception(x, vector, code);

	raise_event(x, &e);
}

void x86_deliver_postponed(struct cpu *cpu)
{
	struct x86 *x = x86_of(cpu);
	struct x86_event e = exception(x, x->postponed_vector, x->postponed_code);

	raise_event(x, &e);
}

_Noreturn void x86_raise(struct x86 *x, enum x86_vector vector)
{
	x86_raise_code(x, vector, 0);
}

uint64_t x86_help_raise(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	(void)c, (void)d;
	x86_raise_code(cpu, (enum x86_vector)a, (uint32_t)b);
}

/* SDM 3, table 2-2: EM turns MMX into undefined opcodes, WAIT has conditions of its own. */
uint64_t x86_help_no_fpu(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)b, (void)c, (void)d;
	if (a == 2 && !(x->cr0 & X86_CR0_MP))
		return 0;
	if (a == 1 && x->cr0 & X86_CR0_EM)
		x86_raise(x, X86_UD);
	if (x->cr0 & X86_CR0_TS || (a != 2 && x->cr0 & X86_CR0_EM))
		x86_raise(x, X86_NM);
	return 0;
}

uint64_t x86_help_no_sse(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;

	(void)a, (void)b, (void)c, (void)d;
	if (x->cr0 & X86_CR0_EM || !(x->cr4 & X86_CR4_OSFXSR))
		x86_raise(x, X86_UD);
	if (x->cr0 & X86_CR0_TS)
		x86_raise(x, X86_NM);
	return 0;
}
