/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls by registers only.  The message registers 0..7 travel in R9, RAX, RBX,
 * R10, R12-R15; the rest lie in the UTCB.  The UTCB's words 1..7 are poisoned
 * before each IPC, so that a kernel which took them from memory would fail the
 * tests.
 */
#include "abi.h"

#define POISON 0xdeadbeefdeadbeefull

/* KIP and UTCB of the calling thread, found the way the binding says. */
struct env env_here(void)
{
	struct kernel_interface k;
	struct env env;

	abi_find_kernel(&k, 0, 0);
	env.kip = (const uint64_t *)k.kip;
	__asm__ volatile("mov %%gs:0, %0" : "=r"(env.utcb));
	return env;
}

/* Calls the kernel through a KIP word; returns RAX. */
uint64_t syscall(const struct env *env, enum kip_word entry, struct regs *r)
{
	abi_call(r, env->kip[entry]);
	return r->rax;
}

static void ipc_load(const struct env *env, const struct ipc *m, struct regs *r)
{
	unsigned i, words = 1 + tag_untyped(m->mr[0]) + tag_typed(m->mr[0]);

	for (i = 0; i < 8; i++)
		env->utcb[i] = POISON;
	for (i = 8; i < words && i < 64; i++)
		env->utcb[i] = m->mr[i];
	*r = (struct regs){
		.rsi = m->to,
		.rdx = m->from,
		.r8 = m->timeouts,
		.rdi = (uint64_t)env->utcb,
		.r9 = m->mr[0],
		.rax = m->mr[1],
		.rbx = m->mr[2],
		.r10 = m->mr[3],
		.r12 = m->mr[4],
		.r13 = m->mr[5],
		.r14 = m->mr[6],
		.r15 = m->mr[7],
	};
}

static void ipc_store(const struct env *env, struct ipc *m, const struct regs *r)
{
	unsigned i, words;

	m->sender = r->rsi;
	m->utcb = r->rdi;
	m->mr[0] = r->r9;
	m->mr[1] = r->rax;
	m->mr[2] = r->rbx;
	m->mr[3] = r->r10;
	m->mr[4] = r->r12;
	m->mr[5] = r->r13;
	m->mr[6] = r->r14;
	m->mr[7] = r->r15;
	words = 1 + tag_untyped(r->r9) + tag_typed(r->r9);
	for (i = 8; i < words && i < 64; i++)
		m->mr[i] = env->utcb[i];
}

/* An IPC through the given entry (Ipc or Lipc); true unless it failed. */
bool ipc_by(const struct env *env, enum kip_word entry, struct ipc *m)
{
	struct regs r;

	ipc_load(env, m, &r);
	syscall(env, entry, &r);
	ipc_store(env, m, &r);
	return !(m->mr[0] & TAG_FAILED);
}

bool ipc(const struct env *env, struct ipc *m)
{
	return ipc_by(env, KIP_IPC, m);
}

/* ThreadControl with the caller's own thread as scheduler; RAX. */
uint64_t thread_control(const struct env *env, uint64_t dest, uint64_t space, uint64_t pager,
			uint64_t utcb)
{
	struct regs r = {
		.rdi = dest,
		.r8 = space,
		.rdx = env->utcb[TCR_GLOBAL_ID],
		.rsi = pager,
		.r9 = utcb,
	};

	return syscall(env, KIP_THREAD_CONTROL, &r);
}

uint64_t clock_us(const struct env *env)
{
	struct regs r = { 0 };

	return syscall(env, KIP_SYSTEM_CLOCK, &r);
}
