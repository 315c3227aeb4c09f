/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keyboard controller: IBM PS/2 Hardware Interface Technical Reference, "Keyboard and
 * Auxiliary Device Controller", and for its output port IBM's PC/AT Technical Reference.
 *
 * Commands are carried out at once, so the input buffer is always empty.  A device's byte
 * takes the time of eleven bits on its cable: programs read a scan code twice.  While the
 * output buffer is full, an answer of the controller waits, and devices keep their bytes.
 *
 * Not modelled: passwords (there is none), the diagnostic dump, polling the input port,
 * pulses of outputs other than reset, time-outs and parity errors.
 */
#include "dev/input/i8042.h"

#include <emu/archive.h>
#include <emu/log.h>
#include <emu/port.h>

#include "dev/input/ps2.h"

#define STATUS_OBF 0x01
#define STATUS_SYSTEM 0x04
#define STATUS_COMMAND 0x08  /* the last write was to the command port */
#define STATUS_UNLOCKED 0x10 /* the keyboard lock's */
#define STATUS_MOUSE 0x20    /* the output buffer has the mouse's byte */

#define BYTE_KEYBOARD_INT 0x01
#define BYTE_MOUSE_INT 0x02
#define BYTE_SYSTEM 0x04
#define BYTE_KEYBOARD_OFF 0x10
#define BYTE_MOUSE_OFF 0x20
#define BYTE_TRANSLATE 0x40

#define OUTPUT_RUN 0x01 /* low: reset */
#define OUTPUT_A20 0x02
#define OUTPUT_KEYBOARD_INT 0x10
#define OUTPUT_MOUSE_INT 0x20
#define OUTPUT_LINES 0xcc /* clock and data of both devices */

#define INPUT_PORT 0xb0 /* not locked, colour, no jumper */

#define RAM_BYTES 32

#define COMMAND_READ_RAM 0x20  /* 20h to 3Fh; byte 0 is the command byte */
#define COMMAND_WRITE_RAM 0x60 /* 60h to 7Fh */
#define COMMAND_WRITE_OUTPUT 0xd1
#define COMMAND_WRITE_KEYBOARD 0xd2 /* as if the keyboard had sent it */
#define COMMAND_WRITE_MOUSE 0xd3
#define COMMAND_TO_MOUSE 0xd4
#define COMMAND_PULSE 0xf0 /* F0h to FFh */

#define BREAK_PREFIX 0xf0
#define BREAK 0x80

/* Eleven bits at 16.7 kHz, the fastest a device may be. */
#define CABLE_NS 660000

struct i8042 {
	struct clock *clock;
	struct irq keyboard_irq, mouse_irq, a20, reset;
	struct ps2 keyboard, mouse;
	struct alarm alarm;
	uint8_t ram[RAM_BYTES]; /* byte 0: the command byte */
	uint8_t status;         /* of the output buffer's two bits and the last write */
	uint8_t data;           /* the output buffer */
	uint8_t output;         /* RUN and A20 */
	uint8_t command;        /* whose parameter is awaited, or 0 */
	uint8_t answer;
	bool answering;       /* the answer waits for the output buffer */
	bool answer_of_mouse; /* and pretends to be the mouse's */
	bool breaking;        /* translation: the prefix has come */
	uint64_t idle_at;     /* when the cables are free for the next byte */
};

/* Set 2 to set 1, as keyboards with the one are seen by programs for the other. */
static const uint8_t i8042_set1[128] = {
	0xff, 0x43, 0x41, 0x3f, 0x3d, 0x3b, 0x3c, 0x58, 0x64, 0x44, 0x42, 0x40, 0x3e, 0x0f, 0x29,
	0x59, 0x65, 0x38, 0x2a, 0x70, 0x1d, 0x10, 0x02, 0x5a, 0x66, 0x71, 0x2c, 0x1f, 0x1e, 0x11,
	0x03, 0x5b, 0x67, 0x2e, 0x2d, 0x20, 0x12, 0x05, 0x04, 0x5c, 0x68, 0x39, 0x2f, 0x21, 0x14,
	0x13, 0x06, 0x5d, 0x69, 0x31, 0x30, 0x23, 0x22, 0x15, 0x07, 0x5e, 0x6a, 0x72, 0x32, 0x24,
	0x16, 0x08, 0x09, 0x5f, 0x6b, 0x33, 0x25, 0x17, 0x18, 0x0b, 0x0a, 0x60, 0x6c, 0x34, 0x35,
	0x26, 0x27, 0x19, 0x0c, 0x61, 0x6d, 0x73, 0x28, 0x74, 0x1a, 0x0d, 0x62, 0x6e, 0x3a, 0x36,
	0x1c, 0x1b, 0x75, 0x2b, 0x63, 0x76, 0x55, 0x56, 0x77, 0x78, 0x79, 0x7a, 0x0e, 0x7b, 0x7c,
	0x4f, 0x7d, 0x4b, 0x47, 0x7e, 0x7f, 0x6f, 0x52, 0x53, 0x50, 0x4c, 0x4d, 0x48, 0x01, 0x45,
	0x57, 0x4e, 0x51, 0x4a, 0x37, 0x49, 0x46, 0x54,
};

