/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A second address space with a thread in it that runs the same code pages,
 * mapped one by one as it faults: SpaceControl, the page fault, I/O fault and
 * exception protocols, IPC across spaces, privileges, and Unmap as seen from
 * both sides.
 */
#include "rawabi.h"
#include "tap.h"

#define KIP_AREA 0x7f00000000ull
#define UTCB_AREA 0x7f00100000ull
#define LINE_STATUS_PORT 0x3fd

#define TRAP_BASE 0xabc000ull
#define TRAP_MARK 0x1000000ull /* added to RAX by the handler */

#define ERROR_PRIVILEGE 1
#define ERROR_THREAD 2

static uint64_t shared_page[512] __attribute__((aligned(4096)));

static void check_space_creation(const struct env *env, uint64_t child)
{
	uint64_t log2_area = env->kip[KIP_UTCB_INFO] >> 16 & 0x3f;
	uint64_t log2_kip = env->kip[KIP_AREA_INFO] & 0x3f;
	uint64_t self = env->utcb[TCR_GLOBAL_ID];
	struct regs r = { .rdi = child,
			  .rsi = 0,
			  .rdx = FPAGE(KIP_AREA, log2_kip, 0),
			  .r8 = FPAGE(UTCB_AREA, log2_area, 0),
			  .r9 = ANY };

	check_word(thread_control(env, child, child, NIL, UNCHANGED), 1,
		   "ThreadControl makes a thread in a new space: RAX = 1");
	check_word(syscall(env, KIP_SPACE_CONTROL, &r), 1, "SpaceControl places KIP and UTCB area");
	check_word(thread_control(env, child, child, self, UTCB_AREA), 1,
		   "ThreadControl activates the thread: RAX = 1");
	r = (struct regs){ .rdi = global_id(kip_user_base(env->kip) + 99, 5), .r9 = ANY };
	check_word(syscall(env, KIP_SPACE_CONTROL, &r), 0,
		   "SpaceControl of a space that does not exist: RAX = 0");
	check_word(env->utcb[TCR_ERROR_CODE], 3, "UTCB word -9: error 3, no such space");
}

static void check_first_steps(const struct env *env, uint64_t child)
{
	struct conversation c;

	if (!check(start_server(env, child, &c), "the thread starts and answers"))
		tap_bail_out("no thread in a second space");
	check(c.page_faults >= 3, "its pages came by page fault messages");
	check_word(c.first_fault, LABEL_PAGE_FAULT | RIGHT_X,
		   "page fault: label -2 with the kind of access, here x");
	check_word(c.first_address, (uint64_t)server_main, "page fault: MR1 is the address");
	check_word(c.first_ip, (uint64_t)server_main, "page fault: MR2 is the IP");
	check_word(c.m.mr[REPORT_KIP], KIP_AREA, "lock; nop finds the KIP where it was placed");
	check_word(c.m.mr[REPORT_UTCB] & ~1023ull, UTCB_AREA, "its UTCB is in the area given");
	check_word(c.m.mr[REPORT_UTCB] & 1023, (uint64_t)env->utcb & 1023,
		   "the UTCB address has the same offset in its block as ours");
	check_word(c.m.mr[REPORT_GLOBAL_ID], child, "UTCB word -15 is its global id");
	check_word(c.m.sender, child, "RSI: we know it by its global id");
	request(&c, child, CMD_REPORT, 0);
	check(converse(env, &c) && c.m.mr[REPORT_SENDER] == env->utcb[TCR_GLOBAL_ID],
	      "RSI: it knows us by our global id");
}

/* Lets the child make a call that is not for it. */
static void check_refused(const struct env *env, uint64_t child, enum command command,
			  uint64_t error, const char *name)
{
	struct conversation c;

	request(&c, child, command, 1);
	c.m.mr[1] = command == CMD_SPACE_CONTROL ? child : env->utcb[TCR_GLOBAL_ID];
	if (!check(converse(env, &c) && c.m.mr[1] == 0 && c.m.mr[2] == error, name)) {
		diag("RAX      ", c.m.mr[1]);
		diag("ErrorCode", c.m.mr[2]);
	}
}

