/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page fault, I/O fault and start protocols (manual chapter 7 and 2.4), with
 * main as the pager of an agent.
 */
#include "ktest.h"
#include "io.h"
#include "pager_plan.h"
#include "probe.h"
#include "tests.h"

#define SCRATCH_PORT 0x3ff /* of COM1: a byte that can be written and read */

static l4_word_t fault_read(l4_word_t address, l4_word_t unused)
{
	(void)unused;
	return *(volatile l4_word_t *)address;
}

static l4_word_t fault_write(l4_word_t address, l4_word_t value)
{
	*(volatile l4_word_t *)address = value;
	return value;
}

static l4_word_t fault_jump(l4_word_t address, l4_word_t unused)
{
	(void)unused;
	return ((l4_word_t(*)(void))address)();
}

/* Answers the agent's fault with a mapping. */
static void fault_answer(struct agent *a, struct l4_fpage f, l4_word_t base)
{
	struct l4_map_item item = l4_map_item(f, base);

	l4_set_mr(1, item.base);
	l4_set_mr(2, item.fpage.raw);
	l4_set_tag(l4_tag(0, 0, 2));
	check(l4_tag_succeeded(l4_reply(a->thread->id)), "the fault is answered");
}

void test_page_fault(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t value = 0;

	check(!agent_call(&a, fault_read, TEST_VA + 0x123 * 8, 0, &value),
	      "reading nothing faults");
	check_eq(a.tag.raw, l4_tag(L4_LABEL_PAGE_FAULT | L4_RIGHT_R, 2, 0).raw, "tag for reading");
	check_eq(a.mr[1], TEST_VA + 0x123 * 8, "the address");
	check(a.mr[2] >= (l4_word_t)fault_read && a.mr[2] < (l4_word_t)fault_read + 32, "the IP");
	fault_answer(&a, pool_page(9, 12, L4_RIGHT_R), TEST_VA);
	check(agent_finish(&a, &value), "a mapping resolves it");
	check_eq(value, *(l4_word_t *)(pool + 9 * L4_PAGE_SIZE + 0x123 * 8), "the read is done");

	check(!agent_call(&a, fault_write, TEST_VA + 16, 77, &value), "writing what is read-only");
	check_eq(a.tag.raw, l4_tag(L4_LABEL_PAGE_FAULT | L4_RIGHT_W, 2, 0).raw, "tag for writing");
	check_eq(a.mr[1], TEST_VA + 16, "the address");
	fault_answer(&a, pool_page(9, 12, L4_RIGHTS_RW), TEST_VA);
	check(agent_finish(&a, &value), "a mapping with w resolves it");
	check_eq(*(l4_word_t *)(pool + 9 * L4_PAGE_SIZE + 16), 77, "the write is done");

	*(volatile uint8_t *)(pool + 9 * L4_PAGE_SIZE + 0x80) = 0xc3;
	check(!agent_call(&a, fault_jump, TEST_VA + 0x80, 0, &value),
	      "executing what isn't executable");
	check_eq(a.tag.raw, l4_tag(L4_LABEL_PAGE_FAULT | L4_RIGHT_X, 2, 0).raw,
		 "tag for executing");
	check(a.mr[1] == TEST_VA + 0x80 && a.mr[2] == TEST_VA + 0x80, "address and IP");
	fault_answer(&a, pool_page(9, 12, L4_RIGHTS_RX), TEST_VA);
	check(agent_finish(&a, &value), "a mapping with x resolves it");
}

