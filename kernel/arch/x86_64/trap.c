/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel entries in C: system calls by their registers (amd64 binding),
 * exceptions, interrupts.
 */
#include <arch/entry.h>

#include <arch/cpu.h>
#include <arch/fpu.h>
#include <arch/io.h>
#include <core/control.h>
#include <core/cpu.h>
#include <core/exregs.h>
#include <core/fault.h>
#include <core/io.h>
#include <core/ipc.h>
#include <core/irq.h>
#include <core/kip.h>
#include <core/klib.h>
#include <core/sched.h>
#include <core/space.h>
#include <core/thread.h>
#include <kdb/kdb.h>
#include <l4/x86_64/exception.h>

#define VECTOR_DB 1
#define VECTOR_BP 3
#define VECTOR_OF 4
#define VECTOR_UD 6
#define VECTOR_NM 7
#define VECTOR_GP 13
#define VECTOR_PF 14
#define VECTOR_EXCEPTIONS 32
#define PF_WRITE 2
#define PF_FETCH 16
#define STUB_BITS 4
#define SYSCALL_INSTRUCTION_SIZE 2

/* What is loaded after a switch on the fast path is only known from the thread. */
static void lock_entry(struct tcb *t)
{
	struct cpu *cpu = this_cpu();

	cpu->charged = &t->cpu_ticks;
	cpu->loaded = t;
	cpu->space = t->space;
	cpu->entering = true;
	kernel_lock();
	cpu->entering = false;
}

/* Locks, and makes sure that we still run: another CPU may have kicked us off. */
static void enter(struct tcb *t)
{
	lock_entry(t);
	if (this_cpu()->current != t)
		sched_run();
}

void arch_undo_entry(struct tcb *t)
{
	switch (t->arch.frame.vector) {
	case VECTOR_SYSCALL:
		t->arch.frame.rip -= SYSCALL_INSTRUCTION_SIZE;
		break;
	case VECTOR_DB:
	case VECTOR_BP:
	case VECTOR_OF:
		t->continuation = fault_exception; /* a trap: wouldn't come again */
		break;
	}
}

/* ---- system calls -------------------------------------------------------------- */

static void set_result(struct tcb *t, enum l4_error error)
{
	t->arch.frame.rax = error == L4_OK;
	if (error)
		tcb_set_tcr(t, L4_TCR_ERROR_CODE, error);
}

static void call_exchange_registers(struct tcb *t)
{
	struct frame *f = &t->arch.frame;
	struct exregs r = { .control = f->rsi,
			    .sp = f->rdx,
			    .ip = f->r8,
			    .flags = f->r9,
			    .handle = f->r10,
			    .pager = f->rdi };
	uint64_t result;
	enum l4_error error = exregs(t, f->rax, &r, &result);

	if (error)
		tcb_set_tcr(t, L4_TCR_ERROR_CODE, error);
	f->rax = result;
	f->rsi = r.control;
	f->rdx = r.sp;
	f->r8 = r.ip;
	f->r9 = r.flags;
	f->r10 = r.handle;
	f->rdi = r.pager;
}

static void call_schedule(struct tcb *t)
{
	struct frame *f = &t->arch.frame;
	struct schedule s = {
		.time = f->rdx, .processor = f->r8, .priority = f->rsi, .preemption = f->r9
	};
	enum l4_error error;

	f->rax = schedule(t, f->rdi, &s, &error);
	f->rdx = s.old_time;
	f->r8 = s.cpu_time_us;
	if (error)
		tcb_set_tcr(t, L4_TCR_ERROR_CODE, error);
}

static void call_space_control(struct tcb *t)
{
	struct frame *f = &t->arch.frame;
	l4_word_t old = 0;

	set_result(t, space_control(t, f->rdi, f->rsi, (struct l4_fpage){ f->rdx },
				    (struct l4_fpage){ f->r8 }, f->r9, &old));
	f->rdx = old;
}

static void call_memory_control(struct tcb *t)
{
	struct frame *f = &t->arch.frame;
	l4_word_t pushed[2], attributes[4]; /* see the stub in entry.S */

	if (space_read(t->space, f->rsp, pushed, sizeof(pushed)) != sizeof(pushed)) {
		set_result(t, L4_ERROR_PARAM);
	} else {
		attributes[0] = pushed[0];
		attributes[1] = f->rsi;
		attributes[2] = f->r8;
		attributes[3] = pushed[1];
		set_result(t, memory_control(t, f->rdx, attributes));
	}
	f->rdx = f->rax;
	f->rdi = t->local_id;
}

static void call_processor_control(struct tcb *t)
{
	struct frame *f = &t->arch.frame;
	struct processor_words w = { .internal_khz = f->rsi,
				     .external_khz = f->rdx,
				     .voltage = f->r8 };

	set_result(t, processor_control(t, f->rdi, &w));
	f->rdx = w.idle_us;
	f->r8 = w.kernel_used;
	f->r9 = w.kernel_pool;
}

