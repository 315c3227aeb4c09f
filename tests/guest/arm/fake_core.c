/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See fake_core.h.
 */
#include "fake_core.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <string.h>

#include "ir/fp.h"

struct fake_core fake;
unsigned log_mask;

static struct arm the_arm;

struct archive {
	uint8_t bytes[4096];
	size_t at, count;
	bool loading, failed;
};

static struct archive the_archive;

struct arm *fake_arm(const char *model)
{
	memset(&the_arm, 0, sizeof the_arm);
	memset(&fake, 0, sizeof fake);
	if (!guest_arm.create(&the_arm.cpu, model))
		return NULL;
	guest_arm.reset(&the_arm.cpu);
	fake.drops = fake.flushes = 0;
	return &the_arm;
}

bool fake_raises(struct arm *arm, ir_fn *helper, uint64_t a, uint64_t b, uint64_t *result)
{
	uint64_t ignored;

	if (__builtin_setjmp(arm->cpu.unwind))
		return true;
	*(result ? result : &ignored) = helper(arm, a, b, 0, 0);
	return false;
}

bool fake_abort_raises(struct arm *arm, gva address, enum mem_access access,
		       const struct mem_walk *walk)
{
	if (__builtin_setjmp(arm->cpu.unwind))
		return true;
	guest_arm.abort(&arm->cpu, address, 0, access, walk);
	return false;
}

void fake_poke(uint32_t address, uint32_t value)
{
	memcpy(&fake.ram[address], &value, sizeof value);
}

bool fake_save(struct arm *arm)
{
	the_archive = (struct archive){ 0 };
	guest_arm.state(&arm->cpu, &the_archive);
	the_archive.count = the_archive.at;
	return !the_archive.failed;
}

bool fake_load(struct arm *arm)
{
	the_archive.loading = true;
	the_archive.at = 0;
	the_archive.failed = false;
	guest_arm.state(&arm->cpu, &the_archive);
	return !the_archive.failed && the_archive.at == the_archive.count;
}

uint8_t *fake_saved(size_t *count)
{
	*count = the_archive.count;
	return the_archive.bytes;
}

/* What emu/core has. */

uint64_t cpu_executed(const struct cpu *cpu)
{
	(void)cpu;
	return fake.executed;
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

void cpu_end_slice(struct cpu *cpu)
{
	(void)cpu;
	fake.slice_ends++;
}

void cpu_halt(struct cpu *cpu)
{
	cpu->halted = true;
}

/* The interpreter puts flags where they belong at once. */
void fp_collect(struct cpu *cpu)
{
	(void)cpu;
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

void mem_drop_space(struct mem *mem, unsigned space)
{
	(void)mem;
	fake.space_drops[space]++;
}

void mem_drop(struct mem *mem)
{
	(void)mem;
	fake.drops++;
}

bool bus_read(struct bus *bus, gpa address, void *bytes, uint64_t count)
{
	(void)bus;
	if (address >= FAKE_RAM_BYTES || count > FAKE_RAM_BYTES - address)
		return false;
	memcpy(bytes, &fake.ram[address], count);
	return true;
}

uint64_t clock_now(struct clock *clock)
{
	(void)clock;
	return fake.now_ns;
}

void alarm_init(struct alarm *alarm, struct clock *clock, alarm_fn *fire, void *context)
{
	*alarm = (struct alarm){ clock, fire, context, ALARM_NEVER, 0, 0 };
}

void alarm_set(struct alarm *alarm, uint64_t at_ns)
{
	alarm->at_ns = at_ns;
}

void alarm_cancel(struct alarm *alarm)
{
	alarm->at_ns = ALARM_NEVER;
}

void alarm_state(struct alarm *alarm, struct archive *a, const char *name)
{
	archive_u64(a, name, &alarm->at_ns);
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

	if (a->at + count + 1 > sizeof a->bytes || (a->loading && a->bytes[a->at] != check)) {
		a->failed = true;
		return;
	}
	a->bytes[a->at++] = check;
	if (a->loading)
		memcpy(bytes, &a->bytes[a->at], count);
	else
		memcpy(&a->bytes[a->at], bytes, count);
	a->at += count;
}

void archive_u8(struct archive *a, const char *name, uint8_t *value)
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
	archive_bytes(a, name, value, sizeof *value);
}