void test_page_fault_bad_answers(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t value = 0;

	agent_call(&a, fault_read, TEST_VA, 0, &value);
	l4_set_tag(l4_tag(0, 0, 0));
	l4_reply(a.thread->id);
	check(!agent_finish(&a, &value) &&
		      agent_faulted(&a, L4_LABEL_PAGE_FAULT | L4_RIGHT_R, TEST_VA),
	      "an empty answer: it faults again");
	fault_answer(&a, pool_page(1, 12, L4_RIGHT_R), TEST_VA + L4_PAGE_SIZE);
	check(!agent_finish(&a, &value), "another page: it faults again");
	l4_set_mr(1, 0x1234);
	l4_set_tag(l4_tag(0, 63, 0));
	l4_reply(a.thread->id);
	check(!agent_finish(&a, &value), "words only: it faults again");
	fault_answer(&a, pool_page(0, 14, L4_RIGHT_R), TEST_VA);
	check(agent_finish(&a, &value) && value == memory_mark(0), "a larger page resolves it");
	check(agent_peek(&a, TEST_VA + 0x3000, &value) && value == memory_mark(3),
	      "all of it is mapped");
}

/* Only the pager can answer. */
void test_page_fault_answer_by_other(void)
{
	struct agent a = agent_new(space_new()), other = agent_new(NULL);
	static struct job answer;
	l4_word_t value = 0;

	agent_call(&a, fault_read, TEST_VA, 0, &value);
	answer = job_send(a.thread->id);
	answer.timeouts = l4_timeouts(l4_period_us(2000), L4_NEVER);
	job_add_map(&answer, l4_map_item(pool_page(0, 12, L4_RIGHT_R), TEST_VA));
	agent_job(&other, &answer);
	job_check_error(&answer, false, L4_IPC_TIMEOUT, "an answer by another thread");
	fault_answer(&a, pool_page(0, 12, L4_RIGHT_R), TEST_VA);
	check(agent_finish(&a, &value), "the pager's own is taken");
}

static l4_word_t fault_run_probe(l4_word_t function, l4_word_t unused)
{
	(void)unused;
	((void (*)(void))function)();
	return 0;
}

void test_page_fault_keeps_registers(void)
{
	struct agent a = agent_new(space_new());
	const volatile struct registers *out = &probe_out;
	const struct registers *in = &probe_in;

	probe_in = (struct registers){ .rax = 1,
				       .rbx = 2,
				       .rcx = 3,
				       .rdx = 4,
				       .rsi = TEST_VA,
				       .rdi = 6,
				       .rbp = 7,
				       .r8 = 8,
				       .r9 = 9,
				       .r10 = 10,
				       .r11 = 11,
				       .r12 = 12,
				       .r13 = 13,
				       .r14 = 14,
				       .r15 = 15 };
	check(!agent_call(&a, fault_run_probe, (l4_word_t)probe_read_word, 0, NULL), "a fault");
	check_eq(a.mr[2], (l4_word_t)probe_read_word_at, "at this instruction");
	fault_answer(&a, pool_page(2, 12, L4_RIGHT_R), TEST_VA);
	agent_finish(&a, NULL);
	check_eq(out->rax, memory_mark(2), "the instruction is done");
	check(out->rbx == in->rbx && out->rcx == in->rcx && out->rdx == in->rdx &&
		      out->rsi == in->rsi && out->rdi == in->rdi && out->rbp == in->rbp &&
		      out->r8 == in->r8 && out->r9 == in->r9 && out->r10 == in->r10 &&
		      out->r11 == in->r11 && out->r12 == in->r12 && out->r13 == in->r13 &&
		      out->r14 == in->r14 && out->r15 == in->r15,
	      "no other register changes");
}

/* The message registers, error code and so on of the thread are its own too. */
static l4_word_t fault_read_with_mrs(l4_word_t address, l4_word_t unused)
{
	unsigned same = 0;

	(void)unused;
	for (unsigned i = 0; i < L4_MR_COUNT; i++)
		l4_set_mr(i, 0x100 + i);
	for (unsigned i = 1; i < L4_BR_COUNT; i++)
		l4_set_br(i, 0x200 + i);
	l4_set_br(0, 0);
	*(volatile l4_word_t *)address;
	for (unsigned i = 0; i < L4_MR_COUNT; i++)
		same += l4_mr(i) == 0x100 + i;
	for (unsigned i = 1; i < L4_BR_COUNT; i++)
		same += l4_br(i) == 0x200 + i;
	return same;
}