/* The output buffer. */

static void i8042_drive(struct i8042 *k)
{
	bool full = k->status & STATUS_OBF, mouse = k->status & STATUS_MOUSE;

	irq_set(&k->keyboard_irq, full && !mouse && (k->ram[0] & BYTE_KEYBOARD_INT));
	irq_set(&k->mouse_irq, full && mouse && (k->ram[0] & BYTE_MOUSE_INT));
	irq_set(&k->a20, k->output & OUTPUT_A20);
	irq_set(&k->reset, !(k->output & OUTPUT_RUN));
}

static void i8042_fill(struct i8042 *k, uint8_t byte, bool mouse)
{
	k->data = byte;
	k->status =
		(uint8_t)((k->status & ~STATUS_MOUSE) | STATUS_OBF | (mouse ? STATUS_MOUSE : 0));
}

/* What a keyboard's byte is to the program; false: nothing yet. */
static bool i8042_translate(struct i8042 *k, uint8_t *byte)
{
	uint8_t code = *byte;

	if (!(k->ram[0] & BYTE_TRANSLATE))
		return true;
	if (code == BREAK_PREFIX) {
		k->breaking = true;
		return false;
	}
	if (code < COUNT_OF(i8042_set1))
		code = i8042_set1[code];
	else if (code == 0x83) /* F7 */
		code = 0x41;
	else if (code == 0x84) /* SysRq */
		code = 0x54;
	*byte = k->breaking ? code | BREAK : code;
	k->breaking = false;
	return true;
}

static bool i8042_keyboard_waits(const struct i8042 *k)
{
	return !(k->ram[0] & BYTE_KEYBOARD_OFF) && ps2_pending(&k->keyboard);
}

static bool i8042_mouse_waits(const struct i8042 *k)
{
	return !(k->ram[0] & BYTE_MOUSE_OFF) && ps2_pending(&k->mouse);
}

/* Fetches a device's next byte.  The output buffer is full from the beginning, as the
 * device may have the next one ready while this one is taken.  A prefix that vanishes is
 * followed by its code. */
static void i8042_fetch(struct i8042 *k)
{
	uint8_t byte;

	k->status |= STATUS_OBF;
	if (!i8042_keyboard_waits(k)) {
		i8042_fill(k, ps2_read(&k->mouse), true);
		return;
	}
	do {
		byte = ps2_read(&k->keyboard);
		if (i8042_translate(k, &byte)) {
			i8042_fill(k, byte, false);
			return;
		}
	} while (ps2_pending(&k->keyboard));
	k->status &= (uint8_t)~STATUS_OBF;
}

/* Fills an empty output buffer, now or when the cables are free. */
static void i8042_update(void *controller)
{
	struct i8042 *k = controller;
	uint64_t at = ALARM_NEVER;

	if (!(k->status & STATUS_OBF) && k->answering) {
		i8042_fill(k, k->answer, k->answer_of_mouse);
		k->answering = false;
	}
	if (!(k->status & STATUS_OBF) && (i8042_keyboard_waits(k) || i8042_mouse_waits(k))) {
		if (clock_now(k->clock) >= k->idle_at)
			i8042_fetch(k);
		else
			at = k->idle_at;
	}
	if (k->alarm.at_ns != at)
		alarm_set(&k->alarm, at);
	i8042_drive(k);
}

static void i8042_answer(struct i8042 *k, uint8_t byte, bool mouse)
{
	k->answer = byte;
	k->answer_of_mouse = mouse;
	k->answering = true;
}

static void i8042_occupy(struct i8042 *k)
{
	k->idle_at = clock_now(k->clock) + CABLE_NS;
}

/* Commands. */

