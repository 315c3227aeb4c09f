/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The amd64 binding of L4 X.2 as a stranger would write it down from the
 * reference manual: KIP word numbers, thread control registers, labels and a
 * call with every register given.  On purpose this program includes none of
 * the project's headers: it stands for a binary that was built against
 * somebody else's.
 */
#ifndef RAWABI_ABI_H
#define RAWABI_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kip_word {
	KIP_MAGIC = 0,
	KIP_API_VERSION = 1,
	KIP_API_FLAGS = 2,
	KIP_DESCRIPTION = 3,
	KIP_SIGMA0 = 8, /* SP, IP, low, high */
	KIP_ROOT = 16,
	KIP_MEMORY_INFO = 21,
	KIP_UTCB_INFO = 42,
	KIP_AREA_INFO = 43,
	KIP_PROCESSOR_DESCRIPTORS = 47,
	KIP_CLOCK_INFO = 48,
	KIP_THREAD_INFO = 49,
	KIP_PAGE_INFO = 50,
	KIP_PROCESSOR_INFO = 51,
	KIP_SPACE_CONTROL = 52,
	KIP_THREAD_CONTROL = 53,
	KIP_PROCESSOR_CONTROL = 54,
	KIP_MEMORY_CONTROL = 55,
	KIP_IPC = 56,
	KIP_LIPC = 57,
	KIP_UNMAP = 58,
	KIP_EXCHANGE_REGISTERS = 59,
	KIP_SYSTEM_CLOCK = 60,
	KIP_THREAD_SWITCH = 61,
	KIP_SCHEDULE = 62,
};

/* Thread control registers, as word indices from the UTCB address. */
enum tcr {
	TCR_ERROR_CODE = -9,
	TCR_EXCEPTION_HANDLER = -11,
	TCR_PAGER = -12,
	TCR_HANDLE = -13,
	TCR_PROCESSOR = -14,
	TCR_GLOBAL_ID = -15,
	TCR_BUFFER0 = -16,
};

#define NIL 0ull
#define ANY (~0ull)
#define ANY_LOCAL (~0ull << 6)
#define UNCHANGED (~0ull)

#define TAG(label, untyped, typed) ((uint64_t)(label) << 16 | (uint64_t)(typed) << 6 | (untyped))
#define TAG_FAILED 0x8000ull
#define LABEL_INTERRUPT 0xfffffffffff0ull
#define LABEL_PAGE_FAULT 0xffffffffffe0ull
#define LABEL_EXCEPTION 0xffffffffffb0ull
#define LABEL_SIGMA0 0xffffffffffa0ull
#define LABEL_IO_FAULT 0xffffffffff80ull

/* Rights in fpages and in the labels of faults. */
#define RIGHT_X 1
#define RIGHT_W 2
#define RIGHT_R 4

#define FPAGE(base, log2_size, rights) ((uint64_t)(base) | (uint64_t)(log2_size) << 4 | (rights))
#define COMPLETE_SPACE (1ull << 4)
#define MAP_ITEM(base) ((uint64_t)(base) | 8)
#define PAGE_SIZE 4096ull

#define TIME_NEVER 0ull
#define TIME_ZERO (1ull << 10)
#define TIME_4_SECONDS (12ull << 10 | 1000) /* 1000 * 2^12 us */
#define TIME_10_MS (4ull << 10 | 625)       /* 625 * 2^4 us */
#define TIMEOUTS(send, receive) ((send) << 16 | (receive))

/* Every register a call can read or write; start.S knows the order. */
struct regs {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
};

/* What the lock; nop trap returned, and what it must have left alone. */
struct kernel_interface {
	uint64_t kip, version, flags, id, rbx, rdi;
};

/* A thread's own view: the KIP of its space and its UTCB. */
struct env {
	const uint64_t *kip;
	volatile uint64_t *utcb;
};

/* One IPC: parameters, message registers, and what came back in RSI and RDI. */
struct ipc {
	uint64_t to, from, timeouts;
	uint64_t mr[64];
	uint64_t sender, utcb;
};

/* start.S */
void abi_find_kernel(struct kernel_interface *out, uint64_t rbx, uint64_t rdi);
void abi_call(struct regs *regs, uint64_t entry);
uint64_t abi_trap_with_registers(uint64_t base);
extern const char abi_trap_ip[];
extern const char _start[];

/* ipc.c */
struct env env_here(void);
bool ipc(const struct env *env, struct ipc *m);
bool ipc_by(const struct env *env, enum kip_word entry, struct ipc *m);
uint64_t syscall(const struct env *env, enum kip_word entry, struct regs *r);
uint64_t thread_control(const struct env *env, uint64_t dest, uint64_t space, uint64_t pager,
			uint64_t utcb);
uint64_t clock_us(const struct env *env);

static inline unsigned tag_untyped(uint64_t tag)
{
	return (unsigned)tag & 0x3f;
}

static inline unsigned tag_typed(uint64_t tag)
{
	return (unsigned)(tag >> 6) & 0x3f;
}

static inline uint64_t tag_label(uint64_t tag)
{
	return tag >> 16;
}

static inline uint64_t kip_user_base(const uint64_t *kip)
{
	return kip[KIP_THREAD_INFO] >> 20 & 0xfff;
}

static inline uint64_t global_id(uint64_t number, uint64_t version)
{
	return number << 32 | version;
}

static inline unsigned char port_in(unsigned short port)
{
	unsigned char value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void port_out(unsigned short port, unsigned char value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

#endif