void test_page_fault_keeps_utcb(void)
{
	struct agent a = agent_new(space_new());
	l4_word_t same = 0;

	agent_call(&a, fault_read_with_mrs, TEST_VA, 0, NULL);
	fault_answer(&a, pool_page(2, 12, L4_RIGHT_R), TEST_VA);
	agent_finish(&a, &same);
	check_eq(same, L4_MR_COUNT + L4_BR_COUNT - 1, "message and buffer registers are kept");
}

void test_page_fault_kernel_address(void)
{
	static const l4_word_t addresses[] = { 0xffff800000000000, 0xffff800000100000,
					       0xffffffff80100000, 0xffffffffc0000000,
					       0xffffffffd0000000, 0xffffffffe0000000 };
	struct agent a = agent_new(space_new());
	unsigned readable = 0, writable = 0;

	/* The system call entries may be read; nothing may be written. */
	for (unsigned i = 0; i < COUNT(addresses); i++) {
		if (i < COUNT(addresses) - 1)
			readable += agent_peek(&a, addresses[i], NULL);
		writable += agent_poke(&a, addresses[i], 0);
	}
	check_eq(readable, 0, "kernel memory can't be read");
	check_eq(writable, 0, "nor written");
}

static volatile l4_word_t fault_value;

static void fault_reader(void *address)
{
	fault_value = *(volatile l4_word_t *)address;
}

static void fault_wait_halted(struct thread *t, const char *name)
{
	struct l4_exregs_words regs = { .control = 0 };
	uint64_t end = l4_system_clock() + 500000;

	while (!(regs.control & L4_EXREGS_HALT) && l4_system_clock() < end) {
		l4_sleep_us(100);
		regs.control = L4_EXREGS_DELIVER;
		l4_exchange_registers(t->id, &regs);
	}
	check(regs.control & L4_EXREGS_HALT, "%s: the thread halts", name);
}

/* A fault nobody answers halts the thread until someone sets it going again. */
static void fault_check_no_pager(struct l4_thread_id pager, const char *name)
{
	struct thread *t = thread_create(NULL, fault_reader, (void *)TEST_VA);
	struct l4_exregs_words regs;
	struct l4_thread_id from;
	struct l4_tag tag;

	fault_value = 0;
	t->pager = pager;
	thread_go(t);
	fault_wait_halted(t, name);
	regs = (struct l4_exregs_words){ .control = L4_EXREGS_SET_HALT | L4_EXREGS_PAGER,
					 .pager = main_id };
	l4_exchange_registers(t->id, &regs);
	tag = l4_ipc(L4_NILTHREAD, t->id, l4_timeouts(L4_NEVER, l4_period_us(500000)), &from);
	check_eq(l4_tag_label(tag), L4_LABEL_PAGE_FAULT | L4_RIGHT_R,
		 "%s: resumed, it faults again to its new pager", name);
	l4_set_tag(l4_tag(0, 0, 2));
	l4_set_mr(1, l4_map_item(L4_NILPAGE, TEST_VA).base);
	l4_set_mr(2, pool_page(3, 12, L4_RIGHT_R).raw);
	l4_reply(t->id);
	thread_wait_finished(t);
	check_eq(fault_value, memory_mark(3), "%s: and goes on", name);
	agent_unmap(NULL, l4_fpage(TEST_VA, 12, L4_RIGHTS_ALL), true);
	thread_delete(t);
}

void test_page_fault_no_pager(void)
{
	fault_check_no_pager(L4_NILTHREAD, "no pager");
	fault_check_no_pager(thread_fresh_id(), "a pager that doesn't exist");
}

