/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What bare-metal x86 test programs share: TAP on COM1, descriptor tables, traps, pages.  They
 * are firmware of a PC, of this project or QEMU's, without anything below them.
 *
 * A program is main() in flat 32-bit protected mode at CPL 0, paging off, interrupts off.
 * Code under test is entered by run() with registers of its own, at any privilege level or in
 * virtual-8086 mode, and ends with an exception or interrupt, which `last` then tells of; INT
 * DONE is the ordinary end.  Nothing that differs from run to run may be printed.
 */
#ifndef BARE_H
#define BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* TAP. */
bool ok(bool condition, const char *name);
bool is(uint32_t got, uint32_t wanted, const char *name);

/* Segments.  From SEL_FREE on they are the program's. */
#define SEL_CODE 0x08u
#define SEL_DATA 0x10u
#define SEL_CODE3 0x1bu
#define SEL_DATA3 0x23u
#define SEL_TSS 0x28u
#define SEL_FREE 0x40u
extern uint64_t gdt[64];
/* access: P DPL S type; flags: G D/B 0 AVL. */
uint64_t descriptor(uint32_t base, uint32_t limit, unsigned access, unsigned flags);
uint64_t gate(unsigned selector, uint32_t offset, unsigned access, unsigned parameters);
void set_descriptor(unsigned selector, uint64_t value);
extern uint64_t idt[256];

struct tss {
	uint32_t link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags, r[8];
	uint32_t es, cs, ss, ds, fs, gs, ldt;
	uint16_t trap, map;
	uint8_t bits[0x60];
};
extern struct tss tss;

/* start.S knows the layout. */
struct regs {
	uint32_t gs, fs, es, ds;
	uint32_t edi, esi, ebp, esp_unused, ebx, edx, ecx, eax;
	uint32_t vector, error;
	uint32_t eip, cs, eflags, esp, ss;
	uint32_t v86_es, v86_ds, v86_fs, v86_gs;
};

#define DONE 0x30u
#define NO_CODE 0xffffffffu

/* The last trap; esp and ss are those of the code that was interrupted. */
extern struct regs last;
extern uint32_t last_cr2, last_dr6;

/* Registers for code at CPL 0 or 3, with a stack. */
struct regs regs_kernel(const void *code);
struct regs regs_user(const void *code);
void run(const struct regs *r);
/* The trap was this one; error NO_CODE: whatever. */
bool trapped(unsigned vector, uint32_t error, const char *name);

#define STACK_BYTES 4096u
extern uint8_t stack_kernel[STACK_BYTES], stack_user[STACK_BYTES];

/* Code under test: labels in assembler. */
#define CODE(name, text)                                                                           \
	extern const uint8_t name[];                                                               \
	__asm__(".text\n.globl " #name "\n" #name ":\n" text "\n")
#define END "\n	int $0x30\n"

/* Pages: everything is mapped to itself, for all, by 4 KiB pages in the first 8 MiB. */
#define CR0_PE 1u
#define CR0_MP 2u
#define CR0_EM 4u
#define CR0_TS 8u
#define CR0_NE 0x20u
#define CR0_WP 0x10000u
#define CR0_AM 0x40000u
#define CR0_PG 0x80000000u
extern uint32_t page_directory[1024], page_tables[2][1024];
void paging_on(void);
void paging_off(void);
#define SPARE 0x700000u /* nothing of the program is here or above, up to 8 MiB */

#define REGISTER(name)                                                                             \
	static inline uint32_t read_##name(void)                                                   \
	{                                                                                          \
		uint32_t value;                                                                    \
		__asm__ volatile("mov %%" #name ", %0" : "=r"(value));                             \
		return value;                                                                      \
	}                                                                                          \
	static inline void write_##name(uint32_t value)                                            \
	{                                                                                          \
		__asm__ volatile("mov %0, %%" #name : : "r"(value) : "memory");                    \
	}
REGISTER(cr0)
REGISTER(cr2)
REGISTER(cr3)
REGISTER(cr4)
REGISTER(dr0)
REGISTER(dr1)
REGISTER(dr6)
REGISTER(dr7)

static inline void invlpg(uint32_t address)
{
	__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline uint32_t load32(uint32_t address)
{
	return *(volatile uint32_t *)address;
}

static inline void store32(uint32_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

#endif