static void i8042_set_ram(struct i8042 *k, unsigned index, uint8_t value)
{
	k->ram[index] = value;
	if (index == 0)
		k->breaking = false;
}

static uint8_t i8042_output(const struct i8042 *k)
{
	return (uint8_t)(k->output | OUTPUT_LINES |
			 (k->keyboard_irq.level ? OUTPUT_KEYBOARD_INT : 0) |
			 (k->mouse_irq.level ? OUTPUT_MOUSE_INT : 0));
}

static void i8042_pulse(struct i8042 *k, uint8_t command)
{
	if (!(command & OUTPUT_RUN))
		irq_pulse(&k->reset);
	if ((command & 0x0e) != 0x0e)
		LOG(LOG_UNIMPLEMENTED, "i8042: pulse %#x", command);
}

static void i8042_self_test(struct i8042 *k)
{
	k->ram[0] |= BYTE_SYSTEM;
	i8042_answer(k, 0x55, false);
}

/* Commands that need neither parameter nor number. */
static void i8042_simple_command(struct i8042 *k, uint8_t command)
{
	switch (command) {
	case 0xa4: /* is there a password */
		i8042_answer(k, 0xf1, false);
		break;
	case 0xa7:
		k->ram[0] |= BYTE_MOUSE_OFF;
		break;
	case 0xa8:
		k->ram[0] &= (uint8_t)~BYTE_MOUSE_OFF;
		break;
	case 0xa9: /* test the mouse's lines */
	case 0xab: /* the keyboard's */
		i8042_answer(k, 0x00, false);
		break;
	case 0xaa:
		i8042_self_test(k);
		break;
	case 0xad:
		k->ram[0] |= BYTE_KEYBOARD_OFF;
		break;
	case 0xae:
		k->ram[0] &= (uint8_t)~BYTE_KEYBOARD_OFF;
		break;
	case 0xc0:
		i8042_answer(k, INPUT_PORT, false);
		break;
	case 0xd0:
		i8042_answer(k, i8042_output(k), false);
		break;
	case 0xdd: /* not IBM's, but common: A20 off and on */
		k->output &= (uint8_t)~OUTPUT_A20;
		break;
	case 0xdf:
		k->output |= OUTPUT_A20;
		break;
	case 0xe0: /* test inputs: the keyboard's clock and data */
		i8042_answer(k, k->ram[0] & BYTE_KEYBOARD_OFF ? 0x02 : 0x03, false);
		break;
	default:
		LOG(LOG_UNIMPLEMENTED, "i8042: command %#x", command);
	}
}

static void i8042_command(struct i8042 *k, uint8_t command)
{
	k->command = 0;
	if (command >= COMMAND_PULSE)
		i8042_pulse(k, command);
	else if ((command & ~(RAM_BYTES - 1)) == COMMAND_READ_RAM)
		i8042_answer(k, k->ram[command % RAM_BYTES], false);
	else if ((command & ~(RAM_BYTES - 1)) == COMMAND_WRITE_RAM ||
		 (command >= COMMAND_WRITE_OUTPUT && command <= COMMAND_TO_MOUSE))
		k->command = command;
	else
		i8042_simple_command(k, command);
}

static void i8042_parameter(struct i8042 *k, uint8_t value)
{
	uint8_t command = k->command;

	k->command = 0;
	switch (command) {
	case COMMAND_WRITE_OUTPUT:
		k->output = value & (OUTPUT_RUN | OUTPUT_A20);
		break;
	case COMMAND_WRITE_KEYBOARD:
	case COMMAND_WRITE_MOUSE:
		i8042_answer(k, value, command == COMMAND_WRITE_MOUSE);
		break;
	case COMMAND_TO_MOUSE:
		k->ram[0] &= (uint8_t)~BYTE_MOUSE_OFF;
		i8042_occupy(k);
		ps2_write(&k->mouse, value);
		break;
	default:
		i8042_set_ram(k, command % RAM_BYTES, value);
	}
}

/* A byte to a device lets its clock go, else it couldn't answer. */
static void i8042_to_keyboard(struct i8042 *k, uint8_t value)
{
	k->ram[0] &= (uint8_t)~BYTE_KEYBOARD_OFF;
	k->breaking = false;
	i8042_occupy(k);
	ps2_write(&k->keyboard, value);
}

/* Ports. */