static void check_privileges(const struct env *env, uint64_t child)
{
	check_refused(env, child, CMD_THREAD_CONTROL, ERROR_PRIVILEGE,
		      "ThreadControl by others than root fails with error 1");
	check_refused(env, child, CMD_SPACE_CONTROL, ERROR_PRIVILEGE,
		      "SpaceControl by others than root fails with error 1");
	check_refused(env, child, CMD_EXCHANGE, ERROR_THREAD,
		      "ExchangeRegisters across spaces fails with error 2");
}

static void check_io_fault(const struct env *env, uint64_t child)
{
	struct conversation c;

	request(&c, child, CMD_PORT_IN, 1);
	c.m.mr[1] = LINE_STATUS_PORT;
	check(converse(env, &c), "a port mapped by its pager can be read");
	check_word(c.io_faults, 1, "after one I/O fault");
	check_word(c.io_label & ~15ull, LABEL_IO_FAULT, "I/O fault: label -8");
	check_word(c.io_fpage >> 4 & 0x3f, 2, "I/O fault: MR1 is an I/O fpage");
	check_word(c.io_fpage >> 10 & 0x3f, 0, "I/O fault: of one port");
	check_word(c.io_fpage >> 16 & 0xffff, LINE_STATUS_PORT, "I/O fault: of that port");
	check(c.m.mr[1] != 0xff, "the child reads the register");
}

/* Order of the registers in the exception message, and what the child put there. */
static void check_exception_message(const struct conversation *c)
{
	static const struct {
		unsigned char mr, offset;
		const char *name;
	} set[] = {
		{ 2, 2, "exception: MR2 is RBX" },    { 3, 10, "exception: MR3 is R10" },
		{ 4, 12, "exception: MR4 is R12" },   { 5, 13, "exception: MR5 is R13" },
		{ 6, 14, "exception: MR6 is R14" },   { 7, 15, "exception: MR7 is R15" },
		{ 8, 1, "exception: MR8 is RAX" },    { 9, 3, "exception: MR9 is RCX" },
		{ 10, 4, "exception: MR10 is RDX" },  { 11, 5, "exception: MR11 is RSI" },
		{ 12, 6, "exception: MR12 is RDI" },  { 13, 7, "exception: MR13 is RBP" },
		{ 14, 8, "exception: MR14 is R8" },   { 15, 9, "exception: MR15 is R9" },
		{ 16, 11, "exception: MR16 is R11" },
	};
	unsigned i;

	check_word(tag_label(c->exception[0]), LABEL_EXCEPTION, "exception: label -5");
	check_word(tag_untyped(c->exception[0]), 20, "exception: 20 words");
	check_word(c->exception[1], (uint64_t)abi_trap_ip, "exception: MR1 is RIP");
	for (i = 0; i < sizeof set / sizeof set[0]; i++) {
		uint64_t expected = TRAP_BASE + set[i].offset;

		/* resolve_exception() notes the message before it changes RAX. */
		check_word(c->exception[set[i].mr], expected, set[i].name);
	}
	check(c->exception[17] > stack_top_of(2) - 8192 && c->exception[17] < stack_top_of(2),
	      "exception: MR17 is RSP");
	check_word(c->exception[18] & 0x202, 0x202, "exception: MR18 is RFLAGS");
	check_word(c->exception[19], 6, "exception: MR19 is the vector, invalid opcode");
	check_word(c->exception[20], 0, "exception: MR20 is the error code");
}

