/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The eleven system calls of L4 X.2 for user programs, and access to the
 * calling thread's UTCB.  Implemented by lib/l4.
 *
 * Message registers live in the UTCB: load them with l4_set_mr() and friends,
 * call, read the answer with l4_mr().  No call may be made before
 * l4_init() has found the kernel interface page; start-up code of lib/l4 does
 * that.  All functions may be called from any thread; they act on the calling
 * thread's UTCB.
 *
 *	l4_set_mr(1, 42);
 *	l4_set_tag(l4_tag(LABEL, 1, 0));
 *	struct l4_tag answer = l4_call(server);
 *	if (l4_tag_failed(answer))
 *		report(l4_error_code());
 */
#ifndef L4_SYSCALL_H
#define L4_SYSCALL_H

#include <l4/kip.h>
#include <l4/message.h>
#include <l4/protocol.h>
#include <l4/types.h>
#include <l4/utcb.h>

/* Finds the kernel interface page; idempotent.  Makes the pager of the calling thread its
 * exception handler if it has none. */
void l4_init(void);

/* The kernel interface page of this space. */
const struct l4_kip *l4_kip(void);

/* The `lock; nop` trap itself: KIP address, API version, flags, kernel id. */
const struct l4_kip *l4_kernel_interface(l4_word_t *api_version, l4_word_t *api_flags,
					 l4_word_t *kernel_id);

/* ---- UTCB ---------------------------------------------------------------- */

/* The calling thread's UTCB address: message register 0, and its local id. */
static inline l4_word_t *l4_utcb(void)
{
	l4_word_t *utcb;

	__asm__("mov %%gs:0, %0" : "=r"(utcb));
	return utcb;
}

/* A thread control register by its index, see utcb.h. */
static inline l4_word_t l4_tcr(enum l4_tcr index)
{
	return ((volatile l4_word_t *)l4_utcb())[index];
}

static inline void l4_set_tcr(enum l4_tcr index, l4_word_t value)
{
	((volatile l4_word_t *)l4_utcb())[index] = value;
}

/* Message register 0..63. */
static inline l4_word_t l4_mr(unsigned i)
{
	return ((volatile l4_word_t *)l4_utcb())[i];
}

static inline void l4_set_mr(unsigned i, l4_word_t value)
{
	((volatile l4_word_t *)l4_utcb())[i] = value;
}

/* Buffer register 0..32. */
static inline l4_word_t l4_br(unsigned i)
{
	return ((volatile l4_word_t *)l4_utcb())[L4_TCR_BR0 - (int)i];
}

static inline void l4_set_br(unsigned i, l4_word_t value)
{
	((volatile l4_word_t *)l4_utcb())[L4_TCR_BR0 - (int)i] = value;
}

static inline void l4_set_tag(struct l4_tag tag)
{
	l4_set_mr(0, tag.raw);
}

static inline void l4_accept(struct l4_acceptor acceptor)
{
	l4_set_br(0, acceptor.raw);
}

/* The calling thread's global id. */
static inline struct l4_thread_id l4_myself(void)
{
	return l4_thread_id(l4_tcr(L4_TCR_GLOBAL_ID));
}

static inline struct l4_thread_id l4_my_local_id(void)
{
	return l4_thread_id((l4_word_t)l4_utcb());
}

static inline l4_word_t l4_error_code(void)
{
	return l4_tcr(L4_TCR_ERROR_CODE);
}

/* ---- IPC ----------------------------------------------------------------- */

/*
 * Send phase to `to` (nil: none), then receive phase from `from_specifier`
 * (nil: none; any; anylocal).  Timeouts: l4_timeouts().  Stores the sender in
 * *from (may be NULL).  Returns the received tag, or one with L4_TAG_ERROR set;
 * then ErrorCode says why.
 */
struct l4_tag l4_ipc(struct l4_thread_id to, struct l4_thread_id from_specifier, l4_word_t timeouts,
		     struct l4_thread_id *from);

/* The same by the Lipc entry, meant for partners in the same space. */
struct l4_tag l4_lipc(struct l4_thread_id to, struct l4_thread_id from_specifier,
		      l4_word_t timeouts, struct l4_thread_id *from);

/* Send, then receive the answer from the same thread; no timeouts. */
struct l4_tag l4_call(struct l4_thread_id to);

/* Send; blocks until the partner receives. */
struct l4_tag l4_send(struct l4_thread_id to);

/* Send only if the partner is waiting (send timeout zero). */
struct l4_tag l4_reply(struct l4_thread_id to);

/* Receive from one thread. */
struct l4_tag l4_receive(struct l4_thread_id from);
struct l4_tag l4_receive_timeout(struct l4_thread_id from, struct l4_time timeout);

/* Receive from anyone. */
struct l4_tag l4_wait(struct l4_thread_id *from);
struct l4_tag l4_wait_timeout(struct l4_time timeout, struct l4_thread_id *from);

