/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A machine's creation, its run loop, and saving and restoring it as a whole.
 *
 * The run loop works in slices: with a budget of instructions that ends no later than
 * the next alarm is due, it lets the CPU run; between slices it delivers what other
 * threads queued, runs alarms and offers interrupts.  With deterministic time slices end
 * exactly at alarms; with real time a slice is at most SLICE_NS long by the speed
 * measured so far, which bounds how late input and alarms are noticed.
 */
#include <emu/machine.h>

#include <emu/log.h>
#include <emu/archive.h>
#include <emu/port.h>
#include <stdio.h>
#include <string.h>

#include "core/clock_core.h"
#include "core/code.h"
#include "core/machine_core.h"
#include "core/memory.h"
#include "guest/guest.h"
#include "host/host.h"
#include "ir/fp.h"

#define SLICE_NS 1000000u
#define SLICE_RESTED_NS 100000u /* of a guest that polls, see machine_rest */
#define SLICE_MIN 1000u
#define SLICE_MAX 2000000u
#define SLICE_DETERMINISTIC 200000u

static uint64_t executed_so_far(void *context)
{
	const struct machine *m = context;

	return m->cpu ? cpu_executed(m->cpu) : 0;
}

/* An alarm was set that comes before all others. */
static void alarm_earlier(void *context)
{
	struct machine *m = context;
	uint64_t due;

	if (!m->in_code)
		return;
	if (!m->config.deterministic) {
		machine_shorten_slice(m, 0);
		return;
	}
	due = clock_instructions_until(m->clock, clock_next(m->clock));
	if (due < MACHINE_LATENCY) {
		/* Also if the slice ends before, which depends on how code is cut. */
		if (m->alarms_at <= executed_so_far(m))
			m->alarms_at = executed_so_far(m) + MACHINE_LATENCY;
		due = m->alarms_at - executed_so_far(m);
	}
	if (due < SLICE_DETERMINISTIC)
		m->exact = true;
	machine_shorten_slice(m, due);
}

static const struct board *board_named(const char *name)
{
	for (const struct board *const *b = boards; *b; b++)
		if (!strcmp((*b)->about.name, name))
			return *b;
	return NULL;
}

const struct machine_board *machine_boards(void)
{
	static struct machine_board list[16];
	unsigned n = 0;

	for (const struct board *const *b = boards; *b && n < COUNT_OF(list) - 1; b++)
		list[n++] = (*b)->about;
	list[n].name = NULL;
	return list;
}

const struct machine_board *machine_board_named(const char *name)
{
	const struct machine_board *b = machine_boards();

	while (b->name && strcmp(b->name, name))
		b++;
	return b->name ? b : NULL;
}

static void code_written(void *context, gpa address, uint64_t count)
{
	struct machine *m = context;

	code_invalidate(m->cpu->code, address, count);
}

static void regions_moved(void *context)
{
	struct machine *m = context;

	mem_drop(m->cpu->mem);
	code_flush(m->cpu->code);
}

static bool cpu_create(struct machine *m, const struct guest *guest)
{
	struct cpu *cpu = port_allocate(whole_pages(guest->state_bytes), PORT_LOW);

	if (!cpu)
		return false;
	m->cpu = cpu;
	cpu->guest = guest;
	cpu->machine = m;
	cpu->bus = m->bus;
	cpu->clock = m->clock;
	cpu->mem = mem_create(cpu, m->bus);
	if (!cpu->mem)
		return false;
	mem_limit(cpu->mem, m->config.table_bytes);
	cpu->code = code_create(cpu, m->config.code_cache_bytes, m->config.max_block);
	if (!cpu->code)
		return false;
	bus_listen(m->bus, code_written, regions_moved, m);
	return true;
}

