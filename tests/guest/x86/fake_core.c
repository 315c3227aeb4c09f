/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See fake_core.h.
 */
#include "fake_core.h"

#include "ir/fp.h"

#include <emu/archive.h>
#include <emu/bus.h>
#include <emu/log.h>
#include <string.h>

struct fake_core fake;
unsigned log_mask;

static struct x86 the_x86;

struct archive {
	uint8_t bytes[4096];
	size_t at, count;
	bool loading, failed;
};

static struct archive the_archive;

static int fake_acknowledge(void *pic)
{
	return ((struct fake_core *)pic)->vector;
}

struct x86 *fake_x86(const char *model)
{
	memset(&the_x86, 0, sizeof the_x86);
	memset(&fake, 0, sizeof fake);
	the_x86.cpu.modes = 1u << 31;
	if (!guest_x86.create(&the_x86.cpu, model))
		return NULL;
	guest_x86.reset(&the_x86.cpu);
	x86_connect_pic(&the_x86.cpu, fake_acknowledge, &fake);
	x86_connect_io(&the_x86.cpu, (struct bus *)&fake);
	fake.drops = fake.flushes = fake.notices = 0;
	return &the_x86;
}

bool fake_raises(struct x86 *x, ir_fn *helper, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
		 uint64_t *result)
{
	uint64_t ignored;

	if (__builtin_setjmp(x->cpu.unwind))
		return true;
	*(result ? result : &ignored) = helper(x, a, b, c, d);
	return false;
}

static unsigned current_space(const struct x86 *x)
{
	return guest_x86.fetch_space(guest_x86.modes(&x->cpu));
}

static uint64_t fake_fetch(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct mem_walk walk;

	(void)b, (void)c, (void)d;
	if (!guest_x86.walk(&x->cpu, (gva)a, current_space(x), MEM_FETCH, false, &walk))
		guest_x86.abort(&x->cpu, (gva)a, current_space(x), MEM_FETCH, &walk);
	return walk.page;
}

static uint64_t fake_access(void *cpu, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct x86 *x = cpu;
	struct ir_mem how = { .size = b & 7, .space = (uint8_t)current_space(x) };

	(void)d;
	if (c == MEM_WRITE)
		mem_store(&x->cpu, (gva)a, how, 0x5a5a5a5a);
	else
		return mem_load(&x->cpu, (gva)a, how);
	return 0;
}

bool fake_access_raises(struct x86 *x, uint32_t linear, unsigned log2, enum mem_access access)
{
	return fake_raises(x, access == MEM_FETCH ? fake_fetch : fake_access, linear, log2, access,
			   0, NULL);
}

void fake_poke(uint32_t address, uint32_t value)
{
	memcpy(&fake.ram[address], &value, sizeof value);
}

void fake_poke16(uint32_t address, uint32_t value)
{
	memcpy(&fake.ram[address], &value, 2);
}

void fake_poke64(uint32_t address, uint64_t value)
{
	memcpy(&fake.ram[address], &value, sizeof value);
}

uint32_t fake_peek(uint32_t address)
{
	uint32_t value;

	memcpy(&value, &fake.ram[address], sizeof value);
	return value;
}

uint32_t fake_peek16(uint32_t address)
{
	return fake_peek(address) & 0xffff;
}

bool fake_save(struct x86 *x)
{
	the_archive = (struct archive){ 0 };
	guest_x86.state(&x->cpu, &the_archive);
	the_archive.count = the_archive.at;
	return !the_archive.failed;
}

bool fake_load(struct x86 *x)
{
	the_archive.loading = true;
	the_archive.at = 0;
	the_archive.failed = false;
	guest_x86.state(&x->cpu, &the_archive);
	return !the_archive.failed && the_archive.at == the_archive.count;
}

uint8_t *fake_saved(size_t *count)
{
	*count = the_archive.count;
	return the_archive.bytes;
}

/* What emu/core has. */

void cpu_retry(struct cpu *cpu)
{
	cpu_raise(cpu);
}

void cpu_leave_block(struct cpu *cpu)
{
	(void)cpu;
}

void cpu_raise(struct cpu *cpu)
{
	__builtin_longjmp(cpu->unwind, 1);
}

void cpu_notice(struct cpu *cpu)
{
	(void)cpu;
	fake.notices++;
}

void cpu_unmask(struct cpu *cpu)
{
	cpu_notice(cpu);
}

void cpu_halt(struct cpu *cpu)
{
	cpu->halted = true;
}

void cpu_request_reset(struct cpu *cpu)
{
	(void)cpu;
	fake.resets++;
}

void cpu_forget_code(struct cpu *cpu)
{
	(void)cpu;
	fake.forgotten++;
}

void mem_flush(struct mem *mem)
{
	(void)mem;
	fake.flushes++;
}

void mem_flush_address(struct mem *mem, gva address)
{
	(void)mem;
	fake.address_flushes++;
	fake.flushed_address = address;
}

void mem_drop(struct mem *mem)
{
	(void)mem;
	fake.drops++;
}

bool mem_guest_watch(struct mem *mem, gva address, unsigned bytes, unsigned accesses)
{
	(void)mem;
	fake.watches++;
	fake.watched_address = address;
	fake.watched_bytes = bytes;
	fake.watched_accesses = accesses;
	return true;
}