static void dispatch(struct tcb *t, uint64_t number)
{
	struct frame *f = &t->arch.frame;

	switch (number) {
	case SYSCALL_IPC:
	case SYSCALL_LIPC:
		arch_store_message(&t->arch, t->utcb);
		ipc_start(t, f->rsi, f->rdx, f->r8);
		break;
	case SYSCALL_UNMAP:
		arch_store_message(&t->arch, t->utcb);
		unmap(t, f->rdx);
		break;
	case SYSCALL_EXCHANGE_REGISTERS:
		call_exchange_registers(t);
		break;
	case SYSCALL_SYSTEM_CLOCK:
		f->rax = plat_clock_us();
		break;
	case SYSCALL_THREAD_SWITCH:
		thread_switch(t, f->rdi);
		break;
	case SYSCALL_SCHEDULE:
		call_schedule(t);
		break;
	case SYSCALL_SPACE_CONTROL:
		call_space_control(t);
		break;
	case SYSCALL_THREAD_CONTROL:
		set_result(t, thread_control(t, f->rdi, f->r8, f->rdx, f->rsi, f->r9));
		break;
	case SYSCALL_PROCESSOR_CONTROL:
		call_processor_control(t);
		break;
	case SYSCALL_MEMORY_CONTROL:
		arch_store_message(&t->arch, t->utcb);
		call_memory_control(t);
		break;
	}
}

_Noreturn void kernel_syscall(struct tcb *t)
{
	struct frame *f = &t->arch.frame;
	uint64_t number = (f->rip - USER_STUBS) >> STUB_BITS;

	enter(t);
	f->cs = SEL_USER_CODE;
	f->ss = SEL_USER_DATA;
	if (number < SYSCALLS) {
		dispatch(t, number);
	} else {
		/* SYSCALL outside the stubs is no instruction of this system. */
		f->vector = VECTOR_UD;
		f->error = 0;
		f->rip -= SYSCALL_INSTRUCTION_SIZE;
		fault_exception(t);
	}
	sched_run();
}

/* ---- exceptions ------------------------------------------------------------------ */

/* `lock; nop` asks for the kernel interface page. */
static bool kernel_interface(struct tcb *t)
{
	static const uint8_t lock_nop[2] = { 0xf0, 0x90 };
	struct frame *f = &t->arch.frame;
	uint8_t code[2];

	if (space_read(t->space, f->rip, code, 2) != 2 || memcmp(code, lock_nop, 2) != 0)
		return false;
	f->rax = l4_fpage_base(t->space->kip_area);
	f->rcx = kip_page()->api_version;
	f->rdx = kip_page()->api_flags;
	f->rsi = *(l4_word_t *)((char *)kip_page() + kip_page()->kernel_description);
	arch_set_ip(&t->arch, f->rip + 2);
	return true;
}

#define MAX_INSTRUCTION 15

/* Ports and their number if the instruction is IN, OUT, INS or OUTS (AMD64 manual
 * volume 3); false for anything else. */
static bool io_instruction(const struct tcb *t, unsigned *port, unsigned *log2_count)
{
	uint8_t code[MAX_INSTRUCTION];
	size_t n = space_read(t->space, t->arch.frame.rip, code, sizeof(code)), i = 0;
	bool word = false;

	while (i < n && (code[i] == 0x66 || code[i] == 0x67 || code[i] == 0xf2 || code[i] == 0xf3 ||
			 (code[i] >= 0x40 && code[i] <= 0x4f)))
		word |= code[i++] == 0x66;
	if (i == n)
		return false;
	*log2_count = code[i] & 1 ? (word ? 1 : 2) : 0;
	*port = t->arch.frame.rdx & 0xffff;
	switch (code[i] & 0xfe) {
	case 0xe4:
	case 0xe6:
		if (i + 1 == n)
			return false;
		*port = code[i + 1];
		return true;
	case 0xec:
	case 0xee:
	case 0x6c:
	case 0x6e:
		return true;
	default:
		return false;
	}
}

static bool io_fault(struct tcb *t)
{
	unsigned port, bits, last;

	if (!io_instruction(t, &port, &bits))
		return false;
	if (io_permitted(t->space, port, 1u << bits))
		return arch_io_is_stale(this_cpu(), t->space); /* loaded on return: try again */
	last = port + (1u << bits) - 1;
	while (bits < 16 && port >> bits != last >> bits)
		bits++; /* not aligned: the fpage must cover both */
	fault_io(t, l4_io_fpage(port, bits, L4_RIGHTS_RW));
	return true;
}

static void page_fault(struct tcb *t, uint64_t address)
{
	uint64_t error = t->arch.frame.error;
	unsigned rights = error & PF_FETCH ? L4_RIGHT_X :
			  error & PF_WRITE ? L4_RIGHT_W :
					     L4_RIGHT_R;

	if (address >= USER_END)
		fault_exception(t);
	else
		fault_page(t, address, rights);
}

