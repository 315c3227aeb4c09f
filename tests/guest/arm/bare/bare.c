/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See bare.h.  Page tables as in ARM DDI 0406C, B3.5.
 */
#include "bare.h"

int main(void);
_Noreturn void power_off(void);
void start_program(void);
void trap_enter(struct trap *trap, uint32_t cpsr);

uint32_t level1[4096] __attribute__((aligned(16384)));
static uint32_t level2[64][256] __attribute__((aligned(1024)));
static unsigned tables_used;

volatile struct trap_note last;
void (*trap_hook[8])(struct trap *trap);

static unsigned checks, failures;

/* Output. */

static void put_char(char c)
{
	while (load32(UART + 0x18) & 0x20)
		;
	store32(UART, (uint8_t)c);
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

static void put_hex(uint32_t n)
{
	put_text("0x");
	for (int shift = 28; shift >= 0; shift -= 4)
		put_char("0123456789abcdef"[n >> shift & 15]);
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

void note(const char *name, uint32_t value)
{
	put_text("# ");
	put_text(name);
	put_char(' ');
	put_hex(value);
	put_char('\n');
}

bool is(uint32_t got, uint32_t wanted, const char *name)
{
	if (ok(got == wanted, name))
		return true;
	note("got   ", got);
	note("wanted", wanted);
	return false;
}

void start_program(void)
{
	store32(UART + 0x30, 0);
	store32(UART + 0x24, 1);
	store32(UART + 0x28, 0);
	store32(UART + 0x2c, 0x70);
	store32(UART + 0x30, 0x301);
	main();
	put_text("1..");
	put_number(checks);
	put_char('\n');
	if (failures) {
		put_text("# failed: ");
		put_number(failures);
		put_char('\n');
	}
	while (load32(UART + 0x18) & 8)
		;
}

/* Traps. */

static void skip_instruction(struct trap *trap)
{
	uint32_t it = (trap->cpsr >> 25 & 3) | (trap->cpsr >> 8 & 0xfc);
	uint16_t half;

	if (!(trap->cpsr & PSR_T)) {
		trap->pc += 4;
		return;
	}
	half = *(volatile uint16_t *)trap->pc;
	trap->pc += half >> 11 >= 0x1d ? 4 : 2;
	it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
	trap->cpsr = (trap->cpsr & ~PSR_IT) | (it & 3) << 25 | (it & 0xfc) << 8;
}

static void return_to_lr(struct trap *trap)
{
	trap->pc = trap->lr & ~1u;
	trap->cpsr &= ~(PSR_T | PSR_IT);
	if (trap->lr & 1)
		trap->cpsr |= PSR_T;
}

void trap_default(struct trap *trap)
{
	switch (trap->vector) {
	case UNDEFINED:
	case DATA:
		skip_instruction(trap);
		break;
	case SVC: /* to system mode; see in_user */
		trap->cpsr |= MODE_SYS;
		break;
	case PREFETCH:
		if ((last.ifsr & 0x40f) == 2)
			skip_instruction(trap);
		else
			return_to_lr(trap);
		break;
	default:
		put_text("Bail out! unexpected exception\n");
		note("vector", trap->vector);
		note("pc", trap->pc);
		power_off();
	}
}

void trap_enter(struct trap *trap, uint32_t cpsr)
{
	static const uint8_t arm_offset[8] = { 0, 4, 0, 4, 8, 0, 4, 4 };
	bool counts = trap->vector != SVC || trap_hook[SVC];

	if (trap->vector == UNDEFINED && trap->cpsr & PSR_T)
		trap->pc -= 2;
	else
		trap->pc -= arm_offset[trap->vector];
	if (counts) {
		last.count++;
		last.vector = trap->vector;
		last.pc = trap->pc;
		last.cpsr = trap->cpsr;
		last.handler = cpsr;
		last.dfsr = CP_READ(c5, 0, c0, 0);
		last.ifsr = CP_READ(c5, 0, c0, 1);
		last.dfar = CP_READ(c6, 0, c0, 0);
		last.ifar = CP_READ(c6, 0, c0, 2);
	}
	if (trap_hook[trap->vector])
		trap_hook[trap->vector](trap);
	else
		trap_default(trap);
}

static void show_last(void)
{
	note("traps ", last.count);
	note("vector", last.vector);
	note("pc    ", last.pc);
	note("cpsr  ", last.cpsr);
	note("dfsr  ", last.dfsr);
	note("dfar  ", last.dfar);
	note("ifsr  ", last.ifsr);
	note("ifar  ", last.ifar);
}

bool aborted(enum vector vector, uint32_t status, uint32_t address, const char *name)
{
	uint32_t got = vector == DATA ? last.dfsr : last.ifsr;
	uint32_t far = vector == DATA ? last.dfar : last.ifar;
	uint32_t mask = status & 0xf0 ? 0xcff : 0xc0f;
	bool good;

	if (vector == PREFETCH)
		mask = 0x40f;
	good = ok(last.count == 1 && last.vector == vector && (got & mask) == (status & mask) &&
			  far == address,
		  name);
	if (!good) {
		note("status should be", status);
		note("address          ", address);
		show_last();
	}
	last.count = 0;
	return good;
}

bool trapped(enum vector vector, uint32_t pc, const char *name)
{
	bool good = ok(last.count == 1 && last.vector == vector && (!pc || last.pc == pc), name);

	if (!good)
		show_last();
	last.count = 0;
	return good;
}

bool untrapped(const char *name)
{
	bool good = ok(last.count == 0, name);

	if (!good)
		show_last();
	last.count = 0;
	return good;
}

/* Memory management. */

void tlb_flush(void)
{
	__asm__ volatile("dsb" : : : "memory");
	CP_WRITE(c8, 0, c7, 0, 0);
	__asm__ volatile("dsb\n\tisb" : : : "memory");
}

static void tlb_flush_address(uint32_t address)
{
	__asm__ volatile("dsb" : : : "memory");
	CP_WRITE(c8, 0, c7, 1, address & 0xfffff000);
	CP_WRITE(c7, 0, c5, 6, 0);
	__asm__ volatile("dsb\n\tisb" : : : "memory");
}

void mmu_start(void)
{
	for (unsigned i = 0; i < 4096; i++) {
		uint32_t address = i << 20;

		level1[i] = 0;
		if (address >= 0x08000000 && address < 0x0a100000)
			level1[i] = address | SECTION_DEVICE | AP_SECTION(AP_PRIVILEGED);
		if (address >= RAM && address < RAM + 128 * MIB)
			level1[i] = address | SECTION | AP_SECTION(AP_ALL);
	}
	tables_used = 0;
	CP_WRITE(c2, 0, c0, 0, level1);
	CP_WRITE(c2, 0, c0, 1, level1);
	CP_WRITE(c2, 0, c0, 2, 0);
	CP_WRITE(c3, 0, c0, 0, 0x55555555);
	tlb_flush();
	WRITE_SCTLR(READ_SCTLR() | SCTLR_M | SCTLR_C | SCTLR_I);
}

void mmu_stop(void)
{
	WRITE_SCTLR(READ_SCTLR() & ~(SCTLR_M | SCTLR_C));
	tlb_flush();
}

uint32_t *mmu_table(uint32_t address)
{
	uint32_t *entry = &level1[address >> 20];

	if ((*entry & 3) != 1) {
		uint32_t *table = level2[tables_used++ % 64];

		for (unsigned i = 0; i < 256; i++)
			table[i] = 0;
		*entry = (uint32_t)table | 1;
		tlb_flush();
	}
	return (uint32_t *)(*entry & 0xfffffc00);
}

void map_section(uint32_t address, uint32_t descriptor)
{
	level1[address >> 20] = descriptor;
	tlb_flush_address(address);
}

void map_page(uint32_t address, uint32_t descriptor)
{
	mmu_table(address)[address >> 12 & 255] = descriptor;
	tlb_flush_address(address);
}

void sync_code(void *start, size_t bytes)
{
	uint32_t from = (uint32_t)start & ~31u, to = (uint32_t)start + bytes;

	for (uint32_t line = from; line < to; line += 32)
		CP_WRITE(c7, 0, c11, 1, line); /* DCCMVAU */
	__asm__ volatile("dsb" : : : "memory");
	for (uint32_t line = from; line < to; line += 32) {
		CP_WRITE(c7, 0, c5, 1, line); /* ICIMVAU */
		CP_WRITE(c7, 0, c5, 7, line); /* BPIMVA */
	}
	__asm__ volatile("dsb\n\tisb" : : : "memory");
}