/* Whether there is a drive for each medium. */
static bool machine_media_fit(const struct machine_board *about, const struct machine_config *c,
			      char *error, size_t room)
{
	static const char *const numbers[] = { "no", "one", "two", "three", "four" };

	for (unsigned i = about->disks; i < MACHINE_DISKS; i++)
		if (c->disk[i]) {
			snprintf(error, room, "%s has room for %s disks", about->name,
				 numbers[about->disks]);
			return false;
		}
	for (unsigned i = about->floppies; i < MACHINE_FLOPPIES; i++)
		if (c->floppy[i]) {
			snprintf(error, room, "%s has room for %s floppies", about->name,
				 numbers[about->floppies]);
			return false;
		}
	if (c->cdrom && !about->cdrom)
		snprintf(error, room, "%s has no CD drive", about->name);
	return !c->cdrom || about->cdrom;
}

static bool machine_configure(struct machine *m, const struct machine_config *config, char *error,
			      size_t room)
{
	const struct machine_board *about;

	m->board = board_named(config->board);
	if (!m->board) {
		snprintf(error, room, "there is no machine '%s'", config->board);
		return false;
	}
	about = &m->board->about;
	if (!m->config.memory_bytes)
		m->config.memory_bytes = about->memory_default;
	if (m->config.memory_bytes < about->memory_min ||
	    m->config.memory_bytes > about->memory_max || m->config.memory_bytes & PAGE_MASK) {
		snprintf(error, room, "%s takes %u to %u MiB of memory in pages of 4 KiB",
			 about->name, (unsigned)(about->memory_min >> 20),
			 (unsigned)(about->memory_max >> 20));
		return false;
	}
	if (!m->config.cpu)
		m->config.cpu = about->cpu;
	return machine_media_fit(about, config, error, room);
}

static bool machine_build(struct machine *m, char *error, size_t room)
{
	const struct guest *guest = m->board->guest;

	snprintf(error, room, "not enough memory");
	m->clock = clock_create(m->config.deterministic, executed_so_far, m);
	m->bus = bus_create();
	if (!m->clock || !m->bus || !cpu_create(m, guest))
		return false;
	clock_on_earlier(m->clock, alarm_earlier, m);
	if (!guest->create(m->cpu, m->config.cpu)) {
		snprintf(error, room, "%s has no CPU '%s'", m->board->about.name, m->config.cpu);
		return false;
	}
	return m->board->build(m, &m->config, error, room);
}

struct machine *machine_create(const struct machine_config *config, char *error, size_t room)
{
	struct machine *m = port_allocate(sizeof *m, PORT_PLAIN);

	if (!m) {
		snprintf(error, room, "not enough memory");
		return NULL;
	}
	m->config = *config;
	m->rate_16 = 65536 / 4;
	if (!machine_configure(m, config, error, room) || !machine_build(m, error, room)) {
		machine_destroy(m);
		return NULL;
	}
	machine_reset(m);
	return m;
}

void machine_destroy(struct machine *m)
{
	if (m->board && m->board->destroy && m->board_data)
		m->board->destroy(m);
	if (m->cpu) {
		code_destroy(m->cpu->code);
		if (m->cpu->mem)
			mem_destroy(m->cpu->mem);
	}
	if (m->ports)
		bus_destroy(m->ports);
	if (m->bus)
		bus_destroy(m->bus);
	if (m->cpu)
		port_free(m->cpu, whole_pages(m->cpu->guest->state_bytes));
	if (m->clock)
		clock_destroy(m->clock);
	port_free(m, sizeof *m);
}

static void log_reset_line(const char *text)
{
	log_line(LOG_RESET, "%s", text);
}

void machine_reset(struct machine *m)
{
	struct cpu *cpu = m->cpu;

	m->request = REQUEST_NONE;
	m->alarms_at = 0;
	mem_drop(cpu->mem);
	code_flush(cpu->code);
	cpu->halted = false;
	cpu->event = false;
	cpu->guest->reset(cpu);
	bus_reset(m->bus);
	if (m->ports)
		bus_reset(m->ports);
	if (m->board->boot)
		m->board->boot(m);
	if (__builtin_expect(log_mask & LOG_RESET, 0))
		cpu->guest->dump(cpu, log_reset_line);
}

static void machine_request(struct machine *m, enum machine_request what)
{
	uint64_t latency = m->config.deterministic && m->in_code ? MACHINE_LATENCY : 0;

	if (m->request)
		return;
	m->request = what;
	m->request_at = executed_so_far(m) + latency;
	if (latency)
		m->exact = true;
	machine_shorten_slice(m, latency);
}

