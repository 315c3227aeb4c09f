/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See bare.h.
 */
#include "bare.h"

#define COM1 0x3f8
#define PAGE_ALL 7u

int main(void);
void start_program(void);
void trap_note(const struct regs *frame);
void enter(const struct regs *r);
extern const uint8_t stubs[];

uint64_t gdt[64] __attribute__((aligned(8))), idt[256] __attribute__((aligned(8)));
struct tss tss;
struct regs last;
uint32_t last_cr2, last_dr6;
uint8_t stack_kernel[STACK_BYTES] __attribute__((aligned(16)));
uint8_t stack_user[STACK_BYTES] __attribute__((aligned(16)));
static uint8_t stack_trap[STACK_BYTES] __attribute__((aligned(16)));
uint32_t page_directory[1024] __attribute__((aligned(4096)));
uint32_t page_tables[2][1024] __attribute__((aligned(4096)));

static unsigned checks, failures;

/* Output. */

static void put_char(char c)
{
	while (!(in8(COM1 + 5) & 0x20))
		;
	out8(COM1, (uint8_t)c);
}

static void put_text(const char *text)
{
	while (*text)
		put_char(*text++);
}

static void put_number(uint32_t n)
{
	if (n >= 10)
		put_number(n / 10);
	put_char((char)('0' + n % 10));
}

static void put_hex(const char *name, uint32_t n)
{
	put_text(name);
	for (int shift = 28; shift >= 0; shift -= 4)
		put_char("0123456789abcdef"[n >> shift & 15]);
	put_char('\n');
}

bool ok(bool condition, const char *name)
{
	put_text(condition ? "ok " : "not ok ");
	put_number(++checks);
	put_text(" - ");
	put_text(name);
	put_char('\n');
	failures += !condition;
	return condition;
}

bool is(uint32_t got, uint32_t wanted, const char *name)
{
	if (ok(got == wanted, name))
		return true;
	put_hex("# got    ", got);
	put_hex("# wanted ", wanted);
	return false;
}

/* Tables. */

uint64_t descriptor(uint32_t base, uint32_t limit, unsigned access, unsigned flags)
{
	return (limit & 0xffff) | (uint64_t)(base & 0xffffff) << 16 | (uint64_t)access << 40 |
	       (uint64_t)(limit >> 16 & 15) << 48 | (uint64_t)flags << 52 |
	       (uint64_t)(base >> 24) << 56;
}

uint64_t gate(unsigned selector, uint32_t offset, unsigned access, unsigned parameters)
{
	return (offset & 0xffff) | selector << 16 | (uint64_t)parameters << 32 |
	       (uint64_t)access << 40 | (uint64_t)(offset >> 16) << 48;
}

void set_descriptor(unsigned selector, uint64_t value)
{
	*(volatile uint64_t *)&gdt[selector / 8] = value;
}

static void load_table(bool interrupts, const void *table, uint16_t limit)
{
	struct __attribute__((packed)) {
		uint16_t limit;
		uint32_t base;
	} r = { limit, (uint32_t)table };

	if (interrupts)
		__asm__ volatile("lidt %0" : : "m"(r));
	else
		__asm__ volatile("lgdt %0" : : "m"(r));
}

static void make_tables(void)
{
	set_descriptor(SEL_CODE, descriptor(0, 0xfffff, 0x9b, 0xc));
	set_descriptor(SEL_DATA, descriptor(0, 0xfffff, 0x93, 0xc));
	set_descriptor(SEL_CODE3, descriptor(0, 0xfffff, 0xfb, 0xc));
	set_descriptor(SEL_DATA3, descriptor(0, 0xfffff, 0xf3, 0xc));
	set_descriptor(SEL_TSS, descriptor((uint32_t)&tss, sizeof tss - 1, 0x89, 0));
	tss.esp0 = (uint32_t)stack_trap + STACK_BYTES;
	tss.ss0 = SEL_DATA;
	tss.map = 0x68;
	for (unsigned i = 0; i < sizeof tss.bits; i++)
		tss.bits[i] = 0xff;
	for (unsigned i = 0; i < 256; i++)
		idt[i] = gate(SEL_CODE, (uint32_t)&stubs[16 * i],
			      i == 3 || i == 4 || i == DONE ? 0xee : 0x8e, 0);
	load_table(false, gdt, sizeof gdt - 1);
	load_table(true, idt, sizeof idt - 1);
	__asm__ volatile("ltr %w0" : : "r"(SEL_TSS));
	write_cr0(read_cr0() & ~0x60000000u);
}

/* Traps. */

void trap_note(const struct regs *frame)
{
	bool outer = frame->cs & 3 || frame->eflags & 0x20000;

	last = *frame;
	if (!outer) {
		last.esp = (uint32_t)&frame->esp;
		last.ss = SEL_DATA;
	}
	__asm__ volatile("mov %%cr2, %0" : "=r"(last_cr2));
	last_dr6 = read_dr6();
}

static struct regs regs_of(const void *code, unsigned cs, unsigned ds, void *stack)
{
	return (struct regs){ .gs = ds,
			      .fs = ds,
			      .es = ds,
			      .ds = ds,
			      .eip = (uint32_t)code,
			      .cs = cs,
			      .eflags = 2,
			      .esp = (uint32_t)stack + STACK_BYTES - 64,
			      .ss = ds };
}

struct regs regs_kernel(const void *code)
{
	return regs_of(code, SEL_CODE, SEL_DATA, stack_kernel);
}

struct regs regs_user(const void *code)
{
	return regs_of(code, SEL_CODE3, SEL_DATA3, stack_user);
}

void run(const struct regs *r)
{
	last.vector = 0xff;
	enter(r);
}

bool trapped(unsigned vector, uint32_t error, const char *name)
{
	if (ok(last.vector == vector && (error == NO_CODE || last.error == error), name))
		return true;
	put_hex("# vector ", last.vector);
	put_hex("# error  ", last.error);
	put_hex("# eip    ", last.eip);
	put_hex("# cr2    ", last_cr2);
	return false;
}

/* Pages. */

void paging_on(void)
{
	for (unsigned i = 0; i < 1024; i++)
		page_directory[i] = 0;
	for (unsigned i = 0; i < 2048; i++)
		page_tables[i / 1024][i % 1024] = i << 12 | PAGE_ALL;
	page_directory[0] = (uint32_t)page_tables[0] | PAGE_ALL;
	page_directory[1] = (uint32_t)page_tables[1] | PAGE_ALL;
	write_cr3((uint32_t)page_directory);
	write_cr0(read_cr0() | CR0_PG);
}

void paging_off(void)
{
	write_cr0(read_cr0() & ~(CR0_PG | CR0_WP));
	write_cr4(0);
}

void start_program(void)
{
	out8(COM1 + 3, 3);
	out8(0x21, 0xff); /* no interrupts but those that are asked for */
	out8(0xa1, 0xff);
	make_tables();
	main();
	put_text("1..");
	put_number(checks);
	put_char('\n');
	if (failures) {
		put_text("# failed: ");
		put_number(failures);
		put_char('\n');
	}
	while (!(in8(COM1 + 5) & 0x40))
		;
}