static void exception(struct tcb *t, uint64_t address)
{
	switch (t->arch.frame.vector) {
	case VECTOR_PF:
		page_fault(t, address);
		return;
	case VECTOR_NM:
		if (fpu_first_use(t))
			return;
		break;
	case VECTOR_UD:
		if (kernel_interface(t))
			return;
		break;
	case VECTOR_GP:
		if (io_fault(t))
			return;
		break;
	}
	fault_exception(t);
}

/* ---- interrupts -------------------------------------------------------------------- */

static void interrupt(unsigned vector)
{
	unsigned irq;

	if (CONFIG_KDB)
		kdb_poll();
	switch (plat_interrupt(vector, &irq)) {
	case PLAT_IRQ:
		irq_raise(irq);
		break;
	case PLAT_TIMER:
		sched_timer();
		break;
	case PLAT_FLUSH:
		if (this_cpu()->request)
			cpu_serve_requests(this_cpu());
		break;
	case PLAT_RESCHEDULE:
	case PLAT_SPURIOUS:
		break;
	}
}

_Noreturn void kernel_trap(struct tcb *t)
{
	uint64_t address, vector = t->arch.frame.vector;

	/* Behind the last user page RIP isn't canonical, and IRET would fault in the kernel. */
	t->arch.frame.rip = arch_canonical(t->arch.frame.rip);
	__asm__ volatile("mov %%cr2, %0" : "=r"(address));
	if (vector >= VECTOR_EXCEPTIONS) {
		lock_entry(t); /* even if we lose the thread, there is the interrupt */
		interrupt((unsigned)vector);
	} else {
		enter(t);
		exception(t, address);
	}
	sched_run();
}

void kernel_interrupt(unsigned vector)
{
	kernel_lock();
	interrupt(vector);
	kernel_unlock();
}

_Noreturn void kernel_exception(const struct kernel_frame *f)
{
	uint64_t address;

	__asm__ volatile("mov %%cr2, %0" : "=r"(address));
	if (CONFIG_KDB)
		kdb_print_address(f->rip); /* which the backtrace leaves out */
	panic("exception %llu (error 0x%llx) in the kernel at 0x%llx, sp 0x%llx, address 0x%llx",
	      (unsigned long long)f->vector, (unsigned long long)f->error,
	      (unsigned long long)f->rip, (unsigned long long)f->rsp, (unsigned long long)address);
}

/* ---- the thread's registers ----------------------------------------------------------- */

void arch_thread_init(struct arch_thread *a)
{
	memset(a, 0, sizeof(*a));
	a->frame.cs = SEL_USER_CODE;
	a->frame.ss = SEL_USER_DATA;
	a->frame.rflags = RFLAGS_FIXED;
}

/* Frame registers of message registers 1 .. L4_EXC_R11 (amd64 binding). */
#define REGISTER(name) (offsetof(struct frame, name) / sizeof(uint64_t))
static const uint8_t exception_registers[] = {
	[L4_EXC_RIP] = REGISTER(rip), [L4_EXC_RBX] = REGISTER(rbx),
	[L4_EXC_R10] = REGISTER(r10), [L4_EXC_R12] = REGISTER(r12),
	[L4_EXC_R13] = REGISTER(r13), [L4_EXC_R14] = REGISTER(r14),
	[L4_EXC_R15] = REGISTER(r15), [L4_EXC_RAX] = REGISTER(rax),
	[L4_EXC_RCX] = REGISTER(rcx), [L4_EXC_RDX] = REGISTER(rdx),
	[L4_EXC_RSI] = REGISTER(rsi), [L4_EXC_RDI] = REGISTER(rdi),
	[L4_EXC_RBP] = REGISTER(rbp), [L4_EXC_R8] = REGISTER(r8),
	[L4_EXC_R9] = REGISTER(r9),   [L4_EXC_R11] = REGISTER(r11),
	[L4_EXC_RSP] = REGISTER(rsp), [L4_EXC_RFLAGS] = REGISTER(rflags),
};

unsigned arch_exception_message(const struct arch_thread *a, l4_word_t *mr)
{
	const uint64_t *frame = (const uint64_t *)&a->frame;

	for (unsigned i = 1; i < ARRAY_SIZE(exception_registers); i++)
		mr[i] = frame[exception_registers[i]];
	mr[L4_EXC_NUMBER] = a->frame.vector;
	mr[L4_EXC_ERROR_CODE] = a->frame.error;
	return L4_EXC_COUNT;
}

void arch_exception_reply(struct arch_thread *a, const l4_word_t *mr, unsigned words)
{
	uint64_t *frame = (uint64_t *)&a->frame;

	for (unsigned i = 1; i < ARRAY_SIZE(exception_registers) && i <= words; i++) {
		if (i == L4_EXC_RIP)
			arch_set_ip(a, mr[i]);
		else if (i == L4_EXC_RFLAGS)
			arch_set_flags(a, mr[i]);
		else
			frame[exception_registers[i]] = mr[i];
	}
}