static void check_exception(const struct env *env, uint64_t child)
{
	struct conversation c;

	request(&c, child, CMD_TRAP, 2);
	c.m.mr[1] = TRAP_BASE;
	c.m.mr[2] = env->utcb[TCR_GLOBAL_ID];
	check(converse(env, &c), "the child goes on after an exception");
	if (!check_word(c.exceptions, 1, "the exception handler of UTCB word -11 got a message"))
		return;
	check_exception_message(&c);
	check_word(c.m.mr[1], 2 * TRAP_BASE + 3 + TRAP_MARK,
		   "registers are loaded from the handler's reply");
}

/* Lets the child access a word of the shared page; counts its faults. */
static unsigned child_access(const struct env *env, uint64_t child, enum command command,
			     uint64_t word, struct conversation *c)
{
	request(c, child, command, 2);
	c->rights = RIGHT_R | RIGHT_W;
	c->m.mr[1] = (uint64_t)&shared_page[8];
	c->m.mr[2] = word;
	return converse(env, c) ? c->page_faults : ~0u;
}

/* Unmap of one fpage through R9, with control 0 in RDX. */
static struct regs unmap(const struct env *env, uint64_t fpage)
{
	struct regs r = { .rdx = 0, .r9 = fpage, .rdi = (uint64_t)env->utcb };

	syscall(env, KIP_UNMAP, &r);
	return r;
}

static void check_sharing(const struct env *env, uint64_t child)
{
	struct conversation c;
	struct regs r;
	uint64_t page = (uint64_t)shared_page;

	shared_page[8] = 0x600d;
	check_word(child_access(env, child, CMD_READ, 0, &c), 1,
		   "a shared page: one fault to read");
	check_word(c.fault, LABEL_PAGE_FAULT | RIGHT_R, "page fault: label -2 with the access r");
	check_word(c.m.mr[1], 0x600d, "the child reads what we wrote");
	check_word(child_access(env, child, CMD_WRITE, 0xcafe, &c), 0, "it is mapped for writing");
	check_word(shared_page[8], 0xcafe, "we read what the child wrote");

	r = unmap(env, FPAGE(page, 12, 0));
	check_word(r.r9 & ~7ull, FPAGE(page, 12, 0), "Unmap: R9 comes back as the same fpage");
	check_word(r.r9 & RIGHT_W, RIGHT_W, "Unmap: R9 says the page was written to");
	check_word(r.rdi, (uint64_t)env->utcb, "Unmap: RDI is the UTCB address");
	check_word(child_access(env, child, CMD_WRITE, 1, &c), 0,
		   "Unmap without rights takes none");

	unmap(env, FPAGE(page, 12, RIGHT_W));
	check_word(child_access(env, child, CMD_READ, 0, &c), 0, "Unmap of w leaves r");
	check_word(child_access(env, child, CMD_WRITE, 2, &c), 1, "Unmap of w takes w");
	check_word(c.fault, LABEL_PAGE_FAULT | RIGHT_W, "page fault: label -2 with the access w");
	check_word(c.address, (uint64_t)&shared_page[8], "page fault: MR1 is the address");

	unmap(env, FPAGE(page, 12, RIGHT_R | RIGHT_W | RIGHT_X));
	check_word(child_access(env, child, CMD_READ, 0, &c), 1, "Unmap of rwx takes the page");
	check_word(c.m.mr[1], 2, "its contents stay ours");
}

static void check_end(const struct env *env, uint64_t child)
{
	struct ipc m = { .to = child, .from = NIL, .timeouts = TIME_NEVER };

	check_word(thread_control(env, child, NIL, NIL, UNCHANGED), 1,
		   "ThreadControl deletes the last thread and the space: RAX = 1");
	check(!ipc(env, &m), "a send to it fails");
}

void space_check(const struct env *env)
{
	uint64_t child = global_id(kip_user_base(env->kip) + 5, 7);

	check_space_creation(env, child);
	check_first_steps(env, child);
	check_echo(env, child, child, "between spaces, echo of words:");
	check_privileges(env, child);
	check_io_fault(env, child);
	check_exception(env, child);
	check_sharing(env, child);
	check_end(env, child);
}