/* The pager goes away after it has been asked. */
void test_page_fault_pager_deleted(void)
{
	struct thread *t = thread_create(NULL, fault_reader, (void *)TEST_VA);
	static struct pager_plan plan;
	struct l4_exregs_words regs = { .control = L4_EXREGS_SET_HALT | L4_EXREGS_PAGER,
					.pager = main_id };

	plan = (struct pager_plan){ .base = TEST_VA, .answers = 0 };
	pager_plan_start(&plan);
	fault_value = 0;
	t->pager = plan.thread->id;
	thread_go(t);
	check(wait_for(&plan.faults, 1, 500000), "a pager that doesn't answer");
	check_eq(thread_state(t), L4_SCHEDULE_WAITING, "the thread waits");
	thread_delete(plan.thread);
	fault_wait_halted(t, "pager deleted");
	l4_exchange_registers(t->id, &regs);
	check_eq(l4_tag_label(l4_receive_timeout(t->id, l4_period_us(500000))),
		 L4_LABEL_PAGE_FAULT | L4_RIGHT_R, "resumed, it asks its new pager");
	l4_set_mr(1, l4_map_item(L4_NILPAGE, TEST_VA).base);
	l4_set_mr(2, pool_page(3, 12, L4_RIGHT_R).raw);
	l4_set_tag(l4_tag(0, 0, 2));
	l4_reply(t->id);
	thread_wait_finished(t);
	check_eq(fault_value, memory_mark(3), "and goes on");
	agent_unmap(NULL, l4_fpage(TEST_VA, 12, L4_RIGHTS_ALL), true);
}

/* A thread that is its own pager. */
static void fault_own_pager(void *address)
{
	l4_set_tcr(L4_TCR_PAGER, l4_myself().raw);
	fault_value = *(volatile l4_word_t *)address;
}

void test_page_fault_own_pager(void)
{
	struct thread *t = thread_new(NULL, fault_own_pager, (void *)TEST_VA);

	fault_wait_halted(t, "its own pager");
}

/* ---- start ---- */

static volatile l4_word_t start_count;

static void start_counter(void *unused)
{
	(void)unused;
	start_count++;
}

void test_start(void)
{
	struct thread *t = thread_create(NULL, start_counter, NULL);
	struct job send = job_send(t->id);

	start_count = 0;
	check_eq(thread_state(t), L4_SCHEDULE_WAITING, "a new active thread waits");
	job_add_word(&send, (l4_word_t)asm_thread_entry);
	job_add_word(&send, 0);
	send.timeouts = l4_timeouts(l4_period_us(2000), L4_NEVER);
	job_run(&send);
	job_check_error(&send, false, L4_IPC_TIMEOUT, "a start message not from the pager");
	check_eq(start_count, 0, "starts nothing");
	thread_go(t);
	thread_wait_finished(t);
	check_eq(start_count, 1, "the pager's does");
}

static volatile l4_word_t start_flags;

static void start_look(void *unused)
{
	l4_word_t flags;

	(void)unused;
	__asm__ volatile("pushfq; pop %0" : "=r"(flags));
	start_flags = flags;
}

void test_start_flags(void)
{
	struct thread *t = thread_new(space_new(), start_look, NULL);

	thread_wait_finished(t);
	check_eq(start_flags & (1 << 9), 1 << 9, "a new thread has interrupts enabled");
	check_eq(start_flags & (3 << 12), 0, "and no I/O privilege");
}

/* ---- I/O faults ---- */

static l4_word_t io_read_port(l4_word_t port, l4_word_t unused)
{
	(void)unused;
	return io_in8((uint16_t)port);
}

static l4_word_t io_write_port(l4_word_t port, l4_word_t value)
{
	io_out8((uint16_t)port, (uint8_t)value);
	return 0;
}

static l4_word_t io_read_word(l4_word_t port, l4_word_t unused)
{
	uint16_t value;

	(void)unused;
	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"((uint16_t)port));
	return value;
}

