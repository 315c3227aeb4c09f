/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Flat tables over the fake guest's RAM, and the slow functions behind them.
 */
#include "x86_64_memory.h"
#include "core/memory.h"

#include <string.h>
#include <sys/mman.h>

uint8_t *fake_ram;
uint64_t *fake_table[2];

static void *fake_pages(size_t bytes, int protection)
{
	void *p = mmap(NULL, bytes, protection,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

uint8_t *fake_code_memory(size_t bytes)
{
	return fake_pages(bytes, PROT_READ | PROT_WRITE | PROT_EXEC);
}

bool fake_tables_create(void)
{
	fake_ram = mmap(NULL, FAKE_RAM_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	for (unsigned i = 0; i < 2; i++)
		fake_table[i] = fake_pages(8u << 20, PROT_READ | PROT_WRITE);
	if (fake_ram == MAP_FAILED || !fake_table[0] || !fake_table[1])
		return false;
	for (gva a = FAKE_RAM; a < FAKE_RAM + FAKE_RAM_BYTES; a += PAGE_BYTES)
		if (a != FAKE_CHIP)
			for (unsigned i = 0; i < 2; i++)
				fake_table[i][a >> PAGE_SHIFT] = (uintptr_t)fake_ram - FAKE_RAM + 1;
	return true;
}

const uint64_t *mem_read_table(const struct mem *mem, unsigned space)
{
	(void)mem;
	(void)space;
	return fake_table[0];
}

const uint64_t *mem_write_table(const struct mem *mem, unsigned space)
{
	(void)mem;
	(void)space;
	return fake_table[1];
}

_Noreturn void cpu_raise(struct cpu *cpu)
{
	cpu->budget += (int32_t)cpu->refund;
	__builtin_longjmp(cpu->unwind, 1);
}

static void trace_slow(struct cpu *cpu, uint64_t what)
{
	struct fake *f = (struct fake *)cpu;
	const uint64_t *word = (const uint64_t *)f->r;

	f->trace = fake_random(&(uint64_t){ f->trace ^ what });
	f->trace ^= (uint64_t)cpu->pc << 32 ^ ((uint32_t)cpu->budget + cpu->refund);
	for (; word < &f->trace; word++)
		f->trace = (f->trace ^ *word) * 0x100000001b3;
}

static bool is_plain(gva address, struct ir_mem how, unsigned bytes)
{
	return address >> PAGE_SHIFT == (address + bytes - 1) >> PAGE_SHIFT &&
	       !(address & ((1u << how.align) - 1)) && fake_table[0][address >> PAGE_SHIFT];
}

static uint8_t *ram_at(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes)
{
	if (!is_plain(address, how, bytes))
		trace_slow(cpu, address);
	if (address < FAKE_RAM || address - FAKE_RAM + bytes > FAKE_RAM_BYTES ||
	    address & ((1u << how.align) - 1))
		cpu_raise(cpu);
	return fake_ram + (address - FAKE_RAM);
}

static uint64_t swap_if_big(struct ir_mem how, uint64_t value)
{
	return how.big ? __builtin_bswap64(value) >> (64 - (8u << how.size)) : value;
}

uint64_t mem_load(struct cpu *cpu, gva address, struct ir_mem how)
{
	unsigned bits = 8u << how.size;
	uint64_t value = 0;

	memcpy(&value, ram_at(cpu, address, how, bits / 8), bits / 8);
	value = swap_if_big(how, value);
	return how.sign ? (uint64_t)((int64_t)(value << (64 - bits)) >> (64 - bits)) : value;
}

void mem_store(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value)
{
	unsigned bits = 8u << how.size;

	value = swap_if_big(how, value << (64 - bits) >> (64 - bits));
	memcpy(ram_at(cpu, address, how, bits / 8), &value, bits / 8);
}

void mem_load_vector(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value[2])
{
	memcpy(value, ram_at(cpu, address, how, 16), 16);
}

void mem_store_vector(struct cpu *cpu, gva address, struct ir_mem how, const uint64_t value[2])
{
	memcpy(ram_at(cpu, address, how, 16), value, 16);
}

hva mem_span(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes, bool write)
{
	uint8_t *ram = ram_at(cpu, address, how, bytes);

	if (is_plain(address, how, bytes))
		return ram;
	memset(cpu->bounce, 0xa5, sizeof(cpu->bounce));
	if (!write)
		memcpy(cpu->bounce, ram, bytes);
	return cpu->bounce;
}

void mem_span_end(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes)
{
	if (!is_plain(address, how, bytes))
		memcpy(ram_at(cpu, address, how, bytes), cpu->bounce, bytes);
}