/* A CPU that waits gets no further by itself. */
static bool machine_requested(const struct machine *m)
{
	return m->request && (m->cpu->halted || cpu_executed(m->cpu) >= m->request_at);
}

void machine_request_off(struct machine *m)
{
	machine_request(m, REQUEST_OFF);
}

void machine_request_reset(struct machine *m)
{
	machine_request(m, REQUEST_RESET);
}

void machine_attention(struct machine *m)
{
	__atomic_store_n(&m->attention, true, __ATOMIC_SEQ_CST);
	port_wake(m);
}

void machine_stop(struct machine *m)
{
	__atomic_store_n(&m->stop, true, __ATOMIC_SEQ_CST);
	port_wake(m);
}

/* What was taken may leave another to be taken: that is asked one instruction later, as
 * when it is asked next otherwise depends on how code is cut. */
static void settle_event(struct cpu *cpu)
{
	if (cpu->guest->wakes(cpu))
		cpu->halted = false;
	else
		cpu->event = false;
	if (cpu->event && cpu->guest->interrupt(cpu)) {
		cpu->interrupts++;
		cpu->event_at = cpu_executed(cpu) + 1;
	}
}

/* Between instructions.  Returns whether the CPU can run. */
static bool machine_settle(struct machine *m)
{
	struct cpu *cpu = m->cpu;
	bool attention = __atomic_load_n(&m->attention, __ATOMIC_RELAXED) &&
			 __atomic_exchange_n(&m->attention, false, __ATOMIC_SEQ_CST);

	if ((attention || m->config.poll_always) && m->config.poll)
		m->config.poll(m->config.poll_context);
	if (cpu->halted || cpu_executed(cpu) >= m->alarms_at)
		clock_run_due(m->clock);
	if (cpu->event && (cpu->halted || cpu_executed(cpu) >= cpu->event_at))
		settle_event(cpu);
	return !cpu->halted;
}

static void machine_idle(struct machine *m)
{
	uint64_t next = clock_next(m->clock), before = port_now_ns();

	if (m->config.deterministic && next != ALARM_NEVER)
		clock_skip_to(m->clock, next);
	else
		port_wait(m, clock_real_deadline(m->clock, next));
	m->idle_ns += port_now_ns() - before;
}

/* A guest that does nothing but ask a chip the same question sleeps between its slices,
 * longer and longer, and these are short: firmware at its prompt needn't cost a processor.
 * What it waits for wakes it.  Not in deterministic time, in which waiting costs nothing. */
#define POLLS_MANY 1000
#define POLL_INSTRUCTIONS 1000 /* on average from one question to the next, at most */
#define POLL_SLEEP_NS 500000u
#define POLL_SLEEP_MAX_NS 16000000u

static uint64_t machine_polls(const struct machine *m)
{
	uint64_t polls = bus_polls(m->bus), ports = m->ports ? bus_polls(m->ports) : 0;

	return polls > ports ? polls : ports;
}

/* Whether it did nothing else since this was asked last.  Who works, and looks for a key now
 * and then, asks a chip the same question, too. */
static bool machine_only_polls(struct machine *m)
{
	uint64_t polls = machine_polls(m), executed = cpu_executed(m->cpu);
	uint64_t more = polls < m->polls_seen ? polls : polls - m->polls_seen;
	uint64_t between = executed - m->polls_seen_at;

	m->polls_seen = polls;
	m->polls_seen_at = executed;
	return polls >= POLLS_MANY && more * POLL_INSTRUCTIONS >= between;
}

static void machine_rest(struct machine *m)
{
	uint64_t next, now, until;

	if (m->config.deterministic || !machine_only_polls(m) || m->cpu->event) {
		m->poll_sleep_ns = POLL_SLEEP_NS;
		return;
	}
	now = port_now_ns();
	next = clock_real_deadline(m->clock, clock_next(m->clock));
	until = now + m->poll_sleep_ns;
	port_wait(m, next < until ? next : until);
	m->idle_ns += port_now_ns() - now;
	if (m->poll_sleep_ns < POLL_SLEEP_MAX_NS)
		m->poll_sleep_ns *= 2;
}