static bool io_fault_covers(const struct agent *a, unsigned port)
{
	struct l4_fpage f = { a->mr[1] };
	l4_word_t first = l4_io_fpage_port(f);

	return (l4_tag_label(a->tag) & ~7ull) == L4_LABEL_IO_FAULT && l4_fpage_is_io(f) &&
	       first <= port && port < first + (1u << l4_io_fpage_log2_ports(f));
}

void test_io_fault(void)
{
	struct agent a = agent_new(space_new());
	struct l4_fpage port = l4_io_fpage(SCRATCH_PORT, 0, L4_RIGHTS_RW);
	l4_word_t value = 0;

	io_out8(SCRATCH_PORT, 0x5c);
	check(!agent_call(&a, io_read_port, SCRATCH_PORT, 0, &value),
	      "in without permission faults");
	check(io_fault_covers(&a, SCRATCH_PORT), "as an I/O fault that names the port");
	check_eq(l4_tag_untyped(a.tag), 2, "two words");
	check(a.mr[2] >= (l4_word_t)io_read_port && a.mr[2] < (l4_word_t)io_read_port + 32,
	      "the IP");
	fault_answer(&a, port, 0);
	check(agent_finish(&a, &value), "an I/O mapping resolves it");
	check_eq(value, 0x5c, "the in is done");
	check(agent_call(&a, io_write_port, SCRATCH_PORT, 0x3a, NULL), "out works now");
	check_eq(io_in8(SCRATCH_PORT), 0x3a, "and arrives");
	check(!agent_call(&a, io_read_word, SCRATCH_PORT, 0, NULL),
	      "a word access that reaches over to the next port faults");
	agent_reset(&a);
	check(!agent_call(&a, io_read_port, SCRATCH_PORT - 1, 0, NULL), "the port before faults");
	agent_reset(&a);
	agent_unmap(NULL, l4_io_fpage(SCRATCH_PORT, 0, L4_RIGHTS_ALL), false);
	check(!agent_call(&a, io_read_port, SCRATCH_PORT, 0, NULL), "after unmap it faults again");
	agent_reset(&a);
	check(!agent_call(&a, io_write_port, SCRATCH_PORT, 1, NULL), "out faults, too");
	check_eq(io_in8(SCRATCH_PORT), 0x3a, "and does nothing");
}

void test_io_mapping(void)
{
	struct agent a = agent_new(space_new()), b = agent_new(space_new());
	struct l4_fpage ports = l4_io_fpage(0x3f8, 3, L4_RIGHTS_RW);
	struct l4_fpage got;

	got = agent_map(NULL, &a, l4_map_item(ports, 0), L4_COMPLETE_SPACE);
	check(l4_fpage_is_io(got), "ports are mapped by a message");
	check(agent_call(&a, io_write_port, SCRATCH_PORT, 0x11, NULL), "and can be used");
	agent_map(&a, &b, l4_map_item(l4_io_fpage(SCRATCH_PORT, 0, L4_RIGHTS_RW), 0),
		  L4_COMPLETE_SPACE);
	check(agent_call(&b, io_read_port, SCRATCH_PORT, 0, NULL), "one is passed on");
	check(!agent_call(&b, io_read_port, 0x3fd, 0, NULL), "the others aren't");
	agent_reset(&b);
	agent_map(&b, &a, l4_map_item(l4_io_fpage(0x80, 3, L4_RIGHTS_RW), 0), L4_COMPLETE_SPACE);
	check(!agent_call(&a, io_read_port, 0x80, 0, NULL), "nobody gives what it hasn't got");
	agent_reset(&a);
	agent_unmap(NULL, l4_io_fpage(0x3f8, 3, L4_RIGHTS_ALL), false);
	check(!agent_call(&a, io_read_port, SCRATCH_PORT, 0, NULL), "unmap takes them from all");
	check(!agent_call(&b, io_read_port, SCRATCH_PORT, 0, NULL), "also passed on ones");
}
