/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A fake guest's memory: RAM, a page that is only reached in the slow way, and nothing
 * behind.
 */
#include "fake_memory.h"
#include "core/memory.h"
#include "host/host.h"

#include <string.h>

uint8_t fake_ram[FAKE_RAM_BYTES];

_Noreturn void cpu_raise(struct cpu *cpu)
{
	cpu->budget += (int32_t)cpu->refund;
	__builtin_longjmp(cpu->unwind, 1);
}

/* The frame must last until the call returns: clang would make a jump of a call in a
 * return statement, even behind __builtin_setjmp. */
__attribute__((noinline)) unsigned run_fake(struct fake *f, const struct ir_block *b)
{
	unsigned result;

	if (__builtin_setjmp(f->cpu.unwind))
		return FAKE_RAISED;
	result = ir_run(&f->cpu, b);
	__asm__ volatile("" : : : "memory");
	return result;
}

static void trace(struct cpu *cpu, uint64_t what)
{
	struct fake *f = (struct fake *)cpu;
	const uint64_t *word = (const uint64_t *)f->r;

	f->trace = fake_random(&(uint64_t){ f->trace ^ what });
	f->trace ^= (uint64_t)cpu->pc << 32 ^ ((uint32_t)cpu->budget + cpu->refund);
	for (; word < &f->trace; word++)
		f->trace = (f->trace ^ *word) * 0x100000001b3;
}

static uint8_t *ram_at(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes)
{
	trace(cpu, address);
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
	trace(cpu, value);
}

void mem_load_vector(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value[2])
{
	memcpy(value, ram_at(cpu, address, how, 16), 16);
}

void mem_store_vector(struct cpu *cpu, gva address, struct ir_mem how, const uint64_t value[2])
{
	memcpy(ram_at(cpu, address, how, 16), value, 16);
	trace(cpu, value[0] ^ value[1] << 1);
}

static bool takes_slow_way(gva address, unsigned bytes)
{
	return address / PAGE_BYTES != (address + bytes - 1) / PAGE_BYTES ||
	       address / PAGE_BYTES == FAKE_CHIP / PAGE_BYTES;
}

hva mem_span(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes, bool write)
{
	uint8_t *ram = ram_at(cpu, address, how, bytes);

	if (!takes_slow_way(address, bytes))
		return ram;
	memset(cpu->bounce, 0xa5, sizeof(cpu->bounce));
	if (!write)
		memcpy(cpu->bounce, ram, bytes);
	return cpu->bounce;
}

void mem_span_end(struct cpu *cpu, gva address, struct ir_mem how, unsigned bytes)
{
	memcpy(ram_at(cpu, address, how, bytes), cpu->bounce, bytes);
}