/* What happens after so many instructions ends the slice exactly. */
static uint64_t slice_until(struct machine *m, uint64_t length, uint64_t instructions)
{
	if (instructions > length)
		return length;
	m->exact = true;
	return instructions;
}

static uint64_t slice_deterministic(struct machine *m)
{
	uint64_t executed = cpu_executed(m->cpu), next = clock_next(m->clock), until;
	uint64_t length = SLICE_DETERMINISTIC;

	if (next != ALARM_NEVER) {
		until = clock_instructions_until(m->clock, next);
		if (executed < m->alarms_at && until < m->alarms_at - executed)
			until = m->alarms_at - executed;
		length = slice_until(m, length, until);
	}
	if (m->cpu->event && m->cpu->event_at > executed)
		length = slice_until(m, length, m->cpu->event_at - executed);
	if (m->request && m->request_at > executed)
		length = slice_until(m, length, m->request_at - executed);
	return length;
}

/* How many instructions may run before something has to be looked at. */
static int32_t slice_length(struct machine *m)
{
	uint64_t next = clock_next(m->clock), now = clock_now(m->clock);
	uint64_t left = m->limit - cpu_executed(m->cpu), length;

	m->exact = false;
	if (m->config.deterministic) {
		length = slice_deterministic(m);
	} else {
		length = m->poll_sleep_ns > POLL_SLEEP_NS ? SLICE_RESTED_NS : SLICE_NS;
		if (next <= now || next - now < length)
			length = next <= now ? 0 : next - now;
		length = length * m->rate_16 >> 16;
		if (length < SLICE_MIN)
			length = SLICE_MIN;
		if (length > SLICE_MAX)
			length = SLICE_MAX;
	}
	if (left <= length) {
		length = left;
		m->exact = true;
	}
	return length ? (int32_t)length : 1;
}

static void slice_begin(struct machine *m, int32_t length)
{
	m->cpu->slice = m->cpu->budget = length;
	m->in_code = true;
	m->slices++;
}

static void slice_end(struct machine *m)
{
	struct cpu *cpu = m->cpu;

	cpu->done += (uint64_t)(int64_t)(cpu->slice - cpu->budget);
	cpu->slice = cpu->budget = 0;
	cpu->refund = 0;
	m->in_code = false;
}

/* What translated code has raised has been entered; it counts as one instruction. */
static void slice_raised(struct machine *m)
{
	struct cpu *cpu = m->cpu;

	host_unwound(cpu);
	cpu->budget += (int32_t)cpu->refund - 1;
	cpu->refund = 0;
	cpu->exceptions++;
}

static bool slice_goes_on(const struct machine *m)
{
	const struct cpu *cpu = m->cpu;

	return cpu->budget > 0 && !machine_requested(m) && !m->debug &&
	       !(cpu->event && cpu_executed(cpu) >= cpu->event_at);
}

/* One slice.  cpu_raise comes back here, as often as something raises. */
static __attribute__((noinline)) void machine_slice(struct machine *m)
{
	bool goes_on = true;

	slice_begin(m, slice_length(m));
	if (__builtin_setjmp(m->cpu->unwind)) {
		slice_raised(m);
		goes_on = slice_goes_on(m);
	}
	/* An event that is masked must not keep the CPU from running. */
	if (goes_on)
		code_run(m->cpu->code);
	slice_end(m);
}

/* A guest that begins to talk to chips can be slower by far, and its next alarms mustn't be
 * late for that: firmware that waits for its keyboard gives up after a second. */
static void measure_rate(struct machine *m, uint64_t instructions, uint64_t ns)
{
	uint64_t rate;

	if (instructions < SLICE_MIN || ns < 1000)
		return;
	rate = (instructions << 16) / ns;
	m->rate_16 = rate < m->rate_16 / 4 ? rate : (m->rate_16 * 7 + rate) / 8;
	if (m->rate_16 < 64)
		m->rate_16 = 64;
}

