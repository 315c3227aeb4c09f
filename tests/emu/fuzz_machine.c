/* SPDX-License-Identifier: BSD-2-Clause
 *
 * See fuzz_machine.h.
 */
#include "fuzz_machine.h"

#include <assert.h>
#include <emu/board.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_MACHINE_SECTORS 64
#define FUZZ_MACHINE_NS 100000

/* Stores the words of its table to their addresses, again and again; waits for an
 * interrupt at the table's end. */
static const uint32_t chip_writer[] = {
	0xe28f4028, /* add r4, pc, #40: the table */
	0xe3a07000, /* mov r7, #0 */
	0xe4941004, /* loop: ldr r1, [r4], #4 */
	0xe4940004, /* ldr r0, [r4], #4 */
	0xe3510000, /* cmp r1, #0 */
	0x0320f003, /* wfieq */
	0x028f4010, /* addeq r4, pc, #16: the table */
	0x0afffff9, /* beq loop */
	0xe5810000, /* str r0, [r1] */
	0xe5912000, /* ldr r2, [r1] */
	0xe0877002, /* add r7, r7, r2 */
	0xeafffff5, /* b loop */
};

struct chip_write {
	uint32_t address, value;
};

static const struct chip_write virt_writes[] = {
	{ 0x08000000, 1 },
	{ 0x08000104, ~0u },
	{ 0x08010004, 0xff },
	{ 0x08010000, 1 },
	{ 0x09000030, 0x301 },
	{ 0x09000038, ~0u },
	{ 0x09000000, 'x' },
	{ 0x09010010, 1 },
	{ 0x09030400, 0xff },
	{ 0x0a000070, 3 },
	{ 0x04000000, 0x98 },
	{ 0x40004000, 1 },
	{ 0, 0 },
};

static const struct chip_write vexpress_writes[] = {
	{ 0x1e001000, 1 },
	{ 0x1e001104, ~0u },
	{ 0x1e000104, 0xff },
	{ 0x1e000100, 1 },
	{ 0x1e000600, 500 },
	{ 0x1e000608, 7 },
	{ 0x10009030, 0x301 },
	{ 0x10009000, 'x' },
	{ 0x10006004, 0x14 },
	{ 0x10011000, 400 },
	{ 0x10011008, 0xe2 },
	{ 0x1000f000, 100 },
	{ 0x1000f008, 3 },
	{ 0x10020010, 1 << 20 },
	{ 0x10020018, 0x82b },
	{ 0x10005000, 3 },
	{ 0x10005038, 0x40 },
	{ 0x6000f000, 1 },
	{ 0, 0 },
};

static uint8_t programs[2][256];
static uint8_t sectors[FUZZ_MACHINE_SECTORS][SECTOR_BYTES];
static struct serial_line serial;
static struct disk disk;
static struct screen screen;
static struct input input;

uint64_t fuzz_source_take(struct fuzz_source *in, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count && in->left; i++, in->left--)
		value |= (uint64_t)*in->bytes++ << 8 * i;
	return value;
}

static void no_transmit(void *port, const uint8_t *bytes, size_t count)
{
	(void)port, (void)bytes, (void)count;
}

static bool sectors_read(void *port, uint64_t sector, uint32_t count, void *bytes)
{
	(void)port;
	assert(sector <= FUZZ_MACHINE_SECTORS && count <= FUZZ_MACHINE_SECTORS - sector);
	memcpy(bytes, sectors[sector], (size_t)count * SECTOR_BYTES);
	return true;
}

static bool sectors_write(void *port, uint64_t sector, uint32_t count, const void *bytes)
{
	(void)port;
	assert(sector <= FUZZ_MACHINE_SECTORS && count <= FUZZ_MACHINE_SECTORS - sector);
	memcpy(sectors[sector], bytes, (size_t)count * SECTOR_BYTES);
	return true;
}

struct machine_config fuzz_machine_config(const char *board, bool interpret)
{
	bool virt = !strcmp(board, "virt");
	uint8_t *program = programs[virt];
	const void *writes = virt ? virt_writes : vexpress_writes;
	size_t bytes = virt ? sizeof virt_writes : sizeof vexpress_writes;

	memcpy(program, chip_writer, sizeof chip_writer);
	memcpy(program + sizeof chip_writer, writes, bytes);
	serial = (struct serial_line){ .transmit = no_transmit };
	screen = (struct screen){ 0 };
	input = (struct input){ 0 };
	disk = (struct disk){ .read = sectors_read,
			      .write = sectors_write,
			      .sectors = FUZZ_MACHINE_SECTORS };
	return (struct machine_config){ .board = board,
					.memory_bytes = FUZZ_MACHINE_BYTES,
					.kernel = { program, sizeof chip_writer + bytes },
					.serial = { &serial },
					.disk = { &disk, &disk },
					.screen = &screen,
					.input = &input,
					.deterministic = true,
					.code_cache_bytes = 1u << 20,
					.interpret = interpret };
}

static void time_is_up(void *context)
{
	machine_stop(context);
}

enum machine_exit fuzz_machine_run(struct machine *m, uint64_t instructions)
{
	struct alarm alarm;
	enum machine_exit why;

	alarm_init(&alarm, machine_clock(m), time_is_up, m);
	alarm_set(&alarm, clock_now(machine_clock(m)) + FUZZ_MACHINE_NS);
	why = machine_run_for(m, instructions);
	alarm_cancel(&alarm);
	return why;
}

static void draw_screen(void)
{
	unsigned width = 0, height = 0;
	uint32_t *pixels;

	screen.geometry(screen.chip, &width, &height);
	assert(width <= 4096 && height <= 4096);
	if (!width || !height)
		return;
	pixels = malloc((size_t)width * height * sizeof *pixels);
	assert(pixels);
	screen.draw(screen.chip, pixels, width);
	free(pixels);
}

void fuzz_machine_touch(unsigned what)
{
	uint8_t byte = (uint8_t)what;

	if (screen.draw && what % 8 == 0)
		draw_screen();
	if (input.key && what % 4 == 1)
		input.key(input.keyboard, what & 0xff, what >> 8 & 1);
	if (input.move && what % 4 == 2)
		input.move(input.mouse, (int8_t)what, 1, 0, what >> 8 & 7);
	if (serial.receive && what % 4 == 3 && serial.room(serial.chip))
		serial.receive(serial.chip, &byte, 1);
}