static uint64_t i8042_data_read(void *chip, gpa offset, unsigned size)
{
	struct i8042 *k = chip;
	uint8_t value = k->data;

	(void)offset, (void)size;
	if (k->status & STATUS_OBF) {
		k->status &= (uint8_t) ~(STATUS_OBF | STATUS_MOUSE);
		i8042_occupy(k);
		i8042_drive(k);
		i8042_update(k);
	}
	return value;
}

static void i8042_data_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct i8042 *k = chip;

	(void)offset, (void)size;
	k->status &= (uint8_t)~STATUS_COMMAND;
	if (k->command)
		i8042_parameter(k, (uint8_t)value);
	else
		i8042_to_keyboard(k, (uint8_t)value);
	i8042_update(k);
}

static uint64_t i8042_command_read(void *chip, gpa offset, unsigned size)
{
	struct i8042 *k = chip;

	(void)offset, (void)size;
	return k->status | STATUS_UNLOCKED | (k->ram[0] & BYTE_SYSTEM ? STATUS_SYSTEM : 0);
}

static void i8042_command_write(void *chip, gpa offset, unsigned size, uint64_t value)
{
	struct i8042 *k = chip;

	(void)offset, (void)size;
	k->status |= STATUS_COMMAND;
	i8042_command(k, (uint8_t)value);
	i8042_update(k);
}

/* Devices are off until the firmware wants them, and have their self test behind them. */
static void i8042_reset(void *chip)
{
	struct i8042 *k = chip;

	for (unsigned i = 0; i < RAM_BYTES; i++)
		k->ram[i] = 0;
	k->ram[0] = BYTE_KEYBOARD_OFF | BYTE_MOUSE_OFF;
	k->status = k->data = k->command = k->answer = 0;
	k->answering = k->answer_of_mouse = k->breaking = false;
	k->output = OUTPUT_RUN | OUTPUT_A20;
	k->idle_at = 0;
	ps2_reset(&k->keyboard);
	ps2_reset(&k->mouse);
	i8042_update(k);
}

static void i8042_state(void *chip, struct archive *a)
{
	struct i8042 *k = chip;

	archive_bytes(a, "ram", k->ram, sizeof k->ram);
	archive_u8(a, "status", &k->status);
	archive_u8(a, "data", &k->data);
	archive_u8(a, "output", &k->output);
	archive_u8(a, "command", &k->command);
	archive_u8(a, "answer", &k->answer);
	archive_bool(a, "answering", &k->answering);
	archive_bool(a, "answer_of_mouse", &k->answer_of_mouse);
	archive_bool(a, "breaking", &k->breaking);
	archive_u64(a, "idle_at", &k->idle_at);
	alarm_state(&k->alarm, a, "alarm");
	ps2_state(&k->keyboard, a);
	ps2_state(&k->mouse, a);
	archive_require(a, !(k->status & ~(STATUS_OBF | STATUS_COMMAND | STATUS_MOUSE)));
	archive_require(a, k->output <= (OUTPUT_RUN | OUTPUT_A20));
	if (archive_loading(a) && !archive_failed(a))
		i8042_drive(k);
}

static void i8042_destroy(void *chip)
{
	struct i8042 *k = chip;

	alarm_cancel(&k->alarm);
	port_free(k, sizeof *k);
}

struct i8042 *i8042_create(const struct i8042_config *config)
{
	struct i8042 *k = port_allocate(sizeof *k, PORT_PLAIN);

	if (!k)
		return NULL;
	k->clock = config->clock;
	k->keyboard_irq = config->keyboard;
	k->mouse_irq = config->mouse;
	k->a20 = config->a20;
	k->reset = config->reset;
	alarm_init(&k->alarm, config->clock, i8042_update, k);
	ps2_init(&k->keyboard, PS2_KEYBOARD, config->input, i8042_update, k);
	ps2_init(&k->mouse, PS2_MOUSE, config->input, i8042_update, k);
	i8042_reset(k);
	return k;
}

const struct chip_ops i8042_data_ops = {
	.name = "i8042",
	.read = i8042_data_read,
	.write = i8042_data_write,
	.reset = i8042_reset,
	.state = i8042_state,
	.destroy = i8042_destroy,
	.max_bytes = 1,
};

const struct chip_ops i8042_command_ops = {
	.name = "i8042_command",
	.read = i8042_command_read,
	.write = i8042_command_write,
	.reset = i8042_reset,
	.state = i8042_state,
	.destroy = i8042_destroy,
	.max_bytes = 1,
};