static void machine_run_slice(struct machine *m)
{
	uint64_t before = port_now_ns(), executed = cpu_executed(m->cpu), ns;

	machine_slice(m);
	ns = port_now_ns() - before;
	m->run_ns += ns;
	measure_rate(m, cpu_executed(m->cpu) - executed, ns);
}

/* An order to stop outlasts resets: a guest may reset itself all the time. */
static bool machine_finished(struct machine *m, enum machine_exit *why)
{
	if (machine_requested(m)) {
		*why = m->request == REQUEST_OFF ? MACHINE_OFF : MACHINE_RESET;
		m->debug = false;
		return true;
	}
	if (m->debug)
		*why = MACHINE_DEBUG;
	else if (__atomic_load_n(&m->stop, __ATOMIC_RELAXED) || cpu_executed(m->cpu) >= m->limit)
		*why = MACHINE_STOPPED;
	else
		return false;
	m->debug = false;
	__atomic_store_n(&m->stop, false, __ATOMIC_RELAXED);
	return true;
}

enum machine_exit machine_run_for(struct machine *m, uint64_t instructions)
{
	enum machine_exit why;

	m->started = cpu_executed(m->cpu);
	m->limit = m->started + instructions < m->started ? UINT64_MAX : m->started + instructions;
	clock_resume(m->clock);
	while (!machine_finished(m, &why)) {
		bool runs = machine_settle(m);

		if (machine_requested(m))
			continue;
		if (!runs) {
			machine_idle(m);
			continue;
		}
		machine_run_slice(m);
		machine_rest(m);
	}
	clock_pause(m->clock);
	if (why == MACHINE_RESET)
		machine_reset(m);
	else if (why == MACHINE_OFF)
		m->request = REQUEST_NONE;
	return why;
}

enum machine_exit machine_run(struct machine *m)
{
	return machine_run_for(m, UINT64_MAX);
}

enum machine_exit machine_step(struct machine *m)
{
	struct cpu *cpu = m->cpu;
	bool event = cpu->event;
	enum machine_exit why;

	/* Not into an interrupt handler: whoever steps wants to see the next line. */
	cpu->event = false;
	cpu->halted = false;
	why = machine_run_for(m, 1);
	cpu->event |= event;
	if (why != MACHINE_STOPPED)
		return why;
	m->reason = DEBUG_STEP;
	return MACHINE_DEBUG;
}

static void cpu_state(struct cpu *cpu, struct archive *a)
{
	archive_section(a, "cpu");
	archive_u32(a, "pc", &cpu->pc);
	archive_u32(a, "fp_rounding", &cpu->fp_rounding);
	archive_require(a, cpu->fp_rounding <= FP_ZERO);
	archive_u32(a, "fp_sticky", &cpu->fp_sticky);
	archive_bool(a, "halted", &cpu->halted);
	archive_bool(a, "event", &cpu->event);
	archive_u64(a, "event_at", &cpu->event_at);
	archive_u64(a, "done", &cpu->done);
	archive_section(a, cpu->guest->name);
	cpu->guest->state(cpu, a);
}

/* A drive has what it had, by its size. */
static void medium_state(const struct disk *disk, struct archive *a)
{
	uint64_t now = disk ? disk->sectors : 0, saved = now;

	archive_u64(a, "medium", &saved);
	if (saved != now)
		archive_fail(a, "it was saved with other disks");
}

static void media_state(const struct machine_config *c, struct archive *a)
{
	for (unsigned i = 0; i < MACHINE_DISKS; i++)
		medium_state(c->disk[i], a);
	for (unsigned i = 0; i < MACHINE_FLOPPIES; i++)
		medium_state(c->floppy[i], a);
	medium_state(c->cdrom, a);
}