/* Reply with send timeout zero, then receive from anyone. */
struct l4_tag l4_reply_wait(struct l4_thread_id to, struct l4_thread_id *from);
struct l4_tag l4_reply_wait_timeout(struct l4_thread_id to, struct l4_time timeout,
				    struct l4_thread_id *from);

/* Sleeps at least `us` microseconds. */
void l4_sleep_us(uint64_t us);

/* ---- threads and spaces -------------------------------------------------- */

/*
 * ExchangeRegisters (manual section 2.3): `control` is a set of enum l4_exregs.
 * `regs` holds the new values on entry and the old ones on return.  The target
 * must live in the caller's space.  Returns the target's other id (local for
 * global, global for local), nil on error.
 */
struct l4_exregs_words {
	l4_word_t control, sp, ip, flags, handle;
	struct l4_thread_id pager;
};
struct l4_thread_id l4_exchange_registers(struct l4_thread_id dest, struct l4_exregs_words *regs);

/* The other id of a thread in the caller's space; nil if there is none. */
struct l4_thread_id l4_global_id_of(struct l4_thread_id local);
struct l4_thread_id l4_local_id_of(struct l4_thread_id global);

/* Sets SP and IP and lets the thread run from there, aborting its IPC. */
struct l4_thread_id l4_start(struct l4_thread_id dest, l4_word_t sp, l4_word_t ip);

/* Halts the thread without touching an ongoing IPC. */
struct l4_thread_id l4_stop(struct l4_thread_id dest);

/*
 * ThreadControl (2.4; privileged).  utcb = -1 leaves the UTCB location alone.
 * Returns true on success, otherwise see l4_error_code().
 */
bool l4_thread_control(struct l4_thread_id dest, struct l4_thread_id space,
		       struct l4_thread_id scheduler, struct l4_thread_id pager, void *utcb);
#define L4_UTCB_UNCHANGED ((void *)~0ull)

/* SpaceControl (3.1; privileged).  *old_control may be NULL. */
bool l4_space_control(struct l4_thread_id space, l4_word_t control, struct l4_fpage kip_area,
		      struct l4_fpage utcb_area, struct l4_thread_id redirector,
		      l4_word_t *old_control);

/* ---- scheduling ---------------------------------------------------------- */

/* SystemClock: microseconds since boot. */
uint64_t l4_system_clock(void);

/* ThreadSwitch: yields; with a thread id, donates the time slice to it. */
void l4_thread_switch(struct l4_thread_id dest);

static inline void l4_yield(void)
{
	l4_thread_switch(L4_NILTHREAD);
}

/* Schedule; L4_SCHEDULE_UNCHANGED leaves a parameter alone. */
enum l4_schedule_state l4_schedule(struct l4_thread_id dest, l4_word_t time_control,
				   l4_word_t processor_control, l4_word_t priority,
				   l4_word_t preemption_control, l4_word_t *old_time_control);

/* The CPU time of a thread since its creation, in microseconds; as Schedule, for its
 * scheduler's space.  The thread isn't disturbed. */
bool l4_thread_cpu_time(struct l4_thread_id dest, uint64_t *us);

/* Schedule with one parameter set; true on success. */
bool l4_set_priority(struct l4_thread_id dest, unsigned priority);
bool l4_set_processor(struct l4_thread_id dest, unsigned processor);

/* ---- memory -------------------------------------------------------------- */

/*
 * Unmap the fpages in message registers 0..(control & 63): the rights in each
 * are revoked from all mappings derived from it, with L4_UNMAP_FLUSH from the
 * caller's own too.  On return the rights bits say how the pages were used
 * since the last look.
 */
void l4_unmap(l4_word_t control);

/* Unmap or flush one fpage; returns it with the access bits. */
struct l4_fpage l4_unmap_fpage(struct l4_fpage f);
struct l4_fpage l4_flush(struct l4_fpage f);

/*
 * MemoryControl (privileged): fpages in message registers 0..(control & 63),
 * whose low 2 bits choose one of the four attributes.
 */
bool l4_memory_control(l4_word_t control, const l4_word_t attributes[4]);

/* ---- processors ---------------------------------------------------------- */

/* ProcessorControl (privileged): frequencies in kHz, voltage in mV. */
bool l4_processor_control(l4_word_t processor, l4_word_t internal_khz, l4_word_t external_khz,
			  l4_word_t voltage);

/* ProcessorControl without any value asks (privileged): */
struct l4_processor_state {
	uint64_t idle_us;     /* of this processor, since boot */
	uint64_t kernel_used; /* bytes: the kernel's image, and what it uses of its pool */
	uint64_t kernel_pool; /* bytes */
};
bool l4_processor_query(l4_word_t processor, struct l4_processor_state *state);

#endif