void mem_guest_unwatch_all(struct mem *mem)
{
	(void)mem;
	fake.watches = 0;
}

/* Where a byte is; aborts. */
static uint8_t *fake_reach(struct cpu *cpu, gva address, unsigned space, enum mem_access access)
{
	struct mem_walk walk;
	gpa physical;

	if (!guest_x86.walk(cpu, address, space, access, false, &walk))
		guest_x86.abort(cpu, address, space, access, &walk);
	physical = walk.page | (address & PAGE_MASK);
	if (physical >= FAKE_RAM_BYTES) {
		walk.fault = GUEST_BUS_ERROR;
		guest_x86.abort(cpu, address, space, access, &walk);
	}
	return &fake.ram[physical];
}

static void fake_check_alignment(struct cpu *cpu, gva address, struct ir_mem how,
				 enum mem_access access)
{
	if (address & ((1u << how.align) - 1))
		guest_x86.abort(cpu, address, how.space, access, NULL);
}

uint64_t mem_load(struct cpu *cpu, gva address, struct ir_mem how)
{
	uint64_t value = 0;

	fake_check_alignment(cpu, address, how, MEM_READ);
	for (unsigned i = 0; i < 1u << how.size; i++)
		value |= (uint64_t)*fake_reach(cpu, address + i, how.space, MEM_READ) << (8 * i);
	return value;
}

void mem_store(struct cpu *cpu, gva address, struct ir_mem how, uint64_t value)
{
	uint8_t *at[8];

	fake_check_alignment(cpu, address, how, MEM_WRITE);
	for (unsigned i = 0; i < 1u << how.size; i++)
		at[i] = fake_reach(cpu, address + i, how.space, MEM_WRITE);
	for (unsigned i = 0; i < 1u << how.size; i++)
		*at[i] = (uint8_t)(value >> (8 * i));
}

bool bus_read(struct bus *bus, gpa address, void *bytes, uint64_t count)
{
	(void)bus;
	if (address >= FAKE_RAM_BYTES || count > FAKE_RAM_BYTES - address)
		return false;
	memcpy(bytes, &fake.ram[address], count);
	return true;
}

bool bus_write(struct bus *bus, gpa address, const void *bytes, uint64_t count)
{
	(void)bus;
	if (address >= FAKE_RAM_BYTES || count > FAKE_RAM_BYTES - address)
		return false;
	memcpy(&fake.ram[address], bytes, count);
	return true;
}

uint64_t bus_io_read(struct bus *bus, gpa address, unsigned size, bool big, bool *found)
{
	(void)bus, (void)big;
	fake.port = (uint32_t)address;
	fake.port_bytes = size;
	fake.port_reads++;
	*found = !fake.port_empty;
	return fake.port_empty ? 0 : 0x87654321;
}

void bus_io_write(struct bus *bus, gpa address, unsigned size, uint64_t value, bool big,
		  bool *found)
{
	(void)bus, (void)big;
	fake.port = (uint32_t)address;
	fake.port_bytes = size;
	fake.port_written = (uint32_t)value;
	*found = !fake.port_empty;
}

uint64_t clock_now(struct clock *clock)
{
	(void)clock;
	return fake.now_ns;
}

void log_line(enum log_category category, const char *format, ...)
{
	(void)category, (void)format;
}

bool archive_loading(const struct archive *a)
{
	return a->loading;
}

void archive_require(struct archive *a, bool holds)
{
	if (a->loading && !holds)
		a->failed = true;
}

void archive_bytes(struct archive *a, const char *name, void *bytes, size_t count)
{
	uint8_t check = (uint8_t)(name[0] + strlen(name) + count);

	if (a->failed || a->at + count + 1 > sizeof a->bytes ||
	    (a->loading && a->bytes[a->at] != check)) {
		a->failed = true;
		if (a->loading)
			memset(bytes, 0, count);
		return;
	}
	a->bytes[a->at++] = check;
	if (a->loading)
		memcpy(bytes, &a->bytes[a->at], count);
	else
		memcpy(&a->bytes[a->at], bytes, count);
	a->at += count;
}

void archive_u16(struct archive *a, const char *name, uint16_t *value)
{
	archive_bytes(a, name, value, sizeof *value);
}

void archive_u32(struct archive *a, const char *name, uint32_t *value)
{
	archive_bytes(a, name, value, sizeof *value);
}

void archive_u64(struct archive *a, const char *name, uint64_t *value)
{
	archive_bytes(a, name, value, sizeof *value);
}

void archive_bool(struct archive *a, const char *name, bool *value)
{
	uint8_t byte = *value;

	archive_bytes(a, name, &byte, sizeof byte);
	archive_require(a, byte <= 1);
	*value = byte & 1;
}

/* What other parts of the guest have. */

void x86_translate(struct cpu *cpu, struct ir_block *b, struct fetch *f)
{
	(void)cpu, (void)b, (void)f;
}

unsigned x86_disassemble(gva pc, const uint8_t *bytes, size_t count, char *text, size_t room)
{
	(void)pc, (void)bytes, (void)count, (void)text, (void)room;
	return 0;
}

void fp_x87_changed(struct cpu *cpu)
{
	(void)cpu;
}

void fp_collect(struct cpu *cpu)
{
	(void)cpu;
}