static void configuration_state(struct machine *m, struct archive *a)
{
	char board[32] = { 0 }, cpu[32] = { 0 };
	uint64_t memory = m->config.memory_bytes;
	bool deterministic = m->config.deterministic;

	snprintf(board, sizeof board, "%s", m->board->about.name);
	snprintf(cpu, sizeof cpu, "%s", m->config.cpu);
	archive_section(a, "machine");
	archive_bytes(a, "board", board, sizeof board);
	archive_bytes(a, "cpu", cpu, sizeof cpu);
	archive_u64(a, "memory", &memory);
	archive_bool(a, "deterministic", &deterministic);
	board[sizeof board - 1] = cpu[sizeof cpu - 1] = 0;
	if (strcmp(board, m->board->about.name) || strcmp(cpu, m->config.cpu) ||
	    memory != m->config.memory_bytes)
		archive_fail(a, "it was saved by a machine of another configuration");
	if (deterministic != m->config.deterministic)
		archive_fail(a, "it was saved with another kind of time (--deterministic)");
	media_state(&m->config, a);
}

/* What a chip has asked for and hasn't had yet. */
static void request_state(struct machine *m, struct archive *a)
{
	uint8_t request = m->request;

	archive_u8(a, "request", &request);
	archive_require(a, request <= REQUEST_RESET);
	archive_u64(a, "request_at", &m->request_at);
	archive_u64(a, "alarms_at", &m->alarms_at);
	if (archive_loading(a))
		m->request = archive_failed(a) ? REQUEST_NONE : (enum machine_request)request;
}

void machine_state(struct machine *m, struct archive *a)
{
	uint64_t soonest;

	fp_collect(m->cpu);
	configuration_state(m, a);
	request_state(m, a);
	archive_section(a, "clock");
	clock_state(m->clock, a);
	cpu_state(m->cpu, a);
	soonest = cpu_executed(m->cpu) + MACHINE_LATENCY;
	archive_require(a, m->request_at <= soonest && m->alarms_at <= soonest &&
				   m->cpu->event_at <= soonest);
	bus_state(m->bus, a);
	if (m->ports) {
		archive_section(a, "ports");
		bus_state(m->ports, a);
	}
	if (archive_loading(a)) {
		mem_drop(m->cpu->mem);
		code_flush(m->cpu->code);
	}
}

/* FNV-1a over the saved form. */
static bool hash_bytes(void *context, void *bytes, size_t count)
{
	uint64_t *hash = context;
	const uint8_t *p = bytes;

	for (size_t i = 0; i < count; i++)
		*hash = (*hash ^ p[i]) * 0x100000001b3ull;
	return true;
}

uint64_t machine_hash(struct machine *m)
{
	uint64_t hash = 0xcbf29ce484222325ull;
	struct archive *a = archive_begin_save(hash_bytes, &hash);

	if (!a)
		return 0;
	machine_state(m, a);
	archive_end(a, NULL, 0);
	return hash;
}

void machine_stats(const struct machine *m, struct machine_stats *stats)
{
	memset(stats, 0, sizeof *stats);
	code_statistics(m->cpu->code, stats);
	mem_statistics(m->cpu->mem, stats);
	stats->instructions = cpu_executed(m->cpu);
	stats->exceptions = m->cpu->exceptions;
	stats->interrupts = m->cpu->interrupts;
	stats->slices = m->slices;
	stats->idle_ns = m->idle_ns;
	stats->run_ns = m->run_ns;
}

struct cpu *machine_cpu(struct machine *m)
{
	return m->cpu;
}

struct bus *machine_bus(struct machine *m)
{
	return m->bus;
}

struct bus *machine_port_bus(struct machine *m)
{
	if (!m->ports)
		m->ports = bus_create();
	return m->ports;
}

struct clock *machine_clock(struct machine *m)
{
	return m->clock;
}

const struct machine_config *machine_configuration(const struct machine *m)
{
	return &m->config;
}

void machine_set_board_data(struct machine *m, void *data)
{
	m->board_data = data;
}

void *machine_board_data(struct machine *m)
{
	return m->board_data;
}

static void cpu_input(void *machine, unsigned n, bool level)
{
	struct machine *m = machine;

	m->cpu->guest->input(m->cpu, n, level);
}

struct irq machine_cpu_input(struct machine *m, unsigned n)
{
	return (struct irq){ .set = cpu_input, .sink = m, .input = n };
}

void machine_set_register(struct machine *m, unsigned number, uint64_t value)
{
	m->cpu->guest->write_register(m->cpu, number, &value);
}

void machine_set_pc(struct machine *m, gva pc)
{
	m->cpu->pc = pc;
}
