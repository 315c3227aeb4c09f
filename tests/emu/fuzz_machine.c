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

/* The same for a PC's ports, as firmware, from F000:0 on; in between all interrupts are
 * acknowledged. */
static const uint8_t port_writer[] = {
	0xfa,                               /* cli */
	0x31, 0xff,                         /* xor di, di */
	0x8e, 0xc7,                         /* mov es, di */
	0x66, 0xb8, 0x31, 0x00, 0x00, 0xf0, /* mov eax, F000:handler */
	0xb9, 0x00, 0x01,                   /* mov cx, 256 */
	0xfc,                               /* cld */
	0x66, 0xf3, 0xab,                   /* rep stosd: all vectors */
	0x0e,                               /* push cs */
	0x1f,                               /* pop ds */
	0xbe, 0x3c, 0x00,                   /* again: mov si, table */
	0xfb,                               /* sti */
	0xad,                               /* next: lodsw */
	0x92,                               /* xchg dx, ax */
	0xad,                               /* lodsw */
	0x91,                               /* xchg cx, ax */
	0x66, 0xad,                         /* lodsd */
	0x85, 0xd2,                         /* test dx, dx */
	0x74, 0x0c,                         /* jz rest */
	0xe3, 0x06,                         /* jcxz byte */
	0x66, 0xef,                         /* out dx, eax */
	0x66, 0xed,                         /* in eax, dx */
	0xeb, 0xee,                         /* jmp next */
	0xee,                               /* byte: out dx, al */
	0xec,                               /* in al, dx */
	0xeb, 0xea,                         /* jmp next */
	0xf4,                               /* rest: hlt */
	0xeb, 0xe3,                         /* jmp again */
	0x50,                               /* handler: push ax */
	0xb0, 0x20,                         /* mov al, 20h */
	0xe6, 0xa0,                         /* out a0h, al */
	0xe6, 0x20,                         /* out 20h, al */
	0x58,                               /* pop ax */
	0xcf,                               /* iret */
	0x66, 0x90,
};

/* jmp F000:0 */
static const uint8_t reset_jump[] = { 0xea, 0, 0, 0, 0xf0 };

struct chip_write {
	uint32_t address, value;
};

struct port_write {
	uint16_t port, is_long;
	uint32_t value;
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

static const struct port_write pc_writes[] = {
	{ 0x20, 0, 0x11 },        { 0x21, 0, 0x08 },        { 0x21, 0, 4 },
	{ 0x21, 0, 1 },           { 0x21, 0, 0 },           { 0xa0, 0, 0x11 },
	{ 0xa1, 0, 0x70 },        { 0xa1, 0, 2 },           { 0xa1, 0, 1 },
	{ 0xa1, 0, 0 },           { 0x43, 0, 0x34 },        { 0x40, 0, 30 },
	{ 0x40, 0, 0 },           { 0x43, 0, 0xb6 },        { 0x42, 0, 9 },
	{ 0x42, 0, 0 },           { 0x61, 0, 3 },           { 0x70, 0, 0x0a },
	{ 0x71, 0, 0x26 },        { 0x64, 0, 0x60 },        { 0x60, 0, 0x47 },
	{ 0x64, 0, 0xd4 },        { 0x60, 0, 0xf4 },        { 0x3f9, 0, 7 },
	{ 0x3f8, 0, 'x' },        { 0x0b, 0, 0x46 },        { 0x04, 0, 0 },
	{ 0x05, 0, 0xff },        { 0x05, 0, 1 },           { 0x0a, 0, 2 },
	{ 0xd6, 0, 0xc0 },        { 0x3f2, 0, 0x1c },       { 0x3f5, 0, 7 },
	{ 0x3f5, 0, 0 },          { 0xcf8, 1, 0x80000904 }, { 0xcfc, 1, 5 },
	{ 0xcf8, 1, 0x80000920 }, { 0xcfc, 1, 0xc001 },     { 0xc004, 1, 0x2000 },
	{ 0xc000, 0, 8 },         { 0x1f6, 0, 0xe0 },       { 0x1f2, 0, 2 },
	{ 0x1f7, 0, 0x20 },       { 0x176, 0, 0xa0 },       { 0x177, 0, 0xa1 },
	{ 0xcf8, 1, 0x80001004 }, { 0xcfc, 1, 3 },          { 0xcf8, 1, 0x80001010 },
	{ 0xcfc, 1, 0xe0000000 }, { 0x3c4, 0, 4 },          { 0x3c5, 0, 14 },
	{ 0x3ce, 0, 6 },          { 0x3cf, 0, 5 },          { 0x3d4, 0, 0x12 },
	{ 0x3d5, 0, 0x8f },       { 0xf0, 0, 0 },           { 0, 0, 0 },
};

static uint8_t programs[2][256];
static uint8_t rom[128u << 10];
static uint8_t sectors[FUZZ_MACHINE_SECTORS][SECTOR_BYTES];
static struct serial_line serial;
static struct disk disk, cdrom;
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

static struct blob arm_program(bool virt)
{
	uint8_t *program = programs[virt];
	const void *writes = virt ? virt_writes : vexpress_writes;
	size_t bytes = virt ? sizeof virt_writes : sizeof vexpress_writes;

	memcpy(program, chip_writer, sizeof chip_writer);
	memcpy(program + sizeof chip_writer, writes, bytes);
	return (struct blob){ program, sizeof chip_writer + bytes };
}

static struct blob pc_firmware(void)
{
	uint8_t *start = rom + sizeof rom - 0x10000;

	memcpy(start, port_writer, sizeof port_writer);
	memcpy(start + sizeof port_writer, pc_writes, sizeof pc_writes);
	memcpy(rom + sizeof rom - 16, reset_jump, sizeof reset_jump);
	return (struct blob){ rom, sizeof rom };
}

const char *fuzz_machine_board(unsigned choice)
{
	static const char *const names[] = { "vexpress-a9", "virt", "pc", "pc" };

	return names[choice & 3];
}

struct machine_config fuzz_machine_config(const char *board, bool interpret)
{
	struct machine_config c = { .board = board,
				    .memory_bytes = FUZZ_MACHINE_BYTES,
				    .serial = { &serial },
				    .disk = { &disk, &disk },
				    .screen = &screen,
				    .input = &input,
				    .deterministic = true,
				    .code_cache_bytes = 1u << 20,
				    .interpret = interpret };

	serial = (struct serial_line){ .transmit = no_transmit };
	screen = (struct screen){ 0 };
	input = (struct input){ 0 };
	disk = (struct disk){ .read = sectors_read,
			      .write = sectors_write,
			      .sectors = FUZZ_MACHINE_SECTORS };
	cdrom = disk;
	cdrom.read_only = true;
	if (strcmp(board, "pc")) {
		c.kernel = arm_program(!strcmp(board, "virt"));
	} else {
		c.firmware = pc_firmware();
		c.cdrom = &cdrom;
		c.floppy[0] = &disk;
	}
	return c;
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
