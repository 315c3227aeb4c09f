/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Crash reports, see crash.h.
 */
#include "crash.h"

#include "log.h"

#include <l4/x86_64/exception.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HLT 0xf4
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static unsigned char trap_page[L4_PAGE_SIZE] __attribute__((aligned(4096)));

static const char *exception_name(l4_word_t number)
{
	static const char *const name[] = {
		[0] = "divide error",
		[1] = "debug exception",
		[3] = "breakpoint",
		[4] = "overflow",
		[5] = "bound range exceeded",
		[6] = "invalid opcode",
		[7] = "no floating-point unit",
		[10] = "invalid task segment",
		[11] = "segment not present",
		[12] = "stack fault",
		[13] = "general protection fault",
		[16] = "x87 floating-point error",
		[17] = "misaligned access",
		[18] = "machine check",
		[19] = "SIMD floating-point error",
		[21] = "control protection fault",
	};

	return number < ARRAY_SIZE(name) && name[number] ? name[number] : "unknown exception";
}

static void crash_print_registers(const char *name, const l4_word_t *mr)
{
	static const struct {
		const char *name;
		unsigned mr;
	} reg[] = {
		{ "rip", L4_EXC_RIP }, { "rsp", L4_EXC_RSP }, { "rfl", L4_EXC_RFLAGS },
		{ "rax", L4_EXC_RAX }, { "rbx", L4_EXC_RBX }, { "rcx", L4_EXC_RCX },
		{ "rdx", L4_EXC_RDX }, { "rsi", L4_EXC_RSI }, { "rdi", L4_EXC_RDI },
		{ "rbp", L4_EXC_RBP }, { "r8 ", L4_EXC_R8 },  { "r9 ", L4_EXC_R9 },
		{ "r10", L4_EXC_R10 }, { "r11", L4_EXC_R11 }, { "r12", L4_EXC_R12 },
		{ "r13", L4_EXC_R13 }, { "r14", L4_EXC_R14 }, { "r15", L4_EXC_R15 },
	};

	printf("root: registers of %s:\n", name);
	for (unsigned i = 0; i < ARRAY_SIZE(reg); i++)
		printf("  %s %016llx%s", reg[i].name, (unsigned long long)mr[reg[i].mr],
		       i % 3 == 2 ? "\n" : "");
}

/* Keeps what has happened for lists of tasks, and says it with the place. */
__attribute__((format(printf, 3, 4))) static void crash_report(struct task *task, l4_word_t ip,
							       const char *format, ...)
{
	char reason[80];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	log_take_line(task);
	snprintf(task->reason, sizeof(task->reason), "%s", reason);
	printf("root: %s crashed: %s, by the code at 0x%llx\n", task->name, reason,
	       (unsigned long long)ip);
}

/* Starts the task again as often as its manifest says; else it is held. */
static void crash_end(struct task *task)
{
	task->state = TASK_HELD;
	if (task->restarts_left == 0) {
		printf("root: %s is held, the other programs run on\n", task->name);
		return;
	}
	task->restarts_left--;
	task->restarts++;
	printf("root: %s is started again, %u of %u\n", task->name,
	       task->restart_limit - task->restarts_left, task->restart_limit);
	task_stop(task);
	task_start(task);
}

/* Answers a fault such that the registers come next; false: it has had that. */
static bool crash_trap(struct task *task, struct l4_message *m, l4_word_t ip)
{
	struct l4_fpage page = l4_fpage((l4_word_t)trap_page, L4_PAGE_BITS, L4_RIGHTS_RX);

	if (task->state == TASK_TRAPPED) {
		printf("root: %s can't show its registers\n", task->name);
		crash_end(task);
		return false;
	}
	memset(trap_page, HLT, sizeof(trap_page));
	task->state = TASK_TRAPPED;
	l4_message_map(m, l4_map_item(page, ip & -L4_PAGE_SIZE));
	return true;
}

static const char *access_name(unsigned access)
{
	if (access & L4_RIGHT_W)
		return "write to";
	return access & L4_RIGHT_X ? "execution of" : "read of";
}

bool crash_page_fault(struct task *task, struct l4_message *m, enum region_status status)
{
	l4_word_t address = m->mr[1], ip = m->mr[2];
	unsigned access = (unsigned)l4_tag_label(m->tag) & L4_RIGHTS_ALL;

	if (task->state != TASK_RUNNING)
		return crash_trap(task, m, ip);
	if (status == REGION_BOUND)
		crash_report(task, ip, "needs more memory than its %llu KiB",
			     (unsigned long long)task->pages.bound >> 10);
	else if (status == REGION_NO_MEMORY)
		crash_report(task, ip, "no memory is left for what it shares with others");
	else
		crash_report(task, ip, "page fault, %s address 0x%llx (%s)", access_name(access),
			     (unsigned long long)address,
			     status == REGION_NOT_ALLOWED ? "not allowed" : "nothing there");
	return crash_trap(task, m, ip);
}

bool crash_io_fault(struct task *task, struct l4_message *m)
{
	struct l4_fpage ports = { m->mr[1] };
	l4_word_t ip = m->mr[2];

	if (task->state == TASK_RUNNING)
		crash_report(task, ip, "use of I/O port 0x%llx",
			     (unsigned long long)l4_io_fpage_port(ports));
	return crash_trap(task, m, ip);
}

void crash_exception(struct task *task, const struct l4_message *m)
{
	l4_word_t number = m->mr[L4_EXC_NUMBER];

	if (task->state == TASK_RUNNING)
		crash_report(task, m->mr[L4_EXC_RIP], "%s (number %llu, error code 0x%llx)",
			     exception_name(number), (unsigned long long)number,
			     (unsigned long long)m->mr[L4_EXC_ERROR_CODE]);
	crash_print_registers(task->name, m->mr);
	crash_end(task);
}

static void crash_report_short(struct task *task, const char *reason)
{
	log_take_line(task);
	snprintf(task->reason, sizeof(task->reason), "%s", reason);
	printf("root: %s crashed: %s\n", task->name, reason);
}

void crash_unmapped(struct task *task)
{
	crash_report_short(task, "no kernel memory is left for its mappings");
	crash_end(task);
}

/* It runs, so that it can't be held as it is. */
void crash_hung(struct task *task)
{
	crash_report_short(task, "doesn't respond");
	crash_end(task);
	if (task->state != TASK_HELD)
		return;
	task_stop(task);
	task->state = TASK_GONE;
}
